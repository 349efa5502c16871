//! What honest packages hold, and what is made of them.

use proptest::prelude::*;
use verify::{
    ofd::{self, Coverage, Limits, SignatureKind, SignedValue, write},
    ses::{SignerList, Version},
};

use super::{against, document, honest_package, parameters, sealed_package, signed_value};
use crate::{
    authority::{World, now},
    seals::{draft, sealed},
};

#[test]
fn everything_that_was_written_is_read() {
    let world = World::new();
    let bytes = honest_package(&world);
    assert!(ofd::looks_like(&bytes));
    assert_eq!(against(&world, &bytes), Vec::<&str>::new());
    let package = ofd::read(&bytes, &Limits::default()).unwrap();
    assert_eq!((package.version.as_str(), package.doc_info.title.as_deref()), ("1.1", Some("演示证照")));
    let data: Vec<_> = package.custom_data.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(data, [("ZZMC", "安全生产管理人员考核合格证书"), ("KZ_等级", "甲 & 乙")]);
    assert_eq!(package.pages.len(), 1);
    let attachment = &package.attachments[0];
    assert_eq!((attachment.name.as_str(), attachment.format.as_deref()), ("certificate.json", Some("json")));
    assert!(package.file(attachment.file.as_deref().unwrap()).is_some_and(|inside| verify::Envelope::from_json(inside).is_ok()));
    assert_eq!(package.custom_tags[0].file.as_deref(), Some("Doc_0/Tags/Tag_0.xml"));
    let [signature] = package.signatures.as_slice() else { panic!("one signature") };
    assert_eq!((signature.kind, &signature.coverage), (SignatureKind::Seal, &Coverage::Whole));
    assert_eq!((signature.stamps[0].page.as_str(), signature.stamps[0].boundary), ("1", [120.0, 200.5, 45.0, 45.0]));
    assert_eq!(signature.signed_at.time, Some(now().naive_utc()));
    assert_eq!(signature.references.len(), document().len() + 2);
    assert_eq!(honest_package(&world), bytes, "the same bytes for the same document");
}

#[test]
fn every_version_of_a_seal_will_do() {
    let world = World::new();
    for version in [Version::V1, Version::V4, Version::V5] {
        let package = sealed_package(&world, document(), &sealed(&world, &draft(&world, version)));
        assert_eq!(against(&world, &package), Vec::<&str>::new(), "{version:?}");
    }
    let mut by_digest = draft(&world, Version::V4);
    by_digest.signers = SignerList::Digests(vec![("SM3".to_owned(), verify::digest::sm3(&world.signer).to_vec())]);
    assert_eq!(against(&world, &sealed_package(&world, document(), &sealed(&world, &by_digest))), Vec::<&str>::new());
}

/// GB/T 35275: recognised and handed out.
#[test]
fn a_signature_without_a_seal_is_handed_out() {
    let cms = [0x30, 0x0c, 0x06, 0x0a, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x02];
    let prepared = write::prepare(document(), &parameters(None)).unwrap();
    let package = ofd::read(&prepared.finish(&cms).unwrap(), &Limits::default()).unwrap();
    assert_eq!((&package.signatures[0].signed_value, package.signatures[0].kind), (&SignedValue::Cms(cms.to_vec()), SignatureKind::Sign));
    let bare = verify::signature::sign_message(&crate::authority::key(3).0, b"m").unwrap();
    let prepared = write::prepare(document(), &parameters(None)).unwrap();
    let package = ofd::read(&prepared.finish(&bare).unwrap(), &Limits::default()).unwrap();
    assert_eq!(package.signatures[0].signed_value, SignedValue::Bare(bare));
}

#[test]
fn nothing_is_made_that_would_not_be_read() {
    let world = World::new();
    let seal = sealed(&world, &draft(&world, Version::V4));
    let prepare = |files| write::prepare(files, &parameters(Some(&seal)));
    let mut no_root = document();
    no_root.remove(0);
    assert_eq!(prepare(no_root), Err(write::WriteFault::Missing("OFD.xml")));
    let package = ofd::read(&honest_package(&world), &Limits::default()).unwrap();
    let signed = package.files.into_iter().map(|file| (file.name, file.bytes)).collect();
    assert_eq!(prepare(signed), Err(write::WriteFault::Signed));
    let mut escaping = document();
    escaping.push(("../x".to_owned(), Vec::new()));
    assert_eq!(prepare(escaping).unwrap().finish(b""), Err(write::WriteFault::Name("../x".to_owned())));
    let mut broken = document();
    broken.push(("Doc_0/more.xml".to_owned(), b"<a>".to_vec()));
    assert!(matches!(prepare(broken).unwrap().finish(b""), Err(write::WriteFault::Faulty(_))));
    let mut lost_page = parameters(Some(&seal));
    lost_page.stamps[0].page = "7".to_owned();
    assert!(matches!(write::prepare(document(), &lost_page).unwrap().finish(b""), Err(write::WriteFault::Faulty(_))));
}

#[test]
fn limits_are_limits() {
    let world = World::new();
    let bytes = honest_package(&world);
    let code = |limits: &Limits| ofd::read(&bytes, limits).map_or_else(|fault| fault.0.code(), |_| "");
    for (limits, expected) in [
        (Limits { file: bytes.len(), entries: 12, ..Limits::default() }, ""),
        (Limits { file: bytes.len() - 1, ..Limits::default() }, "ZIP_FILE_TOO_LARGE"),
        (Limits { entries: 11, ..Limits::default() }, "ZIP_TOO_MANY_ENTRIES"),
        (Limits { entry: 100, ..Limits::default() }, "ZIP_ENTRY_TOO_LARGE"),
        (Limits { total: 1_000, ..Limits::default() }, "ZIP_TOTAL_TOO_LARGE"),
        (Limits { ratio: 1, ratio_from: 0, ..Limits::default() }, "ZIP_RATIO"),
    ] {
        assert_eq!(code(&limits), expected, "{limits:?}");
    }
    let small = ofd::read(&bytes, &Limits { xml: 500, depth: 2, signatures: 0, ..Limits::default() }).unwrap();
    let codes: Vec<_> = small.faults.iter().map(ofd::PackageFault::code).collect();
    assert!(codes.contains(&"XML_TOO_LARGE") && codes.contains(&"XML_TOO_DEEP"), "{codes:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), packed in any::<bool>()) {
        let bytes = if packed { write::archive(&[("OFD.xml", bytes)]).unwrap() } else { bytes };
        let _ = (ofd::read(&bytes, &Limits::default()), ofd::looks_like(&bytes));
    }

    /// One changed byte of the package: never a panic, and what is shown, carried and signed stays what it was or is stopped.
    #[test]
    fn one_changed_byte_of_the_package_changes_no_file_unnoticed(place in any::<prop::sample::Index>(), change in 1..=255_u8) {
        let world = World::new();
        let honest = honest_package(&world);
        let mut changed = honest.clone();
        changed[place.index(honest.len())] ^= change;
        if against(&world, &changed).is_empty() {
            let files = |bytes: &[u8]| ofd::read(bytes, &Limits::default()).unwrap().files;
            prop_assert_eq!(files(&changed), files(&honest));
        }
    }

    /// One changed byte of a file, well packed again: always stopped.
    #[test]
    fn a_changed_covered_byte_is_never_all_clear(file in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), change in 1..=255_u8) {
        let world = World::new();
        let package = ofd::read(&honest_package(&world), &Limits::default()).unwrap();
        let mut files: Vec<_> = package.files.into_iter().map(|file| (file.name, file.bytes)).collect();
        let file = file.index(files.len());
        let bytes = &mut files[file].1;
        let place = place.index(bytes.len());
        bytes[place] ^= change;
        prop_assert!(!against(&world, &write::archive(&files).unwrap()).is_empty(), "{} {place}", files[file].0);
    }

    #[test]
    fn what_is_packed_is_unpacked(files in prop::collection::btree_map("[a-z]{1,8}(/[a-z0-9]{1,8}){0,3}\\.bin", prop::collection::vec(any::<u8>(), 0..200), 1..8)) {
        let files: Vec<_> = files.into_iter().collect();
        let read = ofd::read(&write::archive(&files).unwrap(), &Limits::default()).unwrap();
        let found: Vec<_> = read.files.into_iter().map(|file| (file.name, file.bytes)).collect();
        prop_assert_eq!(found, files);
    }
}

/// The signed value is of one package: put into another of the same shape it is stopped.
#[test]
fn a_signed_value_is_of_one_document() {
    let world = World::new();
    let seal = sealed(&world, &draft(&world, Version::V4));
    let mut other = document();
    other[3].1 = super::xml("Page", "<ofd:Content>面积 1250</ofd:Content>");
    let first = write::prepare(document(), &parameters(Some(&seal))).unwrap();
    let second = write::prepare(other, &parameters(Some(&seal))).unwrap();
    let value = signed_value(&world, &seal, first.digest, &first.property_info);
    assert_eq!(against(&world, &second.finish(&value).unwrap()), ["SEAL_DATA_HASH"]);
}
