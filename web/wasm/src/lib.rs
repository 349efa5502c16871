//! The package `verify` in a browser: what the hub's own widget asks when the hub cannot be reached.
//!
//! ```text
//! request(length) ─▶ where to write the request, JSON in UTF-8
//! answer()        ─▶ where the answer stands; answer_length() how long it is
//! ```
//! A caller makes an instance for each question and lets go of it: whatever a hostile file does to its memory ends with it.
#![warn(missing_docs)]

mod question;

use std::cell::RefCell;

thread_local! {
    static REQUEST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Longest request: the largest document that is verified, in Base64, and room for what stands around it.
const LONGEST: usize = 24 << 20;

/// Room for a request of so many bytes; null where it is over the limit.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn request(length: usize) -> *mut u8 {
    if length > LONGEST {
        return std::ptr::null_mut();
    }
    REQUEST.with_borrow_mut(|request| {
        request.clear();
        request.resize(length, 0);
        request.as_mut_ptr()
    })
}

/// Answers the request that was written; where the answer stands.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> *const u8 {
    let text = REQUEST.with_borrow(|request| question::answer(request));
    ANSWER.with_borrow_mut(|answer| {
        *answer = text.into_bytes();
        answer.as_ptr()
    })
}

/// How many bytes the answer has.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn answer_length() -> usize {
    ANSWER.with_borrow(Vec::len)
}
