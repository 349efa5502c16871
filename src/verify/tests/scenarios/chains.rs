use const_oid::ObjectIdentifier;
use der::asn1::OctetString;
use proptest::prelude::*;
use verify::{
    Input, Policy, Report, Trust,
    chain::X509,
    report::{Outcome, VerificationResult},
    verify,
};
use x509_cert::ext::{Extension, pkix::KeyUsages};

use crate::{answer, assert_failed, authority::*};

/// The report on a good statement whose signature comes with these certificates.
fn with_path(world: &World, path: Vec<Vec<u8>>) -> Report {
    let mut envelope = world.envelope(&statement("1"), &[]);
    if let Some(block) = &mut envelope.signature {
        block.certificates = path;
    }
    answer(world, &envelope)
}

fn signer(world: &World, change: impl FnOnce(&mut Draft)) -> Vec<u8> {
    let mut draft = Draft::signer(&name("演示签名者", Some(ISSUER)), &world.middle_name);
    change(&mut draft);
    draft.sign(&key(SIGNER_KEY), &key(MIDDLE_KEY))
}

fn middle(world: &World, change: impl FnOnce(&mut Draft)) -> Vec<u8> {
    let mut draft = Draft::ca(&world.middle_name, &world.root_name);
    change(&mut draft);
    draft.sign(&key(MIDDLE_KEY), &key(ROOT_KEY))
}

fn fault(report: &Report) -> &str {
    let check = report.checks.iter().find(|check| check.name == "signer-chain").unwrap();
    &check.detail.as_ref().unwrap().params["fault"]
}

#[test]
fn the_root_may_be_listed_or_left_out() {
    let world = World::new();
    let listed = vec![world.signer.clone(), world.middle.clone(), world.root.clone()];
    assert_eq!(with_path(&world, listed).result, VerificationResult::Passed);
    assert_eq!(with_path(&world, world.path()).result, VerificationResult::Passed);
}

#[test]
fn a_foreign_root_cannot_be_judged() {
    let world = World::new();
    let envelope = world.envelope(&statement("1"), &[]);
    let foreign_name = name("别处的根", None);
    let foreign = Draft::ca(&foreign_name, &foreign_name).sign(&key(9), &key(9));
    for trust in [Trust::default(), Trust::from_der(&[foreign]).unwrap()] {
        let report = verify(&Input::of(&envelope), &trust, &Policy::default(), now());
        assert_eq!((report.result, report.genuine), (VerificationResult::Indeterminate, None));
        assert_eq!(report.outcome("signature"), Some(Outcome::Ok));
        assert_eq!(report.reasons[0].code, "NO_CERTIFICATE_CHAIN_FOUND");
    }
}

#[test]
fn a_root_of_the_same_name_and_another_key_fails() {
    let world = World::new();
    let forged = Draft::ca(&world.middle_name, &world.root_name).sign(&key(MIDDLE_KEY), &key(9));
    assert_failed(&with_path(&world, vec![world.signer.clone(), forged]), "signer-chain");
}

#[test]
fn a_signer_of_another_authority_fails() {
    let world = World::new();
    let other = World::signer_of(&world.middle_name, "11990000MAH0TEXT1J");
    assert_failed(&with_path(&world, vec![other, world.middle.clone()]), "signer-is-issuer");
    let nameless = signer(&world, |draft| draft.subject = name("无代码", None));
    assert_failed(&with_path(&world, vec![nameless, world.middle.clone()]), "signer-is-issuer");
}

#[test]
fn constraints_on_the_way_are_kept() {
    let world = World::new();
    let path = |signer: Vec<u8>, middle: Vec<u8>| vec![signer, middle];
    let good = || world.signer.clone();
    for (expected, path) in [
        ("KEY_USAGE", path(signer(&world, |draft| draft.usage = Some(KeyUsages::KeyEncipherment)), world.middle.clone())),
        ("KEY_USAGE", path(signer(&world, |draft| (draft.usage, draft.ca) = (None, Some((false, None)))), world.middle.clone())),
        ("KEY_USAGE", path(good(), middle(&world, |draft| draft.usage = Some(KeyUsages::DigitalSignature)))),
        ("NOT_A_CA", path(good(), middle(&world, |draft| draft.ca = None))),
        ("NOT_A_CA", path(good(), middle(&world, |draft| draft.ca = Some((false, None))))),
        ("ISSUER_NAME", vec![good(), world.root.clone()]),
        ("TOO_LONG", vec![good(); 9]),
        ("EMPTY", vec![]),
        ("MALFORMED", vec![good(), vec![0x30, 0x00]]),
    ] {
        let report = with_path(&world, path);
        assert_failed(&report, "signer-chain");
        assert_eq!(fault(&report), expected);
    }
}

#[test]
fn a_path_length_is_kept() {
    let world = World::new();
    let lower_name = name("演示下级", None);
    let lower = Draft::ca(&lower_name, &world.middle_name).sign(&key(4), &key(MIDDLE_KEY));
    let signer = Draft::signer(&name("演示签名者", Some(ISSUER)), &lower_name).sign(&key(SIGNER_KEY), &key(4));
    let with = |longest| {
        let middle = middle(&world, |draft| draft.ca = Some((true, longest)));
        with_path(&world, vec![signer.clone(), lower.clone(), middle])
    };
    assert_eq!(with(Some(1)).result, VerificationResult::Passed);
    let short = with(Some(0));
    assert_failed(&short, "signer-chain");
    assert_eq!(fault(&short), "PATH_LENGTH");
}

#[test]
fn an_unknown_critical_extension_is_refused() {
    let world = World::new();
    let extension = |critical| Extension {
        extn_id: ObjectIdentifier::new_unwrap("1.2.156.10260.4.1.4"),
        critical,
        extn_value: OctetString::new(vec![5, 0]).unwrap(),
    };
    let with = |critical| {
        let signer = signer(&world, |draft| draft.extra = Some(extension(critical)));
        with_path(&world, vec![signer, world.middle.clone()])
    };
    assert_eq!(with(false).result, VerificationResult::Passed);
    assert_failed(&with(true), "signer-chain");
}

#[test]
fn a_signer_out_of_its_term_cannot_be_judged() {
    let world = World::new();
    for years in [(2020, 2026), (2027, 2030)] {
        let signer = signer(&world, |draft| draft.years = years);
        let report = with_path(&world, vec![signer, world.middle.clone()]);
        assert_eq!((report.result, report.genuine), (VerificationResult::Indeterminate, None));
        assert_eq!(report.reasons[0].code, "OUT_OF_BOUNDS_NO_POE");
    }
}

#[test]
fn pem_with_several_roots_is_read() {
    let world = World::new();
    let pem = |der: &[u8]| der::Document::try_from(der).unwrap().to_pem("CERTIFICATE", der::pem::LineEnding::LF).unwrap();
    let both = format!("{}\n{}\n", pem(&world.root), pem(&world.middle));
    assert_eq!(Trust::from_pem(&[both]).unwrap().anchors.len(), 2);
    assert!(Trust::from_pem(&["no certificate"]).is_err());
    assert!(X509::from_pem("").is_err());
    let root = Trust::from_pem(&[pem(&world.root)]).unwrap();
    let envelope = world.envelope(&statement("1"), &[]);
    assert_eq!(verify(&Input::of(&envelope), &root, &Policy::default(), now()).result, VerificationResult::Passed);
}

proptest! {
    #[test]
    fn foreign_certificates_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = X509::from_der(&bytes);
    }

    #[test]
    fn changed_certificates_never_panic(place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut der = World::new().signer;
        let place = place.index(der.len());
        der[place] = byte;
        let _ = X509::from_der(&der);
        let _ = X509::from_der(&der[..cut.index(der.len())]);
        let _ = X509::from_pem(&String::from_utf8_lossy(&der));
    }
}
