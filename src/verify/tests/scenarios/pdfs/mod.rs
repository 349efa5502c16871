//! Signed PDFs through the one function that everybody calls: honest ones, and every attack that the reader's tests make.

#[path = "../../../pdf/tests/attacks.rs"]
mod attacks;
#[path = "../../../pdf/tests/bombs.rs"]
mod bombs;
#[path = "../../../pdf/tests/cases.rs"]
mod cases;
#[path = "../../../pdf/tests/later.rs"]
mod later;
#[path = "../../../pdf/tests/maker.rs"]
#[expect(unreachable_pub, reason = "the bench uses it as a module of its own")]
pub(crate) mod maker;
#[path = "../../../pdf/tests/structure.rs"]
mod structure;

use std::fmt::Write as _;

use verify::{
    Policy, Report,
    chain::X509,
    cms::{Draft, Family},
    digest::sm3,
    report::{
        Outcome,
        VerificationResult::{self, Passed},
    },
    revocation::{CrlDraft, Reason, Revocations, Revoked},
    signature::sign_message,
    verify_bytes,
};

use crate::{
    assert_in_words,
    authority::{MIDDLE_KEY, SIGNER_KEY, World, key, now, statement},
    processor,
    revocation::time,
    timestamps::{token_at, unit},
};
use maker::{Form, Signing, signed_with};

/// A certificate is embedded, and its issuer signs: left alone, the document passes.
pub(crate) mod inside {
    use std::{cell::RefCell, sync::OnceLock};

    use verify::{
        chain::X509,
        cms::{Draft, Family},
        digest::sm3,
        signature::sign_message,
    };

    use crate::authority::{SIGNER_KEY, World, key, statement};

    pub(super) const NAME: &str = "certificate.json";
    pub(super) const NAME_IN_UTF16: &str = "00630065007200740069006600690063006100740065002E006A0073006F006E";
    pub(super) const ROOM: usize = 2048;

    fn world() -> &'static (World, Vec<u8>) {
        static WORLD: OnceLock<(World, Vec<u8>)> = OnceLock::new();
        WORLD.get_or_init(|| {
            let world = World::new();
            let envelope = world.envelope(&statement("20260000001"), &[]).to_json().unwrap().into_bytes();
            (world, envelope)
        })
    }

    /// What is embedded, and who makes the envelope of the signature over the covered bytes.
    pub(crate) struct Other {
        pub(crate) attached: Vec<u8>,
        pub(crate) sign: Sign,
    }

    type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

    thread_local! {
        static OTHER: RefCell<Option<Other>> = const { RefCell::new(None) };
    }

    /// Makes a document with something else inside.
    pub(crate) fn with<T>(other: Other, make: impl FnOnce() -> T) -> T {
        OTHER.set(Some(other));
        let made = make();
        OTHER.set(None);
        made
    }

    pub(super) fn attached() -> Vec<u8> {
        OTHER.with_borrow(|other| other.as_ref().map(|other| other.attached.clone())).unwrap_or_else(|| world().1.clone())
    }

    pub(super) fn signed(covered: &[u8]) -> Option<Vec<u8>> {
        if let Some(signed) = OTHER.with_borrow(|other| other.as_ref().map(|other| (other.sign)(covered))) {
            return Some(signed);
        }
        let (world, _) = world();
        let prepared = Draft::detached(Family::Rfc5652, sm3(covered)).prepare(&X509::from_der(&world.signer).unwrap()).unwrap();
        let signature = sign_message(&key(SIGNER_KEY).0, prepared.to_be_signed()).unwrap();
        Some(prepared.assemble(&signature, std::slice::from_ref(&world.middle), None).unwrap())
    }
}

fn answer(bytes: &[u8]) -> Result<Report, String> {
    verify_bytes(bytes, &World::new().trust(), &Policy::default(), now()).map_err(|fault| fault.to_string())
}

#[test]
fn a_signed_document_passes() {
    for form in [Form::Table, Form::Stream] {
        for permission in [None, Some(1), Some(2)] {
            let report = answer(&signed_with(form, &Signing { permission, ..Signing::default() }).bytes).unwrap();
            assert_in_words(&report);
            assert_eq!((report.result, report.reasons.len()), (Passed, 0), "{report:#?}");
            assert_eq!(report.outcome("document-data"), Some(Outcome::Ok));
        }
    }
}

/// A list of the authority of `World::new()`, fresh now: serial numbers, since when, and why.
pub(crate) fn list(revoked: &[(u8, &str, Option<Reason>)]) -> Vec<u8> {
    let world = World::new();
    let entry = |(serial, since, reason): &(u8, &str, Option<Reason>)| {
        (vec![*serial], Revoked { since: time(since), reason: *reason, invalidity: None })
    };
    let entries = revoked.iter().map(entry).collect();
    let draft = CrlDraft { number: 1, this_update: time("2026-05-30"), next_update: time("2026-06-30"), entries };
    let prepared = draft.prepare(&X509::from_der(&world.middle).unwrap()).unwrap();
    prepared.assemble(&sign_message(&key(MIDDLE_KEY).0, prepared.to_be_signed()).unwrap()).unwrap()
}

#[test]
fn a_list_in_the_document_is_asked() {
    let with = |list: Vec<u8>| {
        let mut file = signed_with(Form::Table, &Signing::default());
        let form = maker::catalog("/AcroForm<</SigFlags 3/Fields[20 0 R]>>/Perms<</DocMDP 21 0 R>>/DSS 32 0 R");
        let store = maker::object(32, "<</Type/DSS/CRLs[33 0 R]>>");
        file.revision(&[maker::object(1, &form), store, maker::flate(33, "", &list)], &[]);
        answer(&file.bytes).unwrap()
    };
    let report = with(list(&[]));
    assert_eq!((report.result, report.outcome("document-signer-revocation")), (Passed, Some(Outcome::Ok)), "{report:#?}");
    // Of the data inside, too. The signature says of itself that it is of later.
    let report = with(list(&[(7, "2026-05-01", None)]));
    assert_eq!((report.result, report.reasons[0].code), (VerificationResult::Failed, "REVOKED"), "{report:#?}");
    assert_eq!(report.outcome("signer-revocation"), Some(Outcome::Unknown));
    // Somebody else's list says nothing.
    let mut forged = list(&[(7, "2026-05-01", None)]);
    let end = forged.len() - 1;
    forged[end] ^= 1;
    assert_eq!(with(forged).result, Passed);
}

#[test]
fn what_is_added_for_later_must_be_what_it_says() {
    let added = |objects: &[maker::Object]| {
        let mut file = signed_with(Form::Table, &Signing::default());
        let form = maker::catalog("/AcroForm<</SigFlags 3/Fields[20 0 R]>>/Perms<</DocMDP 21 0 R>>/DSS 32 0 R");
        let mut all = vec![maker::object(1, &form)];
        all.extend_from_slice(objects);
        file.revision(&all, &[]);
        answer(&file.bytes).unwrap().result
    };
    let store = |text: &str| maker::object(32, text);
    let world = World::new();
    let certificate = maker::flate(33, "", &world.middle);
    assert_eq!(added(&[store("<</Type/DSS/Certs[33 0 R]>>"), certificate.clone()]), Passed);
    let entry = "/VRI<</ABCD<</Cert[33 0 R]>>>>";
    assert_eq!(added(&[store(&format!("<</Type/DSS/Certs[33 0 R]{entry}>>")), certificate.clone()]), Passed);
    for (text, what) in [
        ("<</Type/DSS/Certs[33 0 R]>>", b"no certificate".to_vec()),
        ("<</Type/DSS/CRLs[33 0 R]>>", b"PK\x03\x04 a package PK\x05\x06".to_vec()),
        ("<</Type/DSS/OCSPs[33 0 R]>>", b"BT (shown) Tj ET".to_vec()),
    ] {
        assert_eq!(added(&[store(text), maker::flate(33, "", &what)]), VerificationResult::Failed, "{text}");
    }
    for text in
        ["<</Type/DSS/Other[33 0 R]>>", "<</Type/DSS/VRI<</ABCD<</Cert[33 0 R]>>>>>>", "<</Type/DSS/VRI<</ABCD<</Kids[33 0 R]>>>>>>"]
    {
        assert_eq!(added(&[store(text), certificate.clone()]), VerificationResult::Failed, "{text}");
    }
    // A signature that calls itself a timestamp of the document.
    let mut file = signed_with(Form::Table, &Signing::default());
    maker::long_term(&mut file, "[0 0 0 0]", "");
    assert_eq!(answer(&file.bytes).unwrap().result, VerificationResult::Failed);
}

#[test]
fn a_revoked_unit_proves_no_time_unless_its_key_was_kept() {
    let stamped = {
        let world = World::new();
        let attached = world.envelope(&statement("20260000001"), &[]).to_json().unwrap().into_bytes();
        let sign = move |covered: &[u8]| {
            let prepared = Draft::detached(Family::Rfc5652, sm3(covered)).prepare(&X509::from_der(&world.signer).unwrap()).unwrap();
            let signature = sign_message(&key(SIGNER_KEY).0, prepared.to_be_signed()).unwrap();
            let token = token_at(&world, &unit(&world), &signature, time("2026-05-01"));
            prepared.assemble(&signature, std::slice::from_ref(&world.middle), Some(&token)).unwrap()
        };
        let signing = Signing { room: 4096, ..Signing::default() };
        inside::with(inside::Other { attached, sign: Box::new(sign) }, || signed_with(Form::Table, &signing).bytes)
    };
    let asked = |revoked: &[(u8, &str, Option<Reason>)]| {
        let trust = World::new().trust().with_revocations(Revocations::read(&[list(revoked)], &[]));
        let report = verify_bytes(&stamped, &trust, &Policy::default(), now()).unwrap();
        (report.result, report.outcome("document-timestamp-revocation"), report.outcome("document-signer-revocation"))
    };
    use Outcome::{Failed, Ok, Unknown};
    let signer = (7, "2026-05-10", None);
    assert_eq!(asked(&[signer]), (Passed, Some(Ok), Some(Ok)));
    assert_eq!(asked(&[signer, (8, "2026-05-20", Some(Reason::Superseded))]), (Passed, Some(Ok), Some(Ok)));
    for reason in [None, Some(Reason::KeyCompromise)] {
        let (result, unit, _) = asked(&[signer, (8, "2026-05-20", reason)]);
        assert_eq!((result, unit), (VerificationResult::Failed, Some(Unknown)), "the signature says of itself that it is of later");
    }
    // Stamped after the unit's end, by its own word.
    assert_eq!(asked(&[(8, "2026-04-20", Some(Reason::Superseded))]).1, Some(Failed));
}

/// Result, and the checks that decided.
fn stopped_by(answer: &Result<Report, String>) -> (Option<VerificationResult>, String) {
    let Ok(report) = answer else { return (None, "not readable".to_owned()) };
    let policy = Policy::default();
    let decides = |name| policy.severity(name) == verify::policy::Severity::Fail;
    let bad = |outcome| matches!(outcome, Outcome::Failed | Outcome::Unknown);
    let names = report.checks.iter().filter(|check| bad(check.outcome) && decides(check.name)).map(|check| format!("`{}`", check.name));
    (Some(report.result), names.collect::<Vec<_>>().join(", "))
}

/// `ATTACKS=write` writes the page anew.
#[test]
fn no_attack_passes_and_the_page_tells_what_stopped_it() {
    let mut page = "# Attacks on signed PDFs and what stops them\n\nMade by the tests of `verify`; `ATTACKS=write cargo test -p verify \
                    attack_passes` writes it anew. Left alone, each document passes: it carries a certificate and its issuer signed it. \
                    A case is stopped by each of the checks named, because of the facts named.\n\n| class | case | result | checks | facts \
                    |\n| --- | --- | --- | --- | --- |\n"
        .to_owned();
    let mut wrong = Vec::new();
    for case in attacks::all() {
        let begin = processor::used();
        let answer = answer(&case.bytes);
        let time = processor::used() - begin;
        let (result, checks) = stopped_by(&answer);
        if result == Some(Passed) || checks.is_empty() || time.as_secs() >= 2 {
            wrong.push(format!("{} {}: {result:?} after {time:?}", case.class, case.name));
        }
        let result = result.map_or("not readable".to_owned(), |result| format!("{result:?}").to_uppercase());
        let facts: Vec<String> = attacks::facts(&case.bytes).into_iter().collect();
        let _ = writeln!(page, "| {} | {} | {result} | {checks} | {} |", case.class, case.name, facts.join(", "));
    }
    assert_eq!(wrong, Vec::<String>::new());
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/pdf/attacks.md");
    if std::env::var_os("ATTACKS").is_some() {
        return std::fs::write(file, &page).unwrap();
    }
    assert_eq!(page, std::fs::read_to_string(file).unwrap(), "ATTACKS=write writes the page anew");
}
