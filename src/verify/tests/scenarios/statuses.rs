use serde_json::json;
use verify::{
    CertificateStatus::*,
    Input, Policy, Presented,
    report::{Outcome, VerificationResult},
    verify,
};

use crate::{answer, answer_to, assert_failed, authority::*};

#[test]
fn a_suspended_certificate_is_genuine_and_fails() {
    let world = World::new();
    let report = answer(&world, &world.envelope(&statement("1"), &[("suspend", Suspended)]));
    assert_eq!((report.result, report.genuine), (VerificationResult::Failed, Some(true)));
    assert_eq!((report.status, report.gb_result), (Some(Suspended), Some(2)));
    assert_eq!(report.reasons[0].code, "SUSPENDED");
}

#[test]
fn a_resumed_certificate_passes_and_a_revoked_one_fails() {
    let world = World::new();
    let resumed = answer(&world, &world.envelope(&statement("1"), &[("suspend", Suspended), ("resume", Valid)]));
    assert_eq!(resumed.result, VerificationResult::Passed);
    let revoked = answer(&world, &world.envelope(&statement("1"), &[("revoke", Revoked)]));
    assert_eq!((revoked.genuine, revoked.gb_result), (Some(true), Some(3)));
    assert_eq!(revoked.reasons[0].code, "CERTIFICATE_REVOKED");
}

#[test]
fn the_term_is_held_against_the_time_asked() {
    let world = World::new();
    let stated = statement("1");
    let envelope = world.envelope(&stated, &[]);
    let record = record(&stated, Valid);
    for (at, status, gb_result) in [
        ("2025-12-31T15:59:59Z", NotYetValid, 1),
        ("2025-12-31T16:00:00Z", Valid, 0),
        ("2028-12-31T15:59:59Z", Valid, 0),
        ("2028-12-31T16:00:00Z", Expired, 3),
    ] {
        let at = at.parse().unwrap();
        let input = Input { record: Some(&record), ..Input::of(&envelope) };
        let report = verify(&input, &world.trust(), &Policy::default(), at);
        assert_eq!((report.status, report.gb_result), (Some(status), Some(gb_result)), "{at}");
    }
}

#[test]
fn an_old_status_counts_only_when_the_policy_asks() {
    let world = World::new();
    let envelope = world.envelope(&statement("1"), &[]);
    let later = now() + chrono::TimeDelta::days(2);
    let policy = |max_status_age| Policy { max_status_age, ..Policy::default() };
    let result = |policy| verify(&Input::of(&envelope), &world.trust(), &policy, later).result;
    assert_eq!(result(policy(None)), VerificationResult::Passed);
    assert_eq!(result(policy(Some(3 * 86_400))), VerificationResult::Passed);
    assert_eq!(result(policy(Some(86_400))), VerificationResult::Indeterminate);
    let earlier = now() - chrono::TimeDelta::days(1);
    let early = verify(&Input::of(&envelope), &world.trust(), &policy(None), earlier);
    assert_eq!((early.result, early.genuine), (VerificationResult::Indeterminate, Some(true)));
    assert_eq!(early.outcome("status-as-of"), Some(Outcome::Unknown));
    assert_eq!(early.reasons[0].code, "STATUS_FROM_FUTURE");
}

#[test]
fn a_record_that_agrees_passes_and_one_that_differs_fails() {
    let world = World::new();
    let stated = statement("1");
    let envelope = world.envelope(&stated, &[]);
    let good = record(&stated, Valid);
    let with = |record: &verify::Record| answer_to(&world, &Input { record: Some(record), ..Input::of(&envelope) });
    assert_eq!(with(&good).result, VerificationResult::Passed);
    let other = "x".to_owned();
    for (member, changed) in [
        ("identifier", verify::Record { identifier: other.clone(), ..good.clone() }),
        ("typeCode", verify::Record { type_code: other.clone(), ..good.clone() }),
        ("number", verify::Record { number: other.clone(), ..good.clone() }),
        ("issuer", verify::Record { issuer_code: other.clone(), ..good.clone() }),
        ("issuedOn", verify::Record { issued_on: day("2026-01-02"), ..good.clone() }),
        ("validFrom", verify::Record { valid_from: None, ..good.clone() }),
        ("validTo", verify::Record { valid_to: Some(day("2030-01-01")), ..good.clone() }),
        ("statement", verify::Record { statement_digest: Some(other), ..good.clone() }),
        ("status", verify::Record { status: Revoked, ..good.clone() }),
    ] {
        let report = with(&changed);
        assert_failed(&report, "record");
        assert_eq!(report.reasons[0].params["members"], member);
    }
}

#[test]
fn a_number_that_is_a_holders_code_shows_its_ends_alone() {
    let world = World::new();
    let mut stated = statement("1");
    stated.number = "９９0000190001010016".into();
    let subject = answer(&world, &world.envelope(&stated, &[])).subject.unwrap();
    assert_eq!(subject.masked_number.as_deref(), Some("９****************6"));
}

#[test]
fn what_was_presented_is_compared() {
    let world = World::new();
    let envelope = world.envelope(&statement("1"), &[]);
    let with = |presented: &Presented| answer_to(&world, &Input { presented: Some(presented), ..Input::of(&envelope) });
    let data = |value: serde_json::Value| value.as_object().cloned();
    let good = Presented {
        number: Some("演建安Ａ[2026] 0000001".into()),
        holder_name: Some("张某某 ".into()),
        holder_code: Some("990000190001010016".into()),
        data: data(json!({"category": "Ａ", "area": "12.50", "levels": [{}, {"level": "2"}]})),
    };
    assert_eq!(with(&good).result, VerificationResult::Passed);
    for (member, changed) in [
        ("number", Presented { number: Some("演建安A(2026)0000002".into()), ..good.clone() }),
        ("holderName", Presented { holder_name: Some("李某某".into()), ..good.clone() }),
        ("holderCode", Presented { holder_code: Some("99000019000102002X".into()), ..good.clone() }),
        ("data.category", Presented { data: data(json!({"category": "B"})), ..good.clone() }),
        ("data.nowhere", Presented { data: data(json!({"nowhere": 1})), ..good.clone() }),
        ("data.levels", Presented { data: data(json!({"levels": [{"level": 1}]})), ..good.clone() }),
    ] {
        let report = with(&changed);
        assert_failed(&report, "presented");
        assert_eq!((report.reasons[0].code, report.gb_result), ("DATA_MISMATCH", Some(5)));
        assert!(report.reasons[0].params.is_empty(), "{member} is not named");
        assert_eq!((report.subject, report.status), (None, None), "a wrong guess is told nothing");
    }
    let nothing = with(&Presented::default());
    assert_eq!((nothing.result, nothing.gb_result), (VerificationResult::Indeterminate, Some(4)));
    assert_eq!(nothing.subject, None);
}

#[test]
fn a_certificate_without_signature_cannot_be_judged() {
    let world = World::new();
    let stated = statement("1");
    let mut envelope = world.envelope(&stated, &[]);
    envelope.signature = None;
    let revoked = record(&stated, Revoked);
    let report = answer_to(&world, &Input { record: Some(&revoked), ..Input::of(&envelope) });
    assert_eq!((report.result, report.genuine), (VerificationResult::Indeterminate, None));
    assert_eq!((report.status, report.gb_result), (Some(Revoked), None));
}

#[test]
fn a_wrong_check_character_only_warns() {
    let world = World::new();
    let mut stated = statement("1");
    let right = stated.identifier.pop().unwrap();
    stated.identifier.push(if right == 'A' { 'B' } else { 'A' });
    let report = answer(&world, &world.envelope(&stated, &[]));
    assert_eq!(report.result, VerificationResult::Passed);
    assert_eq!(report.outcome("identifier-check-character"), Some(Outcome::Failed));
    assert_eq!(report.reasons[0].code, "IDENTIFIER_CHECK_CHARACTER");
}

#[test]
fn an_identifier_of_another_type_or_issuer_fails() {
    let world = World::new();
    let mut stated = statement("1");
    stated.type_code = "11100000000013338W032".into();
    assert_failed(&answer(&world, &world.envelope(&stated, &[])), "identifier");
    stated.identifier = "nonsense".into();
    assert_failed(&answer(&world, &world.envelope(&stated, &[])), "identifier");
}
