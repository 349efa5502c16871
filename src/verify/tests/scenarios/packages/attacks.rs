//! The attack table: class, case, and what stopped it. Each case forges a package that a careless reader believes.

use std::collections::BTreeSet;

use chrono::Duration;
use verify::{Policy, digest::sm3, ofd, report::VerificationResult::Passed, ses::SignerList, verify_bytes};

use super::{
    against, document,
    forged::{Entry, Forged},
    honest_package,
    scene::{
        DESCRIPTION, LIST, PAGE, SEAL, Scene, VALUE, add_signature, bad_page, file_of, other_seal, rename, replace, without_reference,
    },
    sealed_package, signed_value,
};
use crate::{
    authority::{Draft, MIDDLE_KEY, key, name, now},
    seals::MAKER_KEY,
};

type Attack = fn(&Scene) -> Vec<u8>;

/// Class, case, what stopped it, how it is made.
pub(super) const TABLE: &[(&str, &str, &str, Attack)] = &[
    ("duplicate names", "another page of the same name, first", "ZIP_DUPLICATE_NAME", |scene| {
        scene.forged(|zip| zip.entries.insert(0, Entry::stored(PAGE, &bad_page())))
    }),
    ("duplicate names", "another page of the same name, last", "ZIP_DUPLICATE_NAME", |scene| {
        scene.forged(|zip| zip.entries.push(Entry::stored(PAGE, &bad_page())))
    }),
    ("duplicate names", "one record listed twice", "ZIP_DUPLICATE_NAME", |scene| {
        scene.forged(|zip| zip.entries.push(Entry { shares: Some(0), ..zip.entries[0].clone() }))
    }),
    ("case-folded names", "a page in lower case", "ZIP_DUPLICATE_FOLDED_NAME", |scene| scene.with(&PAGE.to_lowercase(), &bad_page())),
    ("case-folded names", "a page below another case of its directory", "ZIP_DUPLICATE_FOLDED_NAME", |scene| {
        scene.with("DOC_0/Pages/Page_0/Content.xml", &bad_page())
    }),
    ("names of one file", "with ./", "ZIP_NAME_EMPTY_PART", |scene| scene.with(&format!("./{PAGE}"), &bad_page())),
    ("names of one file", "with //", "ZIP_NAME_EMPTY_PART", |scene| scene.with(&PAGE.replacen('/', "//", 1), &bad_page())),
    ("names of one file", "with a backslash", "ZIP_NAME_BACKSLASH", |scene| scene.with(&PAGE.replace('/', "\\"), &bad_page())),
    ("names of one file", "with a space at the end", "ZIP_NAME_CHARACTER", |scene| scene.with(&format!("{PAGE} "), &bad_page())),
    ("names of one file", "with a zero at the end", "ZIP_NAME_CHARACTER", |scene| scene.with(&format!("{PAGE}\0"), &bad_page())),
    ("names of one file", "not UTF-8", "ZIP_NAME_ENCODING", |scene| {
        scene.forged(|zip| zip.entry(PAGE).both(|header| header.name.extend(b"\xd2\xd2")))
    }),
    ("unlisted files", "a picture", "COVERAGE_UNLISTED", |scene| scene.with("Doc_0/Res/stamp.png", b"picture")),
    ("unlisted files", "beside the signature's own files", "COVERAGE_UNLISTED", |scene| {
        scene.with("Doc_0/Signs/Sign_0/Page.xml", &bad_page())
    }),
    ("path escape", "a name with ..", "ZIP_NAME_PARENT", |scene| scene.with("../../etc/cron.d/x", b"x")),
    ("path escape", "a name from the root", "ZIP_NAME_ABSOLUTE", |scene| scene.with("/etc/cron.d/x", b"x")),
    ("path escape", "a name from a drive", "ZIP_NAME_ABSOLUTE", |scene| scene.with("C:/x", b"x")),
    ("path escape", "a symbolic link", "ZIP_LINK", |scene| {
        scene.forged(|zip| zip.entries.push(Entry { mode: Some(0o120_777), ..Entry::stored("Doc_0/Res/x", b"/etc/passwd") }))
    }),
    ("path escape", "a page elsewhere", "OFD_PATH_ESCAPES", |scene| {
        scene.resigned(|files| replace(files, "Doc_0/Document.xml", "Pages/Page_0/Content.xml", "../../../etc/passwd"))
    }),
    ("path escape", "an attachment elsewhere", "OFD_PATH_ESCAPES", |scene| {
        scene.resigned(|files| replace(files, "Doc_0/Attachs/Attachments.xml", "/Doc_0/Attachs/", "/../"))
    }),
    ("path escape", "a listed file elsewhere", "COVERAGE_PATH", |scene| {
        scene.described(|text| text.replacen("FileRef=\"/", "FileRef=\"/../", 1))
    }),
    ("directories", "one with content", "ZIP_DIRECTORY_WITH_CONTENT", |scene| scene.with("Doc_0/Res/", b"content")),
    ("directories", "one that is a file", "ZIP_BELOW_FILE", |scene| scene.with(&format!("{PAGE}/x.xml"), b"<x/>")),
    ("bombs", "a file of zeros", "ZIP_RATIO", |scene| {
        scene.forged(|zip| zip.entries.push(Entry::deflated("Doc_0/Res/zeros", &vec![0; 2 << 20])))
    }),
    ("bombs", "many entries", "ZIP_TOO_MANY_ENTRIES", |scene| {
        scene.forged(|zip| zip.entries.extend((0..1_000).map(|number| Entry::stored(&format!("Doc_0/Res/{number}"), b""))))
    }),
    ("bombs", "large in total", "ZIP_TOTAL_TOO_LARGE", |scene| {
        scene.forged(|zip| {
            for number in 0..3 {
                let mut entry = Entry::stored(&format!("Doc_0/Res/{number}"), &vec![7; 200 << 10]);
                entry.both(|header| header.size = 30 << 20);
                zip.entries.push(entry);
            }
        })
    }),
    ("bombs", "one large file", "ZIP_ENTRY_TOO_LARGE", |scene| scene.forged(|zip| zip.entry(PAGE).both(|header| header.size = u32::MAX))),
    ("bombs", "many files of one record", "ZIP_OVERLAP", |scene| {
        scene.forged(|zip| {
            for number in 0..100 {
                zip.entries.push(Entry { shares: Some(0), ..Entry::stored(&format!("Doc_0/Res/{number}"), &zip.entries[0].data) });
            }
        })
    }),
    ("bombs", "more than the headers say", "ZIP_SIZE", |scene| {
        scene.forged(|zip| {
            let mut entry = Entry::deflated("Doc_0/Res/zeros", &vec![0; 2 << 20]);
            entry.both(|header| header.size = 10);
            zip.entries.push(entry);
        })
    }),
    ("DTD and entities", "a document type in a page", "XML_DOCUMENT_TYPE", |scene| {
        scene.resigned(|files| replace(files, PAGE, "<ofd:Page", "<!DOCTYPE ofd:Page><ofd:Page"))
    }),
    ("DTD and entities", "entities of entities in Signature.xml", "XML_DOCUMENT_TYPE", |scene| {
        scene.described(|text| text.replace("<ofd:Signature ", "<!DOCTYPE a [<!ENTITY b \"c\"><!ENTITY d \"&b;&b;\">]><ofd:Signature "))
    }),
    ("DTD and entities", "an external entity in OFD.xml", "XML_DOCUMENT_TYPE", |scene| {
        scene.resigned(|files| {
            replace(files, "OFD.xml", "<ofd:OFD", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><ofd:OFD");
            replace(files, "OFD.xml", "演示证照", "&b;");
        })
    }),
    ("DTD and entities", "an entity that nobody declared", "XML_ENTITY", |scene| {
        scene.resigned(|files| replace(files, "OFD.xml", "演示证照", "&title;"))
    }),
    ("DTD and entities", "a processing instruction", "XML_PROCESSING_INSTRUCTION", |scene| {
        scene.resigned(|files| replace(files, PAGE, "<ofd:Page", "<?xml-stylesheet href=\"http://example.invalid/\"?><ofd:Page"))
    }),
    ("DTD and entities", "nested deep", "XML_TOO_DEEP", |scene| {
        scene.resigned(|files| replace(files, PAGE, "<ofd:Content>", &"<ofd:Content>".repeat(100)))
    }),
    ("DTD and entities", "another encoding", "XML_ENCODING", |scene| {
        scene.resigned(|files| replace(files, PAGE, "encoding=\"UTF-8\"", "encoding=\"UTF-7\""))
    }),
    ("DTD and entities", "another namespace", "XML_NAMESPACE", |scene| {
        scene.resigned(|files| replace(files, "OFD.xml", ofd::NAMESPACE, "http://example.invalid/2016"))
    }),
    ("header disagreement", "name", "ZIP_HEADERS_DISAGREE", |scene| {
        scene.forged(|zip| zip.entry(PAGE).local.name = PAGE.replace("Page_0", "Page_1").into_bytes())
    }),
    ("header disagreement", "size", "ZIP_HEADERS_DISAGREE", |scene| scene.forged(|zip| zip.entry(PAGE).local.size -= 1)),
    ("header disagreement", "compressed size", "ZIP_HEADERS_DISAGREE", |scene| scene.forged(|zip| zip.entry(PAGE).local.packed -= 1)),
    ("header disagreement", "CRC", "ZIP_HEADERS_DISAGREE", |scene| scene.forged(|zip| zip.entry(PAGE).local.crc ^= 1)),
    ("header disagreement", "method", "ZIP_HEADERS_DISAGREE", |scene| scene.forged(|zip| zip.entry(PAGE).local.method = 8)),
    ("header disagreement", "flags", "ZIP_HEADERS_DISAGREE", |scene| scene.forged(|zip| zip.entry(PAGE).local.flags = 0)),
    ("header disagreement", "CRC of other content", "ZIP_CRC", |scene| scene.forged(|zip| zip.entry(PAGE).both(|header| header.crc ^= 1))),
    ("header disagreement", "a data descriptor that lies", "ZIP_DESCRIPTOR", |scene| {
        scene.forged(|zip| {
            let entry = zip.entry(PAGE);
            entry.both(|header| header.flags |= 1 << 3);
            entry.after = [b"PK\x07\x08".as_slice(), &[0; 12]].concat();
        })
    }),
    ("header disagreement", "larger than its data", "ZIP_SIZE", |scene| {
        scene.forged(|zip| zip.entry(PAGE).both(|header| header.size += 1))
    }),
    ("header disagreement", "sizes of ZIP64", "ZIP_EXTRA", |scene| {
        scene.forged(|zip| {
            let extra = [&[1, 0, 16, 0][..], &[9; 16]].concat();
            zip.entry(PAGE).both(|header| header.extra.clone_from(&extra));
        })
    }),
    ("header disagreement", "another name in an extra field", "ZIP_EXTRA", |scene| {
        scene.forged(|zip| zip.entry(PAGE).both(|header| header.extra = [&[0x75, 0x70, 10, 0, 1, 0, 0, 0, 0][..], b"x.xml"].concat()))
    }),
    ("header disagreement", "encrypted", "ZIP_ENCRYPTED", |scene| scene.forged(|zip| zip.entry(PAGE).both(|header| header.flags |= 1))),
    ("header disagreement", "another method", "ZIP_METHOD", |scene| scene.forged(|zip| zip.entry(PAGE).both(|header| header.method = 93))),
    ("data around records", "before the first", "ZIP_GAP", |scene| scene.forged(|zip| zip.entries[0].before = b"#!/bin/sh\n".to_vec())),
    ("data around records", "between two", "ZIP_GAP", |scene| scene.forged(|zip| zip.entries[3].before = Entry::page().data)),
    ("data around records", "a record that the directory leaves out", "ZIP_GAP", |scene| {
        scene.forged(|zip| zip.before_directory = Forged { entries: vec![Entry::page()], ..Forged::default() }.write())
    }),
    ("data around records", "before the end", "ZIP_GAP", |scene| scene.forged(|zip| zip.before_end = b"hidden".to_vec())),
    ("data around records", "after the end", "ZIP_AFTER_END", |scene| scene.forged(|zip| zip.after = b"hidden".to_vec())),
    ("data around records", "a second archive behind", "ZIP_NO_CENTRAL_HEADER", |scene| {
        [honest_package(&scene.world), scene.forged(|_| {})].concat()
    }),
    ("data around records", "a comment", "ZIP_COMMENT", |scene| scene.forged(|zip| zip.comment = b"hidden".to_vec())),
    ("data around records", "an archive in a comment", "ZIP_NO_CENTRAL_HEADER", |scene| {
        scene.forged(|zip| zip.comment = Forged { entries: vec![Entry::page()], ..Forged::default() }.write())
    }),
    ("data around records", "other disks", "ZIP_DISKS", |scene| scene.forged(|zip| zip.disk = 1)),
    ("data around records", "behind deflated data", "ZIP_PACKED_SURPLUS", |scene| {
        scene.forged(|zip| {
            let page = scene.file(PAGE);
            let entry = zip.entry(PAGE);
            *entry = Entry::deflated(PAGE, &page);
            entry.data.extend(b"hidden");
            entry.both(|header| header.packed += 6);
        })
    }),
    ("changed content", "a page", "COVERAGE_DIGEST", |scene| scene.repacked(|files| replace(files, PAGE, "12.50", "1250"))),
    ("changed content", "custom data", "COVERAGE_DIGEST", |scene| {
        scene.repacked(|files| replace(files, "OFD.xml", "考核合格", "特种作业"))
    }),
    ("changed content", "the attached certificate", "COVERAGE_DIGEST", |scene| {
        scene.repacked(|files| replace(files, "Doc_0/Attachs/certificate.json", "张某某", "李某某"))
    }),
    ("changed content", "a missing file", "COVERAGE_MISSING", |scene| scene.repacked(|files| files.retain(|(name, _)| name != PAGE))),
    ("changed content", "a file under another case", "COVERAGE_WRONG_CASE", |scene| {
        scene.repacked(|files| rename(files, "Doc_0/PublicRes.xml", "Doc_0/publicres.xml"))
    }),
    ("changed content", "Signature.xml", "SEAL_DATA_HASH", |scene| {
        scene.repacked(|files| replace(files, DESCRIPTION, "120 200.5", "20 20.5"))
    }),
    ("changed references", "a file listed twice", "COVERAGE_REPEATED", |scene| {
        scene.described(|text| {
            let (start, end) = (text.find("<ofd:Reference ").unwrap(), text.find("</ofd:References>").unwrap());
            let first = text[start..].split_inclusive("</ofd:Reference>").next().unwrap();
            format!("{}{first}{}", &text[..end], &text[end..])
        })
    }),
    ("changed references", "a file left out", "COVERAGE_UNLISTED", |scene| scene.described(|text| without_reference(text, PAGE))),
    ("changed references", "another case", "COVERAGE_WRONG_CASE", |scene| {
        scene.described(|text| text.replace("/Doc_0/Pages/", "/Doc_0/pages/"))
    }),
    ("changed references", "a weak digest", "COVERAGE_FOREIGN_DIGEST", |scene| {
        scene.described(|text| text.replace("CheckMethod=\"1.2.156.10197.1.401\"", "CheckMethod=\"MD5\""))
    }),
    ("changed references", "a digest that is no Base64", "OFD_VALUE", |scene| {
        scene.described(|text| text.replacen("CheckValue>", "CheckValue>*", 1))
    }),
    ("changed references", "a seal on no page", "OFD_VALUE", |scene| {
        scene.described(|text| text.replace("PageRef=\"1\"", "PageRef=\"2\""))
    }),
    ("changed SignedValue", "one byte", "SEAL_SIGNER_SIGNATURE", |scene| {
        scene.repacked(|files| {
            let value = &mut file_of(files, VALUE);
            let last = value.len() - 1;
            value[last] ^= 1;
        })
    }),
    ("changed SignedValue", "cut", "NO_SEAL_SIGNATURE", |scene| scene.repacked(|files| file_of(files, VALUE).truncate(700))),
    ("changed SignedValue", "a byte more", "NO_SEAL_SIGNATURE", |scene| scene.repacked(|files| file_of(files, VALUE).push(0))),
    ("changed SignedValue", "of another document", "SEAL_DATA_HASH", |scene| {
        let mut other = document();
        replace(&mut other, PAGE, "12.50", "1250");
        let other = Scene::unpacked(&sealed_package(&scene.world, other, &scene.seal));
        scene.repacked(|files| *file_of(files, VALUE) = other.into_iter().find(|(name, _)| name == VALUE).unwrap().1)
    }),
    ("seal swapped", "the file beside", "SEAL_FILE_DIFFERS", |scene| {
        scene.repacked(|files| *file_of(files, SEAL) = other_seal(&scene.world).der)
    }),
    ("seal swapped", "the file beside, and listed", "SEAL_FILE_DIFFERS", |scene| {
        scene.resigned(|files| *file_of(files, SEAL) = other_seal(&scene.world).der)
    }),
    ("seal swapped", "inside the signed value", "SEAL_SIGNER_SIGNATURE", |scene| {
        scene.repacked(|files| {
            let other = other_seal(&scene.world);
            let value = file_of(files, VALUE);
            let place = value.windows(scene.seal.der.len()).position(|window| window == scene.seal.der).unwrap();
            assert_eq!(other.der.len(), scene.seal.der.len(), "the lengths around it still hold");
            value.splice(place..place + other.der.len(), other.der.iter().copied());
            *file_of(files, SEAL) = other.der;
        })
    }),
    ("seal maker", "of another root", "SEAL_MAKER_CHAIN", |scene| {
        let mine = Draft::signer(&name("冒名制章", None), &name("冒名根", None)).sign(&key(99), &key(98));
        scene.sealed_by(&mine, 99, |_| {})
    }),
    ("seal maker", "a name without its key", "SEAL_MAKER_SIGNATURE", |scene| {
        scene.sealed_by(&crate::seals::maker(&scene.world), 99, |_| {})
    }),
    ("seal maker", "a certificate that may not sign", "SEAL_MAKER_CHAIN", |scene| {
        let mut draft = Draft::signer(&name("演示制章单位", None), &scene.world.middle_name);
        draft.usage = None;
        scene.sealed_by(&draft.sign(&key(MAKER_KEY), &key(MIDDLE_KEY)), MAKER_KEY, |_| {})
    }),
    ("signer not in certList", "a colleague", "SEAL_SIGNER_NOT_LISTED", |scene| {
        let colleague = Draft::signer(&name("演示同事", None), &scene.world.middle_name).sign(&key(31), &key(MIDDLE_KEY));
        scene.valued(&scene.seal, &colleague, 31)
    }),
    ("signer not in certList", "a stranger with his own root", "SEAL_SIGNER_CHAIN", |scene| {
        let stranger = Draft::signer(&name("演示签名者", None), &name("冒名根", None)).sign(&key(31), &key(98));
        scene.valued(&scene.seal, &stranger, 31)
    }),
    ("signer not in certList", "the listed name without its key", "SEAL_SIGNER_SIGNATURE", |scene| {
        scene.valued(&scene.seal, &scene.world.signer, 31)
    }),
    ("signer not in certList", "an empty list", "SEAL_SIGNER_NOT_LISTED", |scene| {
        scene.sealed_by(&crate::seals::maker(&scene.world), MAKER_KEY, |draft| draft.signers = SignerList::Certificates(Vec::new()))
    }),
    ("dates out of validity", "a lapsed seal", "SEAL_NOT_IN_FORCE", |scene| {
        scene.sealed_by(&crate::seals::maker(&scene.world), MAKER_KEY, |draft| draft.valid_to = draft.valid_from + Duration::days(1))
    }),
    ("dates out of validity", "a seal of tomorrow", "SEAL_NOT_IN_FORCE", |scene| {
        scene.sealed_by(&crate::seals::maker(&scene.world), MAKER_KEY, |draft| {
            draft.valid_from = draft.valid_to;
        })
    }),
    ("dates out of validity", "a signer who is no more", "SEAL_SIGNER_CHAIN", |scene| {
        let mut old = Draft::signer(&name("演示签名者", None), &scene.world.middle_name);
        old.years = (2020, 2021);
        scene.valued(&scene.seal, &old.sign(&key(31), &key(MIDDLE_KEY)), 31)
    }),
    ("dataHash of another file", "of OFD.xml", "SEAL_DATA_HASH", |scene| {
        let hash = sm3(&scene.file("OFD.xml"));
        scene.repacked(|files| *file_of(files, VALUE) = signed_value(&scene.world, &scene.seal, hash, &format!("/{DESCRIPTION}")))
    }),
    ("two documents", "two DocBodies", "OFD_REPEATED", |scene| {
        scene.resigned(|files| {
            let text = String::from_utf8(file_of(files, "OFD.xml").clone()).unwrap();
            let body = &text[text.find("<ofd:DocBody>").unwrap()..text.find("</ofd:OFD>").unwrap()];
            replace(files, "OFD.xml", "</ofd:OFD>", &format!("{}</ofd:OFD>", body.replace("Doc_0/Document", "Doc_1/Document")));
        })
    }),
    ("two documents", "a version with another root", "OFD_NOT_UNDERSTOOD", |scene| {
        let versions = "</ofd:DocRoot><ofd:Versions><ofd:Version ID=\"1\" Index=\"1\" BaseLoc=\"/Doc_0/V.xml\"/></ofd:Versions>";
        scene.resigned(|files| replace(files, "OFD.xml", "</ofd:DocRoot>", versions))
    }),
    ("two documents", "one name with two values", "OFD_REPEATED", |scene| {
        let twice = "<ofd:CustomDatas><ofd:CustomData Name=\"ZZMC\">另一证照</ofd:CustomData>";
        scene.resigned(|files| replace(files, "OFD.xml", "<ofd:CustomDatas>", twice))
    }),
    ("two documents", "two pages of one number", "OFD_REPEATED", |scene| {
        scene.resigned(|files| {
            replace(files, "Doc_0/Document.xml", "<ofd:Pages>", "<ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"PublicRes.xml\"/>")
        })
    }),
    ("Signatures.xml elsewhere", "nowhere", "NO_SIGNATURE", |scene| {
        scene.repacked(|files| replace(files, "OFD.xml", "/Doc_0/Signs/Signatures.xml", "/Doc_0/Signs/None.xml"))
    }),
    ("Signatures.xml elsewhere", "not named any more", "NO_SIGNATURE", |scene| {
        scene.repacked(|files| replace(files, "OFD.xml", "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>", ""))
    }),
    ("Signatures.xml elsewhere", "another list", "COVERAGE_DIGEST", |scene| {
        scene.repacked(|files| {
            replace(files, "OFD.xml", "/Doc_0/Signs/Signatures.xml", "/Doc_0/Other.xml");
            let list = file_of(files, LIST).clone();
            files.push(("Doc_0/Other.xml".to_owned(), list));
        })
    }),
    ("Signatures.xml elsewhere", "another case of its name", "OFD_PATH_WRONG_CASE", |scene| {
        scene.repacked(|files| replace(files, "OFD.xml", "/Doc_0/Signs/Signatures.xml", "/Doc_0/signs/Signatures.xml"))
    }),
    ("Signatures.xml elsewhere", "a page that is the signed value", "OFD_TWO_ROLES", |scene| {
        scene.resigned(|files| replace(files, "Doc_0/Document.xml", "Pages/Page_0/Content.xml", "Signs/Sign_0/SignedValue.dat"))
    }),
    ("another signature", "added to a whole package", "COVERAGE_DIGEST", |scene| scene.repacked(add_signature)),
    ("another signature", "of a stranger, where others may sign", "SEAL_SIGNER_CHAIN", |scene| {
        // The first signature leaves Signatures.xml out; the second one is exempt from nothing.
        let mut files = Scene::unpacked(&scene.described(|text| without_reference(text, LIST)));
        assert_eq!(against(&scene.world, &ofd::write::archive(&files).unwrap()), Vec::<&str>::new(), "the form to continue is honest");
        add_signature(&mut files);
        let stranger = Draft::signer(&name("演示签名者", None), &name("冒名根", None)).sign(&key(31), &key(98));
        let second = "Doc_0/Signs/Sign_1/Signature.xml";
        let hash = sm3(file_of(&mut files, second));
        *file_of(&mut files, "Doc_0/Signs/Sign_1/SignedValue.dat") = scene.value(&scene.seal, &stranger, 31, hash, second);
        ofd::write::archive(&files).unwrap()
    }),
];

#[test]
fn every_attack_is_stopped_by_what_the_table_says() {
    let scene = Scene::new();
    assert_eq!(against(&scene.world, &scene.forged(|_| {})), Vec::<&str>::new(), "packed by hand and honest");
    assert_eq!(against(&scene.world, &scene.resigned(|_| {})), Vec::<&str>::new(), "signed by hand and honest");
    let passes = |bytes: &[u8]| verify_bytes(bytes, &scene.trust(), &Policy::default(), now()).is_ok_and(|report| report.result == Passed);
    assert!(passes(&scene.forged(|_| {})) && passes(&scene.resigned(|_| {})), "what is honest passes");
    let mut wrong = Vec::new();
    for (class, case, stopped_by, attack) in TABLE {
        let forged = attack(&scene);
        let reasons = against(&scene.world, &forged);
        if passes(&forged) {
            wrong.push(format!("{class}: {case} passes"));
        }
        if !reasons.contains(stopped_by) {
            wrong.push(format!("{class}: {case}: {reasons:?}, not {stopped_by}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `attacks.md` is the table for people.
#[test]
fn the_table_has_every_case_once_and_is_written_down() {
    let cases: BTreeSet<_> = TABLE.iter().map(|(class, case, ..)| (class, case)).collect();
    assert_eq!(cases.len(), TABLE.len());
    let mut written = "| class | case | stopped by |\n| --- | --- | --- |\n".to_owned();
    for (class, case, stopped_by, _) in TABLE {
        written.push_str(&format!("| {class} | {case} | `{stopped_by}` |\n"));
    }
    assert_eq!(written, include_str!("attacks.md"), "\n{written}");
}

/// Deflated entries with data descriptors, as Java writes them, are honest.
#[test]
fn data_descriptors_that_agree_are_read() {
    let scene = Scene::new();
    for mark in [&b""[..], b"PK\x07\x08"] {
        let bytes = scene.forged(|zip| {
            for entry in &mut zip.entries {
                let content = entry.data.clone();
                let name = String::from_utf8(entry.central.name.clone()).unwrap();
                *entry = Entry::deflated(&name, &content);
                entry.both(|header| header.flags |= 1 << 3);
                let header = &entry.central;
                entry.after = [mark, &header.crc.to_le_bytes(), &header.packed.to_le_bytes(), &header.size.to_le_bytes()].concat();
                (entry.local.crc, entry.local.packed, entry.local.size) = (0, 0, 0);
            }
            zip.entries.push(Entry::stored("Doc_0/Res/", b""));
            zip.entries.push(Entry::deflated("Doc_0/Other/", b""));
        });
        assert_eq!(against(&scene.world, &bytes), Vec::<&str>::new());
    }
}
