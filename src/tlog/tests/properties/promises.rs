//! Promises: what they bind the log to, and what is said of those that bind nobody.

use tlog::{
    Checkpoint, Hash, Promise, PromiseFault, Promised, Salt, Trust,
    note::{NoteFault, SignFault},
    promise::VERSION,
    verify_promise,
};

use crate::reference::{ORIGIN, Signer, commitment, event, log_signer, salt, trust};

fn promise() -> Promise {
    Promise { origin: ORIGIN.to_owned(), leaf: commitment(7).leaf(), by: 1_795_420_800 }
}

fn promised() -> Promised {
    let signer = log_signer();
    let note = promise().sign(&signer.key, |text| signer.sign(text)).unwrap();
    Promised { v: VERSION, salt: salt(7), promise: note.to_string() }
}

#[test]
fn a_promise_binds_the_log_to_its_event() {
    let json = serde_json::to_vec(&promised()).unwrap();
    let again = Promised::from_json(&json).unwrap();
    assert_eq!(verify_promise(&again, &event(7), &trust()), Ok(promise()));
    let expected = format!("zhengzhao/log/promise/v1\norigin {ORIGIN}\nleaf {}\nby 1795420800\n\n— ", commitment(7).leaf());
    assert!(again.promise.starts_with(&expected), "{}", again.promise);
}

#[test]
fn what_is_wrong_is_named() {
    let found = |promised: &Promised, trust: &Trust| verify_promise(promised, &event(7), trust).unwrap_err();
    assert!(matches!(verify_promise(&promised(), &event(8), &trust()), Err(PromiseFault::Event { .. })));
    assert!(matches!(found(&Promised { salt: Salt([0; 32]), ..promised() }, &trust()), PromiseFault::Event { .. }));
    assert_eq!(found(&Promised { v: 2, ..promised() }, &trust()), PromiseFault::Version(2));
    let stranger = Trust::of_log(ORIGIN, vec![Signer::new(ORIGIN, 9).key]);
    assert_eq!(found(&promised(), &stranger), PromiseFault::NotSigned { trusted: 1 });
    let elsewhere = Trust { origin: "other.example/log".to_owned(), ..trust() };
    assert!(matches!(found(&promised(), &elsewhere), PromiseFault::Origin { .. }));
    let later = Promised { promise: promised().promise.replace("by 1795420800", "by 1795420801"), ..promised() };
    assert!(matches!(found(&later, &trust()), PromiseFault::Note(NoteFault::Signature { .. })));
}

#[test]
fn every_altered_bit_is_found() {
    let json = serde_json::to_vec(&promised()).unwrap();
    for place in 0..json.len() {
        for bit in 0..8 {
            let mut other = json.clone();
            other[place] ^= 1 << bit;
            let verified = Promised::from_json(&other).and_then(|promised| verify_promise(&promised, &event(7), &trust()));
            assert!(verified.is_err(), "byte {place} bit {bit}: {}", String::from_utf8_lossy(&other));
        }
    }
}

#[test]
fn promises_and_checkpoints_are_not_each_other() {
    assert!(Checkpoint::from_text(&promise().to_string()).is_err());
    // Even of a log whose name is a number.
    let numbered = Promise { origin: "123".to_owned(), ..promise() };
    assert!(Checkpoint::from_text(&numbered.to_string()).is_err());
    let checkpoint = log_signer().checkpoint(7, Hash::leaf(b"x"));
    assert_eq!(Promise::from_text(checkpoint.note().text()), Err(PromiseFault::Lines));
    assert_eq!(verify_promise(&Promised { promise: checkpoint.to_string(), ..promised() }, &event(7), &trust()), Err(PromiseFault::Lines));
}

#[test]
fn only_the_one_spelling_is_read() {
    let text = promise().to_string();
    let wrong = [
        text.replace("v1", "v2"),
        text.replace("by 1", "by +1"),
        text.replace("by 1", "by 01"),
        text.replace("leaf ", "leaf  "),
        text.replace(ORIGIN, ""),
        text.replace('\n', "\r\n"),
        format!("{text}more\n"),
        format!("{text}\n"),
        text.trim_end().to_owned(),
        String::new(),
    ];
    for wrong in wrong {
        assert_eq!(Promise::from_text(&wrong), Err(PromiseFault::Lines), "{wrong}");
    }
    let signer = log_signer();
    let sign = |origin: &str| Promise { origin: origin.to_owned(), ..promise() }.sign(&signer.key, |text| signer.sign(text));
    for origin in ["", "a\nb"] {
        assert_eq!(sign(origin), Err(SignFault::Promise(PromiseFault::Lines)), "{origin:?}");
    }
    assert!(matches!(sign("a\r"), Err(SignFault::Note(NoteFault::Characters(_)))));
    assert!(Promised::from_json(b"[").is_err());
}
