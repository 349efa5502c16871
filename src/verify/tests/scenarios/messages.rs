//! The signed statement as a message of GB/T 35275.

use verify::{
    Envelope, Kind, Policy,
    cms::{Draft, Family, SignedData},
    message::MessageFault,
    report::{Outcome, VerificationResult},
    verify_bytes,
};

use crate::authority::*;

#[test]
fn the_same_signature_stands_in_both_forms() {
    let world = World::new();
    let envelope = world.envelope(&statement("1"), &[]);
    let message = envelope.to_message().unwrap();
    assert_eq!(Kind::of(&message), Some(Kind::SignedMessage));
    let read = SignedData::read(&message).unwrap();
    assert_eq!((read.family(), read.content()), (Family::Gm, Some(envelope.statement.as_bytes())));
    let back = Envelope::from_message(&message).unwrap();
    assert_eq!((&back.statement, &back.signature), (&envelope.statement, &envelope.signature));
    assert_eq!(back.to_message().unwrap(), message);

    let report = verify_bytes(&message, &world.trust(), &Policy::default(), now()).unwrap();
    assert_eq!(report.outcome("signature"), Some(Outcome::Ok));
    assert_eq!((report.result, report.genuine), (VerificationResult::Indeterminate, Some(true)), "it says nothing of the status");
}

#[test]
fn no_altered_message_passes_for_genuine() {
    let world = World::new();
    let envelope = world.envelope(&statement("1"), &[]);
    let message = envelope.to_message().unwrap();
    let text = message.windows(20).position(|window| envelope.statement.as_bytes().starts_with(window)).unwrap();
    for place in (0..message.len()).step_by(7).chain(text..text + 60) {
        for bit in [1, 0x20] {
            let mut altered = message.clone();
            altered[place] ^= bit;
            let Ok(report) = verify_bytes(&altered, &world.trust(), &Policy::default(), now()) else { continue };
            // Issuers that only lead up to the root may be altered and left out.
            let same = Envelope::from_message(&altered).is_ok_and(|read| read.statement == envelope.statement);
            assert!(report.genuine != Some(true) || same, "byte {place}");
        }
    }
}

#[test]
fn what_is_signed_otherwise_is_named() {
    let world = World::new();
    let envelope = world.envelope(&statement("1"), &[]);
    let block = envelope.signature.clone().unwrap();
    let own = verify::chain::X509::from_der(&block.certificates[0]).unwrap();
    let draft = |family| Draft::attached(family, envelope.statement.clone().into_bytes());
    let with_attributes = draft(Family::Gm).prepare(&own).unwrap().assemble(&block.value, &[], None).unwrap();
    assert_eq!(Envelope::from_message(&with_attributes), Err(MessageFault::Attributes));
    let binary = Draft::attached(Family::Gm, vec![0xff, 0xfe]).prepare_bare(&own).unwrap().assemble(&block.value, &[], None).unwrap();
    assert_eq!(Envelope::from_message(&binary), Err(MessageFault::NoStatement));
    assert!(verify_bytes(&with_attributes, &world.trust(), &Policy::default(), now()).is_err());
    let unsigned = Envelope { signature: None, ..envelope };
    assert_eq!(unsigned.to_message(), Err(MessageFault::Unsigned));
}
