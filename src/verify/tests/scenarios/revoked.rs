//! Signers that were revoked or have run out, through the one function that everybody calls: what is proven of the time decides.

use chrono::{DateTime, TimeDelta, Utc};
use verify::{
    CertificateStatus, CodeGiven, Envelope, Input, Policy, Record, Report, Trust,
    policy::RevocationData,
    qr::{Claims, KeyId, holder_of, read as read_code},
    report::{
        Outcome,
        VerificationResult::{self, Failed, Indeterminate, Passed},
    },
    revocation::{Answer, Revocations, Revoked},
    signature::sign_message,
    verify,
};

use crate::{
    assert_in_words,
    authority::*,
    revocation::{answer, compromised, list, on_hold, time},
};

/// The key of the issuer's next signer, which nobody revoked.
const NEXT_KEY: u8 = 33;

/// Trust with a list, fresh now, of what became of the signer with serial number 7.
fn trust(world: &World, revoked: Option<Revoked>) -> Trust {
    world.trust().with_revocations(Revocations::read(&[list(world, "2026-05-30", "2026-06-30", revoked)], &[]))
}

fn asked(input: &Input<'_>, trust: &Trust) -> Report {
    let report = verify(input, trust, &Policy::default(), now());
    assert_in_words(&report);
    report
}

fn outcome(report: &Report) -> (VerificationResult, &'static str) {
    (report.result, report.reasons.first().map_or("–", |reason| reason.code))
}

/// The same world with another signer of the same issuer.
fn next(world: &World) -> World {
    let draft = Draft { serial: 34, ..Draft::signer(&name("演示签名者", Some(ISSUER)), &world.middle_name) };
    World { signer: draft.sign(&key(NEXT_KEY), &key(MIDDLE_KEY)), ..World::new() }
}

/// What the next signer states of the certificate's events, and since when it is on record.
fn reaffirmed(world: &World, mut envelope: Envelope, recorded_at: Option<DateTime<Utc>>) -> Envelope {
    let mut signed = world.as_of(&envelope, &statement("1"), now());
    let mut stated = verify::statement::AsOfStatement::from_text(&signed.statement).unwrap();
    stated.recorded_at = recorded_at;
    signed.statement = stated.to_text().unwrap();
    let value = sign_message(&key(NEXT_KEY).0, signed.statement.as_bytes()).unwrap();
    signed.signature = Some(verify::envelope::SignatureBlock { value, certificates: next(world).path() });
    envelope.as_of = Some(signed);
    envelope
}

fn recorded(at: &str) -> Record {
    Record { recorded_at: Some(time(at)), ..record(&statement("1"), CertificateStatus::Valid) }
}

#[test]
fn a_list_that_does_not_name_the_signer_lets_it_pass() {
    let world = World::new();
    let envelope = world.envelope(&statement("1"), &[("suspend", CertificateStatus::Suspended), ("resume", CertificateStatus::Valid)]);
    let report = asked(&Input::of(&envelope), &trust(&world, None));
    assert_eq!(report.result, Passed, "{report:#?}");
    for check in ["signer-revocation", "event-revocation", "status-as-of"] {
        assert_eq!(report.outcome(check), Some(Outcome::Ok), "{check}");
    }
    // Without any data nothing is asked, and the report says so.
    let report = asked(&Input::of(&envelope), &world.trust());
    assert_eq!((report.result, report.outcome("signer-revocation")), (Passed, Some(Outcome::NotApplicable)));
}

#[test]
fn a_revoked_signer_whose_time_nothing_proves_cannot_be_judged() {
    let world = World::new();
    let envelope = world.envelope(&statement("1"), &[]);
    // The certificate is of 2026-01-01, its statement of the status of now: that one is younger by its own word.
    let report = asked(&Input::of(&envelope), &trust(&world, Some(compromised("2026-05-01"))));
    assert_eq!(outcome(&report), (Failed, "REVOKED"), "{report:#?}");
    assert_eq!(report.outcome("status-as-of"), Some(Outcome::Failed));
    assert_eq!(report.outcome("signer-revocation"), Some(Outcome::Unknown));
    let reaffirmed = reaffirmed(&world, envelope, None);
    let report = asked(&Input::of(&reaffirmed), &trust(&world, Some(compromised("2026-05-01"))));
    assert_eq!((outcome(&report), report.genuine), ((Indeterminate, "REVOKED_NO_POE"), None), "{report:#?}");
    // Suspended: it may end.
    let report = asked(&Input::of(&reaffirmed), &trust(&world, Some(on_hold("2026-05-01"))));
    assert_eq!(outcome(&report), (Indeterminate, "SIGNER_ON_HOLD"));
    // Its authority, by the root's list.
    let authority = list_of_root(&world, "2026-05-01");
    let report = asked(&Input::of(&reaffirmed), &world.trust().with_revocations(Revocations::read(&[authority], &[])));
    assert_eq!(outcome(&report), (Failed, "REVOKED"), "its statement of the status is younger than the authority's end, by its own word");
    assert!(report.reasons.iter().any(|reason| reason.code == "REVOKED_CA_NO_POE"));
}

fn list_of_root(world: &World, since: &str) -> Vec<u8> {
    use verify::{chain::X509, revocation::CrlDraft};
    let entries = vec![(vec![7], Revoked { invalidity: None, ..compromised(since) })];
    let draft = CrlDraft { number: 1, this_update: time("2026-05-30"), next_update: time("2026-06-30"), entries };
    let prepared = draft.prepare(&X509::from_der(&world.root).unwrap()).unwrap();
    prepared.assemble(&sign_message(&key(ROOT_KEY).0, prepared.to_be_signed()).unwrap()).unwrap()
}

#[test]
fn a_signer_revoked_before_it_signed_fails_by_its_own_word() {
    let world = World::new();
    let envelope = world.envelope(&statement("1"), &[]);
    let before = Revoked { invalidity: None, ..compromised("2025-06-01") };
    let report = asked(&Input::of(&envelope), &trust(&world, Some(before)));
    assert_eq!((outcome(&report), report.genuine), ((Failed, "REVOKED"), Some(false)), "{report:#?}");
    assert_eq!(report.of_file().gb_file_result, Some(1));
}

#[test]
fn what_the_hub_has_had_on_record_stands() {
    let world = World::new();
    let envelope = Envelope { as_of: None, ..world.envelope(&statement("1"), &[]) };
    let revoked = trust(&world, Some(compromised("2026-05-01")));
    let beside = |record: &Record| outcome(&asked(&Input { record: Some(record), ..Input::of(&envelope) }, &revoked));
    assert_eq!(beside(&recorded("2026-01-02")), (Passed, "–"));
    // The key is thought to have been lost on 2026-04-01.
    assert_eq!(beside(&recorded("2026-04-15")), (Indeterminate, "REVOKED_NO_POE"));
    assert_eq!(beside(&recorded("2026-05-02")), (Indeterminate, "REVOKED_NO_POE"));
    // Of another text the record proves nothing.
    let other = Record { statement_digest: Some("0".repeat(64)), ..recorded("2026-01-02") };
    assert_eq!(beside(&other), (Failed, "RECORD_MISMATCH"));
    // The issuer says the same, signed by its next key.
    let since = |at: &str| outcome(&asked(&Input::of(&reaffirmed(&world, envelope.clone(), Some(time(at)))), &revoked));
    assert_eq!(since("2026-01-02"), (Passed, "–"));
    assert_eq!(since("2026-05-02"), (Indeterminate, "REVOKED_NO_POE"));
}

#[test]
fn attack_a_stolen_key_states_that_its_work_is_old() {
    let world = World::new();
    let mut envelope = world.envelope(&statement("1"), &[]);
    let mut stated = verify::statement::AsOfStatement::from_text(&envelope.as_of.unwrap().statement).unwrap();
    (stated.as_of, stated.recorded_at) = (time("2026-01-03"), Some(time("2026-01-02")));
    let statement = stated.to_text().unwrap();
    envelope.as_of = Some(verify::envelope::SignedText { signature: world.sign(&statement), statement });
    let report = asked(&Input::of(&envelope), &trust(&world, Some(compromised("2026-05-01"))));
    assert_eq!(outcome(&report), (Indeterminate, "REVOKED_NO_POE"), "{report:#?}");
}

#[test]
fn a_later_event_proves_what_it_names() {
    let world = World::new();
    let story = [("suspend", CertificateStatus::Suspended), ("resume", CertificateStatus::Valid)];
    let mut envelope = world.envelope(&statement("1"), &story);
    // The next signer resumed it, at now(); the old one was revoked the day after.
    let text = envelope.events[1].statement.clone();
    let value = sign_message(&key(NEXT_KEY).0, text.as_bytes()).unwrap();
    envelope.events[1].signature = Some(verify::envelope::SignatureBlock { value, certificates: next(&world).path() });
    let envelope = reaffirmed(&world, envelope, None);
    let later = Revoked { invalidity: None, ..compromised("2026-06-02") };
    let data = Revocations::read(&[list(&world, "2026-06-03", "2026-07-30", Some(later))], &[]);
    let at = now() + TimeDelta::days(3);
    let report = verify(&Input::of(&envelope), &world.trust().with_revocations(data), &Policy::default(), at);
    assert_eq!(outcome(&report), (Passed, "–"), "{report:#?}");
}

#[test]
fn old_and_missing_data_say_nothing() {
    let world = World::new();
    let envelope = world.envelope(&statement("1"), &[]);
    let old = Revocations::read(&[list(&world, "2026-04-01", "2026-05-01", None)], &[]);
    let report = asked(&Input::of(&envelope), &world.trust().with_revocations(old));
    assert_eq!((outcome(&report), report.genuine), ((Indeterminate, "TRY_LATER"), None), "{report:#?}");
    let unknown = Revocations::read(&[], &[answer(&world, "2026-05-31", None, Answer::Unknown)]);
    assert_eq!(outcome(&asked(&Input::of(&envelope), &world.trust().with_revocations(unknown))), (Indeterminate, "TRY_LATER"));
    let good = Revocations::read(&[], &[answer(&world, "2026-05-31", None, Answer::Good)]);
    assert_eq!(outcome(&asked(&Input::of(&envelope), &world.trust().with_revocations(good))), (Passed, "–"));
    // A policy may ask for data of every certificate; the root's list is not there.
    let always = Policy { revocation_data: RevocationData::Always, ..Policy::default() };
    let report = verify(&Input::of(&envelope), &trust(&world, None), &always, now());
    assert_eq!(outcome(&report), (Indeterminate, "TRY_LATER"));
    assert!(report.reasons[0].params["subject"].contains("演示中级"));
}

#[test]
fn a_signer_that_says_where_to_ask_is_asked_about() {
    let world = World::new();
    let point = crate::forge::seq(&[&crate::forge::seq(&[&[0xa0, 9, 0xa0, 7, 0x86, 5][..], b"ldap:"])]);
    let extension = x509_cert::ext::Extension {
        extn_id: "2.5.29.31".parse().unwrap(),
        critical: false,
        extn_value: der::asn1::OctetString::new(point).unwrap(),
    };
    let draft = Draft { extra: Some(extension), ..Draft::signer(&name("演示签名者", Some(ISSUER)), &world.middle_name) };
    let world = World { signer: draft.sign(&key(SIGNER_KEY), &key(MIDDLE_KEY)), ..World::new() };
    let envelope = world.envelope(&statement("1"), &[]);
    assert_eq!(outcome(&asked(&Input::of(&envelope), &world.trust())), (Indeterminate, "TRY_LATER"));
    assert_eq!(outcome(&asked(&Input::of(&envelope), &trust(&world, None))), (Passed, "–"));
    let given = Policy { revocation_data: RevocationData::WhereGiven, ..Policy::default() };
    assert_eq!(verify(&Input::of(&envelope), &world.trust(), &given, now()).result, Passed);
}

#[test]
fn a_signer_that_has_run_out_needs_a_proof_of_its_time() {
    let world = World::new();
    let draft = Draft { years: (2020, 2026), ..Draft::signer(&name("演示签名者", Some(ISSUER)), &world.middle_name) };
    let old = World { signer: draft.sign(&key(SIGNER_KEY), &key(MIDDLE_KEY)), ..World::new() };
    let envelope = Envelope { as_of: None, ..old.envelope(&statement("1"), &[]) };
    let beside = |at: Option<&str>| {
        let record = Record { recorded_at: at.map(time), ..recorded("2026-01-02") };
        outcome(&asked(&Input { record: Some(&record), ..Input::of(&envelope) }, &world.trust()))
    };
    assert_eq!(beside(None), (Indeterminate, "OUT_OF_BOUNDS_NO_POE"));
    assert_eq!(beside(Some("2026-01-02")), (Indeterminate, "OUT_OF_BOUNDS_NO_POE"));
    assert_eq!(beside(Some("2025-12-31")), (Passed, "–"));
    let since = |at: &str| outcome(&asked(&Input::of(&reaffirmed(&world, envelope.clone(), Some(time(at)))), &world.trust()));
    assert_eq!(since("2025-12-31"), (Passed, "–"));
    assert_eq!(since("2026-01-02"), (Indeterminate, "OUT_OF_BOUNDS_NO_POE"));
}

#[test]
fn a_code_proves_no_time_and_need_not_beside_the_certificate() {
    let world = World::new();
    let stated = statement("1");
    let claims = Claims {
        identifier: stated.identifier.clone(),
        key: KeyId::of(&world.signer),
        signed_at: now() - TimeDelta::minutes(10),
        fresh_minutes: 30,
        valid_from: stated.valid_from,
        valid_to: stated.valid_to,
        holder: holder_of(&stated.holders),
    };
    let text = claims.text("https://hub.example", &sign_message(&key(SIGNER_KEY).0, &claims.to_be_signed()).unwrap()).unwrap();
    let code = read_code(&text).unwrap();
    let path = world.path();
    let alone = |revoked| outcome(&asked(&Input::of_code(&code, Some(&path)), &trust(&world, revoked)));
    assert_eq!(alone(None), (Passed, "–"));
    assert_eq!(alone(Some(compromised("2026-05-01"))), (Failed, "REVOKED"));
    let today = Revoked { since: now() - TimeDelta::minutes(5), ..on_hold("2026-05-01") };
    assert_eq!(alone(Some(Revoked { reason: None, ..today })), (Indeterminate, "REVOKED_NO_POE"));
    let envelope = Envelope { as_of: None, ..world.envelope(&stated, &[]) };
    let given = CodeGiven { code: &code, signer: Some(&path) };
    let record = recorded("2026-01-02");
    let input = Input { code: Some(given), record: Some(&record), ..Input::of(&envelope) };
    let report = asked(&input, &trust(&world, Some(Revoked { reason: None, ..today })));
    assert_eq!((report.result, report.outcome("code-signer-revocation")), (Passed, Some(Outcome::NotApplicable)), "{report:#?}");
}
