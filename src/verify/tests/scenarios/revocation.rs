use std::time::Instant;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use verify::{chain::X509, digest::sm3, revocation::*, signature::sign_message};

use crate::{
    authority::{Draft as CertificateDraft, *},
    forge::{algorithm, oid, seq, tlv},
    timestamps::usage,
};

const RESPONDER_KEY: u8 = 6;
const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    format!("{text}T00:00:00Z").parse().unwrap()
}

pub(crate) fn read(der: &[u8]) -> X509 {
    X509::from_der(der).unwrap()
}

pub(crate) fn compromised(since: &str) -> Revoked {
    Revoked { since: time(since), reason: Some(Reason::KeyCompromise), invalidity: Some(time("2026-04-01")) }
}

pub(crate) fn on_hold(since: &str) -> Revoked {
    Revoked { since: time(since), reason: Some(Reason::CertificateHold), invalidity: None }
}

/// A list by the middle authority, of what its signer (serial number 7) may have become.
pub(crate) fn list(world: &World, made: &str, due: &str, revoked: Option<Revoked>) -> Vec<u8> {
    list_by(world, made, due, revoked, MIDDLE_KEY)
}

fn list_by(world: &World, made: &str, due: &str, revoked: Option<Revoked>, signing: u8) -> Vec<u8> {
    let mut entries = vec![(vec![9], on_hold("2026-01-01")), (vec![0, 200], compromised("2026-01-01"))];
    entries.extend(revoked.map(|revoked| (vec![7], revoked)));
    let draft = CrlDraft { number: 300, this_update: time(made), next_update: time(due), entries };
    let prepared = draft.prepare(&read(&world.middle)).unwrap();
    prepared.assemble(&sign_message(&key(signing).0, prepared.to_be_signed()).unwrap()).unwrap()
}

fn responder_with(world: &World, issuer_key: u8, change: impl FnOnce(&mut CertificateDraft)) -> Vec<u8> {
    let mut draft = CertificateDraft::signer(&name("演示应答者", None), &world.middle_name);
    (draft.extra, draft.serial) = (Some(usage(false, &[OCSP_SIGNING])), 20);
    change(&mut draft);
    draft.sign(&key(RESPONDER_KEY), &key(issuer_key))
}

fn answer_by(world: &World, responder: &[u8], signing: u8, made: &str, due: Option<&str>, answer: Answer) -> Vec<u8> {
    let id = CertificateId::new(&read(&world.middle), &[7]);
    let draft = OcspDraft { id, answer, this_update: time(made), next_update: due.map(time), produced_at: time(made) };
    let prepared = draft.prepare(&read(responder)).unwrap();
    prepared.assemble(&sign_message(&key(signing).0, prepared.to_be_signed()).unwrap()).unwrap()
}

/// By the authority itself.
pub(crate) fn answer(world: &World, made: &str, due: Option<&str>, answer: Answer) -> Vec<u8> {
    answer_by(world, &world.middle, MIDDLE_KEY, made, due, answer)
}

fn status(world: &World, crls: &[Vec<u8>], answers: &[Vec<u8>]) -> RevocationStatus {
    let data = Revocations::read(crls, answers);
    assert_eq!(data.unusable(), []);
    data.status(&read(&world.signer), &read(&world.middle), now())
}

fn why(status: RevocationStatus) -> WhyUnknown {
    match status {
        RevocationStatus::Unknown { why } => why,
        known => panic!("{known:?}"),
    }
}

#[test]
fn a_list_says_good_or_revoked() {
    let world = World::new();
    let good = status(&world, &[list(&world, "2026-05-30", "2026-06-30", None)], &[]);
    assert_eq!(good, RevocationStatus::Good { as_of: time("2026-05-30"), until: time("2026-06-30"), source: Source::Crl });
    let revoked = compromised("2026-05-01");
    let found = status(&world, &[list(&world, "2026-05-30", "2026-06-30", Some(revoked))], &[]);
    assert_eq!(found, RevocationStatus::Revoked { revoked, as_of: time("2026-05-30"), source: Source::Crl });
    let crl = Crl::read(&list(&world, "2026-05-30", "2026-06-30", None)).unwrap();
    assert_eq!((crl.number(), crl.len(), crl.entry(&[0, 200])), (Some(&[1, 44][..]), 2, Some(compromised("2026-01-01"))));
}

#[test]
fn an_answer_says_good_or_revoked_or_that_it_does_not_know() {
    let world = World::new();
    let said = |said, due| status(&world, &[], &[answer(&world, "2026-05-31", due, said)]);
    let good = RevocationStatus::Good { as_of: time("2026-05-31"), until: time("2026-06-07"), source: Source::Ocsp };
    assert_eq!(said(Answer::Good, Some("2026-06-07")), good);
    // Without a due time it is fresh for a day, which ends at this very moment.
    assert!(matches!(said(Answer::Good, None), RevocationStatus::Good { until, .. } if until == now()));
    let revoked = compromised("2026-05-01");
    let found = said(Answer::Revoked(revoked), None);
    assert_eq!(found, RevocationStatus::Revoked { revoked, as_of: time("2026-05-31"), source: Source::Ocsp });
    let plain = Revoked { since: time("2026-05-01"), reason: None, invalidity: None };
    assert!(matches!(said(Answer::Revoked(plain), None), RevocationStatus::Revoked { revoked, .. } if revoked == plain));
    assert_eq!(why(said(Answer::Unknown, None)), WhyUnknown::NotKnownToResponder);
}

#[test]
fn a_delegated_responder_answers() {
    let world = World::new();
    let by = |responder: &[u8]| {
        let answer = answer_by(&world, responder, RESPONDER_KEY, "2026-05-31", None, Answer::Good);
        status(&world, &[], &[answer])
    };
    assert!(matches!(by(&responder_with(&world, MIDDLE_KEY, |_| {})), RevocationStatus::Good { .. }));
}

#[test]
fn attack_a_responder_that_was_not_delegated() {
    let world = World::new();
    for responder in [
        responder_with(&world, ROOT_KEY, |_| {}),
        responder_with(&world, MIDDLE_KEY, |draft| draft.extra = None),
        responder_with(&world, MIDDLE_KEY, |draft| draft.extra = Some(usage(true, &["1.3.6.1.5.5.7.3.4"]))),
        responder_with(&world, MIDDLE_KEY, |draft| draft.years = (2020, 2025)),
        responder_with(&world, MIDDLE_KEY, |draft| draft.usage = None),
        responder_with(&world, MIDDLE_KEY, |draft| draft.issuer = world.root_name.clone()),
    ] {
        let answer = answer_by(&world, &responder, RESPONDER_KEY, "2026-05-31", None, Answer::Good);
        assert_eq!(why(status(&world, &[], &[answer])), WhyUnknown::NotSignedByIssuer);
    }
    // A good responder's name over another key's signature.
    let answer = answer_by(&world, &responder_with(&world, MIDDLE_KEY, |_| {}), 9, "2026-05-31", None, Answer::Good);
    assert_eq!(why(status(&world, &[], &[answer])), WhyUnknown::NotSignedByIssuer);
}

#[test]
fn attack_a_list_that_the_issuer_did_not_sign() {
    let world = World::new();
    let forged = list_by(&world, "2026-05-30", "2026-06-30", None, 9);
    assert_eq!(why(status(&world, &[forged], &[])), WhyUnknown::NotSignedByIssuer);
    // By the right key, which may not sign lists.
    let mut draft = CertificateDraft::ca(&world.middle_name, &world.root_name);
    draft.signs_crls = false;
    let middle = draft.sign(&key(MIDDLE_KEY), &key(ROOT_KEY));
    let data = Revocations::read(&[list(&world, "2026-05-30", "2026-06-30", None)], &[]);
    let found = data.status(&read(&world.signer), &read(&middle), now());
    assert_eq!(why(found), WhyUnknown::NotSignedByIssuer);
    // And of another authority: nobody spoke of this certificate.
    let found = data.status(&read(&world.middle), &read(&world.root), now());
    assert_eq!(why(found), WhyUnknown::NoneGiven);
}

#[test]
fn old_data_say_nothing_good() {
    let world = World::new();
    let old = list(&world, "2026-04-01", "2026-05-01", None);
    assert_eq!(why(status(&world, std::slice::from_ref(&old), &[])), WhyUnknown::TooOld { until: time("2026-05-01") });
    let older = answer(&world, "2026-03-01", None, Answer::Good);
    assert_eq!(why(status(&world, std::slice::from_ref(&old), &[older])), WhyUnknown::TooOld { until: time("2026-05-01") });
    // A suspension may have gone away since, any other reason not.
    let held = list(&world, "2026-04-01", "2026-05-01", Some(on_hold("2026-03-01")));
    assert!(matches!(why(status(&world, &[held], &[])), WhyUnknown::TooOld { .. }));
    let lost = list(&world, "2026-04-01", "2026-05-01", Some(compromised("2026-03-01")));
    assert!(matches!(status(&world, &[lost, old], &[]), RevocationStatus::Revoked { .. }));
}

#[test]
fn the_newest_word_on_a_suspension_counts() {
    let world = World::new();
    let held = list(&world, "2026-05-30", "2026-06-30", Some(on_hold("2026-05-20")));
    let free = answer(&world, "2026-05-31", None, Answer::Good);
    assert!(matches!(status(&world, std::slice::from_ref(&held), &[free]), RevocationStatus::Good { source: Source::Ocsp, .. }));
    let free = list(&world, "2026-05-29", "2026-06-30", None);
    assert!(matches!(status(&world, &[free, held], &[]), RevocationStatus::Revoked { revoked, .. } if !revoked.is_for_ever()));
    // A revocation for ever counts, whatever is said later.
    let lost = list(&world, "2026-05-01", "2026-06-30", Some(compromised("2026-04-20")));
    let good = answer(&world, "2026-05-31", None, Answer::Good);
    assert!(matches!(status(&world, &[lost], &[good]), RevocationStatus::Revoked { .. }));
}

#[test]
fn data_made_later_count_until_the_certificate_has_run_out() {
    let world = World::new();
    let later = list(&world, "2026-12-01", "2027-01-01", None);
    assert!(matches!(status(&world, &[later], &[]), RevocationStatus::Good { as_of, .. } if as_of == time("2026-12-01")));
    let too_late = list(&world, "2041-01-01", "2041-02-01", None);
    assert_eq!(why(status(&world, &[too_late], &[])), WhyUnknown::MadeAfterExpiry { as_of: time("2041-01-01") });
    let listed = list(&world, "2041-01-01", "2041-02-01", Some(compromised("2030-01-01")));
    assert!(matches!(status(&world, &[listed], &[]), RevocationStatus::Revoked { .. }));
}

#[test]
fn a_whole_chain_has_a_status_for_each_below_the_root() {
    let world = World::new();
    let draft = CrlDraft { number: 1, this_update: time("2026-05-30"), next_update: time("2026-06-30"), entries: vec![] };
    let prepared = draft.prepare(&read(&world.root)).unwrap();
    let root_list = prepared.assemble(&sign_message(&key(ROOT_KEY).0, prepared.to_be_signed()).unwrap()).unwrap();
    let mut data = Revocations::new();
    data.add_crl(&root_list);
    data.add_all(&Revocations::read(&[list(&world, "2026-05-30", "2026-06-30", Some(compromised("2026-05-01")))], &[]));
    for path in [world.path(), vec![world.signer.clone(), world.middle.clone(), world.root.clone()]] {
        let found = data.of_chain(&world.trust().chain(&path), now());
        assert_eq!(found.len(), 2);
        assert!(matches!(found[0].status, RevocationStatus::Revoked { .. }));
        assert!(matches!(found[1].status, RevocationStatus::Good { .. }));
        assert!(found[1].subject.contains("演示中级"));
    }
    assert_eq!(data.of_chain(&world.trust().chain(std::slice::from_ref(&world.root)), now()), []);
    assert_eq!(data.of_chain(&world.trust().chain(&[world.signer.clone(), world.root.clone()]), now()), []);
}

/// A list written by hand, so that anything can stand in it.
fn raw_list(version: &[u8], entries: &[u8], extensions: &[u8], algorithm: &[u8]) -> Vec<u8> {
    let name = der::Encode::to_der(&World::new().middle_name).unwrap();
    let utc = |text: &str| tlv(0x17, &[text.as_bytes()]);
    let list = if entries.is_empty() { vec![] } else { seq(&[entries]) };
    let extensions = if extensions.is_empty() { vec![] } else { tlv(0xa0, &[&seq(&[extensions])]) };
    let body = seq(&[version, algorithm, &name, &utc("260530000000Z"), &utc("260630000000Z"), &list, &extensions]);
    let signature = sign_message(&key(MIDDLE_KEY).0, &body).unwrap();
    seq(&[&body, algorithm, &tlv(3, &[&[0], &signature])])
}

fn extension(kind: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    seq(&[&oid(kind), flag, &tlv(4, &[value])])
}

#[test]
fn lists_that_cannot_be_used_say_why() {
    let world = World::new();
    let ours = algorithm("1.2.156.10197.1.501");
    let fault = |der: Vec<u8>| Revocations::read(&[der], &[]).unusable()[0].fault.clone();
    let with = |extension: Vec<u8>| Revocations::read(&[raw_list(&[2, 1, 1], &[], &extension, &ours)], &[]);
    let unusable = |extension: Vec<u8>| with(extension).unusable()[0].fault.clone();
    assert_eq!(with(vec![]).unusable(), []);
    assert_eq!(with(extension("1.2.3", false, &[])).unusable(), []);
    assert!(matches!(unusable(extension("1.2.3", true, &[])), RevocationFault::Extension(_)));
    assert_eq!(unusable(extension("2.5.29.27", true, &[2, 1, 1])), RevocationFault::Delta);
    // Of some reasons, of several authorities, of attribute certificates.
    for scope in [&[0x83, 2, 1, 2][..], &[0x84, 1, 0xff], &[0x85, 1, 0xff]] {
        assert_eq!(unusable(extension("2.5.29.28", true, &seq(&[scope]))), RevocationFault::Partial);
    }
    assert_eq!(fault(raw_list(&[], &[], &[], &ours)), RevocationFault::Version(1));
    assert_eq!(fault(raw_list(&[2, 1, 2], &[], &[], &ours)), RevocationFault::Version(3));
    let foreign = fault(raw_list(&[2, 1, 1], &[], &[], &algorithm("1.2.840.113549.1.1.11")));
    assert!(matches!(foreign, RevocationFault::Foreign(_)));
    let entry = |extension: Vec<u8>| {
        let entry = seq(&[&[2, 1, 7], &tlv(0x17, &[b"260501000000Z"]), &seq(&[&extension])]);
        raw_list(&[2, 1, 1], &entry, &[], &ours)
    };
    // An entry of another authority (indirect lists) is critical and not understood.
    assert!(matches!(fault(entry(extension("2.5.29.29", true, &[0x30, 0]))), RevocationFault::Extension(_)));
    assert!(matches!(fault(entry(extension("2.5.29.21", false, &[10, 1, 8]))), RevocationFault::Malformed(_)));
    assert_eq!(Revocations::read(&[entry(extension("2.5.29.21", false, &[10, 1, 4]))], &[]).unusable(), []);
    assert!(matches!(fault(vec![0x30, 0x80, 0, 0]), RevocationFault::Malformed(_)));
    let good = list(&world, "2026-05-30", "2026-06-30", None);
    assert!(matches!(fault([&good[..], &[0]].concat()), RevocationFault::Malformed(_)));
    assert!(matches!(fault(vec![0; MAX_CRL + 1]), RevocationFault::TooLarge { .. }));
    // Both a suspension and the end of it: the gravest counts.
    let both = [("260501000000Z", 6_u8), ("260502000000Z", 1)].map(|(at, reason)| {
        let reason = extension("2.5.29.21", false, &[10, 1, reason]);
        seq(&[&[2, 1, 7], &tlv(0x17, &[at.as_bytes()]), &seq(&[&reason])])
    });
    let crl = Crl::read(&raw_list(&[2, 1, 1], &both.concat(), &[], &ours)).unwrap();
    assert_eq!(crl.entry(&[7]).unwrap().reason, Some(Reason::KeyCompromise));
}

#[test]
fn a_list_of_a_part_speaks_of_that_part_only() {
    let world = World::new();
    let ours = algorithm("1.2.156.10197.1.501");
    let uri = |text: &str| tlv(0xa0, &[&tlv(0xa0, &[&tlv(0x86, &[text.as_bytes()])])]);
    let signer = |points: Vec<u8>| {
        let mut draft = CertificateDraft::signer(&name("演示签名者", Some(ISSUER)), &world.middle_name);
        let extn_value = der::asn1::OctetString::new(points).unwrap();
        draft.extra = Some(x509_cert::ext::Extension { extn_id: "2.5.29.31".parse().unwrap(), critical: false, extn_value });
        read(&draft.sign(&key(SIGNER_KEY), &key(MIDDLE_KEY)))
    };
    let entry = seq(&[&[2, 1, 7], &tlv(0x17, &[b"260501000000Z"])]);
    let with = |scope: &[u8], entries: &[u8], certificate: &X509| {
        let list = raw_list(&[2, 1, 1], entries, &extension("2.5.29.28", true, &seq(&[scope])), &ours);
        let data = Revocations::read(&[list], &[]);
        assert_eq!(data.unusable(), []);
        data.status(certificate, &read(&world.middle), now())
    };
    let (one, two) = (uri("http://ca.example/1.crl"), uri("http://ca.example/2.crl"));
    let in_one = signer(seq(&[&seq(&[&one])]));
    let in_both = signer(seq(&[&seq(&[&two]), &seq(&[&one])]));
    let one_reason = signer(seq(&[&seq(&[&one, &[0x81, 2, 1, 2]])]));
    let in_none = read(&world.signer);
    let (users, authorities) = ([0x81, 1, 0xff], [0x82, 1, 0xff]);
    for certificate in [&in_one, &in_both] {
        assert!(matches!(with(&one, &[], certificate), RevocationStatus::Good { .. }));
        assert!(matches!(with(&[&one[..], &users].concat(), &[], certificate), RevocationStatus::Good { .. }));
        assert_eq!(why(with(&[&one[..], &authorities].concat(), &[], certificate)), WhyUnknown::NotCovered);
    }
    assert!(matches!(with(&users, &[], &in_none), RevocationStatus::Good { .. }));
    for (scope, certificate) in [(&two, &in_one), (&one, &in_none), (&one, &one_reason)] {
        assert_eq!(why(with(scope, &[], certificate)), WhyUnknown::NotCovered);
        // Whoever is listed is revoked all the same.
        assert!(matches!(with(scope, &entry, certificate), RevocationStatus::Revoked { .. }));
    }
}

#[test]
fn answers_that_cannot_be_used_say_why() {
    let fault = |der: Vec<u8>| Revocations::read(&[], &[der]).unusable()[0].fault.clone();
    assert_eq!(fault(seq(&[&[10, 1, 6]])), RevocationFault::NotSuccessful(6));
    let kind = seq(&[&[10, 1, 0], &tlv(0xa0, &[&seq(&[&oid("1.2.3"), &tlv(4, &[])])])]);
    assert!(matches!(fault(kind), RevocationFault::Kind(_)));
    assert!(matches!(fault(b"?".to_vec()), RevocationFault::Malformed(_)));
    assert!(matches!(fault(vec![0; MAX_OCSP + 1]), RevocationFault::TooLarge { .. }));
}

#[test]
fn certificates_are_named_by_sm3_or_sha1() {
    let world = World::new();
    let (middle, root) = (read(&world.middle), read(&world.root));
    let id = CertificateId::new(&middle, &[7]);
    assert_eq!(id.names(&middle, &[7]), Some(true));
    assert_eq!(id.names(&middle, &[8]), Some(false));
    assert_eq!(id.names(&root, &[7]), Some(false));
}

/// An answer written by hand, with the identifier of the certificate and of the responder as wanted.
fn raw_answer(identifier: &[u8], responder: &[u8]) -> Vec<u8> {
    let at = tlv(0x18, &[b"20260531000000Z"]);
    let single = seq(&[identifier, &[0x80, 0], &at]);
    let body = seq(&[responder, &at, &seq(&[&single])]);
    let signature = sign_message(&key(MIDDLE_KEY).0, &body).unwrap();
    let basic = seq(&[&body, &algorithm("1.2.156.10197.1.501"), &tlv(3, &[&[0], &signature])]);
    seq(&[&[10, 1, 0], &tlv(0xa0, &[&seq(&[&oid("1.3.6.1.5.5.7.48.1.1"), &tlv(4, &[&basic])])])])
}

#[test]
fn answers_by_sha1_are_found_and_by_other_digests_are_not() {
    use x509_cert::der::{Decode, Encode};
    let world = World::new();
    let certificate = x509_cert::Certificate::from_der(&world.middle).unwrap();
    let name = certificate.tbs_certificate().subject().to_der().unwrap();
    let bits = certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes().to_vec();
    let sha1 = |bytes: &[u8]| {
        use sha1::Digest;
        sha1::Sha1::digest(bytes).to_vec()
    };
    let id = |digest: &str, name: Vec<u8>, key: Vec<u8>| seq(&[&algorithm(digest), &tlv(4, &[&name]), &tlv(4, &[&key]), &[2, 1, 7]]);
    let by_sha1 = id("1.3.14.3.2.26", sha1(&name), sha1(&bits));
    let by_sm3 = id("1.2.156.10197.1.401", sm3(&name).to_vec(), sm3(&bits).to_vec());
    let by_other = id("2.16.840.1.101.3.4.2.1", sm3(&name).to_vec(), sm3(&bits).to_vec());
    let by_name = tlv(0xa1, &[&name]);
    for responder in [by_name.clone(), tlv(0xa2, &[&tlv(4, &[&sha1(&bits)])]), tlv(0xa2, &[&tlv(4, &[&sm3(&bits)])])] {
        for identifier in [&by_sha1, &by_sm3] {
            let found = status(&world, &[], &[raw_answer(identifier, &responder)]);
            assert!(matches!(found, RevocationStatus::Good { .. }), "{found:?}");
        }
    }
    assert_eq!(why(status(&world, &[], &[raw_answer(&by_other, &by_name)])), WhyUnknown::NoneGiven);
    let stranger = tlv(0xa2, &[&tlv(4, &[&[0; 20]])]);
    assert_eq!(why(status(&world, &[], &[raw_answer(&by_sm3, &stranger)])), WhyUnknown::NotSignedByIssuer);
}

#[test]
fn pieces_and_entries_are_bounded() {
    let world = World::new();
    let good = list(&world, "2026-05-30", "2026-06-30", None);
    let mut data = Revocations::new();
    for _ in 0..=MAX_PIECES {
        data.add_crl(&good);
    }
    assert_eq!(data.unusable(), [Unusable { source: Source::Crl, fault: RevocationFault::Overfull }]);
    let entries = |count: usize| {
        let revoked = Revoked { since: time("2026-01-01"), reason: None, invalidity: None };
        let entries = (0..count).map(|number| (vec![1, (number >> 16) as u8, (number >> 8) as u8, number as u8], revoked)).collect();
        let draft = CrlDraft { number: 1, this_update: time("2026-05-30"), next_update: time("2026-06-30"), entries };
        let prepared = draft.prepare(&read(&world.middle)).unwrap();
        prepared.assemble(&sign_message(&key(MIDDLE_KEY).0, prepared.to_be_signed()).unwrap()).unwrap()
    };
    assert_eq!(Crl::read(&entries(MAX_ENTRIES + 1)).unwrap_err(), RevocationFault::TooMany(MAX_ENTRIES));
    let full = entries(MAX_ENTRIES);
    let begun = Instant::now();
    let crl = Crl::read(&full).unwrap();
    println!("a list of {MAX_ENTRIES} entries, {} bytes, is read in {:?}", full.len(), begun.elapsed());
    assert_eq!(crl.len(), MAX_ENTRIES);
    assert!(crl.entry(&[1, 3, 0x0d, 0x3f]).is_some());
    assert!(crl.entry(&[1, 3, 0x0d, 0x40]).is_none());
}

proptest! {
    #[test]
    fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (Crl::read(&bytes), OcspResponse::read(&bytes));
    }

    /// A changed byte takes the word away or leaves it as it was; it never turns it.
    #[test]
    fn one_changed_byte_never_panics_and_never_frees_a_revoked_one(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let world = World::new();
        let revoked = compromised("2026-05-01");
        let mut crl = list(&world, "2026-05-30", "2026-06-30", Some(revoked));
        let responder = responder_with(&world, MIDDLE_KEY, |_| {});
        let mut answer = answer_by(&world, &responder, RESPONDER_KEY, "2026-05-31", None, Answer::Revoked(revoked));
        let at = place.index(crl.len());
        crl[at] = byte;
        let at = place.index(answer.len());
        answer[at] = byte;
        for data in [Revocations::read(&[crl], &[]), Revocations::read(&[], &[answer])] {
            match data.status(&read(&world.signer), &read(&world.middle), now()) {
                RevocationStatus::Good { .. } => prop_assert!(false),
                RevocationStatus::Revoked { revoked: found, .. } => prop_assert_eq!(found, revoked),
                RevocationStatus::Unknown { .. } => {}
            }
        }
    }
}
