//! Files that cost a careless reader its time or memory.

use super::{
    attacks::{Case, case},
    maker::{self, File, Form, Object, Signing, Told, Wrong, flate, object, replaced, signed, signed_with, stream},
};

fn holding(objects: Vec<Object>) -> Vec<u8> {
    let catalog = objects.first().map(|(number, _)| format!("/X {number} 0 R")).unwrap_or_default();
    signed_with(Form::Table, &Signing { catalog, objects, ..Signing::default() }).bytes
}

/// Zeros that a deflater makes small.
fn zeros(megabytes: usize) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; megabytes << 20], 1)
}

fn streams(form: Form, wrong: Wrong) -> Vec<u8> {
    let mut file = File::new(form);
    file.revision_with(&maker::document(), &[], &wrong);
    file.bytes
}

pub(super) fn bombs() -> Vec<Case> {
    let bomb = |name, bytes, stopped| case("bomb", name, bytes, stopped);
    let space = zeros(40);
    let object_stream = |number| stream(number, "/Type/ObjStm/N 0/First 0/Filter/FlateDecode", &space);
    let deep = |open: &str, close: &str| holding(vec![object(40, &(open.repeat(200_000) + &close.repeat(200_000)))]);
    let pages = {
        let node = |number: u32| object(number, &format!("<</Type/Pages/Count 1/Parent {} 0 R/Kids[{} 0 R]>>", number - 1, number + 1));
        let mut objects: Vec<Object> = (101..50_000).map(node).collect();
        objects.push(object(2, "<</Type/Pages/Count 1/Kids[101 0 R]>>"));
        signed_with(Form::Table, &Signing { objects, ..Signing::default() }).bytes
    };
    let names = {
        let node = |number: u32| object(number, &format!("<</Kids[{} 0 R]>>", number + 1));
        let mut objects: Vec<Object> = (101..300).map(node).collect();
        objects.push(object(1, "<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 101 0 R>>>>"));
        signed_with(Form::Table, &Signing { objects, ..Signing::default() }).bytes
    };
    let section = |dict: &str| {
        let mut bytes = signed(Form::Stream).bytes;
        let at = bytes.len() + 1;
        bytes.extend_from_slice(
            format!("\n50 0 obj\n<</Type/XRef/Root 1 0 R/Length 0{dict}>>\nstream\n\nendstream\nendobj\nstartxref\n{at}\n%%EOF").as_bytes(),
        );
        bytes
    };
    let revisions = {
        let mut file = signed(Form::Table);
        (0..40).for_each(|_| file.revision(&[], &[]));
        file.bytes
    };
    let signatures = {
        let dictionary = maker::signature(&Signing {
            byte_range: Some("/ByteRange[0 1 2 3]".to_owned()),
            contents: Some("/Contents<30>".to_owned()),
            ..Signing::default()
        });
        holding((40..60).map(|number| object(number, &dictionary)).collect())
    };
    let files = {
        let specification = |number| object(number, "<</Type/Filespec/F(x)/EF<</F 6 0 R>>>>");
        let mut objects: Vec<Object> = (100..200).map(specification).collect();
        let listed: String = (100..200).map(|number| format!("{number} 0 R ")).collect();
        objects.push(object(1, &format!("<</Type/Catalog/Pages 2 0 R/AF[{listed}]>>")));
        signed_with(Form::Table, &Signing { objects, ..Signing::default() }).bytes
    };
    let nested: String = (0..3_000).map(|number| format!("{} 0 obj (", number + 100)).collect();
    let overlapping = {
        // Strings within strings, each without end: read one by one they would cost the square of the file.
        let mut file = signed(Form::Table);
        let start = file.bytes.len() + 1;
        let (mut entries, mut at) = (Vec::new(), start);
        for number in 100..3_100_u32 {
            entries.push((number, Told::At(at)));
            at += format!("{number} 0 obj (").len();
        }
        file.size = 3_200;
        file.revision_with(&[], &[], &Wrong { entries, before_xref: nested.into_bytes(), ..Wrong::default() });
        file.bytes
    };
    vec![
        bomb("embedded file that inflates", holding_file(&zeros(100)), "limit DecompressedBytes"),
        bomb(
            "object stream that inflates",
            holding(vec![stream(40, "/Type/ObjStm/N 0/First 0/Filter/FlateDecode", &zeros(100))]),
            "limit DecompressedBytes",
        ),
        bomb("many object streams that inflate together", holding((40..60).map(object_stream).collect()), "limit DecompressedBytes"),
        bomb("arrays 200,000 deep", deep("[", "]"), "limit Depth"),
        bomb("dictionaries 200,000 deep", deep("<</A", ">>"), "limit Depth"),
        bomb("arrays without end", deep("[", ""), "limit Depth"),
        bomb("two million values", holding(vec![object(40, &format!("[{}]", "0 ".repeat(2_000_000)))]), "limit Values"),
        bomb("page tree 50,000 deep", pages, "limit Depth"),
        bomb("name tree 200 deep", names, "limit Depth"),
        bomb("/Index of two thousand million", section("/Size 2000000001/W[0 1 0]/Index[0 2000000000]"), "limit Objects"),
        bomb("/W of 2^62", section("/Size 3/W[1 4611686018427387904 1]"), "structure NoSection"),
        bomb("/W of nothing", section("/Size 3/W[0 0 0]"), "structure NoSection"),
        bomb("/W of one number", section("/Size 3/W[1]"), "structure NoSection"),
        bomb("/W too wide", section("/Size 3/W[9 9 9]"), "structure NoSection"),
        bomb("/Index negative", section("/Size 3/W[1 1 1]/Index[-5 3]"), "structure NoSection"),
        bomb("/Index odd", section("/Size 3/W[1 1 1]/Index[5]"), "structure NoSection"),
        bomb("fewer entries than /Index says", section("/Size 30/W[1 1 1]"), "structure NoSection"),
        bomb("table of two thousand million", replaced(signed(Form::Table).bytes, "1 1\n", "1 2000000000\n"), "limit Objects"),
        bomb(
            "predictor of two thousand million columns",
            streams(Form::Stream, Wrong { trailer: "/DecodeParms<</Predictor 12/Columns 2000000000>>".to_owned(), ..Wrong::default() }),
            "structure NoSection",
        ),
        bomb("/N of two thousand million", holding(vec![flate(40, "/Type/ObjStm/N 2000000000/First 5", b"41 0 true")]), "limit Objects"),
        bomb("forty revisions", revisions, "limit Revisions"),
        bomb("twenty signatures", signatures, "limit Signatures"),
        bomb("a hundred embedded files", files, "limit EmbeddedFiles"),
        bomb("seventeen million bytes", [signed(Form::Table).bytes, vec![b'\n'; 17 << 20]].concat(), "limit FileBytes"),
        bomb("strings within strings", overlapping, "structure Overlap"),
        bomb(
            "fifteen million bytes of a comment",
            holding(vec![(40, [b"%".to_vec(), vec![b'x'; 15 << 20], b"\ntrue".to_vec()].concat())]),
            "structure Comment",
        ),
    ]
}

fn holding_file(data: &[u8]) -> Vec<u8> {
    let file = stream(6, "/Type/EmbeddedFile/Filter/FlateDecode", data);
    signed_with(Form::Table, &Signing { objects: vec![file], ..Signing::default() }).bytes
}
