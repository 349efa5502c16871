//! What right files look like to the reader, and what may come after a signature without harm.

use super::maker::{self, File, Form, Signing, Wrong, fill, long_term, object, sign, signed, signed_with, stream, widget};
use crate::{
    digest::sm3,
    pdf::{After, Changed, Coverage, DocMdp, Limits, Pdf, SignatureKind, XrefForm, looks_like, read},
};

pub(super) fn reading(bytes: &[u8]) -> Pdf {
    read(bytes, &Limits::default()).unwrap()
}

#[test]
fn a_signed_file_in_both_forms() {
    for form in [Form::Table, Form::Stream] {
        let bytes = signed(form).bytes;
        assert!(looks_like(&bytes));
        let pdf = reading(&bytes);
        assert_eq!((&*pdf.structure, &*pdf.suspicious, &*pdf.hints), (&[][..], &[][..], &[][..]), "{form:?}");
        assert_eq!(pdf.version.as_deref(), Some("1.7"));
        assert_eq!(pdf.revisions.len(), 2);
        assert_eq!(pdf.revisions[1].span.end, bytes.len());
        assert_eq!(pdf.revisions[0].form, if form == Form::Table { XrefForm::Table } else { XrefForm::Stream });
        let catalog = pdf.catalog.unwrap();
        assert_eq!((catalog.pages, catalog.language.as_deref(), catalog.signature_flags), (1, Some("zh"), Some(3)));

        let [signature] = &pdf.signatures[..] else { panic!("one signature") };
        assert_eq!(signature.coverage, Coverage::WholeFile);
        assert_eq!(signature.kind, SignatureKind::Signature);
        assert_eq!(signature.contents, Some(vec![0x30, 3, 2, 1, 42]));
        assert_eq!(signature.field.as_deref(), Some("Signature1"));
        assert_eq!(signature.sub_filter.as_deref(), Some("adbe.pkcs7.detached"));
        assert_eq!(signature.doc_mdp, Some(DocMdp { permission: 1, perms_agree: Some(true) }));
        assert_eq!(signature.claimed_time.as_ref().unwrap().at, "2026-11-22T12:00:00Z".parse().ok());
        assert_eq!((signature.reason.as_deref(), signature.name.as_deref()), (Some("issue"), Some("Example Authority")));
        assert_eq!(signature.after, Some(After::Nothing));
        let gap = maker::find(&bytes, b"/Contents<").unwrap() + 9;
        let covered = [&bytes[..gap], &bytes[gap + 130..]].concat();
        assert_eq!(signature.digest, Some(sm3(&covered)));
        assert_eq!(signature.covered(&bytes).unwrap().concat(), covered);

        let [file] = &pdf.embedded_files[..] else { panic!("one file") };
        assert_eq!((&*file.name, file.mime.as_deref(), file.relationship.as_deref()), ("证照", Some("application/json"), Some("Data")));
        assert_eq!((&file.content, file.associated, file.named), (&Ok(b"{\"a\":123}".to_vec()), true, true));
    }
}

#[test]
fn an_unsigned_file_is_unsigned() {
    let mut file = File::new(Form::Table);
    file.revision(&maker::document(), &[]);
    let pdf = reading(&file.bytes);
    assert!(pdf.is_unsigned() && pdf.catalog.is_some());
    assert!(!reading(&signed(Form::Table).bytes).is_unsigned());
}

/// Written by typst 0.15 (krilla) as PDF/A-3b with one attachment.
#[test]
fn what_typst_writes_is_strict() {
    let pdf = reading(include_bytes!("typst.pdf"));
    assert_eq!(pdf.structure, []);
    assert_eq!(pdf.suspicious, []);
    assert_eq!(pdf.embedded_files[0].content.as_ref().map(Vec::len), Ok(3500));
    assert!(pdf.is_unsigned() && pdf.catalog.unwrap().metadata);
}

#[test]
fn validation_data_and_a_timestamp_are_told_apart_from_all_else() {
    for form in [Form::Table, Form::Stream] {
        let mut file = signed(form);
        let end = file.bytes.len();
        long_term(&mut file, "[0 0 0 0]", "");
        let pdf = reading(&file.bytes);
        assert_eq!(pdf.structure, []);
        let [first, stamp] = &pdf.signatures[..] else { panic!("two signatures") };
        // The end of line that the next writer added is not the signed revision's.
        assert_eq!(first.coverage, Coverage::Revision { number: 1, end });
        let Some(After::LongTerm(changes)) = &first.after else { panic!("{:?}", first.after) };
        let of = |object: u32| &changes.iter().find(|change| change.object == object).unwrap().what;
        assert_eq!([of(1), of(3)], [&Changed::EntryForThese; 2]);
        assert_eq!([of(30), of(31)], [&Changed::DocumentTimestamp; 2]);
        assert_eq!([of(32), of(33)], [&Changed::ValidationData; 2]);
        assert_eq!((stamp.kind, &stamp.coverage), (SignatureKind::DocumentTimestamp, &Coverage::WholeFile));
    }
}

#[test]
fn a_timestamp_that_shows_something_is_not_harmless() {
    for (rect, more) in [("[0 0 100 100]", ""), ("[0 0 0 0]", "/A<</S/GoTo/D[3 0 R/Fit]>>")] {
        let mut file = signed(Form::Table);
        long_term(&mut file, rect, more);
        assert!(matches!(reading(&file.bytes).signatures[0].after, Some(After::Other(_))), "{rect}{more}");
    }
}

/// The page refers to an object that only comes into being later: it is not validation data, though `/DSS` leads to it as well.
#[test]
fn validation_data_that_the_page_shows_are_not_harmless() {
    let mut file = File::new(Form::Table);
    let mut objects = maker::document();
    objects[2] = object(3, &maker::page("").replace("/Contents 4 0 R", "/Contents[4 0 R 33 0 R]"));
    file.revision(&objects, &[]);
    let prepared = object(3, &maker::page("/Annots[20 0 R]").replace("/Contents 4 0 R", "/Contents[4 0 R 33 0 R]"));
    sign(&mut file, &Signing { objects: vec![prepared], ..Signing::default() });
    let form = "/AcroForm<</SigFlags 3/Fields[20 0 R]>>/Perms<</DocMDP 21 0 R>>/DSS 32 0 R";
    file.revision(&[object(1, &maker::catalog(form)), object(32, "<</Certs[33 0 R]>>"), stream(33, "", b"BT (shown) Tj ET")], &[]);
    let pdf = reading(&file.bytes);
    let Some(After::Other(changes)) = &pdf.signatures[0].after else { panic!("{:?}", pdf.signatures[0].after) };
    assert!(changes.iter().any(|change| change.object == 33 && change.what == Changed::Other("a stream".to_owned())));
}

#[test]
fn certification_is_reported_as_it_stands() {
    let none = Signing { permission: None, ..Signing::default() };
    assert_eq!(reading(&signed_with(Form::Table, &none).bytes).signatures[0].doc_mdp, None);
    let elsewhere = Signing { permission: Some(3), catalog: String::new(), ..Signing::default() };
    let bytes = maker::replaced(signed_with(Form::Table, &elsewhere).bytes, "/DocMDP 21 0 R", "/DocMDP 20 0 R");
    assert_eq!(reading(&bytes).signatures[0].doc_mdp, Some(DocMdp { permission: 3, perms_agree: Some(false) }));
}

/// Other writers add an end of line after `%%EOF`; signers cover it.
#[test]
fn an_end_of_line_after_the_end_is_allowed_and_covered() {
    let mut file = File::new(Form::Table);
    file.revision(&maker::document(), &[]);
    let start = file.bytes.len();
    let wrong = Wrong::default();
    let signing = Signing { wrong, ..Signing::default() };
    let objects = [
        object(1, &maker::catalog("/AcroForm<</Fields[20 0 R]>>")),
        object(20, &widget("Signature1", "/V 21 0 R")),
        object(21, &maker::signature(&signing)),
    ];
    file.revision(&objects, &[]);
    file.bytes.extend_from_slice(b"\r\n");
    fill(&mut file.bytes, start, &signing.der);
    let pdf = reading(&file.bytes);
    assert_eq!(pdf.structure, []);
    assert_eq!(pdf.signatures[0].coverage, Coverage::WholeFile);
}
