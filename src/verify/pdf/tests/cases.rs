//! Attacks on the range and the contents of a signature: USF (the signature cannot be judged, so a viewer skips it) and SWA (the
//! range leaves out more than the contents).

use super::{
    attacks::{Case, case},
    inside,
    maker::{self, File, Form, Signing, Wrong, fill, object, replaced, sign, signed, signed_with, stream, widget},
};

/// Signed with another `/ByteRange`.
fn range(text: &str) -> Vec<u8> {
    signed_with(Form::Table, &Signing { byte_range: Some(text.to_owned()), ..Signing::default() }).bytes
}

/// Signed with other `/Contents`, the range as it would be.
fn contents(text: &str) -> Vec<u8> {
    signed_with(Form::Table, &Signing { contents: Some(text.to_owned()), byte_range: Some(fitting()), ..Signing::default() }).bytes
}

/// A range of the right shape.
fn fitting() -> String {
    "/ByteRange[0 1500 1630 200]".to_owned()
}

/// Signed with some objects instead of the right ones.
fn with(objects: Vec<maker::Object>) -> Vec<u8> {
    signed_with(Form::Table, &Signing { objects, ..Signing::default() }).bytes
}

/// Signed with other bytes in `/Contents`, which keep their length.
fn der(der: &[u8]) -> Vec<u8> {
    signed_with(Form::Table, &Signing { der: der.to_vec(), ..Signing::default() }).bytes
}

pub(super) fn usf() -> Vec<Case> {
    let usf = |name, bytes, stopped| case("USF", name, bytes, stopped);
    let placeholder = "/ByteRange[0 @@@@@@@@@@ @@@@@@@@@@ @@@@@@@@@@]";
    let mut cases = vec![
        usf("no /ByteRange", range(""), "coverage NoByteRange"),
        usf("/ByteRange null", range("/ByteRange null"), "coverage ByteRangeShape"),
        usf("/ByteRange a number", range("/ByteRange 0"), "coverage ByteRangeShape"),
        usf("/ByteRange empty", range("/ByteRange[]"), "coverage ByteRangeShape"),
        usf("/ByteRange of three", range("/ByteRange[0 10 20]"), "coverage ByteRangeShape"),
        usf("/ByteRange of six", range("/ByteRange[0 10 20 10 40 10]"), "coverage ByteRangeShape"),
        usf("/ByteRange negative", range("/ByteRange[0 10 -20 10]"), "coverage ByteRangeShape"),
        usf("/ByteRange minus zero", range(&placeholder.replace("[0", "[-0")), "coverage ByteRangeShape"),
        usf("/ByteRange with a sign", range(&placeholder.replace("[0", "[+0")), "coverage ByteRangeShape"),
        usf("/ByteRange of reals", range(&placeholder.replace("[0", "[0.0")), "coverage ByteRangeShape"),
        usf("/ByteRange of nulls", range("/ByteRange[null null null null]"), "coverage ByteRangeShape"),
        usf("/ByteRange of zeros", range("/ByteRange[0 0 0 0]"), "coverage ByteRangeOverlap"),
        usf("/ByteRange overlapping", range("/ByteRange[0 900 400 300]"), "coverage ByteRangeOverlap"),
        usf("/ByteRange touching", range("/ByteRange[0 900 900 300]"), "coverage ByteRangeOverlap"),
        usf("/ByteRange past the end", range("/ByteRange[0 10 20 99999999]"), "coverage ByteRangePastEnd"),
        usf("/ByteRange larger than 64 bits", range("/ByteRange[0 10 20 99999999999999999999]"), "structure Unreadable"),
        usf("/ByteRange not from 0", range("/ByteRange[1 900 1000 10]"), "coverage ByteRangeStart"),
        usf("/ByteRange twice", range(&format!("/ByteRange null{placeholder}")), "coverage KeyTwice"),
        usf("/ByteRange twice, second null", range(&format!("{placeholder}/ByteRange null")), "coverage KeyTwice"),
        usf("/ByteRange with an escaped name", range("/Byte#52ange null"), "coverage ByteRangeShape"),
        usf("no /Contents", contents(""), "coverage NoContents"),
        usf("/Contents null", contents("/Contents null"), "coverage ContentsShape"),
        usf("/Contents empty", contents("/Contents<>"), "coverage ContentsEmpty"),
        usf("/Contents zero", der(&[0]), "coverage ContentsEmpty"),
        usf("/Contents a literal string", contents("/Contents(0\\003\\002\\001*)"), "coverage ContentsShape"),
        usf("/Contents of half a byte", contents("/Contents<300>"), "coverage ContentsShape"),
        usf("/Contents with white space", contents("/Contents<3003 02012a>"), "coverage ContentsShape"),
        usf("/Contents twice", contents("/Contents null/Contents<300302012a>"), "coverage KeyTwice"),
        usf("/Contents of another tag", der(&[0x31, 0]), "coverage NotDer"),
        usf("/Contents of indefinite length", der(&[0x30, 0x80, 0, 0]), "coverage NotDer"),
        usf("/Contents longer than its string", der(&[0x30, 0x82, 0x40, 0]), "coverage NotDer"),
        usf("/Contents with a long form where a short one does", der(&[0x30, 0x81, 3, 2, 1, 1]), "coverage NotDer"),
        usf("field without /V", with(vec![object(20, &widget("Signature1", ""))]), "coverage NoValue"),
        usf("field with /V null", with(vec![object(20, &widget("Signature1", "/V null"))]), "coverage ValueNotDictionary"),
        usf("field whose /V leads nowhere", with(vec![object(20, &widget("Signature1", "/V 99 0 R"))]), "coverage ValueNotDictionary"),
        usf(
            "field of another type",
            with(vec![object(20, &widget("Signature1", "/V 21 0 R").replace("/Sig", "/Btn"))]),
            "coverage NotReached",
        ),
        usf("form without the field", with(vec![object(1, &maker::catalog("/AcroForm<</Fields[]>>"))]), "coverage NotReached"),
        usf("catalog without a form", with(vec![object(1, &maker::catalog(""))]), "coverage NotReached"),
        usf("signature dictionary unreadable", with(vec![object(21, "<</Type/Sig/Contents<30>/ByteRange[0 1 2 3]")]), "hint ByteRange"),
    ];
    cases.push({
        let parts = [object(40, "[0 1500 1630 200]")];
        let signing = Signing { byte_range: Some("/ByteRange 40 0 R".to_owned()), objects: parts.to_vec(), ..Signing::default() };
        usf("/ByteRange indirect", signed_with(Form::Table, &signing).bytes, "coverage ByteRangeShape")
    });
    cases.push({
        let signing = Signing {
            byte_range: Some("/ByteRange[0 40 0 R 1630 200]".to_owned()),
            objects: vec![object(40, "1500")],
            ..Signing::default()
        };
        usf("/ByteRange of references", signed_with(Form::Table, &signing).bytes, "coverage ByteRangeShape")
    });
    cases.push({
        let signing = Signing {
            contents: Some("/Contents 40 0 R".to_owned()),
            byte_range: Some(fitting()),
            objects: vec![object(40, "<300302012a>")],
            ..Signing::default()
        };
        usf("/Contents indirect", signed_with(Form::Table, &signing).bytes, "coverage ContentsShape")
    });
    cases.push({
        let mut file = signed(Form::Table);
        file.revision(&[object(21, "<</Nothing true>>")], &[]);
        usf("signature dictionary replaced later", file.bytes, "coverage Superseded")
    });
    cases.push({
        let mut file = signed(Form::Table);
        let wrong = Wrong { entries: vec![(21, maker::Told::Free), (20, maker::Told::Free)], ..Wrong::default() };
        file.revision_with(&[object(1, &maker::catalog("")), object(3, &maker::page(""))], &[], &wrong);
        usf("signature and form removed later", file.bytes, "coverage Superseded")
    });
    cases.push({
        let mut file = File::new(Form::Stream);
        file.revision(&maker::document(), &[]);
        let signing = Signing { byte_range: Some(fitting()), contents: Some("/Contents<300302012a>".to_owned()), ..Signing::default() };
        let form = "/AcroForm<</SigFlags 3/Fields[20 0 R]>>";
        let packed = [object(20, &widget("Signature1", "/V 21 0 R")), object(21, &maker::signature(&signing))];
        file.revision(&[object(1, &maker::catalog(form)), object(3, &maker::page("/Annots[20 0 R]"))], &packed);
        usf("signature in an object stream", file.bytes, "coverage InObjectStream")
    });
    for (name, text) in
        [("in a stream", "/Type/Sig"), ("in a stream, its field", "/FT /Sig"), ("in a stream, its range", "/ByteRange [0 1 2 3]")]
    {
        let mut file = File::new(Form::Table);
        let mut objects = maker::document();
        objects[6] = stream(7, "/Type/Metadata/Subtype/XML", text.as_bytes());
        file.revision(&objects, &[]);
        cases.push(usf(name, file.bytes, "hint"));
    }
    cases.push({
        let mut file = File::new(Form::Table);
        let wrong = Wrong { trailer: "%/ByteRange[0 1 2 3]\n".to_owned(), ..Wrong::default() };
        file.revision_with(&maker::document(), &[], &wrong);
        usf("in a comment", file.bytes, "hint ByteRange")
    });
    cases.push({
        let two = Signing { fields: " 22 0 R".to_owned(), objects: vec![object(22, &widget("Other", "/V 21 0 R"))], ..Signing::default() };
        usf("one dictionary for two fields", signed_with(Form::Table, &two).bytes, "coverage SharedByFields")
    });
    cases
}

/// The right range of the one signature, as offsets of its gap.
fn gap(bytes: &[u8]) -> std::ops::Range<usize> {
    let open = maker::find(bytes, b"/Contents<3").unwrap() + 9;
    open..open + 2 * inside::ROOM + 2
}

/// The three numbers of the range written anew.
fn ranged(mut bytes: Vec<u8>, numbers: [usize; 3]) -> Vec<u8> {
    let start = maker::find(&bytes, b"/ByteRange[0 ").unwrap() + 13;
    let text = numbers.map(|number| format!("{number:<10}")).join(" ");
    bytes.splice(start..start + 32, text.bytes());
    bytes
}

pub(super) fn swa() -> Vec<Case> {
    let swa = |name, bytes, stopped| case("SWA", name, bytes, stopped);
    let good = signed(Form::Table).bytes;
    let hole = gap(&good);
    let tail = good.len() - hole.end;
    // What was signed behind the contents is kept at the end, where its startxref now finds another section within the gap.
    let moved = {
        let file = signed(Form::Table);
        let xref = file.xref.unwrap();
        let before = maker::find(&good, b"\nxref\n").unwrap() + 1;
        let at = |number: u32| file.places.iter().rev().find(|(known, _)| *known == number).unwrap().1;
        let mut evil = b">>\nendobj\n".to_vec();
        let page = hole.end + evil.len();
        evil.extend_from_slice(format!("3 0 obj\n{}\nendobj\n", maker::page("/Annots[20 0 R]/Rotate 180")).as_bytes());
        assert!(hole.end + evil.len() <= xref, "the other page fits before the section");
        evil.resize(xref - hole.end, b' ');
        evil.extend_from_slice(b"xref\n");
        for (number, at) in [(1, at(1)), (3, page), (20, at(20)), (21, at(21))] {
            evil.extend_from_slice(format!("{number} 1\n{at:010} 00000 n\r\n").as_bytes());
        }
        evil.extend_from_slice(format!("trailer\n<</Size 22/Root 1 0 R/Prev {before}>>\nstartxref\n{xref}\n%%EOF\n").as_bytes());
        let mut bytes = good.clone();
        bytes.splice(hole.end..hole.end, evil.iter().copied());
        ranged(bytes, [hole.start, hole.end + evil.len(), tail])
    };
    let within = {
        let signing =
            Signing { contents: Some(format!("/Contents<{}>/More<{}>", "@@".repeat(inside::ROOM), "41".repeat(40))), ..Signing::default() };
        let bytes = signed_with(Form::Table, &signing).bytes;
        let end = bytes.len() - (hole.end + 5 + 82);
        ranged(bytes, [hole.start, hole.end + 5 + 82, end])
    };
    let borrowed = {
        let mut file = signed(Form::Table);
        let start = file.bytes.len();
        let second = Signing { permission: None, ..Signing::default() };
        let objects = [
            object(1, &maker::catalog("/AcroForm<</SigFlags 3/Fields[20 0 R 22 0 R]>>")),
            object(22, &widget("Signature2", "/V 23 0 R")),
            object(23, &maker::signature(&second)),
        ];
        file.revision(&objects, &[]);
        fill(&mut file.bytes, start, &second.der);
        let end = file.bytes.len();
        let late = start + maker::find(&file.bytes[start..], b"/ByteRange[0 ").unwrap();
        let head = file.bytes[..late].to_vec();
        [head, ranged(file.bytes[late..].to_vec(), [hole.start, hole.end, end - hole.end])].concat()
    };
    let first = {
        let mut file = File::new(Form::Table);
        file.revision(&maker::document(), &[]);
        let end = file.bytes.len();
        sign(&mut file, &Signing::default());
        ranged(file.bytes, [100, 110, end - 110])
    };
    vec![
        swa("second range moved behind other objects", moved, "coverage GapElsewhere"),
        swa("more than /Contents in the gap", within, "coverage GapElsewhere"),
        swa("gap one byte longer", ranged(good.clone(), [hole.start, hole.end + 1, tail - 1]), "coverage GapElsewhere"),
        swa("gap one byte earlier", ranged(good.clone(), [hole.start - 1, hole.end, tail]), "coverage GapElsewhere"),
        swa("gap without the delimiters", ranged(good.clone(), [hole.start + 1, hole.end - 1, tail + 1]), "coverage GapElsewhere"),
        swa("gap of another signature", borrowed, "coverage GapElsewhere"),
        swa("gap in an earlier revision", first, "coverage GapElsewhere"),
        swa("range ends one byte early", ranged(good.clone(), [hole.start, hole.end, tail - 1]), "coverage EndsElsewhere"),
        swa("range ends after the gap", ranged(good.clone(), [hole.start, hole.end, 0]), "coverage EndsElsewhere"),
        swa("a second DER in the padding", der(&[0x30, 3, 2, 1, 42, 0, 0x30, 0]), "coverage Padding"),
        swa("text in the padding", replaced(good, "00000000>", "00000041>"), "coverage Padding"),
    ]
}
