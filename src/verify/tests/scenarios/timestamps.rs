use chrono::{DateTime, Utc};
use proptest::prelude::*;
use verify::{
    chain::{ChainOutcome, Purpose, X509, follow},
    cms::{CertificateBinding, CmsFault, Content, Draft, Family, SignatureOutcome, SignedData},
    digest::sm3,
    signature::sign_message,
    timestamp::*,
};
use x509_cert::ext::Extension;

use crate::{
    authority::{Draft as CertificateDraft, *},
    forge::*,
};

const UNIT_KEY: u8 = 5;

/// An extended key usage.
pub(crate) fn usage(critical: bool, purposes: &[&str]) -> Extension {
    let purposes: Vec<u8> = purposes.iter().flat_map(|purpose| oid(purpose)).collect();
    let extn_value = der::asn1::OctetString::new(seq(&[&purposes])).unwrap();
    Extension { extn_id: "2.5.29.37".parse().unwrap(), critical, extn_value }
}

const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";

fn unit_with(world: &World, extra: Option<Extension>) -> Vec<u8> {
    let mut draft = CertificateDraft::signer(&name("演示时间戳单元", None), &world.middle_name);
    (draft.extra, draft.serial) = (extra, 8);
    draft.sign(&key(UNIT_KEY), &key(MIDDLE_KEY))
}

pub(crate) fn unit(world: &World) -> Vec<u8> {
    unit_with(world, Some(usage(true, &[TIME_STAMPING])))
}

fn stamped_at() -> DateTime<Utc> {
    "2026-05-01T12:00:00Z".parse().unwrap()
}

fn request(bytes: &[u8]) -> TimestampRequest {
    TimestampRequest { imprint: sm3(bytes), policy: None, nonce: Some(vec![0x12, 0x34]), certificate_wanted: true }
}

fn token_by(world: &World, unit: &[u8], bytes: &[u8]) -> Vec<u8> {
    token_at(world, unit, bytes, stamped_at())
}

pub(crate) fn token_at(world: &World, unit: &[u8], bytes: &[u8], at: DateTime<Utc>) -> Vec<u8> {
    let accuracy = Accuracy { seconds: 1, ..Accuracy::default() };
    let info = TstInfo::answering(&request(bytes), "1.2.3.4.5".parse().unwrap(), 200, at, accuracy);
    let prepared = info.prepare(&X509::from_der(unit).unwrap()).unwrap();
    let signature = sign_message(&key(UNIT_KEY).0, prepared.to_be_signed()).unwrap();
    prepared.assemble(&signature, std::slice::from_ref(&world.middle), None).unwrap()
}

fn verified(world: &World, token: &TimestampToken, bytes: &[u8]) -> (TimestampVerification, ChainOutcome) {
    let chain = world.trust().chain_for(token.certificates(), Purpose::Timestamps);
    (token.verify(&[bytes], &chain), chain.outcome(token.at()))
}

#[test]
fn a_stamp_is_asked_for_given_and_holds() {
    let world = World::new();
    let request = TimestampRequest::read(&request(b"signature").to_der()).unwrap();
    let response = TimestampResponse::granted(&token_by(&world, &unit(&world), b"signature"));
    let TimestampResponse::Granted(der) = TimestampResponse::read(&response).unwrap() else { panic!() };
    let token = TimestampToken::read(&der).unwrap();
    assert_eq!(token.info().nonce, request.nonce);
    assert_eq!((token.at(), token.info().serial.as_slice()), (stamped_at(), &[0, 200][..]));
    assert_eq!(token.info().accuracy.unwrap().span().num_milliseconds(), 1_000);
    let (found, chain) = verified(&world, &token, b"signature");
    assert!(found.holds(), "{found:?}");
    assert!(matches!(chain, ChainOutcome::Trusted { .. }), "{chain:?}");
}

#[test]
fn a_stamp_on_a_signature_comes_along_unsigned() {
    let world = World::new();
    let signer = X509::from_der(&world.signer).unwrap();
    let prepared = Draft::detached(Family::Rfc5652, sm3(b"content")).prepare(&signer).unwrap();
    let signature = sign_message(&key(SIGNER_KEY).0, prepared.to_be_signed()).unwrap();
    let token = token_by(&world, &unit(&world), &signature);
    let der = prepared.assemble(&signature, &world.path(), Some(&token)).unwrap();
    let signed = SignedData::read(&der).unwrap();
    assert!(signed.verify(Content::Detached(&[b"content"]), &world.trust().chain(signed.certificates())).holds());
    let token = TimestampToken::read(signed.timestamp_token().unwrap()).unwrap();
    assert!(verified(&world, &token, signed.signature()).0.holds());
}

#[test]
fn other_bytes_were_not_stamped() {
    let world = World::new();
    let token = TimestampToken::read(&token_by(&world, &unit(&world), b"one")).unwrap();
    let (found, _) = verified(&world, &token, b"two");
    assert_eq!(found.imprint, ImprintOutcome::Differs { stamped: sm3(b"one"), found: sm3(b"two") });
    assert!(!found.holds());
}

#[test]
fn attack_a_stamp_by_a_key_that_may_not_stamp() {
    let world = World::new();
    for extra in [None, Some(usage(false, &[TIME_STAMPING])), Some(usage(true, &[TIME_STAMPING, "1.3.6.1.5.5.7.3.4"]))] {
        let token = TimestampToken::read(&token_by(&world, &unit_with(&world, extra), b"signature")).unwrap();
        let (found, chain) = verified(&world, &token, b"signature");
        assert_eq!((found.usage, found.holds()), (Err("EXTENDED_KEY_USAGE"), false));
        assert_eq!(chain, ChainOutcome::Broken { place: 0, fault: "EXTENDED_KEY_USAGE" });
    }
}

#[test]
fn attack_a_time_stamping_unit_signs_a_document() {
    let world = World::new();
    let path = [unit(&world), world.middle.clone()].map(|der| X509::from_der(&der).unwrap());
    let anchors = [X509::from_der(&world.root).unwrap()];
    assert_eq!(follow(&path, &anchors, now()), ChainOutcome::Broken { place: 0, fault: "EXTENDED_KEY_USAGE" });
    // And its token is no envelope of a document.
    let token = token_by(&world, &unit(&world), b"signature");
    assert!(matches!(SignedData::read(&token), Err(CmsFault::ContentType { .. })));
    let document = Forge::new(&world, b"content").der();
    assert!(matches!(TimestampToken::read(&document), Err(TimestampFault::Envelope(CmsFault::ContentType { .. }))));
}

#[test]
fn attack_a_stamp_that_binds_no_certificate_or_has_no_attributes() {
    let world = World::new();
    let info = TstInfo::answering(&request(b"signature"), "1.2.3".parse().unwrap(), 1, stamped_at(), Accuracy::default());
    let mut forge = Forge::new(&world, &info.to_der().unwrap());
    (forge.inner, forge.version) = ("1.2.840.113549.1.9.16.1.4".to_owned(), 3);
    forge.attributes()[0] = attribute("1.2.840.113549.1.9.3", &[&oid("1.2.840.113549.1.9.16.1.4")]);
    let token = TimestampToken::read(&forge.der()).unwrap();
    let (found, _) = verified(&world, &token, b"signature");
    assert_eq!((found.signing_certificate, found.envelope.signature), (CertificateBinding::Absent, SignatureOutcome::Holds));
    assert!(!found.holds());
    let mut bare = forge.clone();
    bare.signer().attributes = None;
    assert_eq!(TimestampToken::read(&bare.der()), Err(TimestampFault::Missing("signed attributes")));
    forge.attached = false;
    assert_eq!(TimestampToken::read(&forge.der()), Err(TimestampFault::Missing("its content")));
}

#[test]
fn oddities_of_the_stamp_are_named() {
    let world = World::new();
    let read = |info: Vec<u8>| {
        let mut forge = Forge::new(&world, &info);
        forge.inner = "1.2.840.113549.1.9.16.1.4".to_owned();
        forge.attributes()[0] = attribute("1.2.840.113549.1.9.3", &[&oid("1.2.840.113549.1.9.16.1.4")]);
        TimestampToken::read(&forge.der())
    };
    let imprint = |algorithm_oid: &str, length: usize| seq(&[&algorithm(algorithm_oid), &tlv(4, &[&vec![0; length]])]);
    let info = |version: u8, imprint: &[u8], time: &str, rest: &[u8]| {
        seq(&[&[2, 1, version], &oid("1.2.3"), imprint, &[2, 1, 1], &tlv(0x18, &[time.as_bytes()]), rest])
    };
    let good = imprint(SM3, 32);
    assert!(read(info(1, &good, "20260501120000.5Z", &[])).is_ok());
    assert_eq!(read(info(2, &good, "20260501120000Z", &[])), Err(TimestampFault::Version(2)));
    let sha256 = imprint("2.16.840.1.101.3.4.2.1", 32);
    assert!(matches!(read(info(1, &sha256, "20260501120000Z", &[])), Err(TimestampFault::ForeignImprint(_))));
    assert!(matches!(read(info(1, &imprint(SM3, 20), "20260501120000Z", &[])), Err(TimestampFault::Malformed(_))));
    assert!(matches!(read(info(1, &good, "20260501120000.50Z", &[])), Err(TimestampFault::Malformed(_))));
    assert!(matches!(read(info(1, &good, "20260501120000Z", &[1, 1, 0])), Err(TimestampFault::Malformed(_))));
    let extensions = |critical: &[u8]| tlv(0xa1, &[&seq(&[&oid("1.2.9"), critical, &[4, 0]])]);
    assert!(read(info(1, &good, "20260501120000Z", &extensions(&[]))).is_ok());
    let critical = read(info(1, &good, "20260501120000Z", &extensions(&[1, 1, 0xff])));
    assert!(matches!(critical, Err(TimestampFault::Extension(_))));
    assert!(matches!(read(b"no der".to_vec()), Err(TimestampFault::Malformed(_))));
}

#[test]
fn requests_that_cannot_be_met_know_their_answer() {
    let imprint = seq(&[&algorithm("2.16.840.1.101.3.4.2.1"), &tlv(4, &[&[0; 32]])]);
    let foreign = TimestampRequest::read(&seq(&[&[2, 1, 1], &imprint])).unwrap_err();
    assert_eq!(foreign.refusal(), Refusal::BadAlgorithm);
    assert_eq!(TimestampRequest::read(b"?").unwrap_err().refusal(), Refusal::BadDataFormat);
    let good = request(b"x").to_der();
    let extended = seq(&[&good[2..], &tlv(0xa0, &[&seq(&[&oid("1.2.3"), &[4, 0]])])]);
    assert_eq!(TimestampRequest::read(&extended).unwrap_err().refusal(), Refusal::UnacceptedExtension);
}

proptest! {
    #[test]
    fn one_changed_byte_never_panics_and_never_moves_the_time(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let world = World::new();
        let mut der = token_by(&world, &unit(&world), b"signature");
        let place = place.index(der.len());
        der[place] = byte;
        if let Ok(token) = TimestampToken::read(&der) {
            let (found, _) = verified(&world, &token, b"signature");
            if found.holds() {
                prop_assert_eq!(token.at(), stamped_at());
            }
        }
    }
}
