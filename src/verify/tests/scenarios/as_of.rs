//! The file's own statement of its status: the only thing that shows an event left out at the end.

use verify::{
    CertificateStatus::{self, *},
    Envelope, Input, Policy, Report, digest,
    envelope::SignedText,
    report::{Outcome, VerificationResult},
    verify,
};

use crate::{answer, answer_to, assert_failed, authority::*};

const STORY: [(&str, CertificateStatus); 3] = [("suspend", Suspended), ("resume", Valid), ("revoke", Revoked)];

fn code(report: &Report) -> &'static str {
    report.reasons[0].code
}

#[test]
fn what_holds_is_said_as_of_its_time() {
    let world = World::new();
    let report = answer(&world, &world.envelope(&statement("1"), &STORY[..2]));
    assert_eq!((report.result, report.outcome("status-as-of")), (VerificationResult::Passed, Some(Outcome::Ok)));
    assert_eq!(report.status_as_of, Some(now()));
}

#[test]
fn events_left_out_or_added_at_the_end_fail() {
    let world = World::new();
    let whole = world.envelope(&statement("1"), &STORY);
    for kept in 0..STORY.len() {
        let mut envelope = whole.clone();
        envelope.events.truncate(kept);
        let report = answer(&world, &envelope);
        assert_failed(&report, "status-as-of");
        assert_eq!((report.genuine, code(&report)), (Some(false), "STATUS_MISMATCH"));
        assert_eq!((report.gb_result, report.status, report.status_as_of, &report.subject), (Some(5), None, None, &None));
        assert_eq!(report.of_file().gb_file_result, Some(2));
    }
    let mut added = whole.clone();
    added.as_of = world.envelope(&statement("1"), &STORY[..2]).as_of;
    assert_failed(&answer(&world, &added), "status-as-of");
    // As many events, but others.
    let mut other = world.envelope(&statement("1"), &[("suspend", Suspended)]);
    other.as_of = world.envelope(&statement("1"), &STORY[2..]).as_of;
    assert_eq!(code(&answer(&world, &other)), "STATUS_MISMATCH");
}

#[test]
fn the_statement_of_another_certificate_fails() {
    let world = World::new();
    let mut envelope = world.envelope(&statement("1"), &STORY);
    envelope.events.clear();
    envelope.as_of = world.envelope(&statement("2"), &[]).as_of;
    let report = answer(&world, &envelope);
    assert_failed(&report, "status-as-of");
    assert_eq!(code(&report), "STATUS_OF_ANOTHER_CERTIFICATE");
}

#[test]
fn without_it_the_file_is_genuine_and_its_status_not_known() {
    let world = World::new();
    for (story, status) in [(&STORY[..0], Valid), (&STORY[..1], Suspended), (&STORY[..2], Valid)] {
        let stated = statement("1");
        let mut envelope = world.envelope(&stated, story);
        envelope.as_of = None;
        let report = answer(&world, &envelope);
        assert_eq!((report.result, report.genuine, report.gb_result), (VerificationResult::Indeterminate, Some(true), None));
        assert_eq!((report.outcome("status-as-of"), code(&report)), (Some(Outcome::Unknown), "STATUS_UNREACHABLE"));
        assert_eq!((report.status, report.status_as_of, report.subject.unwrap().status), (None, None, Other));
        // Whoever hands in a record has the status from there.
        let record = record(&stated, status);
        let report = answer_to(&world, &Input { record: Some(&record), ..Input::of(&envelope) });
        assert_eq!((report.status, report.outcome("status-as-of")), (Some(status), Some(Outcome::NotApplicable)));
        assert_eq!((report.genuine, report.status_as_of), (Some(true), Some(now())));
    }
    // What was revoked stays so, whatever was left out after it.
    let mut envelope = world.envelope(&statement("1"), &STORY);
    envelope.as_of = None;
    let report = answer(&world, &envelope);
    assert_eq!((report.result, report.gb_result, report.status), (VerificationResult::Failed, Some(3), Some(Revoked)));
}

#[test]
fn a_time_before_the_issue_or_after_the_question_leaves_the_status_unknown() {
    let world = World::new();
    let stated = statement("1");
    for (at, says) in [("2025-12-31T15:59:59Z", "STATUS_BEFORE_ISSUE"), ("2026-06-01T00:05:01Z", "STATUS_FROM_FUTURE")] {
        let mut envelope = world.envelope(&stated, &[]);
        envelope.as_of = Some(world.as_of(&envelope, &stated, at.parse().unwrap()));
        let report = answer(&world, &envelope);
        assert_eq!((report.result, report.genuine, report.status), (VerificationResult::Indeterminate, Some(true), None), "{at}");
        assert_eq!((report.outcome("status-as-of"), code(&report)), (Some(Outcome::Unknown), says));
    }
}

/// A statement with these changes, signed by somebody else or by nobody, or no statement at all.
#[test]
fn a_statement_that_the_issuer_did_not_sign_never_passes() {
    let world = World::new();
    let stated = statement("1");
    let mut forged = world.envelope(&stated, &STORY);
    forged.events.clear();
    forged.as_of = Some(world.as_of(&forged, &stated, now()));
    let with = |change: &dyn Fn(&mut SignedText)| {
        let mut envelope: Envelope = forged.clone();
        change(envelope.as_of.as_mut().unwrap());
        let read = Envelope::from_json(envelope.to_json().unwrap().as_bytes()).unwrap();
        verify(&Input::of(&read), &world.trust(), &Policy::default(), now())
    };
    assert_eq!(with(&|_| {}).result, VerificationResult::Passed, "the changes are what makes it fail");
    let foreign = World::signer_of(&world.middle_name, "11990000MAH0TEXT1J");
    let root = name("别的根", None);
    let own = Draft::ca(&root, &root).sign(&key(ROOT_KEY), &key(ROOT_KEY));
    let own_signer = Draft::signer(&name("别人", Some(ISSUER)), &root).sign(&key(SIGNER_KEY), &key(ROOT_KEY));
    let digest = digest::sm3_hex(forged.statement.as_bytes());
    type Change<'a> = &'a dyn Fn(&mut SignedText);
    let cases: [(&str, VerificationResult, Change<'_>); 7] = [
        ("SIG_CRYPTO_FAILURE", VerificationResult::Failed, &|as_of| as_of.statement = as_of.statement.replace("2026-06", "2026-05")),
        ("SIG_CRYPTO_FAILURE", VerificationResult::Failed, &|as_of| as_of.statement = as_of.statement.replace(&digest, &"0".repeat(64))),
        ("SIG_CRYPTO_FAILURE", VerificationResult::Failed, &|as_of| as_of.statement = "{}".into()),
        ("FORMAT_FAILURE", VerificationResult::Failed, &|as_of| {
            as_of.statement = as_of.statement.replace(r#""v":1"#, r#""v":2"#);
            as_of.signature = world.sign(&as_of.statement);
        }),
        ("SIGNER_NOT_ISSUER", VerificationResult::Failed, &|as_of| as_of.signature.as_mut().unwrap().certificates[0] = foreign.clone()),
        ("NO_SIGNATURE", VerificationResult::Indeterminate, &|as_of| as_of.signature = None),
        ("NO_CERTIFICATE_CHAIN_FOUND", VerificationResult::Indeterminate, &|as_of| {
            as_of.signature.as_mut().unwrap().certificates = vec![own_signer.clone(), own.clone()];
        }),
    ];
    for (says, result, change) in cases {
        let report = with(change);
        assert_eq!(report.result, result, "{says}: {report:#?}");
        assert_eq!(code(&report), says);
        assert_ne!(report.outcome("status-as-of"), Some(Outcome::Ok));
    }
}
