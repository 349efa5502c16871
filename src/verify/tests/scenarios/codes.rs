//! Codes on faces: by themselves, and beside the certificate.

use verify::{
    CodeGiven, Input, Policy, Report,
    qr::{self, Claims, Code, KeyId, holder_of},
    report::{Outcome, VerificationResult},
    signature::sign_message,
    statement::Statement,
    verify_bytes,
};

use crate::{answer_to, assert_failed, authority::*};

fn claims(world: &World, statement: &Statement) -> Claims {
    Claims {
        identifier: statement.identifier.clone(),
        key: KeyId::of(&world.signer),
        signed_at: now() - chrono::TimeDelta::minutes(10),
        fresh_minutes: 30,
        valid_from: statement.valid_from,
        valid_to: statement.valid_to,
        holder: holder_of(&statement.holders),
    }
}

fn text(claims: &Claims, seed: u8) -> String {
    claims.text("https://hub.example", &sign_message(&key(seed).0, &claims.to_be_signed()).unwrap()).unwrap()
}

fn scanned(claims: &Claims, seed: u8) -> Code {
    qr::read(&text(claims, seed)).unwrap()
}

fn alone(world: &World, code: &Code) -> Report {
    answer_to(world, &Input::of_code(code, Some(&world.path())))
}

fn code(report: &Report) -> &'static str {
    report.reasons[0].code
}

#[test]
fn a_fresh_code_passes_without_a_network() {
    let world = World::new();
    let claims = claims(&world, &statement("1"));
    let report = alone(&world, &scanned(&claims, SIGNER_KEY));
    assert_eq!((report.result, report.genuine), (VerificationResult::Passed, Some(true)), "{report:#?}");
    assert_eq!(report.status_as_of, Some(claims.signed_at));
    let subject = report.subject.unwrap();
    assert_eq!((subject.masked_holder.as_deref(), subject.type_code.as_str()), (Some("张**"), TYPE));
}

#[test]
fn a_printed_code_says_genuine_and_as_of_when() {
    let world = World::new();
    let report = alone(&world, &scanned(&Claims { fresh_minutes: 0, ..claims(&world, &statement("1")) }, SIGNER_KEY));
    assert_eq!((report.result, report.genuine, code(&report)), (VerificationResult::Indeterminate, Some(true), "STATUS_TOO_OLD"));
    assert!(report.status_as_of.is_some() && report.subject.is_some());
}

#[test]
fn what_is_over_is_over_whatever_the_code_says() {
    let world = World::new();
    let over = Claims { valid_to: Some(day("2026-05-31")), ..claims(&world, &statement("1")) };
    let report = alone(&world, &scanned(&over, SIGNER_KEY));
    assert_eq!((report.result, code(&report), report.gb_result), (VerificationResult::Failed, "EXPIRED", Some(3)));
}

#[test]
fn a_code_of_the_future_is_no_proof() {
    let world = World::new();
    let early = Claims { signed_at: now() + chrono::TimeDelta::hours(1), ..claims(&world, &statement("1")) };
    let report = alone(&world, &scanned(&early, SIGNER_KEY));
    assert_eq!((report.result, code(&report)), (VerificationResult::Indeterminate, "STATUS_FROM_FUTURE"));
}

#[test]
fn changed_claims_and_foreign_keys_fail() {
    let world = World::new();
    let good = claims(&world, &statement("1"));
    let mut longer = scanned(&good, SIGNER_KEY);
    longer.signed.as_mut().unwrap().claims.valid_to = Some(day("2099-12-31"));
    assert_failed(&alone(&world, &longer), "code-signature");
    // Signed by somebody else under the same key's name.
    assert_failed(&alone(&world, &scanned(&good, MIDDLE_KEY)), "code-signature");
    // A genuine signer of another authority.
    let other = World { signer: World::signer_of(&world.middle_name, "11990000000001GX2A"), ..World::new() };
    let claims = claims(&other, &statement("1"));
    assert_failed(&alone(&other, &scanned(&claims, SIGNER_KEY)), "code-signer-is-issuer");
}

#[test]
fn an_unknown_root_or_key_says_nothing() {
    let world = World::new();
    let code_ = scanned(&claims(&world, &statement("1")), SIGNER_KEY);
    let report = answer_to(&world, &Input::of_code(&code_, None));
    assert_eq!((report.result, report.genuine, code(&report)), (VerificationResult::Indeterminate, None, "CODE_KEY_UNKNOWN"));
    // The certificate of another key proves nothing of this one.
    let other = vec![World::signer_of(&world.middle_name, "11990000000001GX2A"), world.middle.clone()];
    let report = answer_to(&world, &Input::of_code(&code_, Some(&other)));
    assert_eq!(report.outcome("code-signature"), Some(Outcome::Unknown));
    assert_ne!(report.result, VerificationResult::Passed);
    let report = verify::verify(&Input::of_code(&code_, Some(&world.path())), &verify::Trust::default(), &Policy::default(), now());
    assert_eq!((report.result, report.genuine), (VerificationResult::Indeterminate, None));
}

#[test]
fn a_plain_link_says_to_ask_online() {
    let world = World::new();
    let link = qr::read(&format!("https://hub.example/verify/{}", statement("1").identifier)).unwrap();
    let report = alone(&world, &link);
    assert_eq!((report.result, report.genuine, code(&report)), (VerificationResult::Indeterminate, None, "CODE_UNSIGNED"));
    assert_eq!((report.subject, report.status), (None, None));
}

#[test]
fn beside_the_certificate_the_code_must_be_its_own() {
    let world = World::new();
    let (ours, theirs) = (statement("1"), statement("2"));
    let envelope = world.envelope(&ours, &[]);
    let path = world.path();
    let beside = |code: &Code| {
        let given = CodeGiven { code, signer: Some(&path) };
        answer_to(&world, &Input { code: Some(given), ..Input::of(&envelope) })
    };
    let printed = Claims { fresh_minutes: 0, ..claims(&world, &ours) };
    let report = beside(&scanned(&printed, SIGNER_KEY));
    assert_eq!(report.result, VerificationResult::Passed, "{report:#?}");
    // Glued on from another certificate of the same issuer.
    assert_failed(&beside(&scanned(&claims(&world, &theirs), SIGNER_KEY)), "code-agrees");
    let renamed = Claims { holder: "李**".into(), ..claims(&world, &ours) };
    assert_failed(&beside(&scanned(&renamed, SIGNER_KEY)), "code-agrees");
}

#[test]
fn the_text_of_a_code_is_verified_as_a_file_is() {
    let world = World::new();
    let text = text(&claims(&world, &statement("1")), SIGNER_KEY);
    let known = world.trust().with_signers([world.path()]);
    let report = verify_bytes(text.as_bytes(), &known, &Policy::default(), now()).unwrap();
    assert_eq!(report.result, VerificationResult::Passed);
    let report = verify_bytes(text.as_bytes(), &world.trust(), &Policy::default(), now()).unwrap();
    assert_eq!((report.result, code(&report)), (VerificationResult::Indeterminate, "CODE_KEY_UNKNOWN"));
}
