use proptest::prelude::*;
use verify::{
    asn1::{DerFault, element_length},
    chain::{ChainOutcome, X509},
    cms::{Draft, *},
    digest::sm3,
    signature::{SignatureFault, sign_message},
};

use crate::{
    authority::{Draft as CertificateDraft, *},
    forge::*,
};

const CONTENT: &[u8] = "电子证照".as_bytes();

fn fault(forge: &Forge) -> CmsFault {
    SignedData::read(&forge.der()).unwrap_err()
}

/// Reads and verifies against the world's root.
fn verified(world: &World, der: &[u8], content: Content<'_>) -> Verification {
    let signed = SignedData::read(der).unwrap();
    let chain = world.trust().chain(signed.certificates());
    assert!(matches!(chain.outcome(now()), ChainOutcome::Trusted { .. }), "{:?}", chain.outcome(now()));
    signed.verify(content, &chain)
}

fn written(world: &World, draft: Draft) -> Vec<u8> {
    let signer = X509::from_der(&world.signer).unwrap();
    let prepared = draft.prepare(&signer).unwrap();
    let signature = sign_message(&key(SIGNER_KEY).0, prepared.to_be_signed()).unwrap();
    prepared.assemble(&signature, std::slice::from_ref(&world.middle), None).unwrap()
}

#[test]
fn both_families_attached_and_detached_with_and_without_attributes_are_read() {
    let world = World::new();
    for gm in [false, true] {
        for attached in [true, false] {
            for attributes in [true, false] {
                let mut forge = Forge::new(&world, CONTENT);
                forge = if gm { forge.gm() } else { forge };
                forge.attached = attached;
                if !attributes {
                    forge.signer().attributes = None;
                }
                let der = forge.der();
                let signed = SignedData::read(&der).unwrap();
                assert_eq!(signed.family(), if gm { Family::Gm } else { Family::Rfc5652 });
                assert_eq!(signed.content(), attached.then_some(CONTENT));
                assert_eq!(signed.certificates(), world.path());
                let (first, second) = CONTENT.split_at(5);
                let content = if attached { Content::Attached } else { Content::Detached(&[first, second]) };
                let found = verified(&world, &der, content);
                assert!(found.holds(), "{found:?}");
                assert_eq!(found.digest, if attributes { DigestOutcome::Agrees } else { DigestOutcome::NotApart });
                if !attached {
                    let by_digest = verified(&world, &der, Content::DetachedDigest(sm3(CONTENT)));
                    assert_eq!(by_digest.holds(), attributes);
                    let other = verified(&world, &der, Content::Detached(&[b"other"]));
                    assert!(!other.holds(), "{other:?}");
                }
            }
        }
    }
}

#[test]
fn older_and_laxer_spellings_of_the_algorithm_are_read() {
    let world = World::new();
    for written in [
        algorithm(SM2_SM3),
        seq(&[&oid(SM2_SM3), &[5, 0]]),
        algorithm("1.2.156.10197.1.301.1"),
        seq(&[&oid("1.2.156.10197.1.301.1"), &[5, 0]]),
    ] {
        let mut forge = Forge::new(&world, CONTENT);
        forge.signer().algorithm = written;
        assert!(verified(&world, &forge.der(), Content::Attached).holds());
    }
    let mut forge = Forge::new(&world, CONTENT);
    forge.signer().algorithm = seq(&[&oid(SM2_SM3), &[2, 1, 1]]);
    assert!(matches!(fault(&forge), CmsFault::Parameters(found) if found.to_string() == SM2_SM3));
}

#[test]
fn what_is_written_is_read_and_holds() {
    let world = World::new();
    for family in [Family::Rfc5652, Family::Gm] {
        let attached = written(&world, Draft::attached(family, CONTENT.to_vec()).signed_at(now()));
        let signed = SignedData::read(&attached).unwrap();
        assert_eq!((signed.signing_time(), signed.signing_certificate()), (Some(now()), CertificateBinding::Matches));
        assert_eq!(signed.signature_algorithm().to_string(), SM2_SM3);
        assert!(verified(&world, &attached, Content::Attached).holds());
        let detached = written(&world, Draft::detached(family, sm3(CONTENT)));
        assert_eq!(SignedData::read(&detached).unwrap().signing_time(), None);
        assert!(verified(&world, &detached, Content::Detached(&[CONTENT])).holds());
        let signer = X509::from_der(&world.signer).unwrap();
        let bare = Draft::attached(family, CONTENT.to_vec()).prepare_bare(&signer).unwrap();
        assert_eq!(bare.to_be_signed(), CONTENT);
        let signature = sign_message(&key(SIGNER_KEY).0, bare.to_be_signed()).unwrap();
        let bare = bare.assemble(&signature, &world.path(), None).unwrap();
        assert!(verified(&world, &bare, Content::Attached).holds());
        assert_eq!(SignedData::read(&bare).unwrap().signing_certificate(), CertificateBinding::Absent);
    }
    let signer = X509::from_der(&world.signer).unwrap();
    assert!(matches!(Draft::detached(Family::Gm, [0; 32]).prepare_bare(&signer), Err(WriteFault::ContentNeeded)));
    let prepared = Draft::detached(Family::Gm, [0; 32]).prepare(&signer).unwrap();
    assert!(matches!(prepared.assemble(&[0; 64], &[], None), Err(WriteFault::Signature(SignatureFault::Malformed))));
    let signature = sign_message(&key(SIGNER_KEY).0, prepared.to_be_signed()).unwrap();
    assert!(matches!(prepared.assemble(&signature, &[vec![0x30, 0x80]], None), Err(WriteFault::Malformed(_))));
}

#[test]
fn an_altered_content_differs() {
    let world = World::new();
    let der = written(&world, Draft::attached(Family::Rfc5652, CONTENT.to_vec()));
    let mut altered = der.clone();
    let place = der.windows(CONTENT.len()).position(|window| window == CONTENT).unwrap();
    altered[place] ^= 1;
    let found = verified(&world, &altered, Content::Attached);
    assert!(matches!(found.digest, DigestOutcome::Differs { signed, .. } if signed == sm3(CONTENT)));
    assert_eq!(found.signature, SignatureOutcome::Holds);
}

#[test]
fn content_where_none_belongs_is_seen() {
    let world = World::new();
    let attached = written(&world, Draft::attached(Family::Rfc5652, CONTENT.to_vec()));
    assert_eq!(verified(&world, &attached, Content::Detached(&[CONTENT])).digest, DigestOutcome::Unexpected);
    let detached = written(&world, Draft::detached(Family::Rfc5652, sm3(CONTENT)));
    assert_eq!(verified(&world, &detached, Content::Attached).digest, DigestOutcome::Missing);
}

#[test]
fn attack_signed_attributes_passed_off_as_content() {
    let world = World::new();
    let mut forge = Forge::new(&world, CONTENT);
    let honest = SignedData::read(&forge.der()).unwrap();
    forge.content = honest.attributes().unwrap().to_be_signed.clone();
    forge.signer().attributes = None;
    forge.signer().signature = Some(honest.signature().to_vec());
    let found = verified(&world, &forge.der(), Content::Attached);
    assert_eq!(found.signature, SignatureOutcome::AttributesAsContent);
    assert!(!found.holds());
}

#[test]
fn attack_signature_of_another_signer() {
    let world = World::new();
    let other = World::signer_of(&world.middle_name, "11990000MAH0TEXT1J");
    let signed = SignedData::read(&written(&world, Draft::attached(Family::Gm, CONTENT.to_vec()))).unwrap();
    let chain = world.trust().chain(&[other, world.middle.clone()]);
    assert_eq!(signed.verify(Content::Attached, &chain).signature, SignatureOutcome::NoSigner);
    let mut forge = Forge::new(&world, CONTENT);
    forge.signer().signature = Some(sign_message(&key(9).0, CONTENT).unwrap());
    let found = verified(&world, &forge.der(), Content::Attached);
    assert_eq!(found.signature, SignatureOutcome::Fails(SignatureFault::Mismatch));
    forge.signer().signature = Some(vec![0; 64]);
    let found = verified(&world, &forge.der(), Content::Attached);
    assert_eq!(found.signature, SignatureOutcome::Fails(SignatureFault::Malformed));
}

#[test]
fn attack_signing_certificate_names_another() {
    let world = World::new();
    let with = |value: Vec<u8>, kind: &str| {
        let mut forge = Forge::new(&world, CONTENT);
        forge.attributes().push(attribute(kind, &[&value]));
        SignedData::read(&forge.der()).unwrap().signing_certificate()
    };
    let v2 = |parts: &[&[u8]]| seq(&[&seq(&[&seq(parts)])]);
    let hash = |certificate: &[u8]| tlv(4, &[&sm3(certificate)]);
    let kind = "1.2.840.113549.1.9.16.2.47";
    let issuer = der::Encode::to_der(&world.middle_name).unwrap();
    let named = |serial: u8| seq(&[&seq(&[&tlv(0xa4, &[&issuer])]), &[2, 1, serial]]);
    assert_eq!(with(v2(&[&algorithm(SM3), &hash(&world.signer)]), kind), CertificateBinding::Matches);
    assert_eq!(with(v2(&[&algorithm(SM3), &hash(&world.signer), &named(7)]), kind), CertificateBinding::Matches);
    assert_eq!(with(v2(&[&algorithm(SM3), &hash(&world.signer), &named(8)]), kind), CertificateBinding::Differs);
    assert_eq!(with(v2(&[&algorithm(SM3), &hash(&world.middle)]), kind), CertificateBinding::Differs);
    let sha256 = "2.16.840.1.101.3.4.2.1".parse().unwrap();
    assert_eq!(with(v2(&[&hash(&world.signer)]), kind), CertificateBinding::OtherDigest(sha256));
    let sha1 = "1.3.14.3.2.26".parse().unwrap();
    assert_eq!(with(v2(&[&hash(&world.signer)]), "1.2.840.113549.1.9.16.2.12"), CertificateBinding::OtherDigest(sha1));
}

#[test]
fn attack_several_signers_or_none() {
    let world = World::new();
    let mut forge = Forge::new(&world, CONTENT);
    let signer = forge.signer().clone();
    forge.signers.push(signer.clone());
    assert_eq!(fault(&forge), CmsFault::Signers(2));
    // A foreign one beside ours does not make the envelope foreign.
    forge.signers[1].digest = algorithm("2.16.840.1.101.3.4.2.1");
    assert_eq!(fault(&forge), CmsFault::Signers(2));
    forge.signers.clear();
    assert_eq!(fault(&forge), CmsFault::Signers(0));
    forge.signers = vec![signer; 40];
    assert!(matches!(fault(&forge), CmsFault::TooMany { what: "signers", .. }));
}

#[test]
fn foreign_algorithms_are_named() {
    let world = World::new();
    for (digest, signature, text) in [
        ("2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.1", "signed with RSA over SHA-256 by "),
        ("1.2.156.10197.1.401", "1.2.840.10045.4.3.2", "signed with ECDSA-SHA-256 over SM3 by "),
        ("2.16.840.1.101.3.4.2.1", SM2_SM3, "signed with SM2-SM3 over SHA-256 by "),
        ("1.3.14.3.2.26", "1.3.9999.1", "signed with 1.3.9999.1 over SHA-1 by "),
    ] {
        let mut forge = Forge::new(&world, CONTENT);
        forge.digests = vec![algorithm(digest)];
        (forge.signer().digest, forge.signer().algorithm) = (algorithm(digest), algorithm(signature));
        // What would be a fault among ours is not looked at.
        forge.signer().unsorted = true;
        forge.attributes().reverse();
        let CmsFault::Foreign(found) = fault(&forge) else { panic!() };
        assert_eq!(found.digest.to_string(), digest);
        assert_eq!(found.signature.to_string(), signature);
        assert!(found.subject.as_deref().unwrap().contains("演示签名者"));
        assert!(found.to_string().contains(text), "{found}");
        forge.certificates = None;
        assert!(matches!(fault(&forge), CmsFault::Foreign(ForeignAlgorithm { subject: None, .. })));
    }
}

#[test]
fn attack_digest_algorithms_that_disagree() {
    let world = World::new();
    for digests in
        [vec![], vec![algorithm("2.16.840.1.101.3.4.2.1")], vec![algorithm(SM3); 2], vec![algorithm(SM3), algorithm("1.3.14.3.2.26")]]
    {
        let mut forge = Forge::new(&world, CONTENT);
        let count = digests.len();
        forge.digests = digests;
        assert!(matches!(fault(&forge), CmsFault::DigestAlgorithms { listed, .. } if listed.len() == count));
    }
}

#[test]
fn attack_trailing_bytes_and_indefinite_lengths() {
    let world = World::new();
    let der = Forge::new(&world, CONTENT).der();
    let padded = [&der[..], &[0; 100]].concat();
    assert_eq!(SignedData::read(&padded), Err(CmsFault::Trailing { at: der.len() }));
    assert_eq!(element_length(&padded), Ok(der.len()));
    let indefinite = [&[0x30, 0x80][..], &der[4..], &[0, 0]].concat();
    assert_eq!(SignedData::read(&indefinite), Err(CmsFault::IndefiniteLength { at: 0 }));
    let mut forge = Forge::new(&world, CONTENT);
    forge.crls = Some(vec![vec![0x30, 0x80, 0, 0]]);
    assert!(matches!(fault(&forge), CmsFault::IndefiniteLength { at } if at > 100));
    let long = [&[0x30, 0x83, 0][..], &der[2..4], &der[4..]].concat();
    assert!(matches!(SignedData::read(&long), Err(CmsFault::Malformed(found)) if found.fault == DerFault::Length));
}

#[test]
fn attack_attributes_missing_doubled_or_out_of_order() {
    let world = World::new();
    let with = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut forge = Forge::new(&world, CONTENT);
        change(forge.attributes());
        fault(&forge)
    };
    assert_eq!(with(&|attributes| drop(attributes.remove(0))), CmsFault::MissingContentType);
    assert_eq!(with(&|attributes| drop(attributes.remove(1))), CmsFault::MissingMessageDigest);
    assert_eq!(with(&|attributes| attributes.clear()), CmsFault::MissingContentType);
    for place in [0, 1] {
        let doubled = with(&|attributes| attributes.push(attributes[place].clone()));
        assert!(matches!(doubled, CmsFault::DuplicateAttribute(_)), "{doubled}");
    }
    let digest = tlv(4, &[&sm3(CONTENT)]);
    for values in [vec![], vec![&digest[..], &digest[..]]] {
        let several = with(&|attributes| attributes[1] = attribute("1.2.840.113549.1.9.4", &values));
        assert!(matches!(several, CmsFault::AttributeValues { found, .. } if found == values.len()));
    }
    assert!(matches!(
        with(&|attributes| attributes[1] = attribute("1.2.840.113549.1.9.4", &[&tlv(4, &[&[0; 20]])])),
        CmsFault::Malformed(_)
    ));
    assert!(matches!(
        with(&|attributes| attributes[0] = attribute("1.2.840.113549.1.9.3", &[&oid(GM_DATA)])),
        CmsFault::ContentTypeDiffers { .. }
    ));
    let mut forge = Forge::new(&world, CONTENT);
    forge.attributes().sort();
    forge.attributes().reverse();
    forge.signer().unsorted = true;
    assert!(matches!(fault(&forge), CmsFault::AttributeOrder { .. }));
    let many = with(&|attributes| {
        for number in 0..100 {
            attributes.push(attribute(&format!("1.2.3.{number}"), &[&[5, 0]]));
        }
    });
    assert!(matches!(many, CmsFault::TooMany { what: "attributes", .. }));
}

#[test]
fn attack_signer_not_or_twice_among_the_certificates() {
    let world = World::new();
    let with = |certificates: Option<Vec<Vec<u8>>>| {
        let mut forge = Forge::new(&world, CONTENT);
        forge.certificates = certificates;
        SignedData::read(&forge.der())
    };
    assert_eq!(with(None), Err(CmsFault::SignerNotFound));
    assert_eq!(with(Some(vec![world.middle.clone()])), Err(CmsFault::SignerNotFound));
    let twin = World::signer_of(&world.middle_name, "11990000MAH0TEXT1J");
    assert_eq!(with(Some(vec![twin, world.signer.clone()])), Err(CmsFault::SignerAmbiguous(2)));
    assert_eq!(with(Some(vec![world.signer.clone(); 2])), Err(CmsFault::SignerAmbiguous(2)));
    assert!(matches!(with(Some(vec![world.signer.clone(), seq(&[])])), Err(CmsFault::NotACertificate { .. })));
    assert!(matches!(with(Some(vec![world.middle.clone(); 40])), Err(CmsFault::TooMany { what: "certificates", .. })));
}

#[test]
fn the_bag_may_be_in_any_order_and_hold_others() {
    let world = World::new();
    let stranger = CertificateDraft::signer(&name("别人", None), &world.root_name).sign(&key(8), &key(ROOT_KEY));
    let mut forge = Forge::new(&world, CONTENT);
    forge.certificates = Some(vec![stranger.clone(), world.root.clone(), world.middle.clone(), world.signer.clone()]);
    let signed = SignedData::read(&forge.der()).unwrap();
    assert_eq!(signed.certificates(), [world.signer.clone(), world.middle.clone(), world.root.clone()]);
    assert_eq!(signed.other_certificates(), [stranger]);
}

#[test]
fn of_several_authorities_of_one_name_the_one_that_signed_is_taken() {
    let world = World::new();
    let namesake = CertificateDraft::ca(&world.middle_name, &world.root_name).sign(&key(9), &key(9));
    let mut forge = Forge::new(&world, CONTENT);
    forge.certificates = Some(vec![namesake.clone(), world.signer.clone(), world.middle.clone()]);
    assert!(verified(&world, &forge.der(), Content::Attached).holds());
    assert_eq!(SignedData::read(&forge.der()).unwrap().other_certificates(), [namesake]);
}

#[test]
fn a_signer_may_be_named_by_its_key_identifier() {
    let world = World::new();
    let extension = x509_cert::ext::Extension {
        extn_id: "2.5.29.14".parse().unwrap(),
        critical: false,
        extn_value: der::asn1::OctetString::new(tlv(4, &[b"identifier"])).unwrap(),
    };
    let mut draft = CertificateDraft::signer(&name("演示签名者", Some(ISSUER)), &world.middle_name);
    draft.extra = Some(extension);
    let signer = draft.sign(&key(SIGNER_KEY), &key(MIDDLE_KEY));
    let mut forge = Forge::new(&world, CONTENT);
    forge.certificates = Some(vec![world.middle.clone(), signer]);
    (forge.version, forge.signer().version) = (3, 3);
    forge.signer().identifier = tlv(0x80, &[b"identifier"]);
    assert!(verified(&world, &forge.der(), Content::Attached).holds());
    forge.signer().version = 1;
    assert_eq!(fault(&forge), CmsFault::Version { structure: "SignerInfo", found: 1 });
    forge.signer().version = 3;
    forge.signer().identifier = tlv(0x80, &[b"other"]);
    assert_eq!(fault(&forge), CmsFault::SignerNotFound);
}

#[test]
fn contents_of_another_kind_or_family_are_refused() {
    let world = World::new();
    for (outer, inner) in [(SIGNED_DATA, GM_DATA), (GM_SIGNED_DATA, DATA), (SIGNED_DATA, "1.2.840.113549.1.9.16.1.4")] {
        let mut forge = Forge::new(&world, CONTENT);
        (forge.outer, forge.inner) = (outer.to_owned(), inner.to_owned());
        assert!(matches!(fault(&forge), CmsFault::ContentType { .. }));
    }
    let mut forge = Forge::new(&world, CONTENT);
    forge.outer = "1.2.840.113549.1.7.3".to_owned();
    assert!(matches!(fault(&forge), CmsFault::NotSignedData(_)));
    let mut forge = Forge::new(&world, CONTENT);
    forge.version = 2;
    assert_eq!(fault(&forge), CmsFault::Version { structure: "SignedData", found: 2 });
}

#[test]
fn what_comes_along_unsigned_or_archived_is_kept() {
    let world = World::new();
    let mut forge = Forge::new(&world, CONTENT);
    let (token, crl, ocsp) = (seq(&[&[2, 1, 1]]), seq(&[&[2, 1, 2]]), seq(&[&[2, 1, 3]]));
    forge.signer().unsigned = Some(vec![attribute("1.2.840.113549.1.9.16.2.14", &[&token])]);
    forge.crls = Some(vec![crl.clone(), tlv(0xa1, &[&oid("1.3.6.1.5.5.7.16.2"), &ocsp])]);
    let archive = seq(&[&tlv(0xa0, &[&seq(&[&crl])]), &tlv(0xa1, &[&seq(&[&ocsp, &ocsp])])]);
    forge.attributes().push(attribute("1.2.840.113583.1.1.8", &[&archive]));
    let signed = SignedData::read(&forge.der()).unwrap();
    assert_eq!(signed.timestamp_token(), Some(&token[..]));
    assert_eq!(signed.revocation().crls, [crl.clone(), crl]);
    assert_eq!(signed.revocation().ocsp_responses.len(), 3);
    let doubled = attribute("1.2.840.113549.1.9.16.2.14", &[&token, &token]);
    forge.signer().unsigned = Some(vec![doubled]);
    assert!(matches!(fault(&forge), CmsFault::AttributeValues { found: 2, .. }));
}

#[test]
fn sizes_are_bounded() {
    assert_eq!(SignedData::read(&vec![0x30; MAX_SIZE + 1]), Err(CmsFault::TooLarge(MAX_SIZE + 1)));
}

proptest! {
    #[test]
    fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = SignedData::read(&bytes);
    }

    /// And what is read after one changed byte never holds, unless the byte is outside what is signed and verified.
    #[test]
    fn one_changed_byte_never_panics_and_never_changes_the_content(place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let world = World::new();
        let der = written(&world, Draft::attached(Family::Rfc5652, CONTENT.to_vec()).signed_at(now()));
        let mut changed = der.clone();
        changed[place.index(der.len())] = byte;
        if let Ok(signed) = SignedData::read(&changed) {
            let chain = world.trust().chain(signed.certificates());
            if signed.verify(Content::Attached, &chain).holds() {
                prop_assert_eq!(signed.content(), Some(CONTENT));
                prop_assert_eq!(signed.signing_time(), Some(now()));
            }
        }
        prop_assert!(SignedData::read(&changed[..cut.index(der.len())]).is_err());
    }

    #[test]
    fn any_content_is_signed_and_read_back(content in prop::collection::vec(any::<u8>(), 0..200), gm in any::<bool>()) {
        let world = World::new();
        let family = if gm { Family::Gm } else { Family::Rfc5652 };
        let der = written(&world, Draft::attached(family, content.clone()));
        prop_assert!(verified(&world, &der, Content::Attached).holds());
        let signed = SignedData::read(&der).unwrap();
        prop_assert_eq!(signed.content(), Some(&content[..]));
    }
}
