//! Whole certificates, good and bad, through the one function that everybody calls.

mod as_of;
mod authority;
mod chains;
mod cms;
mod codes;
mod documents;
mod forge;
mod learning;
mod matrix;
mod messages;
mod packages;
mod pdfs;
#[path = "../processor/mod.rs"]
mod processor;
mod revocation;
mod revoked;
mod seals;
mod statuses;
mod tampering;
mod timestamps;

use authority::{World, now, statement};
use verify::{
    Envelope, Input, Lang, Policy, Report, pdf,
    report::{Outcome, VerificationResult},
    verify,
};

/// Verifies an envelope alone, under the world's root and the default policy.
fn answer(world: &World, envelope: &Envelope) -> Report {
    answer_to(world, &Input::of(envelope))
}

fn answer_to(world: &World, input: &Input<'_>) -> Report {
    let (trust, learnt) = (world.trust(), world.trust());
    let report = verify(input, &trust, &Policy::default(), now());
    assert_in_words(&report);
    // Whoever has learnt the signers answers the same.
    if let Some(envelope) = input.envelope {
        let signed = envelope.events.iter().chain(&envelope.as_of).filter_map(|signed| signed.signature.as_ref());
        signed.chain(&envelope.signature).for_each(|block| learnt.learn(&block.certificates));
    }
    input.code.and_then(|given| given.signer).into_iter().for_each(|certificates| learnt.learn(certificates));
    let again = verify(input, &learnt, &Policy::default(), now());
    assert_eq!(format!("{again:?}"), format!("{report:?}"));
    report
}

/// Every check is recorded, and every code that comes out has a sentence in both languages.
fn assert_in_words(report: &Report) {
    assert_eq!(report.checks.len(), verify::checks::names().count());
    let details = report.checks.iter().filter_map(|check| check.detail.as_ref());
    for reason in report.reasons.iter().chain(details) {
        for lang in [Lang::Zh, Lang::En] {
            let message = reason.message(lang);
            assert!(message != reason.code && !message.contains('{'), "{message}");
        }
    }
}

fn assert_failed(report: &Report, check: &str) {
    assert_eq!(report.result, VerificationResult::Failed, "{report:#?}");
    assert_eq!(report.outcome(check), Some(Outcome::Failed), "{report:#?}");
}

#[test]
fn a_good_certificate_passes() {
    let world = World::new();
    let stated = statement("20260000001");
    let report = answer(&world, &world.envelope(&stated, &[]));
    assert_eq!(report.result, VerificationResult::Passed, "{report:#?}");
    assert_eq!((report.genuine, report.gb_result, report.reasons.len()), (Some(true), Some(0), 0));
    let subject = report.subject.unwrap();
    assert_eq!(subject.masked_holder.as_deref(), Some("张**"));
    assert_eq!(subject.masked_number.as_deref(), Some("演建***********0001"));
}

#[test]
fn a_file_passes_as_a_file() {
    let world = World::new();
    let text = world.envelope(&statement("20260000001"), &[]).to_json().unwrap();
    let report = verify::verify_bytes(text.as_bytes(), &world.trust(), &Policy::default(), now()).unwrap();
    assert_eq!((report.result, report.gb_file_result), (VerificationResult::Passed, Some(0)));
}
