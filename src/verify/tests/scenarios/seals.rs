//! Electronic seals: made, read back, and every question asked of good and of bad ones.

use chrono::Duration;
use proptest::prelude::*;
use verify::{
    chain::{ChainOutcome, X509Error},
    digest::sm3,
    ses::{
        Algorithm, DataHash, Embedded, Extension, Force, Listing, Picture, Seal, SealSignature, SesFault, SignatureOutcome, SignerList,
        StatedTime, Version,
        write::{SealDraft, SignatureDraft},
    },
    signature::{SignatureFault, sign_message},
};

use crate::authority::{Draft, MIDDLE_KEY, SIGNER_KEY, World, key, name, now};

pub(crate) const MAKER_KEY: u8 = 21;
pub(crate) const PATH: &str = "/Doc_0/Signs/Sign_0/Signature.xml";
const VERSIONS: [Version; 3] = [Version::V1, Version::V4, Version::V5];

pub(crate) fn maker(world: &World) -> Vec<u8> {
    let draft = Draft { serial: 21, ..Draft::signer(&name("演示制章单位", None), &world.middle_name) };
    draft.sign(&key(MAKER_KEY), &key(MIDDLE_KEY))
}

pub(crate) fn draft(world: &World, version: Version) -> SealDraft {
    SealDraft {
        version,
        vendor: "ZHENGZHAO".to_owned(),
        id: "99011200000556".to_owned(),
        kind: 1,
        name: "演示省住房和城乡建设厅".to_owned(),
        signers: SignerList::Certificates(vec![world.signer.clone()]),
        created: now() - Duration::days(30),
        valid_from: now() - Duration::days(30),
        valid_to: now() + Duration::days(30),
        picture: Picture { format: "png".to_owned(), bytes: b"\x89PNG".to_vec(), width: 45, height: 45 },
        extensions: Vec::new(),
    }
}

pub(crate) fn sealed(world: &World, draft: &SealDraft) -> Seal {
    let unsigned = draft.for_maker(&maker(world)).unwrap();
    let signature = sign_message(&key(MAKER_KEY).0, &unsigned.to_sign).unwrap();
    unsigned.sealed(&signature).unwrap()
}

pub(crate) fn stamped(world: &World, seal: &Seal, data_hash: [u8; 32]) -> SealSignature {
    let draft = SignatureDraft { seal: &seal.der, time: now(), data_hash, property_info: PATH, certificate: &world.signer };
    let unsigned = draft.for_signer().unwrap();
    let signature = sign_message(&key(SIGNER_KEY).0, &unsigned.to_sign).unwrap();
    unsigned.signed(&signature).unwrap()
}

#[test]
fn what_is_made_is_read_and_every_question_is_answered_well() {
    let world = World::new();
    for version in VERSIONS {
        let mut draft = draft(&world, version);
        draft.extensions = vec![Extension { oid: "1.2.156.10197.6.7.2.2.1".parse().unwrap(), critical: false, value: b"2.1".to_vec() }];
        let made = stamped(&world, &sealed(&world, &draft), sm3(b"document"));
        let read = SealSignature::read(&made.der).unwrap();
        assert_eq!(read, made);
        assert_eq!((read.version, read.seal.version, read.seal.stated_version), (version, version, version.number()));
        let seal = &read.seal;
        assert_eq!((&seal.name, &seal.picture, &seal.extensions), (&draft.name, &draft.picture, &draft.extensions));
        assert_eq!((seal.valid_from, seal.valid_to, &seal.signers), (draft.valid_from, draft.valid_to, &draft.signers));
        assert_eq!((read.time.time(), read.property_info.as_str()), (Some(now()), PATH));
        assert_eq!(seal.maker_signature(), SignatureOutcome::Valid);
        assert_eq!(read.signer_signature(), SignatureOutcome::Valid);
        assert_eq!((read.signer_listed(), seal.force(now())), (Listing::Certificate, Force::InForce));
        assert_eq!(read.data_hash_agrees(&sm3(b"document")), DataHash::Agrees);
        assert_eq!(read.embeds(&seal.der), Embedded::Equal);
        let chain = world.trust().chain(&[seal.maker_certificate.clone(), world.middle.clone()]);
        assert!(matches!(chain.outcome(now()), ChainOutcome::Trusted { .. }));
    }
}

#[test]
fn a_signer_may_be_listed_by_digest() {
    let world = World::new();
    for (algorithm, value, expected) in [
        ("SM3", sm3(&world.signer), Listing::Digest),
        ("1.2.156.10197.1.401", sm3(&world.signer), Listing::Digest),
        ("SM3", sm3(&world.root), Listing::NotListed),
        ("SHA256", sm3(&world.signer), Listing::ForeignDigests(vec!["SHA256".to_owned()])),
    ] {
        let mut draft = draft(&world, Version::V4);
        draft.signers = SignerList::Digests(vec![(algorithm.to_owned(), value.to_vec())]);
        assert_eq!(stamped(&world, &sealed(&world, &draft), [0; 32]).signer_listed(), expected);
    }
    let mut old = draft(&world, Version::V1);
    old.signers = SignerList::Digests(Vec::new());
    assert!(matches!(old.for_maker(&maker(&world)), Err(SesFault::Unwritable { field: "certList", .. })));
}

#[test]
fn a_seal_has_an_end_and_a_beginning() {
    let world = World::new();
    let mut draft = draft(&world, Version::V4);
    let seal = sealed(&world, &draft);
    let second = Duration::seconds(1);
    for (at, expected) in [
        (draft.valid_from - second, Force::NotYet(draft.valid_from)),
        (draft.valid_from, Force::InForce),
        (draft.valid_to, Force::InForce),
        (draft.valid_to + second, Force::Lapsed(draft.valid_to)),
    ] {
        assert_eq!(seal.force(at), expected);
    }
    draft.valid_to = draft.valid_from - second;
    assert_eq!(sealed(&world, &draft).force(draft.valid_from), Force::Never);
}

#[test]
fn nobody_else_made_it() {
    let world = World::new();
    let draft = draft(&world, Version::V4);
    let unsigned = draft.for_maker(&maker(&world)).unwrap();
    let forged = sign_message(&key(99).0, &unsigned.to_sign).unwrap();
    let seal = unsigned.sealed(&forged).unwrap();
    assert_eq!(seal.maker_signature(), SignatureOutcome::Broken(SignatureFault::Mismatch));
    // Everything inside agrees, but the maker's root is not ours.
    let mine = Draft::signer(&name("冒名制章", None), &name("冒名根", None)).sign(&key(99), &key(98));
    let unsigned = draft.for_maker(&mine).unwrap();
    let signature = sign_message(&key(99).0, &unsigned.to_sign).unwrap();
    let seal = unsigned.sealed(&signature).unwrap();
    assert_eq!(seal.maker_signature(), SignatureOutcome::Valid);
    assert_eq!(world.trust().chain(&[seal.maker_certificate]).outcome(now()), ChainOutcome::NoTrustedRoot);
}

#[test]
fn a_seal_signature_is_of_one_document_one_signer_and_one_seal() {
    let world = World::new();
    let seal = sealed(&world, &draft(&world, Version::V4));
    let made = stamped(&world, &seal, sm3(b"document"));
    assert_eq!(made.data_hash_agrees(&sm3(b"another")), DataHash::Differs(sm3(b"document").to_vec()));
    let mut other = draft(&world, Version::V4);
    other.name = "演示省公安厅".to_owned();
    let other = sealed(&world, &other);
    assert!(matches!(made.embeds(&other.der), Embedded::DiffersAt(_)));
    assert_eq!(made.embeds(&seal.der[..20]), Embedded::DiffersAt(20));
    let stranger = Draft::signer(&name("演示他人", None), &world.middle_name).sign(&key(31), &key(MIDDLE_KEY));
    let unlisted = SignatureDraft { seal: &seal.der, time: now(), data_hash: [0; 32], property_info: PATH, certificate: &stranger }
        .for_signer()
        .unwrap();
    let signature = sign_message(&key(31).0, &unlisted.to_sign).unwrap();
    let unlisted = unlisted.signed(&signature).unwrap();
    assert_eq!((unlisted.signer_signature(), unlisted.signer_listed()), (SignatureOutcome::Valid, Listing::NotListed));
}

#[test]
fn foreign_algorithms_and_certificates_are_named() {
    let world = World::new();
    let seal = sealed(&world, &draft(&world, Version::V4));
    // 1.2.156.10197.1.501 becomes .502, wherever an algorithm is named outside the certificates.
    let sm2 = [0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75];
    let place = seal.der.windows(sm2.len()).rposition(|window| window == sm2).unwrap();
    let mut der = seal.der.clone();
    der[place + 9] = 0x76;
    let foreign = Seal::read(&der).unwrap();
    let oid = "1.2.156.10197.1.502".parse().unwrap();
    assert_eq!(foreign.algorithm, Algorithm::Foreign(oid));
    assert_eq!(foreign.maker_signature(), SignatureOutcome::ForeignAlgorithm(oid));
    let unsigned = draft(&world, Version::V4).for_maker(b"no certificate").unwrap();
    assert!(matches!(unsigned.sealed(b"").unwrap().maker_signature(), SignatureOutcome::Certificate(X509Error::Der(_))));
}

#[test]
fn a_timestamp_token_is_handed_out() {
    let world = World::new();
    for version in VERSIONS {
        let seal = sealed(&world, &draft(&world, version));
        let draft = SignatureDraft { seal: &seal.der, time: now(), data_hash: [0; 32], property_info: PATH, certificate: &world.signer };
        let stamped = draft.for_signer().unwrap().stamped(b"value", Some(b"token"));
        match version {
            Version::V1 => assert!(matches!(stamped, Err(SesFault::Unwritable { field: "timeStamp", .. }))),
            _ => assert_eq!(stamped.unwrap().time_stamp.as_deref(), Some(&b"token"[..])),
        }
    }
}

/// v1 lets products write any bytes as time.
#[test]
fn a_time_of_v1_that_is_no_der_is_kept() {
    let world = World::new();
    let seal = sealed(&world, &draft(&world, Version::V1));
    let mut der = stamped(&world, &seal, [0; 32]).der;
    let place = der.windows(3).rposition(|window| window == [0x00, 0x17, 0x0d]).unwrap() + 1;
    der[place] = b'2';
    let read = SealSignature::read(&der).unwrap();
    assert!(matches!(&read.time, StatedTime::Bytes(bytes) if bytes.len() == 15));
    assert_eq!(read.time.time(), None);
}

#[test]
fn only_one_spelling_is_read() {
    let world = World::new();
    let seal = sealed(&world, &draft(&world, Version::V4));
    let trailing = [&seal.der[..], &[0]].concat();
    assert!(matches!(Seal::read(&trailing), Err(SesFault::Der { field: "SESeal", .. })));
    let surplus =
        [&[0x30, 0x82][..], &u16::try_from(seal.der.len() - 4 + 2).unwrap().to_be_bytes(), &seal.der[4..], &[0x05, 0x00]].concat();
    assert!(matches!(Seal::read(&surplus), Err(SesFault::Trailing { field: "SESeal", .. })));
    assert!(matches!(Seal::read(&seal.der[..seal.der.len() - 1]), Err(SesFault::Der { .. })));
    assert!(matches!(Seal::read(&vec![0x30; verify::ses::MAX_SIZE + 1]), Err(SesFault::TooLarge(_))));
    let mark = seal.der.windows(2).position(|window| window == b"ES").unwrap();
    let mut other = seal.der.clone();
    other[mark] = b'X';
    assert!(matches!(Seal::read(&other), Err(SesFault::Value { field: "ID", .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Seal::read(&bytes);
        let _ = SealSignature::read(&bytes);
    }

    /// Not one byte of a seal signature may change: all of it is signed, by the maker or by the signer, or is a signature.
    #[test]
    fn one_changed_byte_is_noticed(version in 0..3_usize, place in any::<prop::sample::Index>(), change in 1..=255_u8) {
        let world = World::new();
        let made = stamped(&world, &sealed(&world, &draft(&world, VERSIONS[version])), sm3(b"document"));
        let mut der = made.der.clone();
        der[place.index(made.der.len())] ^= change;
        if let Ok(read) = SealSignature::read(&der) {
            let answers = (read.signer_signature(), read.seal.maker_signature(), read.signer_listed());
            let maker = world.trust().chain(&[read.seal.maker_certificate.clone(), world.middle.clone()]).outcome(now());
            let signer = world.trust().chain(&[read.certificate.clone(), world.middle.clone()]).outcome(now());
            let good = (SignatureOutcome::Valid, SignatureOutcome::Valid, Listing::Certificate);
            let trusted = [maker, signer].iter().all(|outcome| matches!(outcome, ChainOutcome::Trusted { .. }));
            prop_assert!(answers != good || !trusted);
        }
    }
}
