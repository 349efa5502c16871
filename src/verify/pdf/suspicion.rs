//! What a reader may show, hide or do that the signed text does not tell: readable, allowed by the standard, and told here, so
//! that a policy can judge it (shadow attacks, overlays, actions).

use super::{
    body::{Body, Indirect},
    fault::Place,
    filter,
    form::{catalog, fields, form},
    graph::used,
    limits::{PdfFault, Spending},
    object::{Dict, Node},
    text,
};

/// One such thing and its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// Where the object stands.
    pub at: Place,
    /// Its number.
    pub object: u32,
    /// What it is.
    pub what: Suspicious,
}

/// What is suspicious.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Suspicious {
    /// Nothing leads to the object: content that waits to be shown. The text is its `/Type` or kind.
    Unused(String),
    /// A catalog beside the one that the trailer names.
    AnotherCatalog,
    /// An annotation that is not the widget of a signature; its `/Subtype`.
    Annotation(String),
    /// Layers that can be switched.
    OptionalContent,
    /// An action other than going to a place in this file; its kind.
    Action(String),
    /// `/AA`: actions that events start.
    AdditionalActions,
    /// Something is done as soon as the document is opened, other than going to a page.
    OpenAction,
    /// `/XFA`: a second form beside the first.
    Xfa,
    /// `/NeedAppearances`: readers draw the fields anew.
    NeedAppearances,
    /// A form field other than a signature.
    FormField {
        /// Its full name.
        name: String,
        /// How its value goes with what is drawn.
        appearance: Appearance,
    },
    /// A stream whose data are in another file.
    ExternalStream,
    /// An image with alternates, as one for printing.
    AlternateImage,
    /// `/Collection`: readers show an embedded file first.
    Collection,
    /// `/Perms` `/UR3`: usage rights.
    UsageRights,
    /// A stream holds the word `endstream`, where a lenient reader would end it.
    EndstreamWithin,
}

/// How the value of a field goes with its drawn appearance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Appearance {
    /// The field has no value.
    NoValue,
    /// The value is drawn as it stands.
    ShowsValue,
    /// What is drawn does not contain the value.
    DoesNotShowValue,
    /// Nothing is drawn, or it cannot be read.
    Missing,
}

/// Findings kept of one file; more are only counted.
const KEPT: usize = 200;

struct Findings {
    kept: Vec<Suspicion>,
    left_out: usize,
}

impl Findings {
    fn add(&mut self, object: &Indirect<'_>, what: Suspicious) {
        if self.kept.len() < KEPT {
            self.kept.push(Suspicion { at: object.place(), object: object.number, what });
        } else {
            self.left_out += 1;
        }
    }
}

/// Everything suspicious in what the newest revision shows, and how many more findings there are.
pub(super) fn suspicions(body: &Body<'_>, spending: &mut Spending<'_>) -> Result<(Vec<Suspicion>, usize), PdfFault> {
    let mut findings = Findings { kept: Vec::new(), left_out: 0 };
    let last = body.last();
    let Some(section) = body.sections.last() else { return Ok((Vec::new(), 0)) };
    let root = section.trailer.get(b"Root").and_then(Node::reference);
    let used = used(body, spending);
    let endstream = memchr::memmem::Finder::new(b"endstream");
    for (place, object) in body.live() {
        let container = object.is_type(b"ObjStm") || object.is_type(b"XRef");
        if !used[place] && !container {
            findings.add(object, Suspicious::Unused(kind(object)));
        }
        object.value.every(&mut |node| {
            if let Some(dict) = node.dict() {
                let own = root == Some(object.number) && std::ptr::eq(node, &object.value);
                dictionary(body, object, dict, own, &mut findings);
            }
        });
        let (Some(data), Some(dict)) = (&object.data, object.dict()) else { continue };
        if dict.has(b"F") {
            findings.add(object, Suspicious::ExternalStream);
        }
        if endstream.find(&body.bytes[data.clone()]).is_some() {
            findings.add(object, Suspicious::EndstreamWithin);
        }
    }
    if let Some(object) = root.and_then(|root| body.find(last, root)) {
        of_catalog(body, object, &mut findings);
        of_fields(body, object, spending, &mut findings)?;
    }
    Ok((findings.kept, findings.left_out))
}

/// What an object is, for people.
fn kind(object: &Indirect<'_>) -> String {
    match object.dict() {
        Some(dict) => match dict.name(b"Type") {
            Some(name) => text::of_name(name),
            None if object.data.is_some() => "a stream".to_owned(),
            None => "a dictionary".to_owned(),
        },
        None => "a value".to_owned(),
    }
}

fn dictionary(body: &Body<'_>, object: &Indirect<'_>, dict: &Dict<'_>, is_root: bool, findings: &mut Findings) {
    const ACTIONS: [&[u8]; 18] = [
        b"GoToR",
        b"GoToE",
        b"GoToDp",
        b"Launch",
        b"Thread",
        b"URI",
        b"Sound",
        b"Movie",
        b"Hide",
        b"Named",
        b"SubmitForm",
        b"ResetForm",
        b"ImportData",
        b"JavaScript",
        b"SetOCGState",
        b"Rendition",
        b"Trans",
        b"GoTo3DView",
    ];
    // A name may be an object of its own.
    let name = |key: &[u8]| body.get(body.last(), dict, key).and_then(Node::name);
    let kind = name(b"Type");
    match kind {
        Some(b"Catalog") if !is_root => findings.add(object, Suspicious::AnotherCatalog),
        Some(b"OCG" | b"OCMD") => findings.add(object, Suspicious::OptionalContent),
        _ => {}
    }
    let annotation = kind == Some(b"Annot") || dict.has(b"Subtype") && dict.has(b"Rect");
    if annotation && !is_signature_widget(body, dict) {
        findings.add(object, Suspicious::Annotation(name(b"Subtype").map_or_else(String::new, text::of_name)));
    }
    if let Some(action) = name(b"S").filter(|name| ACTIONS.contains(name)) {
        findings.add(object, Suspicious::Action(text::of_name(action)));
    } else if dict.has(b"JS") {
        findings.add(object, Suspicious::Action("JavaScript".to_owned()));
    }
    if dict.has(b"AA") {
        findings.add(object, Suspicious::AdditionalActions);
    }
    if dict.has(b"Alternates") {
        findings.add(object, Suspicious::AlternateImage);
    }
}

/// A widget whose own or parent's field type is a signature.
fn is_signature_widget(body: &Body<'_>, dict: &Dict<'_>) -> bool {
    let last = body.last();
    let signs = |dict: &Dict<'_>| body.get(last, dict, b"FT").and_then(Node::name) == Some(b"Sig");
    let parent = || body.get(last, dict, b"Parent").and_then(Node::dict).is_some_and(signs);
    dict.names(b"Subtype", b"Widget") && (signs(dict) || !dict.has(b"FT") && parent())
}

fn of_catalog(body: &Body<'_>, object: &Indirect<'_>, findings: &mut Findings) {
    let last = body.last();
    let Some(root) = catalog(body, last) else { return };
    let opening = body.get(last, root, b"OpenAction").and_then(Node::dict);
    if opening.is_some_and(|action| body.get(last, action, b"S").and_then(Node::name) != Some(b"GoTo")) {
        findings.add(object, Suspicious::OpenAction);
    }
    if root.has(b"OCProperties") {
        findings.add(object, Suspicious::OptionalContent);
    }
    if root.has(b"Collection") {
        findings.add(object, Suspicious::Collection);
    }
    if body.get(last, root, b"Perms").and_then(Node::dict).is_some_and(|perms| perms.has(b"UR3") || perms.has(b"UR")) {
        findings.add(object, Suspicious::UsageRights);
    }
    if let Some(form) = form(body, last) {
        if form.has(b"XFA") {
            findings.add(object, Suspicious::Xfa);
        }
        if form.has(b"NeedAppearances") {
            findings.add(object, Suspicious::NeedAppearances);
        }
    }
}

fn of_fields(body: &Body<'_>, root: &Indirect<'_>, spending: &mut Spending<'_>, findings: &mut Findings) -> Result<(), PdfFault> {
    let last = body.last();
    for field in fields(body, last, spending.limits.depth)? {
        if field.kind == Some(b"Sig") {
            continue;
        }
        let object = field.object.and_then(|number| body.find(last, number)).unwrap_or(root);
        let value = field.value.and_then(|value| body.resolve(last, value));
        // Findings beyond the kept ones are counted without reading what is drawn.
        let appearance = match value {
            _ if findings.kept.len() >= KEPT => Appearance::Missing,
            None => Appearance::NoValue,
            Some(value) => appearance(body, field.dict, value, spending)?,
        };
        findings.add(object, Suspicious::FormField { name: field.name, appearance });
    }
    Ok(())
}

/// Whether the normal appearance draws the value, or its state is the value.
fn appearance(body: &Body<'_>, field: &Dict<'_>, value: &Node<'_>, spending: &mut Spending<'_>) -> Result<Appearance, PdfFault> {
    let last = body.last();
    let shown = |same: bool| if same { Appearance::ShowsValue } else { Appearance::DoesNotShowValue };
    if let Some(state) = value.name() {
        return Ok(body.get(last, field, b"AS").map_or(Appearance::Missing, |drawn| shown(drawn.name() == Some(state))));
    }
    let normal = body.get(last, field, b"AP").and_then(|drawn| drawn.dict()?.get(b"N")?.reference());
    let drawn = normal.and_then(|number| body.find(last, number));
    let Some((dict, data)) = drawn.and_then(|drawn| Some((drawn.dict()?, drawn.data.clone()?))) else { return Ok(Appearance::Missing) };
    let Ok(content) = filter::decode(dict, &body.bytes[data], spending)? else { return Ok(Appearance::Missing) };
    let wanted = value.text().map(text::bytes).unwrap_or_default();
    Ok(shown(memchr::memmem::find(&content, &wanted).is_some()))
}
