//! Parser differentials: files that a strict and a lenient reader, or two lenient ones, see differently.

use super::{
    attacks::{Case, case},
    inside,
    maker::{self, File, Form, Object, Signing, Told, Wrong, flate, object, replaced, sign, signed, signed_with, stream},
};

/// A document whose first revision is written wrongly, then signed.
fn first(form: Form, more: &[Object], packed: &[Object], wrong: &Wrong) -> Vec<u8> {
    let mut file = File::new(form);
    file.revision_with(&[maker::document(), more.to_vec()].concat(), packed, wrong);
    sign(&mut file, &Signing::default());
    file.bytes
}

/// The signing revision written wrongly.
fn last(form: Form, wrong: Wrong) -> Vec<u8> {
    signed_with(form, &Signing { wrong, ..Signing::default() }).bytes
}

fn good() -> Vec<u8> {
    signed(Form::Table).bytes
}

/// One object more in the signing revision, which the catalog leads to.
fn holding(object: Object) -> Vec<u8> {
    let catalog = format!("/X {} 0 R", object.0);
    signed_with(Form::Table, &Signing { catalog, objects: vec![object], ..Signing::default() }).bytes
}

fn entries(entries: &[(u32, Told)]) -> Wrong {
    Wrong { entries: entries.to_vec(), ..Wrong::default() }
}

pub(super) fn differentials() -> Vec<Case> {
    let parser = |name, bytes, stopped| case("parser", name, bytes, stopped);
    let place = |number: u32| signed(Form::Table).places.iter().find(|(known, _)| *known == number).unwrap().1;
    let xref = signed(Form::Table).xref.unwrap();
    let mut cases = vec![
        parser("junk before the header", [b"MZ junk\n".to_vec(), good()].concat(), "structure JunkBeforeHeader"),
        parser("header after 1,024 bytes", [vec![b' '; 1100], good()].concat(), "not a PDF"),
        parser("bytes after %%EOF", [good(), b"\nPK\x03\x04".to_vec()].concat(), "structure AfterEnd"),
        parser("two ends of line after %%EOF", [good(), b"\n\n".to_vec()].concat(), "structure AfterEnd"),
        parser("2 KB after %%EOF", [good(), vec![b'x'; 2048]].concat(), "structure NoStartxref"),
        parser("unknown version", replaced(good(), "%PDF-1.7", "%PDF-1.9"), "structure Version"),
        parser("version with more", replaced(good(), "%PDF-1.7\n", "%PDF-1.7x"), "structure Version"),
        parser(
            "second header as a comment",
            last(Form::Table, Wrong { before_xref: b"%PDF-1.4\n".to_vec(), ..Wrong::default() }),
            "structure SecondHeader",
        ),
        parser("second document behind the first", [good(), b"\n".to_vec(), good()].concat(), "structure"),
        parser("object listed twice", last(Form::Table, entries(&[(20, Told::At(place(4)))])), "structure ListedTwice"),
        parser("object listed twice, with streams", last(Form::Stream, entries(&[(20, Told::Free)])), "structure ListedTwice"),
        parser("entry points elsewhere", last(Form::Table, entries(&[(30, Told::At(place(4)))])), "structure Overlap"),
        parser("entry points into an object", last(Form::Table, entries(&[(30, Told::At(place(4) + 1))])), "structure"),
        parser("entry points past the end", last(Form::Table, entries(&[(30, Told::At(9_999_999))])), "structure EntryMisses"),
        parser(
            "entry points back to an old version",
            {
                let mut file = signed(Form::Table);
                file.revision_with(&[], &[], &entries(&[(3, Told::At(place(3)))]));
                file.bytes
            },
            "structure EntryOutsideRevision",
        ),
        parser("number not below /Size", replaced(good(), "/Size 22", "/Size 20"), "structure NotBelowSize"),
        parser(
            "object outside of the cross-reference",
            last(Form::Table, Wrong { unlisted: vec![30], before_xref: b"30 0 obj\n(hidden)\nendobj\n".to_vec(), ..Wrong::default() }),
            "structure Unlisted",
        ),
        parser(
            "second version outside of the cross-reference",
            first(Form::Table, &[], &[], &Wrong { before_xref: b"3 0 obj\n<</Type/Page>>\nendobj\n".to_vec(), ..Wrong::default() }),
            "structure Unlisted",
        ),
        parser(
            "object within a comment",
            last(Form::Table, Wrong { before_xref: b"%30 0 obj (hidden) endobj\n".to_vec(), ..Wrong::default() }),
            "structure Comment",
        ),
        parser(
            "comment with foreign bytes",
            last(Form::Table, Wrong { before_xref: b"%\xff\xfe\n".to_vec(), ..Wrong::default() }),
            "structure Comment",
        ),
        parser("comment that hides a key", holding(object(40, "<</A 1 %>>endobj\n/B 2>>")), "structure Comment"),
        parser(
            "hybrid cross-reference",
            last(Form::Table, Wrong { trailer: "/XRefStm 16".to_owned(), ..Wrong::default() }),
            "structure Hybrid",
        ),
        parser(
            "encrypted",
            last(Form::Table, Wrong { trailer: "/Encrypt<</Filter/Standard>>".to_owned(), ..Wrong::default() }),
            "structure Encrypted",
        ),
        parser(
            "startxref of an older section",
            last(Form::Table, Wrong { startxref: Some(16), ..Wrong::default() }),
            "structure NoSection",
        ),
        parser("startxref off by one", last(Form::Table, Wrong { startxref: Some(xref + 1), ..Wrong::default() }), "structure NoSection"),
        parser(
            "startxref before white space",
            last(Form::Table, Wrong { startxref: Some(xref - 1), ..Wrong::default() }),
            "structure NoSection",
        ),
        parser(
            "an older section with another startxref",
            first(Form::Table, &[], &[], &Wrong { startxref: Some(17), ..Wrong::default() }),
            "structure StartxrefElsewhere",
        ),
        parser("no startxref", replaced(good(), "startxref", "startxxxx"), "structure"),
        parser("/Prev to itself", last(Form::Table, Wrong { prev: Some(xref), ..Wrong::default() }), "structure Prev"),
        parser("/Prev forward", first(Form::Table, &[], &[], &Wrong { prev: Some(5_000), ..Wrong::default() }), "structure PrevNotEarlier"),
        parser(
            "/Prev leads to no section",
            first(Form::Table, &[], &[], &Wrong { prev: Some(20), ..Wrong::default() }),
            "structure NoSection",
        ),
        parser("/Prev no number", replaced(good(), "/Prev ", "/Prev/"), "structure"),
        parser("entries of 19 bytes", replaced(good(), " 00000 n\r\n", " 00000 n\n"), "structure NoSection"),
        parser("the same key twice", holding(object(40, "<</A 1/A 2>>")), "structure KeyTwice"),
        parser("the same key in two spellings", holding(object(40, "<</AB 1/A#42 2>>")), "structure KeyTwice"),
        parser("half an escape in a name", holding(object(40, "<</A#4 1>>")), "structure Unreadable"),
        parser("reference of another generation", holding(object(40, "[4 1 R]")), "structure OtherGeneration"),
        parser("string without end", holding(object(40, "(open")), "structure Unreadable"),
        parser("no endobj", holding(object(40, "true\n41 0 obj\nfalse")), "structure Unreadable"),
        parser("/Length too short", holding((40, b"<</Length 3>>\nstream\nABCDEF\nendstream".to_vec())), "structure LengthLies"),
        parser("/Length too long", holding((40, b"<</Length 30>>\nstream\nABCDEF\nendstream".to_vec())), "structure LengthLies"),
        parser(
            "/Length over another object",
            holding((40, b"<</Length 48>>\nstream\nABCDEF\nendstream\nendobj\n41 0 obj\n<<>>\nstream\nABC\nendstream".to_vec())),
            "suspicious EndstreamWithin",
        ),
        parser("/Length negative", holding((40, b"<</Length -1>>\nstream\nABCDEF\nendstream".to_vec())), "structure LengthLies"),
        parser("no /Length", holding((40, b"<<>>\nstream\nABCDEF\nendstream".to_vec())), "structure NoLength"),
        parser(
            "/Length refers to its own stream",
            holding((40, b"<</Length 40 0 R>>\nstream\nABCDEF\nendstream".to_vec())),
            "structure NoLength",
        ),
        parser(
            "stream with a lone carriage return",
            holding((40, b"<</Length 3>>\nstream\rABC\nendstream".to_vec())),
            "structure Unreadable",
        ),
        parser(
            "/Length redefined later",
            {
                let more = [object(41, "6"), (40, b"<</Length 41 0 R>>\nstream\nABCDEF\nendstream".to_vec())];
                let catalog = "/X 40 0 R".to_owned();
                let mut file = signed_with(Form::Table, &Signing { objects: more.to_vec(), catalog, ..Signing::default() });
                file.revision(&[object(41, "3")], &[]);
                file.bytes
            },
            "structure NoLength",
        ),
        parser(
            "another /Root later",
            replaced(
                {
                    let mut file = signed(Form::Table);
                    file.revision(&[object(9, "<</Type/Catalog/Pages 2 0 R>>")], &[]);
                    file.bytes
                },
                "/Root 1 0 R",
                "/Root 9 0 R",
            ),
            "structure AnotherRoot",
        ),
        parser("/Root leads to no catalog", replaced(good(), "/Root 1 0 R", "/Root 2 0 R"), "structure NoCatalog"),
        parser("two catalogs", holding(object(40, "<</Type/Catalog/Pages 2 0 R>>")), "suspicious AnotherCatalog"),
        parser("page tree meets itself", holding_pages("[3 0 R 2 0 R]", 1), "structure PageTree"),
        parser("page twice in the tree", holding_pages("[3 0 R 3 0 R]", 2), "structure PageTree"),
        parser("/Count lies", holding_pages("[3 0 R]", 7), "structure PageTree"),
        parser("page without its parent", holding_pages("[3 0 R 40 0 R]", 2), "structure PageTree"),
        parser("page tree leads nowhere", holding_pages("[3 0 R 99 0 R]", 1), "structure PageTree"),
        parser(
            "cross-reference stream that is no section",
            holding(flate(40, "/Type/XRef/W[1 4 2]/Size 1", &[0; 7])),
            "structure StrayXref",
        ),
    ];
    cases.extend(object_streams());
    cases.extend(embedded());
    cases
}

/// The page tree in the signing revision.
fn holding_pages(kids: &str, count: usize) -> Vec<u8> {
    let pages = object(2, &format!("<</Type/Pages/Count {count}/Kids{kids}>>"));
    let orphan = object(40, "<</Type/Page/MediaBox[0 0 1 1]>>");
    signed_with(Form::Table, &Signing { objects: vec![pages, orphan], ..Signing::default() }).bytes
}

fn object_streams() -> Vec<Case> {
    let parser = |name, bytes, stopped| case("parser", name, bytes, stopped);
    let packed = [object(30, "true"), object(31, "false")];
    let hidden = |number, text: &str| Wrong { hidden: vec![(number, text.to_owned())], ..Wrong::default() };
    let told = |entries: &[(u32, Told)]| first(Form::Stream, &[], &packed, &self::entries(entries));
    let dict = |more: &str| first(Form::Stream, &[], &packed, &Wrong { object_stream: more.to_owned(), ..Wrong::default() });
    let container = 32;
    vec![
        parser(
            "object stream with an unlisted object",
            first(Form::Stream, &[], &packed, &hidden(40, "(hidden)")),
            "structure HiddenInObjectStream",
        ),
        parser(
            "object stream with another version of a page",
            first(Form::Stream, &[], &packed, &hidden(3, "<</Type/Page>>")),
            "structure HiddenInObjectStream",
        ),
        parser(
            "object stream with a second signature",
            first(Form::Stream, &[], &packed, &hidden(21, "<</Type/Sig/ByteRange[0 1 2 3]>>")),
            "structure HiddenInObjectStream",
        ),
        parser("object stream beside a table", first(Form::Table, &[], &[], &hidden(40, "(hidden)")), "structure HiddenInObjectStream"),
        parser("object listed at another index", told(&[(41, Told::In(container, 1))]), "structure NotInObjectStream"),
        parser("object listed in no object stream", told(&[(41, Told::In(4, 0))]), "structure NotInObjectStream"),
        parser("object listed in itself", told(&[(41, Told::In(41, 0))]), "structure NotInObjectStream"),
        parser(
            "object stream replaced later",
            {
                let mut file = File::new(Form::Stream);
                file.revision(&maker::document(), &packed);
                sign(&mut file, &Signing::default());
                file.revision(&[flate(container, "/Type/ObjStm/N 2/First 10", b"30 0 31 5 null null ")], &[]);
                file.bytes
            },
            "structure",
        ),
        parser("object stream that extends another", dict("/Extends 4 0 R"), "structure ObjectStream"),
        parser("object stream with two counts", dict("/N 1"), "structure KeyTwice"),
        parser(
            "object stream with another filter",
            {
                let stream = stream(40, "/Type/ObjStm/N 1/First 5/Filter/LZWDecode", b"30 0 true");
                first(Form::Stream, &[stream], &packed, &Wrong::default())
            },
            "structure ObjectStream",
        ),
        parser(
            "object stream with bytes between its objects",
            {
                let stream = flate(40, "/Type/ObjStm/N 1/First 5", b"41 4 (x) true");
                first(Form::Stream, &[stream], &packed, &entries(&[(41, Told::In(40, 0))]))
            },
            "structure ObjectStream",
        ),
        parser(
            "object stream with bytes after its objects",
            {
                let stream = flate(40, "/Type/ObjStm/N 1/First 5", b"41 0 true 42 0 obj");
                first(Form::Stream, &[stream], &packed, &entries(&[(41, Told::In(40, 0))]))
            },
            "structure ObjectStream",
        ),
        parser(
            "object stream whose data are damaged",
            {
                let stream = stream(40, "/Type/ObjStm/N 1/First 5/Filter/FlateDecode", b"41 0 true");
                first(Form::Stream, &[stream], &packed, &entries(&[(41, Told::In(40, 0))]))
            },
            "structure ObjectStream",
        ),
    ]
}

fn embedded() -> Vec<Case> {
    let file = |more: Object, specification: &str| {
        let objects = vec![object(5, specification), more];
        signed_with(Form::Table, &Signing { objects, ..Signing::default() }).bytes
    };
    let name = inside::NAME;
    let specification = |streams: &str| format!("<</Type/Filespec/F({name})/UF({name})/EF<<{streams}>>/AFRelationship/Data>>");
    let one = specification("/F 6 0 R/UF 6 0 R");
    let embedded = |name, bytes, stopped| case("parser", name, bytes, stopped);
    vec![
        embedded(
            "embedded file with two streams",
            file(stream(40, "", b"{}"), &specification("/F 6 0 R/UF 40 0 R")),
            "embedded TwoStreams",
        ),
        embedded("embedded file of another size", file(flate(6, "/Params<</Size 3>>", b"{\"a\":1}"), &one), "embedded Size"),
        embedded("embedded file with another filter", file(stream(6, "/Filter/LZWDecode", b"{}"), &one), "embedded Filter"),
        embedded("embedded file with two filters", file(stream(6, "/Filter[/FlateDecode/FlateDecode]", b"{}"), &one), "embedded Filter"),
        embedded("embedded file without a stream", file(object(6, "null"), &one), "embedded NoStream"),
    ]
}
