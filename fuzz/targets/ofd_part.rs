#![no_main]

#[path = "../../src/verify/tests/fuzzing/entries.rs"]
#[allow(dead_code, reason = "each target calls one of them")]
mod entries;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entries::ofd_part(bytes));
