//! The interactive form (ISO 32000-1, 12.7): its fields with their full names.

use std::collections::HashSet;

use super::{
    body::Body,
    limits::PdfFault,
    object::{Dict, Node},
    text,
};

/// Characters kept of a full name: a deep tree of long names would cost the product of both.
const LONGEST: usize = 256;

/// One field that carries a value, or could.
#[derive(Debug, Clone)]
pub(super) struct Field<'b, 'a> {
    /// The names from the root down, joined by full stops.
    pub(super) name: String,
    /// `/FT`, its own or an ancestor's.
    pub(super) kind: Option<&'b [u8]>,
    /// The number of its object; `None`: it stands within another.
    pub(super) object: Option<u32>,
    pub(super) dict: &'b Dict<'a>,
    /// `/V`, its own or an ancestor's.
    pub(super) value: Option<&'b Node<'a>>,
}

/// A node of the tree of fields and what it inherits: level, name, `/FT`, `/V`.
type Open<'b, 'a> = (&'b Node<'a>, usize, String, Option<&'b [u8]>, Option<&'b Node<'a>>);

/// The catalog that a revision's trailer names.
pub(super) fn catalog<'b, 'a>(body: &'b Body<'a>, revision: usize) -> Option<&'b Dict<'a>> {
    let trailer = &body.sections.get(revision)?.trailer;
    body.get(revision, trailer, b"Root")?.dict().filter(|dict| dict.names(b"Type", b"Catalog"))
}

/// The form of a revision.
pub(super) fn form<'b, 'a>(body: &'b Body<'a>, revision: usize) -> Option<&'b Dict<'a>> {
    body.get(revision, catalog(body, revision)?, b"AcroForm")?.dict()
}

/// The fields at the leaves of a revision's form.
pub(super) fn fields<'b, 'a>(body: &'b Body<'a>, revision: usize, depth: usize) -> Result<Vec<Field<'b, 'a>>, PdfFault> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let roots = form(body, revision).and_then(|form| body.get(revision, form, b"Fields")?.array()).unwrap_or_default();
    let root = |node| (node, 0, String::new(), None, None);
    let mut open: Vec<Open<'_, 'a>> = roots.iter().rev().map(root).collect();
    while let Some((node, level, parent, kind, value)) = open.pop() {
        let object = node.reference();
        if object.is_some_and(|number| !seen.insert(number)) {
            continue;
        }
        let Some(dict) = body.resolve(revision, node).and_then(Node::dict) else { continue };
        super::limits::over(level, super::Limit::Depth, depth)?;
        let own = body.get(revision, dict, b"T").and_then(text::decode);
        let name = match own {
            Some(own) if parent.is_empty() => own.chars().take(LONGEST).collect(),
            Some(own) => format!("{parent}.{own}").chars().take(LONGEST).collect(),
            None => parent,
        };
        let kind = body.get(revision, dict, b"FT").and_then(Node::name).or(kind);
        let value = dict.get(b"V").or(value);
        let kids = body.get(revision, dict, b"Kids").and_then(Node::array).unwrap_or_default();
        // A kid without a name is a mere widget of this field.
        let (widgets, fields): (Vec<_>, Vec<_>) = kids.iter().partition(|kid| {
            let kid = body.resolve(revision, kid).and_then(Node::dict);
            kid.is_none_or(|kid| !kid.has(b"T") && !kid.has(b"FT") && !kid.has(b"Kids") && !kid.has(b"V"))
        });
        if fields.is_empty() || !widgets.is_empty() {
            found.push(Field { name: name.clone(), kind, object, dict, value });
        }
        open.extend(fields.into_iter().rev().map(|kid| (kid, level + 1, name.clone(), kind, value)));
    }
    Ok(found)
}
