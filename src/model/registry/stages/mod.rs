//! From text to a checked type, stage by stage. This file is the table of contents.
//!
//! Each stage reports all it finds and gives on what is sound; a stage whose input is missing is passed over. So an author sees
//! every fault at once, and none that only follows from another.

mod conditions;
mod examples;
mod identity;
mod kinds;
mod limits;
mod links;
pub(super) mod meta_schema;
mod metadata;
mod names;
mod number;
mod paths;
mod personal;
mod properties;
mod references;
mod rules;
mod search;
mod status;
mod taken;
mod validator;
mod validity;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Registry;
use super::diagnostic::{Code, Diagnostic, Message, Severity};
use super::pointer::Pointer;
use super::raw;
use super::source::{Document, Part};
use super::{
    CertificateType, Field, HolderRule, Metadata, NumberRule, Relation, Sealing, SerialRule, SlotMap, StatusRule, Title, ValidityRule,
};
use paths::Known;

/// Diagnostics kept of one file; whoever has more will run the check again.
const MAX_DIAGNOSTICS: usize = 200;

/// A file under examination, and what was found.
pub(super) struct Desk<'a> {
    document: &'a Document<'a>,
    found: Vec<Diagnostic>,
    beyond: usize,
}

/// What has become of a file: the parts that passed.
pub(super) struct Draft<'a> {
    desk: Desk<'a>,
    names: Option<names::Names>,
    identity: Option<identity::Identity>,
    /// None when the properties could not be read as a whole.
    fields: Option<Vec<Field>>,
    slots: SlotMap,
    validator: Option<jsonschema::Validator>,
    metadata: Option<Metadata>,
    number: Option<NumberRule>,
    serial: Option<SerialRule>,
    validity: Option<ValidityRule>,
    status: Option<StatusRule>,
    rules: Vec<HolderRule>,
    lookup: Vec<Vec<String>>,
    sealing: Sealing,
    examples: Vec<Map<String, Value>>,
    relations: Vec<Relation>,
}

/// Everything that can be said of a file by itself.
pub(super) fn examine<'a>(document: &'a Document<'a>, registry: &Registry) -> Draft<'a> {
    let mut desk = Desk { document, found: Vec::new(), beyond: 0 };
    meta_schema::check(&mut desk);
    let few = limits::check(&mut desk);
    let names = names::check(&mut desk);
    let identity = identity::check(&mut desk);
    let status = status::check(&mut desk);
    let sealing = rules::sealing(&desk);
    let mut draft = Draft {
        desk,
        names,
        identity,
        fields: None,
        slots: SlotMap::new(),
        validator: None,
        metadata: None,
        number: None,
        serial: None,
        validity: None,
        status,
        rules: Vec::new(),
        lookup: Vec::new(),
        sealing,
        examples: Vec::new(),
        relations: Vec::new(),
    };
    // Expanding references costs what the limits allow, and no more.
    if references::check(&mut draft.desk) && few {
        examine_properties(&mut draft, registry);
    }
    draft
}

/// What hangs on the properties: only reached when references come to an end.
fn examine_properties(draft: &mut Draft<'_>, registry: &Registry) {
    let desk = &mut draft.desk;
    let before = desk.errors();
    let type_name = draft.names.as_ref().map_or("Type", |names| &names.name);
    let drafted = properties::check(desk, type_name);
    let earlier = draft.names.as_ref().and_then(|names| registry.get(&names.name)).map(|registered| registered.ty.clone());
    let whole = desk.errors() == before;
    let (fields, slots) = search::assign(desk, drafted, earlier.as_deref());
    let written: Vec<String> =
        desk.root().get("properties").and_then(Value::as_object).map(|map| map.keys().cloned().collect()).unwrap_or_default();
    let known = Known { fields: &fields, written: &written, faulty: !whole };
    draft.metadata = metadata::check(desk, known);
    draft.number = number::number(desk, known);
    draft.serial = number::serial(desk, known);
    if let Some(serial) = &draft.serial {
        personal::serial(desk, known, serial, draft.number.as_ref());
    }
    draft.validity = validity::check(desk, known);
    if let (Some(rule), Some(metadata)) = (&draft.validity, &draft.metadata) {
        validity::check_stated(desk, rule, metadata);
    }
    draft.rules = rules::check(desk, known);
    draft.lookup = rules::lookup(desk, known);
    if !desk.has_code(Code::NotJsonSchema) {
        draft.validator = validator::compile(desk);
    }
    if let Some(validator) = draft.validator.as_ref().filter(|_| whole) {
        draft.examples = examples::check(desk, validator, &fields, draft.number.as_ref(), draft.serial.as_ref());
    }
    draft.slots = slots;
    draft.fields = whole.then_some(fields);
}

/// What can only be said of all files together: names that two types would generate, relations among them.
pub(super) fn examine_together(drafts: &mut [Draft<'_>], registry: &Registry) {
    taken::check(drafts, registry);
    taken::check_type_codes(drafts, registry);
    links::check(drafts, registry);
}

impl<'a> Draft<'a> {
    /// The checked type, when nothing was found against it, and what was found.
    pub(super) fn finish(self) -> (Option<CertificateType>, Vec<Diagnostic>) {
        let document = self.desk.document;
        let root = &document.root;
        let faulty = self.desk.errors() > 0;
        let Self { names, identity, fields, validator, metadata, number, serial, validity, status, .. } = self;
        let parts = (names, identity, fields, validator, metadata, number, serial, validity, status);
        let found = self.desk.close();
        let (
            Some(names),
            Some(identity),
            Some(fields),
            Some(validator),
            Some(metadata),
            Some(number),
            Some(serial),
            Some(validity),
            Some(status),
        ) = parts
        else {
            return (None, found);
        };
        if faulty {
            return (None, found);
        }
        let text = |name: &str| raw::section::<String>(root, name);
        let ty = CertificateType {
            name: names.name,
            plural: names.plural,
            title: Title { zh: names::root_text(root, "title").unwrap_or_default(), en: text("titleEn") },
            description: names::root_text(root, "description"),
            type_code: identity.type_code,
            type_code_grade: raw::section(root, "typeCodeGrade"),
            standard: text("standard"),
            version: identity.version,
            defining_authority: identity.authority,
            kind: raw::kind(root),
            fields,
            metadata,
            number,
            serial,
            validity,
            status,
            relations: self.relations,
            rules: self.rules,
            catalogue: identity.catalogue,
            sealing: self.sealing,
            lookup: self.lookup,
            slots: self.slots,
            digest: verify::digest::sm3_hex(document.file.text.as_bytes()).into(),
            source: document.file.text.as_str().into(),
            examples: self.examples,
            notes: raw::section(root, "notes").unwrap_or_default(),
            validator: Arc::new(validator),
            shown: None,
        };
        (Some(ty), found)
    }
}

impl<'a> Desk<'a> {
    fn root(&self) -> &'a Value {
        &self.document.root
    }

    fn error(&mut self, code: Code, at: &Pointer, part: Part, message: Message, help: Message) {
        self.add(code, Severity::Error, at, part, message, help);
    }

    fn warn(&mut self, code: Code, at: &Pointer, part: Part, message: Message, help: Message) {
        self.add(code, Severity::Warning, at, part, message, help);
    }

    fn add(&mut self, code: Code, severity: Severity, at: &Pointer, part: Part, message: Message, help: Message) {
        if self.found.len() >= MAX_DIAGNOSTICS {
            self.beyond += 1;
            return;
        }
        let diagnostic = self.document.diagnostic(code, severity, at, part, message, help);
        // A shared part of the schema is reached from many sides, and says the same each time.
        if !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// How many errors there are so far.
    fn errors(&self) -> usize {
        self.beyond + self.found.iter().filter(|found| found.is_error()).count()
    }

    fn has_error_at(&self, at: &Pointer) -> bool {
        let at = at.to_string();
        self.found.iter().any(|found| found.is_error() && found.pointer == at)
    }

    fn has_code(&self, code: Code) -> bool {
        self.found.iter().any(|found| found.code == code)
    }

    fn close(mut self) -> Vec<Diagnostic> {
        if self.beyond > 0 {
            let message = Message::new(format!("还有 {} 处未列出", self.beyond), format!("{} more are not listed", self.beyond));
            let help = Message::new("先改正已列出的，再检查一次", "correct those listed and check again");
            let last = self.document.diagnostic(Code::TooManyFaults, Severity::Error, &Pointer::root(), Part::Value, message, help);
            self.found.push(last);
        }
        self.found
    }
}
