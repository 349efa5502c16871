use std::collections::BTreeMap;

use proptest::prelude::*;
use verify::{
    CertificateStatus::{self, *},
    Envelope, Input, NotReadable, Policy, Presented, attachment,
    report::{Outcome, VerificationResult},
    verify, verify_bytes,
};

use crate::{answer, answer_to, assert_failed, authority::*};

const STORY: [(&str, CertificateStatus); 3] = [("suspend", Suspended), ("resume", Valid), ("suspend", Suspended)];

#[test]
fn every_changed_character_of_the_statement_fails() {
    let world = World::new();
    let good = world.envelope(&statement("1"), &[]);
    for (place, character) in good.statement.char_indices() {
        let mut changed = good.clone();
        let other = if character == '1' { "2" } else { "1" };
        changed.statement.replace_range(place..place + character.len_utf8(), other);
        assert_failed(&answer(&world, &changed), "signature");
    }
}

#[test]
fn an_event_left_out_in_the_middle_fails() {
    let world = World::new();
    for gone in [0, 1] {
        let mut envelope = world.envelope(&statement("1"), &STORY);
        envelope.events.remove(gone);
        assert_failed(&answer(&world, &envelope), "event-chain");
    }
}

#[test]
fn events_in_another_order_fail() {
    let world = World::new();
    let mut envelope = world.envelope(&statement("1"), &STORY);
    envelope.events.swap(0, 1);
    assert_failed(&answer(&world, &envelope), "event-chain");
}

#[test]
fn an_event_of_another_certificate_fails() {
    let world = World::new();
    let mut envelope = world.envelope(&statement("1"), &STORY);
    envelope.events[1] = world.envelope(&statement("2"), &STORY).events[1].clone();
    let report = answer(&world, &envelope);
    assert_failed(&report, "event-chain");
    assert_eq!(report.reasons[0].code, "EVENT_OF_ANOTHER_CERTIFICATE");
}

/// Same identifier, sequence and signer, but another history: only the digests tell.
#[test]
fn an_event_of_another_history_fails() {
    let world = World::new();
    let mut envelope = world.envelope(&statement("1"), &STORY);
    envelope.events[1] = world.envelope(&statement("1"), &[("revoke", Revoked), ("resume", Valid)]).events[1].clone();
    let report = answer(&world, &envelope);
    assert_failed(&report, "event-chain");
    assert_eq!(report.reasons[0].code, "HASH_FAILURE");
}

#[test]
fn an_event_of_another_authority_fails() {
    let world = World::new();
    let mut envelope = world.envelope(&statement("1"), &STORY);
    let foreign = World::signer_of(&world.middle_name, "11990000MAH0TEXT1J");
    if let Some(block) = &mut envelope.events[2].signature {
        block.certificates[0] = foreign;
    }
    let report = answer(&world, &envelope);
    assert_failed(&report, "event-signatures");
    assert_eq!(report.reasons[0].params["event"], "3");
}

#[test]
fn a_changed_event_fails() {
    let world = World::new();
    let mut envelope = world.envelope(&statement("1"), &STORY);
    envelope.events[2].statement = envelope.events[2].statement.replace("SUSPENDED", "VALID");
    assert_failed(&answer(&world, &envelope), "event-signatures");
}

#[test]
fn a_signature_of_another_certificate_fails() {
    let world = World::new();
    let mut envelope = world.envelope(&statement("1"), &[]);
    envelope.signature = world.envelope(&statement("2"), &[]).signature;
    assert_failed(&answer(&world, &envelope), "signature");
}

#[test]
fn a_file_that_was_changed_says_which_part_failed() {
    let world = World::new();
    let mut envelope = world.envelope(&statement("1"), &[]);
    envelope.statement = envelope.statement.replace("张某某", "李某某");
    let verify = |envelope: &Envelope| {
        let text = envelope.to_json().unwrap();
        verify_bytes(text.as_bytes(), &world.trust(), &Policy::default(), now()).unwrap()
    };
    assert_eq!(verify(&envelope).gb_file_result, Some(1));
    envelope.statement.push(' ');
    assert_eq!(verify(&envelope).gb_file_result, Some(2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_flipped_bit_in_signature_or_certificates_fails(
        part in 0..3_usize, place in any::<prop::sample::Index>(), bit in 0..8_u8
    ) {
        let world = World::new();
        let mut envelope = world.envelope(&statement("1"), &[]);
        let block = envelope.signature.as_mut().unwrap();
        let (bytes, checks): (_, &[&str]) = match part {
            0 => (&mut block.value, &["signature"]),
            other => (&mut block.certificates[other - 1], &["signer-chain", "signer-is-issuer", "signature"]),
        };
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let report = verify(&Input::of(&envelope), &world.trust(), &Policy::default(), now());
        prop_assert_ne!(report.result, VerificationResult::Passed);
        // The issuer's name in the topmost certificate, and the name of an algorithm, are the things whose change makes a foreign
        // root or a foreign certificate of ours.
        let foreign = report.reasons.iter().any(|reason| reason.code == "FOREIGN_ALGORITHM");
        if part == 0 || part == 1 && !foreign {
            prop_assert_eq!(report.result, VerificationResult::Failed, "{:#?}", report);
            prop_assert!(checks.iter().any(|check| report.outcome(check) == Some(Outcome::Failed)));
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_in_a_file_never_passes(place in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let world = World::new();
        let envelope = world.envelope(&statement("1"), &[("suspend", Suspended), ("resume", Valid)]);
        let mut bytes = envelope.to_json().unwrap().into_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        match verify_bytes(&bytes, &world.trust(), &Policy::default(), now()) {
            Ok(report) => prop_assert_ne!(report.result, VerificationResult::Passed),
            Err(NotReadable::Envelope(_) | NotReadable::Message(_) | NotReadable::UnknownKind | NotReadable::Document(_) | NotReadable::Code(_)) => {}
        }
    }
}

/// The data name the photo, the file brings it: whichever of the two is changed, it shows.
#[test]
fn attachments_are_held_against_what_was_signed() {
    let world = World::new();
    let name = attachment::name_of(b"photo");
    let mut stated = statement("1");
    stated.data.insert("photos".to_owned(), serde_json::json!([name]));
    let mut envelope = world.envelope(&stated, &[]);
    let without = answer(&world, &envelope);
    assert_eq!((without.result, without.outcome("attachments")), (VerificationResult::Passed, Some(Outcome::NotApplicable)));
    envelope.attachments.insert(name.clone(), b"photo".to_vec());
    let read = Envelope::from_json(envelope.to_json().unwrap().as_bytes()).unwrap();
    let with = answer(&world, &read);
    assert_eq!((with.result, with.outcome("attachments")), (VerificationResult::Passed, Some(Outcome::Ok)));
    let mut changed = envelope.clone();
    changed.attachments.insert(name, b"other".to_vec());
    assert_failed(&answer(&world, &changed), "attachments");
    let mut foreign = envelope.clone();
    foreign.attachments.insert(attachment::name_of(b"other"), b"other".to_vec());
    let report = answer(&world, &foreign);
    assert_failed(&report, "attachments");
    assert_eq!((report.genuine, report.clone().of_file().gb_file_result), (Some(false), Some(2)));
    let presented = |photo: &str| Presented { data: serde_json::json!({"photos": [photo]}).as_object().cloned(), ..Presented::default() };
    for (photo, result) in
        [("cGhvdG8=", VerificationResult::Passed), ("b3RoZXI=", VerificationResult::Failed), ("photo", VerificationResult::Failed)]
    {
        let presented = presented(photo);
        let input = Input { presented: Some(&presented), ..Input::of(&envelope) };
        assert_eq!(answer_to(&world, &input).result, result, "{photo}");
    }
}

#[test]
fn a_record_that_cannot_be_read_fails() {
    let world = World::new();
    let stated = statement("1");
    let mut record = record(&stated, Valid);
    record.unreadable = vec!["validTo", "status"];
    let envelope = world.envelope(&stated, &[]);
    let report = answer_to(&world, &Input { record: Some(&record), ..Input::of(&envelope) });
    assert_failed(&report, "record");
    assert_eq!(report.reasons[0].params["members"], "validTo, status");
}

/// Properly signed, so that form alone speaks against it.
#[test]
fn a_signed_text_in_the_wrong_form_fails() {
    let world = World::new();
    let signed = |text: String| Envelope {
        signature: world.sign(&text),
        statement: text,
        events: vec![],
        attachments: BTreeMap::new(),
        as_of: None,
        copy: None,
    };
    let text = statement("1").to_text().unwrap();
    let spaced = answer(&world, &signed(text.replace(r#""v":1"#, r#""v": 1"#)));
    assert_failed(&spaced, "canonical-form");
    assert_eq!(spaced.outcome("signature"), Some(Outcome::Ok));
    let unknown = answer(&world, &signed(text.replace(r#""v":1"#, r#""v":1,"va":1"#)));
    assert_failed(&unknown, "statement-shape");
    assert_eq!(unknown.outcome("canonical-form"), Some(Outcome::Ok));
    let mut nobody = signed(text);
    nobody.signature.as_mut().unwrap().certificates.clear();
    assert_failed(&answer(&world, &nobody), "container");
}
