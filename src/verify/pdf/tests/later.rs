//! Attacks that add something after the signature (ISA, EAA, SSA) or prepare it before (shadow).

use super::{
    attacks::{Case, case},
    maker::{self, File, Form, Object, Signing, Told, Wrong, fill, long_term, object, replaced, sign, signed, signed_with, stream, widget},
};

/// The catalog of a signed file, and more.
fn catalog(more: &str) -> Object {
    object(1, &maker::catalog(&format!("/AcroForm<</SigFlags 3/Fields[20 0 R]>>/Perms<</DocMDP 21 0 R>>{more}")))
}

fn page(more: &str) -> Object {
    object(3, &maker::page(&format!("/Annots[20 0 R]{more}")))
}

/// A signed file and one more revision.
fn updated(objects: &[Object]) -> Vec<u8> {
    let mut file = signed(Form::Table);
    file.revision(objects, &[]);
    file.bytes
}

/// A signed file and bytes behind it.
fn appended(more: &[u8]) -> Vec<u8> {
    [signed(Form::Table).bytes, more.to_vec()].concat()
}

pub(super) fn isa() -> Vec<Case> {
    let isa = |name, bytes, stopped| case("ISA", name, bytes, stopped);
    let signed_file = signed(Form::Table);
    let evil = b"\n3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 9 0 R>>\nendobj\n".to_vec();
    let copied = {
        let mut file = signed(Form::Table);
        let start = maker::find(&file.bytes, b"<</Type/Sig/").unwrap();
        let end = start + maker::find(&file.bytes[start..], b"\nendobj").unwrap();
        let dictionary = file.bytes[start..end].to_vec();
        file.revision(&[(21, dictionary), stream(4, "", b"BT (other) Tj ET")], &[]);
        file.bytes
    };
    let mut streams = signed(Form::Stream);
    streams.revision(&[page("/Rotate 180")], &[object(50, "[true]")]);
    vec![
        isa("page replaced", updated(&[page("/Rotate 180")]), "after Page"),
        isa("page content replaced", updated(&[stream(4, "", b"BT (other) Tj ET")]), "after Other"),
        isa("page replaced, with streams", streams.bytes, "after Page"),
        isa("catalog replaced", updated(&[catalog("/PageMode/FullScreen")]), "after Catalog"),
        isa("page tree replaced", updated(&[object(2, "<</Type/Pages/Count 1/Kids[8 0 R]>>"), object(8, &maker::page(""))]), "after Page"),
        isa("form field added", updated(&[object(8, "<</FT/Tx/T(amount)/V(1)>>")]), "after FormField"),
        isa("metadata replaced", updated(&[stream(7, "/Type/Metadata/Subtype/XML", b"<other/>")]), "after Metadata"),
        isa("embedded file replaced", updated(&[stream(6, "/Type/EmbeddedFile", b"{}")]), "after EmbeddedFile"),
        isa(
            "object removed",
            {
                let mut file = signed(Form::Table);
                file.revision_with(&[], &[], &Wrong { entries: vec![(4, Told::Free)], ..Wrong::default() });
                file.bytes
            },
            "after Removed",
        ),
        isa(
            "trailer changed",
            {
                let mut file = signed(Form::Table);
                file.revision_with(&[], &[], &Wrong { trailer: "/Info 7 0 R".to_owned(), ..Wrong::default() });
                file.bytes
            },
            "after Trailer",
        ),
        isa("an update without objects", updated(&[]), "covers a revision"),
        isa("signature dictionary copied into the update", copied, "coverage"),
        isa("objects without cross-reference", appended(&evil), "structure AfterEnd"),
        isa(
            "objects and the old startxref again",
            {
                let again = format!("\nstartxref\n{}\n%%EOF", signed_file.xref.unwrap());
                appended(&[evil.clone(), again.into_bytes()].concat())
            },
            "structure AfterEnd",
        ),
        isa(
            "objects and a trailer without %%EOF",
            {
                let trailer = b"xref\n0 0\ntrailer\n<</Size 22/Root 1 0 R>>\nstartxref\n1\n".to_vec();
                appended(&[evil.clone(), trailer].concat())
            },
            "structure NoStartxref",
        ),
        isa(
            "a newer section that starts a chain of its own",
            {
                let mut file = signed(Form::Table);
                file.xref = None;
                file.revision(&[catalog(""), object(2, "<</Type/Pages/Count 0/Kids[]>>")], &[]);
                file.bytes
            },
            "structure",
        ),
    ]
}

pub(super) fn shadow() -> Vec<Case> {
    let shadow = |name, bytes, stopped| case("shadow", name, bytes, stopped);
    let signed_with = |signing: Signing| signed_with(Form::Table, &signing).bytes;
    // The overlay hides the content when it is signed, and the update takes it away.
    let hidden = {
        let mut file = File::new(Form::Table);
        let mut objects = maker::document();
        objects.push(stream(8, "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray", b"\xff"));
        objects[2] = object(3, &maker::page("/Resources<</XObject<</x 8 0 R>>>>").replace("/Resources<<>>", ""));
        file.revision(&objects, &[]);
        sign(&mut file, &Signing::default());
        file.revision_with(&[], &[], &Wrong { entries: vec![(8, Told::Free)], ..Wrong::default() });
        file.bytes
    };
    let font = {
        let mut file = File::new(Form::Table);
        let mut objects = maker::document();
        objects.push(object(8, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"));
        objects[2] = object(3, &maker::page("").replace("<<>>", "<</Font<</f0 8 0 R>>>>"));
        file.revision(&objects, &[]);
        let page = object(3, &maker::page("/Annots[20 0 R]").replace("<<>>", "<</Font<</f0 8 0 R>>>>"));
        sign(&mut file, &Signing { objects: vec![page], ..Signing::default() });
        file.revision(&[object(8, "<</Type/Font/Subtype/Type3/CharProcs<<>>>>")], &[]);
        file.bytes
    };
    let second = [
        object(40, "<</Type/Catalog/Pages 41 0 R>>"),
        object(41, "<</Type/Pages/Count 1/Kids[42 0 R]>>"),
        object(42, "<</Type/Page/Parent 41 0 R/MediaBox[0 0 1 1]>>"),
    ];
    let prepared = Signing { objects: second.to_vec(), ..Signing::default() };
    let revealed = {
        let mut file = maker::signed_with(Form::Table, &prepared);
        let wrong = Wrong { trailer: "/Info 7 0 R".to_owned(), ..Wrong::default() };
        file.revision_with(&[], &[], &wrong);
        replaced(file.bytes, "/Root 1 0 R/Info", "/Root 40 0 R/Inf")
    };
    let dangling = {
        let mut file = File::new(Form::Table);
        let mut objects = maker::document();
        objects[2] = object(3, &maker::page("").replace("4 0 R", "[4 0 R 33 0 R]"));
        file.revision(&objects, &[]);
        let page = object(3, &maker::page("/Annots[20 0 R]").replace("4 0 R", "[4 0 R 33 0 R]"));
        sign(&mut file, &Signing { objects: vec![page], ..Signing::default() });
        file.revision(&[catalog("/DSS 32 0 R"), object(32, "<</Certs[33 0 R]>>"), stream(33, "", b"BT (shown) Tj ET")], &[]);
        file.bytes
    };
    let text_field = |value: &str, drawn: &[u8]| {
        let field = format!("<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V({value})/Rect[0 0 9 9]/AP<</N 41 0 R>>>>");
        let objects = vec![object(40, &field), stream(41, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]", drawn)];
        Signing { fields: " 40 0 R".to_owned(), annotations: " 40 0 R".to_owned(), objects, ..Signing::default() }
    };
    let action = |kind: &str| Signing { catalog: format!("/OpenAction<</S/{kind}>>"), ..Signing::default() };
    let mut cases = vec![
        shadow("hide: the overlay is taken away", hidden, "after Removed"),
        shadow("replace: the font is replaced", font, "after Other"),
        shadow("replace: form value against what is drawn", signed_with(text_field("100", b"BT (999) Tj ET")), "suspicious FormField"),
        shadow("replace: form value as it is drawn", signed_with(text_field("100", b"BT (100) Tj ET")), "suspicious FormField"),
        shadow("hide and replace: a second document waits", signed_with(prepared), "suspicious Unused"),
        shadow("hide and replace: the second document is shown", revealed, "structure AnotherRoot"),
        shadow("hide and replace: the page waits for a later object", dangling, "after Other"),
        shadow(
            "hide and replace: an unused content stream",
            signed_with(Signing { objects: vec![stream(40, "", b"BT (other) Tj ET")], ..Signing::default() }),
            "suspicious Unused",
        ),
        shadow(
            "overlay: an annotation before signing",
            signed_with(Signing {
                annotations: " 40 0 R".to_owned(),
                objects: vec![object(40, "<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]/Contents(x)>>")],
                ..Signing::default()
            }),
            "suspicious Annotation",
        ),
        shadow(
            "overlay: an annotation without /Type",
            signed_with(Signing { annotations: "<</Subtype/Stamp/Rect[0 0 9 9]>>".to_owned(), ..Signing::default() }),
            "suspicious Annotation",
        ),
        shadow(
            "layers",
            signed_with(Signing {
                catalog: "/OCProperties<</OCGs[40 0 R]/D<<>>>>".to_owned(),
                objects: vec![object(40, "<</Type/OCG/Name(x)>>")],
                ..Signing::default()
            }),
            "suspicious OptionalContent",
        ),
        shadow(
            "a second form in XFA",
            signed_with(Signing { form: "/XFA 40 0 R".to_owned(), objects: vec![stream(40, "", b"<xdp/>")], ..Signing::default() }),
            "suspicious Xfa",
        ),
        shadow(
            "fields drawn anew",
            signed_with(Signing { form: "/NeedAppearances true".to_owned(), ..Signing::default() }),
            "suspicious NeedAppearances",
        ),
        shadow(
            "actions on events",
            signed_with(Signing { catalog: "/AA<<>>".to_owned(), ..Signing::default() }),
            "suspicious AdditionalActions",
        ),
        shadow("portfolio", signed_with(Signing { catalog: "/Collection<<>>".to_owned(), ..Signing::default() }), "suspicious Collection"),
        shadow(
            "data of a stream in another file",
            signed_with(Signing { catalog: "/X 40 0 R".to_owned(), objects: vec![stream(40, "/F(other.bin)", b"")], ..Signing::default() }),
            "suspicious ExternalStream",
        ),
        shadow(
            "another image when printed",
            signed_with(Signing {
                catalog: "/X<</Alternates[<</Image 4 0 R/DefaultForPrinting true>>]>>".to_owned(),
                ..Signing::default()
            }),
            "suspicious AlternateImage",
        ),
        shadow(
            "usage rights",
            signed_with(Signing {
                objects: vec![object(
                    1,
                    &catalog("").1.iter().map(|byte| char::from(*byte)).collect::<String>().replace("<</DocMDP", "<</UR3 21 0 R/DocMDP"),
                )],
                ..Signing::default()
            }),
            "suspicious UsageRights",
        ),
    ];
    for kind in ["JavaScript", "Launch", "URI", "SubmitForm", "GoToR", "ImportData", "SetOCGState"] {
        cases.push(case("shadow", format!("action {kind}"), signed_with(action(kind)), "suspicious Action"));
    }
    let catalog = "/OpenAction<</S 40 0 R>>".to_owned();
    let named_apart = signed_with(Signing { catalog, objects: vec![object(40, "/Launch")], ..Signing::default() });
    cases.push(shadow("action whose kind is an object of its own", named_apart, "suspicious Action"));
    cases
}

/// EAA and SSA: what a certification with P=2 or P=3 lets viewers accept.
pub(super) fn certified() -> Vec<Case> {
    let certified = |permission, objects: &[Object]| {
        let mut file = signed_with(Form::Table, &Signing { permission: Some(permission), ..Signing::default() });
        file.revision(objects, &[]);
        file.bytes
    };
    let annotation = [page("").1, b"".to_vec()].concat();
    let page_with = String::from_utf8(annotation).unwrap().replace("[20 0 R]", "[20 0 R 40 0 R]");
    let free_text = object(40, "<</Type/Annot/Subtype/FreeText/Rect[0 0 500 500]/Contents(other amount)>>");
    let second = |kind: &'static str, rect: &str| {
        let mut file = signed_with(Form::Table, &Signing { permission: Some(2), ..Signing::default() });
        let start = file.bytes.len();
        let signing = Signing { kind, permission: None, ..Signing::default() };
        let field = widget("Signature2", "/V 41 0 R").replace("[0 0 0 0]", rect);
        let form = maker::catalog("/AcroForm<</SigFlags 3/Fields[20 0 R 40 0 R]>>/Perms<</DocMDP 21 0 R>>");
        file.revision(&[object(1, &form), object(3, &page_with), object(40, &field), object(41, &maker::signature(&signing))], &[]);
        fill(&mut file.bytes, start, &signing.der);
        file.bytes
    };
    let stamp = |rect: &str, more: &str| {
        let mut file = signed(Form::Table);
        long_term(&mut file, rect, more);
        file.bytes
    };
    vec![
        case("EAA", "annotation over the page after P=3", certified(3, &[object(3, &page_with), free_text.clone()]), "after Annotation"),
        case("EAA", "annotation after P=1", certified(1, &[object(3, &page_with), free_text]), "after Annotation"),
        case(
            "EAA",
            "existing annotation redrawn",
            certified(3, &[object(20, &widget("Signature1", "/V 21 0 R/AP<</N 4 0 R>>"))]),
            "after Signature",
        ),
        case(
            "EAA",
            "annotation that only its subtype tells",
            certified(3, &[object(40, "<</Subtype/Stamp/Rect[0 0 9 9]>>")]),
            "after Annotation",
        ),
        case("SSA", "visible signature after P=2", second("Sig", "[0 0 500 500]"), "after Signature"),
        case("SSA", "invisible signature after P=2", second("Sig", "[0 0 0 0]"), "after Signature"),
        case("SSA", "visible document timestamp", stamp("[0 0 500 500]", ""), "after Signature"),
        case("SSA", "document timestamp with an action", stamp("[0 0 0 0]", "/AA<<>>"), "after Signature"),
        case("SSA", "document timestamp that draws an old object", stamp("[0 0 0 0]", "/MK<<>>"), "after Signature"),
        case("SSA", "document timestamp in a place kept open", kept_open(), "after Signature"),
        case("SSA", "empty field promised", certified(2, &[object(40, &widget("Later", ""))]), "after Signature"),
    ]
}

/// The signed catalog refers to the timestamp's field before there is one.
fn kept_open() -> Vec<u8> {
    let mut file = signed_with(Form::Table, &Signing { catalog: "/X 30 0 R".to_owned(), ..Signing::default() });
    long_term(&mut file, "[0 0 0 0]", "");
    file.bytes
}
