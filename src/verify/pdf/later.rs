//! What revisions after a signature added: nothing, what long-term validation needs, or something else, which is named.

use std::collections::HashSet;

use super::{
    Limits,
    body::{Body, Indirect},
    form::{catalog, fields, form},
    graph::{reach, values},
    limits::PdfFault,
    object::{COMPARED, Dict, Node},
    text,
};

/// What was added after a signed revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// No object.
    Nothing,
    /// Only validation data (`/DSS`) and document timestamps, none of them visible. Here is each change.
    LongTerm(Vec<Change>),
    /// Something else. Here is each change, the harmless ones too.
    Other(Vec<Change>),
}

/// One object that a later revision added, replaced or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The revision, counted from the oldest, which is 0.
    pub revision: usize,
    /// The object.
    pub object: u32,
    /// What it is.
    pub what: Changed,
}

/// What an added, replaced or removed object is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Changed {
    /// Validation data: reached from `/DSS` alone.
    ValidationData,
    /// A document timestamp, its invisible field, and what only they reach.
    DocumentTimestamp,
    /// Catalog, form, page or array that gained nothing but the entry for one of these two.
    EntryForThese,
    /// A signature or its field.
    Signature,
    /// An annotation.
    Annotation,
    /// A form field.
    FormField,
    /// A page or a node of the page tree.
    Page,
    /// The catalog.
    Catalog,
    /// The form itself.
    Form,
    /// An embedded file or its specification.
    EmbeddedFile,
    /// Metadata or document information.
    Metadata,
    /// The trailer names other things than before.
    Trailer,
    /// The object was removed.
    Removed,
    /// Anything else, with its `/Type` or the kind of its value.
    Other(String),
}

impl Changed {
    fn is_long_term(&self) -> bool {
        matches!(self, Self::ValidationData | Self::DocumentTimestamp | Self::EntryForThese)
    }
}

/// Changes told of one signature; the rest are left out, which never makes [`After::Other`] into something better.
const KEPT: usize = 100;

/// The changes of each revision, found once.
pub(super) struct Additions<'b, 'a> {
    body: &'b Body<'a>,
    limits: &'b Limits,
    known: Vec<Option<Vec<Change>>>,
}

impl<'b, 'a> Additions<'b, 'a> {
    pub(super) fn new(body: &'b Body<'a>, limits: &'b Limits) -> Self {
        Self { body, limits, known: vec![None; body.sections.len()] }
    }

    /// What the revisions after `revision` did.
    pub(super) fn after(&mut self, revision: usize) -> Result<After, PdfFault> {
        let mut all = Vec::new();
        let mut long_term = true;
        for later in revision + 1..self.known.len() {
            let changes = match self.known[later].take() {
                Some(known) => known,
                None => changes(self.body, later, self.limits.depth)?,
            };
            long_term &= changes.iter().all(|change| change.what.is_long_term());
            all.extend(changes.iter().take(KEPT.saturating_sub(all.len())).cloned());
            self.known[later] = Some(changes);
        }
        Ok(match (all.is_empty(), long_term) {
            (true, true) => After::Nothing,
            (_, true) => After::LongTerm(all),
            (_, false) => After::Other(all),
        })
    }
}

/// Two neighbouring revisions and what the newer may have without harm.
struct Step<'b, 'a> {
    body: &'b Body<'a>,
    now: usize,
    /// Objects only reached from `/DSS`.
    validation: HashSet<u32>,
    /// New invisible fields of document timestamps.
    fields: HashSet<u32>,
    /// What only they reach.
    timestamps: HashSet<u32>,
}

fn changes(body: &Body<'_>, now: usize, depth: usize) -> Result<Vec<Change>, PdfFault> {
    let step = Step::new(body, now, depth)?;
    let mut found: Vec<Change> = body
        .changed(now)
        .map(|(object, found)| Change { revision: now, object, what: found.map_or(Changed::Removed, |found| step.judge(found)) })
        .collect();
    found.sort_by_key(|change| change.object);
    let trailer = |revision: usize| -> Vec<(Vec<u8>, &Node<'_>)> {
        const OWN: [&[u8]; 9] = [b"Prev", b"Size", b"ID", b"Type", b"W", b"Index", b"Length", b"Filter", b"DecodeParms"];
        let pairs = body.sections[revision].trailer.0.iter().filter(|pair| !OWN.contains(&&*pair.key));
        pairs.map(|pair| (pair.key.to_vec(), &pair.node)).collect()
    };
    let sorted = |revision: usize| {
        let mut pairs = trailer(revision);
        pairs.sort_by(|one, two| one.0.cmp(&two.0));
        pairs
    };
    if sorted(now) != sorted(now - 1) {
        found.push(Change { revision: now, object: 0, what: Changed::Trailer });
    }
    Ok(found)
}

impl<'b, 'a> Step<'b, 'a> {
    fn new(body: &'b Body<'a>, now: usize, depth: usize) -> Result<Self, PdfFault> {
        let mut step = Self { body, now, validation: HashSet::new(), fields: HashSet::new(), timestamps: HashSet::new() };
        let Some(root) = catalog(body, now) else { return Ok(step) };
        let none = HashSet::new();
        // Also what was referred to and did not exist yet: a place kept open is not new.
        let before = reach(body, now - 1, values(&body.sections[now - 1].trailer, &[]), &none);
        let is_new = |number: u32| body.find(now - 1, number).is_none() && !before.contains(&number);
        let fields = fields(body, now, depth)?;
        let new = fields.iter().filter_map(|field| field.object.map(|number| (number, field.dict)));
        step.fields = new.filter(|(number, dict)| is_new(*number) && step.is_timestamp(dict)).map(|(number, _)| number).collect();
        let mut without = step.fields.clone();
        without.extend(body.sections[now].trailer.get(b"Root").and_then(Node::reference));
        let mut start = values(root, &[b"DSS"]);
        start.extend(values(&body.sections[now].trailer, &[b"Root"]));
        let elsewhere = reach(body, now, start, &without);
        let alone = |found: HashSet<u32>| -> HashSet<u32> { found.into_iter().filter(|number| !elsewhere.contains(number)).collect() };
        if let Some(data) = root.get(b"DSS") {
            let old = catalog(body, now - 1).and_then(|root| root.get(b"DSS"));
            let known = old.map(|old| reach(body, now - 1, vec![old], &none)).unwrap_or_default();
            step.validation = alone(reach(body, now, vec![data], &without));
            step.validation.retain(|number| known.contains(number) || is_new(*number));
        }
        let from: Vec<&Node<'a>> = fields
            .iter()
            .filter(|field| field.object.is_some_and(|number| step.fields.contains(&number)))
            .flat_map(|field| values(field.dict, &[b"P", b"Parent"]))
            .collect();
        step.timestamps = alone(reach(body, now, from, &without));
        step.timestamps.retain(|number| is_new(*number));
        Ok(step)
    }

    /// A field for a document timestamp that shows nothing and does nothing.
    fn is_timestamp(&self, field: &Dict<'_>) -> bool {
        const KEYS: [&[u8]; 10] = [b"Type", b"Subtype", b"FT", b"T", b"V", b"F", b"Ff", b"P", b"Rect", b"AP"];
        let of = |key: &[u8]| self.body.get(self.now, field, key);
        let stamp = of(b"V").and_then(Node::dict).is_some_and(|value| value.names(b"Type", b"DocTimeStamp"));
        let flat = |rect: &[Node<'_>]| matches!(rect, [left, low, right, high] if left == right && low == high);
        let unseen = of(b"Rect").is_none_or(|rect| rect.array().is_some_and(flat));
        stamp && unseen && field.names(b"FT", b"Sig") && field.0.iter().all(|pair| KEYS.contains(&&*pair.key))
    }

    fn judge(&self, object: &Indirect<'a>) -> Changed {
        let number = object.number;
        if self.validation.contains(&number) {
            return Changed::ValidationData;
        }
        if self.fields.contains(&number) || self.timestamps.contains(&number) {
            return Changed::DocumentTimestamp;
        }
        if self.body.find(self.now - 1, number).is_some_and(|before| self.only_gained(before, object)) {
            return Changed::EntryForThese;
        }
        self.name(object)
    }

    /// Whether nothing but entries for validation data and timestamps came in.
    fn only_gained(&self, before: &Indirect<'a>, object: &Indirect<'a>) -> bool {
        let root = self.body.sections[self.now].trailer.get(b"Root").and_then(Node::reference);
        if before.data.is_some() || object.data.is_some() {
            return false;
        }
        if let (Some(before), Some(now)) = (before.value.array(), object.value.array()) {
            return self.gained(before, now);
        }
        let (Some(old), Some(new)) = (before.dict(), object.dict()) else { return false };
        if root == Some(object.number) {
            return same_but(old, new, &[b"DSS", b"AcroForm", b"Extensions"]) && self.form_gained(old, new);
        }
        let is_form = |revision: usize, dict: &Dict<'a>| form(self.body, revision).is_some_and(|form| std::ptr::eq(form, dict));
        if is_form(self.now - 1, old) && is_form(self.now, new) {
            return same_but(old, new, &[b"Fields", b"SigFlags"]) && self.list_gained(old, new, b"Fields");
        }
        object.is_type(b"Page") && same_but(old, new, &[b"Annots"]) && self.list_gained(old, new, b"Annots")
    }

    fn form_gained(&self, old: &Dict<'a>, new: &Dict<'a>) -> bool {
        match (old.get(b"AcroForm"), new.get(b"AcroForm")) {
            (before, now) if before == now => true,
            (Some(before), Some(now)) => before
                .dict()
                .zip(now.dict())
                .is_some_and(|(before, now)| same_but(before, now, &[b"Fields", b"SigFlags"]) && self.list_gained(before, now, b"Fields")),
            _ => false,
        }
    }

    fn list_gained(&self, old: &Dict<'a>, new: &Dict<'a>, key: &[u8]) -> bool {
        let before = self.body.get(self.now - 1, old, key).and_then(Node::array).unwrap_or_default();
        self.body.get(self.now, new, key).and_then(Node::array).is_some_and(|now| self.gained(before, now))
    }

    fn gained(&self, before: &[Node<'a>], now: &[Node<'a>]) -> bool {
        let comparable = now.get(..COMPARED).is_none().then_some(now);
        comparable
            .and_then(|now| now.strip_prefix(before))
            .is_some_and(|more| more.iter().all(|node| node.reference().is_some_and(|number| self.fields.contains(&number))))
    }

    /// The plain name of a change that is not harmless.
    fn name(&self, object: &Indirect<'a>) -> Changed {
        let trailer = &self.body.sections[self.now].trailer;
        let is = |key: &[u8]| trailer.get(key).and_then(Node::reference) == Some(object.number);
        let Some(dict) = object.dict() else { return Changed::Other("a value".to_owned()) };
        if form(self.body, self.now).is_some_and(|form| std::ptr::eq(form, dict)) {
            return Changed::Form;
        }
        if dict.names(b"FT", b"Sig") || dict.has(b"ByteRange") {
            return Changed::Signature;
        }
        match dict.name(b"Type") {
            _ if is(b"Root") => Changed::Catalog,
            _ if is(b"Info") => Changed::Metadata,
            Some(b"Sig" | b"DocTimeStamp") => Changed::Signature,
            Some(b"Page" | b"Pages") => Changed::Page,
            Some(b"Catalog") => Changed::Catalog,
            Some(b"Metadata") => Changed::Metadata,
            Some(b"Filespec" | b"EmbeddedFile") => Changed::EmbeddedFile,
            _ if dict.has(b"FT") => Changed::FormField,
            Some(b"Annot") => Changed::Annotation,
            _ if dict.has(b"Subtype") && dict.has(b"Rect") => Changed::Annotation,
            Some(other) => Changed::Other(text::of_name(other)),
            None => Changed::Other(if object.data.is_some() { "a stream" } else { "a dictionary" }.to_owned()),
        }
    }
}

/// Whether two dictionaries agree but for some keys.
fn same_but(old: &Dict<'_>, new: &Dict<'_>, keys: &[&[u8]]) -> bool {
    let within = |one: &Dict<'_>, other: &Dict<'_>| {
        one.0.iter().filter(|pair| !keys.contains(&&*pair.key)).all(|pair| other.get(&pair.key) == Some(&pair.node))
    };
    old.0.len().max(new.0.len()) <= COMPARED && within(old, new) && within(new, old)
}
