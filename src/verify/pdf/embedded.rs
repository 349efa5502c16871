//! Embedded files (ISO 32000-1, 7.11.4; PDF/A-3): those that `/AF` of the catalog or `/Names` `/EmbeddedFiles` lead to.

use std::collections::HashSet;

use super::{
    body::Body,
    filter::{self, FilterFault},
    form::catalog,
    limits::{Limit, PdfFault, Spending, over},
    object::{Dict, Node},
    text,
};

/// One file within the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedFile {
    /// `/UF`, else `/F`.
    pub name: String,
    /// `/AFRelationship`, as `Data` or `Source`.
    pub relationship: Option<String>,
    /// The MIME type that the stream names.
    pub mime: Option<String>,
    /// `/Desc`.
    pub description: Option<String>,
    /// The number of its stream.
    pub object: u32,
    /// Whether the catalog's `/AF` lists it.
    pub associated: bool,
    /// Whether the names of embedded files list it.
    pub named: bool,
    /// Its bytes.
    pub content: Result<Vec<u8>, EmbeddedFault>,
}

/// Why an embedded file has no bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddedFault {
    /// The specification leads to no stream in the file.
    #[error("the file specification leads to no embedded stream")]
    NoStream,
    /// `/F` and `/UF` of `/EF` lead to different streams, so readers would show different files.
    #[error("/F and /UF lead to different streams")]
    TwoStreams,
    /// Its stream does not decode.
    #[error(transparent)]
    Filter(#[from] FilterFault),
    /// `/Params` says another size.
    #[error("/Params says {said} bytes, there are {found}")]
    Size {
        /// What `/Params` says.
        said: i64,
        /// What there is.
        found: usize,
    },
}

/// The files that the newest revision embeds, in the order of `/AF` and then of the names.
pub(super) fn embedded(body: &Body<'_>, spending: &mut Spending<'_>) -> Result<Vec<EmbeddedFile>, PdfFault> {
    let last = body.last();
    let Some(root) = catalog(body, last) else { return Ok(Vec::new()) };
    let associated = body.get(last, root, b"AF").and_then(Node::array).unwrap_or_default();
    let named = named(body, root, spending)?;
    let mut found: Vec<(EmbeddedFile, &Dict<'_>)> = Vec::new();
    for (node, is_associated) in associated.iter().map(|node| (node, true)).chain(named.into_iter().map(|node| (node, false))) {
        let Some(specification) = body.resolve(last, node).and_then(Node::dict) else { continue };
        if let Some((known, _)) = found.iter_mut().find(|(_, known)| std::ptr::eq(*known, specification)) {
            known.associated |= is_associated;
            known.named |= !is_associated;
            continue;
        }
        over(found.len() + 1, Limit::EmbeddedFiles, spending.limits.embedded_files)?;
        let mut file = file(body, specification, spending)?;
        (file.associated, file.named) = (is_associated, !is_associated);
        found.push((file, specification));
    }
    Ok(found.into_iter().map(|(file, _)| file).collect())
}

/// The leaves of the name tree of embedded files.
fn named<'b, 'a>(body: &'b Body<'a>, root: &'b Dict<'a>, spending: &Spending<'_>) -> Result<Vec<&'b Node<'a>>, PdfFault> {
    let last = body.last();
    let names = body.get(last, root, b"Names").and_then(Node::dict);
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let mut open: Vec<(&Node<'a>, usize)> = names.and_then(|names| names.get(b"EmbeddedFiles")).map(|node| (node, 0)).into_iter().collect();
    while let Some((node, level)) = open.pop() {
        over(level, Limit::Depth, spending.limits.depth)?;
        if node.reference().is_some_and(|number| !seen.insert(number)) {
            continue;
        }
        let Some(dict) = body.resolve(last, node).and_then(Node::dict) else { continue };
        let pairs = body.get(last, dict, b"Names").and_then(Node::array).unwrap_or_default();
        found.extend(pairs.iter().skip(1).step_by(2));
        let kids = body.get(last, dict, b"Kids").and_then(Node::array).unwrap_or_default();
        open.extend(kids.iter().rev().map(|kid| (kid, level + 1)));
    }
    Ok(found)
}

fn file(body: &Body<'_>, specification: &Dict<'_>, spending: &mut Spending<'_>) -> Result<EmbeddedFile, PdfFault> {
    let last = body.last();
    let string = |key: &[u8]| body.get(last, specification, key).and_then(text::decode);
    let streams = body.get(last, specification, b"EF").and_then(Node::dict);
    let stream = |key: &[u8]| streams.and_then(|streams| streams.get(key)?.reference());
    let (plain, unicode) = (stream(b"F"), stream(b"UF"));
    let object = plain.or(unicode).and_then(|number| body.find(last, number));
    let dict = object.and_then(|object| object.dict());
    let content = match (object, dict) {
        _ if plain.is_some() && unicode.is_some() && plain != unicode => Err(EmbeddedFault::TwoStreams),
        (Some(object), Some(dict)) => match &object.data {
            Some(data) => filter::decode(dict, &body.bytes[data.clone()], spending)?.map_err(EmbeddedFault::from),
            None => Err(EmbeddedFault::NoStream),
        },
        _ => Err(EmbeddedFault::NoStream),
    };
    let said = dict.and_then(|dict| body.get(last, dict, b"Params")?.dict()?.integer(b"Size"));
    let content = content.and_then(|bytes| match said {
        Some(said) if usize::try_from(said) != Ok(bytes.len()) => Err(EmbeddedFault::Size { said, found: bytes.len() }),
        _ => Ok(bytes),
    });
    Ok(EmbeddedFile {
        name: string(b"UF").or_else(|| string(b"F")).unwrap_or_default(),
        relationship: body.get(last, specification, b"AFRelationship").and_then(Node::name).map(text::of_name),
        mime: dict.and_then(|dict| dict.name(b"Subtype")).map(text::of_name),
        description: string(b"Desc"),
        object: plain.or(unicode).unwrap_or(0),
        associated: false,
        named: false,
        content,
    })
}
