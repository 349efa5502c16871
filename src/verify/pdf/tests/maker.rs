//! Makes PDFs byte by byte, right ones and wrong ones: both forms of cross-reference, object streams, embedded files, incremental
//! updates, and a gap for a signature of any bytes. It knows nothing of the reader, so that benches use it too: whoever includes it says in
//! a module `inside` what is embedded and who signs.

use std::fmt::Write as _;

use super::inside;

/// Stands for a signature where nobody signs.
pub const DUMMY: [u8; 5] = [0x30, 0x03, 0x02, 0x01, 0x2a];

/// How cross-references are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Table,
    Stream,
}

/// An entry written as told, whatever is true.
#[derive(Debug, Clone, Copy)]
pub enum Told {
    At(usize),
    In(u32, usize),
    Free,
}

/// Departures from the right way to write one revision.
#[derive(Debug, Clone, Default)]
pub struct Wrong {
    /// Entries beside or instead of the right ones.
    pub entries: Vec<(u32, Told)>,
    /// Written and not listed.
    pub unlisted: Vec<u32>,
    /// More in the trailer.
    pub trailer: String,
    /// Instead of the right `/Prev`.
    pub prev: Option<usize>,
    /// Instead of the right `startxref`.
    pub startxref: Option<usize>,
    /// Bytes before the cross-reference.
    pub before_xref: Vec<u8>,
    /// Objects in the object stream that no entry lists.
    pub hidden: Vec<(u32, String)>,
    /// More in the dictionary of the object stream.
    pub object_stream: String,
}

/// A file in the making.
#[derive(Debug, Clone)]
pub struct File {
    pub bytes: Vec<u8>,
    pub form: Form,
    /// The last cross-reference.
    pub xref: Option<usize>,
    pub size: u32,
    /// Where each object was written last.
    pub places: Vec<(u32, usize)>,
}

pub type Object = (u32, Vec<u8>);

pub fn object(number: u32, text: &str) -> Object {
    (number, text.as_bytes().to_vec())
}

/// A stream as it stands.
pub fn stream(number: u32, dict: &str, data: &[u8]) -> Object {
    let mut body = format!("<<{dict}/Length {}>>\nstream\n", data.len()).into_bytes();
    body.extend_from_slice(data);
    body.extend_from_slice(b"\nendstream");
    (number, body)
}

/// A compressed stream.
pub fn flate(number: u32, dict: &str, data: &[u8]) -> Object {
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(data, 6);
    stream(number, &format!("{dict}/Filter/FlateDecode"), &packed)
}

impl File {
    pub fn new(form: Form) -> Self {
        Self { bytes: b"%PDF-1.7\n%\x80\x80\x80\x80\n\n".to_vec(), form, xref: None, size: 1, places: Vec::new() }
    }

    /// Writes a revision; `packed` goes into an object stream, which only the stream form can list.
    pub fn revision(&mut self, objects: &[Object], packed: &[Object]) {
        self.revision_with(objects, packed, &Wrong::default());
    }

    pub fn revision_with(&mut self, objects: &[Object], packed: &[Object], wrong: &Wrong) {
        if !self.bytes.ends_with(b"\n") {
            self.bytes.push(b'\n');
        }
        let mut entries: Vec<(u32, Told)> = Vec::new();
        for (number, body) in objects {
            let at = self.write(*number, body);
            entries.push((*number, Told::At(at)));
        }
        let highest = objects.iter().chain(packed).map(|(number, _)| number + 1).max().unwrap_or(1);
        self.size = self.size.max(highest);
        if !packed.is_empty() || !wrong.hidden.is_empty() {
            let container = self.size;
            self.size += 1;
            let hidden = wrong.hidden.iter().map(|(number, text)| object(*number, text));
            let members: Vec<Object> = packed.iter().cloned().chain(hidden).collect();
            let (mut table, mut data) = (String::new(), Vec::new());
            for (number, body) in &members {
                let _ = write!(table, "{number} {} ", data.len());
                data.extend_from_slice(body);
                data.push(b' ');
            }
            let dict = format!("/Type/ObjStm/N {}/First {}{}", members.len(), table.len(), wrong.object_stream);
            let (_, body) = flate(container, &dict, &[table.as_bytes(), &data].concat());
            let at = self.write(container, &body);
            entries.push((container, Told::At(at)));
            entries.extend(packed.iter().enumerate().map(|(index, (number, _))| (*number, Told::In(container, index))));
        }
        entries.retain(|(number, _)| !wrong.unlisted.contains(number));
        entries.extend(&wrong.entries);
        self.bytes.extend_from_slice(&wrong.before_xref);
        self.finish(entries, wrong);
    }

    fn write(&mut self, number: u32, body: &[u8]) -> usize {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
        self.places.push((number, at));
        at
    }

    fn finish(&mut self, mut entries: Vec<(u32, Told)>, wrong: &Wrong) {
        let xref = self.bytes.len();
        let own = self.size;
        if self.form == Form::Stream {
            entries.push((own, Told::At(xref)));
            self.size += 1;
        }
        if self.xref.is_none() {
            entries.push((0, Told::Free));
        }
        entries.sort_by_key(|(number, _)| *number);
        let mut trailer = format!("/Size {}/Root 1 0 R{}", self.size, wrong.trailer);
        if let Some(previous) = wrong.prev.or(self.xref) {
            let _ = write!(trailer, "/Prev {previous}");
        }
        match self.form {
            Form::Table => {
                let mut text = "xref\n".to_owned();
                for (number, entry) in &entries {
                    let _ = match entry {
                        Told::At(at) => write!(text, "{number} 1\n{at:010} 00000 n\r\n"),
                        Told::Free | Told::In(..) => write!(text, "{number} 1\n0000000000 65535 f\r\n"),
                    };
                }
                let _ = write!(text, "trailer\n<<{trailer}>>");
                self.bytes.extend_from_slice(text.as_bytes());
            }
            Form::Stream => {
                let mut data = Vec::new();
                let mut index = String::new();
                for (number, entry) in &entries {
                    let _ = write!(index, "{number} 1 ");
                    let (kind, two, three): (u8, usize, usize) = match entry {
                        Told::At(at) => (1, *at, 0),
                        Told::In(container, place) => (2, *container as usize, *place),
                        Told::Free => (0, 0, 65535),
                    };
                    data.push(kind);
                    data.extend_from_slice(&u32::try_from(two).unwrap_or(u32::MAX).to_be_bytes());
                    data.extend_from_slice(&u16::try_from(three).unwrap_or(u16::MAX).to_be_bytes());
                }
                // Predicted by the row above, as most writers do.
                let mut predicted = Vec::new();
                for (row, line) in data.chunks(7).enumerate() {
                    predicted.push(2);
                    for (place, byte) in line.iter().enumerate() {
                        let above = if row == 0 { 0 } else { data[(row - 1) * 7 + place] };
                        predicted.push(byte.wrapping_sub(above));
                    }
                }
                let dict = format!("/Type/XRef/W[1 4 2]/Index[{index}]{trailer}/DecodeParms<</Predictor 12/Columns 7>>");
                let (_, body) = flate(own, &dict, &predicted);
                self.write(own, &body);
            }
        }
        let _ = write!(Text(&mut self.bytes), "\nstartxref\n{}\n%%EOF", wrong.startxref.unwrap_or(xref));
        self.xref = Some(xref);
    }
}

struct Text<'b>(&'b mut Vec<u8>);

impl std::fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Numbers of a signed file: the field's widget, the signature dictionary.
pub const FIELD: u32 = 20;
pub const SIGNATURE: u32 = 21;

/// The text of a one-page document with an envelope embedded, as typst writes it.
pub fn document() -> Vec<Object> {
    let attached = inside::attached();
    vec![
        object(1, &catalog("")),
        object(2, "<</Type/Pages/Count 1/Kids[3 0 R]>>"),
        object(3, &page("")),
        flate(4, "", b"BT /f0 12 Tf (certificate) Tj ET"),
        object(
            5,
            &format!(
                "<</Type/Filespec/F({})/UF<FEFF{}>/EF<</F 6 0 R/UF 6 0 R>>/AFRelationship/Data/Desc(envelope)>>",
                inside::NAME,
                inside::NAME_IN_UTF16,
            ),
        ),
        flate(6, &format!("/Type/EmbeddedFile/Subtype/application#2Fjson/Params<</Size {}>>", attached.len()), &attached),
        stream(7, "/Type/Metadata/Subtype/XML", b"<?xpacket?>"),
    ]
}

pub fn catalog(more: &str) -> String {
    let names = format!("/Names<</EmbeddedFiles<</Names[({})5 0 R]>>>>", inside::NAME);
    format!("<</Type/Catalog/Pages 2 0 R/Metadata 7 0 R/Lang(zh)/AF[5 0 R]{names}{more}>>")
}

pub fn page(more: &str) -> String {
    format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.28 841.89]/Contents 4 0 R/Resources<<>>{more}>>")
}

/// How a signature is added.
#[derive(Debug, Clone)]
pub struct Signing {
    pub der: Vec<u8>,
    /// Bytes that `/Contents` holds room for.
    pub room: usize,
    /// Instead of the right `/ByteRange …`.
    pub byte_range: Option<String>,
    /// Instead of the right `/Contents …`.
    pub contents: Option<String>,
    pub kind: &'static str,
    /// More in the signature dictionary.
    pub more: String,
    /// The permission of a certification.
    pub permission: Option<u8>,
    pub field: u32,
    pub signature: u32,
    /// More in the catalog's form, and in the catalog.
    pub form: String,
    pub catalog: String,
    /// Other fields, and annotations of the page, in the same revision.
    pub fields: String,
    pub annotations: String,
    pub objects: Vec<Object>,
    pub wrong: Wrong,
}

impl Default for Signing {
    fn default() -> Self {
        Self {
            der: DUMMY.to_vec(),
            room: inside::ROOM,
            byte_range: None,
            contents: None,
            kind: "Sig",
            more: String::new(),
            permission: Some(1),
            field: FIELD,
            signature: SIGNATURE,
            form: String::new(),
            catalog: String::new(),
            fields: String::new(),
            annotations: String::new(),
            objects: Vec::new(),
            wrong: Wrong::default(),
        }
    }
}

/// The dictionary of a signature, with places for `/ByteRange` and `/Contents`.
pub fn signature(signing: &Signing) -> String {
    let range = signing.byte_range.clone().unwrap_or_else(|| "/ByteRange[0 @@@@@@@@@@ @@@@@@@@@@ @@@@@@@@@@]".to_owned());
    let contents = signing.contents.clone().unwrap_or_else(|| format!("/Contents<{}>", "@@".repeat(signing.room)));
    let reference = signing.permission.map_or_else(String::new, |permission| {
        format!("/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/V/1.2/P {permission}>>>>]")
    });
    format!(
        "<</Type/{}/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached{range}{contents}{reference}/M(D:20261122200000+08'00')\
         /Reason(issue)/Location(Hangzhou)/Name(Example Authority)/ContactInfo(-){}>>",
        signing.kind, signing.more
    )
}

pub fn widget(name: &str, value: &str) -> String {
    format!("<</Type/Annot/Subtype/Widget/FT/Sig/T({name})/Rect[0 0 0 0]/F 132/P 3 0 R{value}>>")
}

/// Adds a signature as a revision of its own.
pub fn sign(file: &mut File, signing: &Signing) {
    let (field, number) = (signing.field, signing.signature);
    let perms = if signing.permission.is_some() { format!("/Perms<</DocMDP {number} 0 R>>") } else { String::new() };
    let form = format!("/AcroForm<</SigFlags 3/Fields[{field} 0 R{}]{}>>{perms}{}", signing.fields, signing.form, signing.catalog);
    let mut objects = vec![
        object(1, &catalog(&form)),
        object(3, &page(&format!("/Annots[{field} 0 R{}]", signing.annotations))),
        object(field, &widget("Signature1", &format!("/V {number} 0 R"))),
        object(number, &signature(signing)),
    ];
    objects.retain(|(number, _)| !signing.objects.iter().any(|(other, _)| other == number));
    objects.extend(signing.objects.iter().cloned());
    let start = file.bytes.len();
    file.revision_with(&objects, &[], &signing.wrong);
    fill(&mut file.bytes, start, &signing.der);
}

/// Puts the right range and the DER into the places left for them after `start`; instead of the dummy a signature, where somebody
/// signs.
pub fn fill(bytes: &mut [u8], start: usize, der: &[u8]) {
    let Some(open) = find(&bytes[start..], b"/Contents<@@").map(|at| start + at + 9) else { return };
    let close = open + find(&bytes[open..], b">").unwrap_or_default() + 1;
    let room = close - open - 2;
    bytes[open + 1..close - 1].fill(b'0');
    let numbers = [open, close, bytes.len() - close];
    for number in numbers {
        let Some(place) = find(&bytes[start..], b"@@@@@@@@@@") else { break };
        bytes[start + place..start + place + 10].copy_from_slice(format!("{number:<10}").as_bytes());
    }
    let signature = if der == DUMMY { inside::signed(&[&bytes[..open], &bytes[close..]].concat()) } else { None };
    let mut digits = signature.as_deref().unwrap_or(der).iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect::<Vec<u8>>();
    digits.resize(room, b'0');
    bytes[open + 1..close - 1].copy_from_slice(&digits);
}

/// A document and its signature, in one form.
pub fn signed(form: Form) -> File {
    signed_with(form, &Signing::default())
}

pub fn signed_with(form: Form, signing: &Signing) -> File {
    let mut file = File::new(form);
    let (plain, packed): (Vec<Object>, Vec<Object>) = match form {
        Form::Table => (document(), Vec::new()),
        Form::Stream => document().into_iter().partition(|(_, body)| body.ends_with(b"endstream")),
    };
    file.revision(&plain, &packed);
    sign(&mut file, signing);
    file
}

/// A document timestamp and validation data, as long-term archiving adds them.
pub fn long_term(file: &mut File, rect: &str, more: &str) {
    let form = "/AcroForm<</SigFlags 3/Fields[20 0 R 30 0 R]>>/Perms<</DocMDP 21 0 R>>/DSS 32 0 R";
    let stamp = Signing { kind: "DocTimeStamp", permission: None, ..Signing::default() };
    let objects = [
        object(1, &catalog(form)),
        object(3, &page("/Annots[20 0 R 30 0 R]")),
        object(30, &widget("Timestamp", "/V 31 0 R").replace("/Rect[0 0 0 0]", &format!("/Rect{rect}{more}"))),
        object(31, &signature(&stamp)),
        object(32, "<</Type/DSS/Certs[33 0 R]>>"),
        stream(33, "", b"a certificate"),
    ];
    let start = file.bytes.len();
    file.revision(&objects, &[]);
    fill(&mut file.bytes, start, &stamp.der);
}

pub fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Replaces the last `from`, which must be there.
pub fn replaced(mut bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    let at = bytes.windows(from.len()).rposition(|window| window == from.as_bytes()).unwrap_or_else(|| panic!("no {from} in the file"));
    bytes.splice(at..at + from.len(), to.bytes());
    bytes
}
