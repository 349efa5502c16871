//! Every signature that a file has, had or hints at. A broken one is told as broken, and never as none.

use chrono::{DateTime, Utc};

use super::{
    body::{Body, Indirect},
    coverage::{Coverage, CoverageFault, Covered, digest, judge},
    fault::Place,
    form::{Field, catalog, fields},
    later::{Additions, After},
    limits::{Limit, PdfFault, Spending, over},
    object::{Dict, Node},
    text,
};

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureKind {
    /// `/Type /Sig`, or none.
    Signature,
    /// `/Type /DocTimeStamp`: the contents are a timestamp token.
    DocumentTimestamp,
    /// A signature field without a readable dictionary.
    Field,
}

/// What the signer permits afterwards (ISO 32000-1, 12.8.2.2), as the dictionary says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocMdp {
    /// 1 nothing, 2 forms and signatures, 3 annotations too. Left out it means 2.
    pub permission: i64,
    /// Whether the catalog's `/Perms` names this very signature; `None`: it names none.
    pub perms_agree: Option<bool>,
}

/// A time that the signer claims, unproven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedTime {
    /// `/M` as it stands.
    pub text: String,
    /// The instant, when the text is a date.
    pub at: Option<DateTime<Utc>>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PdfSignature {
    /// What for.
    pub kind: SignatureKind,
    /// Where its dictionary (or its field) stands.
    pub at: Place,
    /// The number of the object that holds it.
    pub object: u32,
    /// The revision that brought it, counted from the oldest, which is 0.
    pub revision: usize,
    /// The full name of the form field that leads to it.
    pub field: Option<String>,
    /// `/Filter`, the handler.
    pub filter: Option<String>,
    /// `/SubFilter`. It names an encoding and proves nothing: the contents tell what they are.
    pub sub_filter: Option<String>,
    /// `/ByteRange`: offset and length of two parts.
    pub byte_range: Option<[u64; 4]>,
    /// The DER sequence in `/Contents`, without the zeros after it.
    pub contents: Option<Vec<u8>>,
    /// What it covers.
    pub coverage: Coverage,
    /// SM3 of the covered bytes; `None` when the coverage is broken.
    pub digest: Option<[u8; 32]>,
    /// `/DocMDP`, when this is a certification.
    pub doc_mdp: Option<DocMdp>,
    /// Other transform methods of `/Reference` (`FieldMDP`, `UR3` …).
    pub other_transforms: Vec<String>,
    /// `/M`.
    pub claimed_time: Option<ClaimedTime>,
    /// `/Name`.
    pub name: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// `/ContactInfo`.
    pub contact: Option<String>,
    /// What later revisions added; `None` when the coverage is broken.
    pub after: Option<After>,
}

impl PdfSignature {
    /// The covered bytes in two parts, for digests other than SM3; `None` when the coverage is broken.
    pub fn covered<'b>(&self, bytes: &'b [u8]) -> Option<[&'b [u8]; 2]> {
        let [start, length, second, rest] = self.byte_range.filter(|_| !matches!(self.coverage, Coverage::Broken { .. }))?;
        let part = |from: u64, length: u64| bytes.get(usize::try_from(from).ok()?..usize::try_from(from.checked_add(length)?).ok()?);
        Some([part(start, length)?, part(second, rest)?])
    }
}

/// A dictionary that is, or is marked as, a signature.
struct Marked<'b, 'a> {
    object: &'b Indirect<'a>,
    dict: &'b Dict<'a>,
    start: u32,
}

/// All signatures, in the order of the file.
pub(super) fn signatures(body: &Body<'_>, spending: &Spending<'_>) -> Result<Vec<PdfSignature>, PdfFault> {
    let (last, limits) = (body.last(), spending.limits);
    let signing: Vec<Field<'_, '_>> =
        fields(body, last, limits.depth)?.into_iter().filter(|field| field.kind == Some(b"Sig".as_slice())).collect();
    over(signing.len(), Limit::Signatures, limits.signatures)?;
    let values: Vec<Option<&Dict<'_>>> =
        signing.iter().map(|field| field.value.and_then(|value| body.resolve(last, value)?.dict())).collect();
    let (marked, unreached) = marked(body, &values, limits.signatures)?;
    let mut additions = Additions::new(body, limits);
    let mut found = Vec::with_capacity(marked.len());
    for one in &marked {
        let mut leading = values.iter().zip(&signing).filter(|(value, _)| value.is_some_and(|value| std::ptr::eq(value, one.dict)));
        let (field, others) = (leading.next().map(|(_, field)| field), leading.count());
        let mut covered = Covered::default();
        let judged = judge(body, one.object, one.dict, &mut covered);
        let coverage = match field {
            _ if !body.is_live(one.object) => Err(CoverageFault::Superseded),
            None => Err(CoverageFault::NotReached),
            Some(_) if others > 0 => Err(CoverageFault::SharedByFields(others + 1)),
            Some(_) => judged,
        }
        .unwrap_or_else(|why| Coverage::Broken { why });
        found.push(signature(body, one, field, covered, coverage, &mut additions)?);
    }
    for (field, _) in signing.iter().zip(&values).filter(|(_, value)| value.is_none()) {
        let why = if field.value.is_none() { CoverageFault::NoValue } else { CoverageFault::ValueNotDictionary };
        found.push(empty(body, field.object, Some(field.name.clone()), why));
    }
    for object in unreached.iter().filter(|number| !signing.iter().any(|field| field.object == Some(**number))) {
        found.push(empty(body, Some(*object), None, CoverageFault::NotReached));
    }
    over(found.len(), Limit::Signatures, limits.signatures)?;
    found.sort_by_key(|signature| (signature.at.object_stream, signature.at.offset));
    Ok(found)
}

/// Dictionaries with `/ByteRange`, of a signature's `/Type`, or that a signature field leads to; and the live objects with
/// `/FT /Sig`.
fn marked<'b, 'a>(body: &'b Body<'a>, values: &[Option<&Dict<'a>>], allowed: usize) -> Result<(Vec<Marked<'b, 'a>>, Vec<u32>), PdfFault> {
    let (mut found, mut fields) = (Vec::new(), Vec::new());
    for object in &body.objects {
        object.value.every(&mut |node: &'b Node<'a>| {
            let Some(dict) = node.dict() else { return };
            let typed = dict.get(b"Type").and_then(Node::name).is_some_and(|name| name == b"Sig" || name == b"DocTimeStamp");
            if typed || dict.has(b"ByteRange") || values.iter().flatten().any(|value| std::ptr::eq(*value, dict)) {
                if found.len() <= allowed {
                    found.push(Marked { object, dict, start: node.start });
                }
            } else if dict.names(b"FT", b"Sig") && fields.len() <= allowed && (body.is_live(object) || !is_listed(body, object)) {
                fields.push(object.number);
            }
        });
    }
    over(found.len(), Limit::Signatures, allowed)?;
    Ok((found, fields))
}

/// Whether any revision sees this version.
fn is_listed(body: &Body<'_>, object: &Indirect<'_>) -> bool {
    body.find(object.revision, object.number).is_some_and(|found| std::ptr::eq(found, object))
}

fn signature(
    body: &Body<'_>,
    marked: &Marked<'_, '_>,
    field: Option<&Field<'_, '_>>,
    covered: Covered,
    coverage: Coverage,
    additions: &mut Additions<'_, '_>,
) -> Result<PdfSignature, PdfFault> {
    let (object, dict) = (marked.object, marked.dict);
    // As the signer saw it: a later revision may redefine what the dictionary refers to.
    let string = |key: &[u8]| body.get(object.revision, dict, key).and_then(text::decode);
    let name = |key: &[u8]| body.get(object.revision, dict, key).and_then(Node::name).map(text::of_name);
    let (doc_mdp, other_transforms) = transforms(body, object, dict);
    let whole = !matches!(coverage, Coverage::Broken { .. });
    let after = match coverage {
        Coverage::WholeFile => Some(After::Nothing),
        Coverage::Revision { number, .. } => Some(additions.after(number)?),
        Coverage::Broken { .. } => None,
    };
    Ok(PdfSignature {
        kind: if dict.names(b"Type", b"DocTimeStamp") { SignatureKind::DocumentTimestamp } else { SignatureKind::Signature },
        at: Place { offset: marked.start as usize, object_stream: object.object_stream },
        object: object.number,
        revision: object.revision,
        field: field.map(|field| field.name.clone()),
        filter: name(b"Filter"),
        sub_filter: name(b"SubFilter"),
        digest: covered.byte_range.filter(|_| whole).and_then(|range| digest(body.bytes, range)),
        byte_range: covered.byte_range,
        contents: covered.contents,
        coverage,
        doc_mdp,
        other_transforms,
        claimed_time: string(b"M").map(|text| ClaimedTime { at: text::instant(&text), text }),
        name: string(b"Name"),
        reason: string(b"Reason"),
        location: string(b"Location"),
        contact: string(b"ContactInfo"),
        after,
    })
}

/// A field that promises a signature and has none.
fn empty(body: &Body<'_>, object: Option<u32>, field: Option<String>, why: CoverageFault) -> PdfSignature {
    let number = object.unwrap_or(0);
    let found = body.find(body.last(), number);
    PdfSignature {
        kind: SignatureKind::Field,
        at: found.map_or(Place::from(0), Indirect::place),
        object: number,
        revision: found.map_or(0, |found| found.revision),
        field,
        filter: None,
        sub_filter: None,
        byte_range: None,
        contents: None,
        coverage: Coverage::Broken { why },
        digest: None,
        doc_mdp: None,
        other_transforms: Vec::new(),
        claimed_time: None,
        name: None,
        reason: None,
        location: None,
        contact: None,
        after: None,
    }
}

/// `/Reference`: the certification's permission, and the names of other methods.
fn transforms(body: &Body<'_>, object: &Indirect<'_>, dict: &Dict<'_>) -> (Option<DocMdp>, Vec<String>) {
    let seen = object.revision;
    let references = body.get(seen, dict, b"Reference").and_then(Node::array).unwrap_or_default();
    let (mut doc_mdp, mut others) = (None, Vec::new());
    for reference in references.iter().take(16).filter_map(|node| body.resolve(seen, node)?.dict()) {
        let method = body.get(seen, reference, b"TransformMethod").and_then(Node::name);
        if method == Some(b"DocMDP") {
            let parameters = body.get(seen, reference, b"TransformParams").and_then(Node::dict);
            let permission = parameters.and_then(|parameters| body.get(seen, parameters, b"P")).map_or(Some(2), Node::integer);
            let perms = catalog(body, seen).and_then(|catalog| body.get(seen, catalog, b"Perms")?.dict()?.get(b"DocMDP"));
            let perms_agree = perms.map(|named| named.reference() == Some(object.number));
            doc_mdp = Some(DocMdp { permission: permission.unwrap_or(0), perms_agree });
        } else {
            others.push(method.map_or_else(|| "without /TransformMethod".to_owned(), text::of_name));
        }
    }
    (doc_mdp, others)
}
