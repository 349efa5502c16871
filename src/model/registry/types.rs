//! The checked model: what a certificate type is once every stage has passed it.
//!
//! Values of these types are made by [`super::resolve`] only, so later code need not doubt them: names are GraphQL names,
//! code tables and status codes exist, relations reach types and fields that are there, patterns compile.

use std::borrow::Cow;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use verify::messages::Lang;

pub use crate::standards::Grade;

use super::path;
use super::rules::{
    Catalogue, HolderRule, Metadata, NumberRule, Relation, Sealing, SealingMode, SerialRule, Source, StatusRule, Template, TemplatePart,
    ValidityRule,
};

/// A text in Chinese and, where the author gave one, in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Title {
    pub zh: String,
    pub en: Option<String>,
}

impl Title {
    /// The text in `lang`; Chinese where there is no English.
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => self.en.as_deref().unwrap_or(&self.zh),
            Lang::Zh => &self.zh,
        }
    }
}

/// A certificate or a record (credits, study hours, penalties: no face, no seal).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    #[default]
    Certificate,
    Record,
}

/// `major.minor.patch`, compared part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
    pub patch: u32,
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Who defined a type (证照定义机构).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefiningAuthority {
    pub name: String,
    pub code: String,
    pub level: Option<String>,
}

/// One certificate type, checked.
#[derive(Debug, Clone)]
pub struct CertificateType {
    /// GraphQL name, e.g. `SafetyOfficerCertificate`.
    pub name: Arc<str>,
    /// GraphQL name of many, e.g. `SafetyOfficerCertificates`.
    pub plural: String,
    pub title: Title,
    pub description: Option<String>,
    /// 证照类型代码, 21 characters; several types may share one.
    pub type_code: String,
    pub type_code_grade: Option<Grade>,
    /// The standard that defines the type, e.g. `C0317-2022`.
    pub standard: Option<String>,
    pub version: Version,
    pub defining_authority: DefiningAuthority,
    pub kind: Kind,
    pub fields: Vec<Field>,
    pub metadata: Metadata,
    pub number: NumberRule,
    pub serial: SerialRule,
    pub validity: ValidityRule,
    pub status: StatusRule,
    pub relations: Vec<Relation>,
    pub rules: Vec<HolderRule>,
    pub catalogue: Catalogue,
    pub sealing: Sealing,
    /// Each list is one set of printed information that is enough to verify: `number`, `holderName`, `holderCode` or a property.
    pub lookup: Vec<Vec<String>>,
    /// Where the searchable fields lie in the index.
    pub slots: SlotMap,
    /// SM3 (hex) of the file's bytes: the schema digest that statements carry.
    pub digest: Arc<str>,
    /// The file as it was written.
    pub source: Arc<str>,
    pub examples: Vec<Map<String, Value>>,
    /// What the sources do not state, in the author's words.
    pub notes: Vec<String>,
    /// Validates `data` (draft 2020-12, own formats, no remote reference, objects closed).
    pub validator: Arc<jsonschema::Validator>,
    /// The type as grants show it to somebody, who sees less than all; None: the type itself.
    pub shown: Option<Arc<Shown>>,
}

impl CertificateType {
    /// The top-level field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Are there PDF and OFD of its certificates? Not of records, and not where nothing is sealed.
    pub fn has_face(&self) -> bool {
        self.kind == Kind::Certificate && self.sealing.mode != SealingMode::None
    }

    /// 证照名称 of a certificate with these data: by the type's rule a constant or a property, else the title.
    pub fn certificate_name(&self, data: &Map<String, Value>) -> String {
        let found = match &self.metadata.name {
            Source::Constant(text) => Some(text.clone()),
            Source::From(steps) => path::values(data, steps).first().and_then(|value| value.as_str()).map(str::to_owned),
            _ => None,
        };
        found.unwrap_or_else(|| self.title.zh.clone())
    }

    /// Does the number tell something of a person? Then it is found by equality only, as personal fields are.
    pub fn number_is_personal(&self) -> bool {
        personal_in_number(&self.whole().fields, self.number.from.as_deref(), self.number.template.as_ref()).is_some()
    }

    /// The type itself, where this is what grants show of it.
    pub fn whole(&self) -> &Self {
        self.shown.as_ref().map_or(self, |shown| &shown.of)
    }

    /// How its numbers are answered.
    pub fn number_sight(&self) -> Sight {
        self.shown.as_ref().map_or(Sight::Plain, |shown| shown.number)
    }

    /// A number of this type as it is answered.
    pub fn shown_number<'a>(&self, number: &'a str) -> Cow<'a, str> {
        match self.number_sight() {
            Sight::Plain => number.into(),
            Sight::Masked => crate::grant::masked_code(number).into(),
            Sight::Denied => "***".into(),
        }
    }

    /// How its holders are answered.
    pub fn holders_sight(&self) -> Sight {
        self.shown.as_ref().map_or(Sight::Plain, |shown| shown.holders)
    }

    /// Are its files, and whatever would prove a guess at what they hold, answered?
    pub fn shows_files(&self) -> bool {
        self.shown.as_ref().is_none_or(|shown| shown.files)
    }

    /// The type with the slots that were assigned to it before; None when a searchable field has none among them.
    pub fn with_slots(mut self, slots: SlotMap) -> Option<Self> {
        for field in &mut self.fields {
            if let Some(search) = &mut field.search {
                search.slot = *slots.get(&field.name)?;
            }
        }
        self.slots = slots;
        Some(self)
    }
}

/// How something is answered to whom grants show less than all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sight {
    Denied,
    Masked,
    Plain,
}

/// What grants show of a type besides its fields.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The type itself.
    pub of: Arc<CertificateType>,
    pub number: Sight,
    pub holders: Sight,
    pub files: bool,
}

/// The first personal property that a number is made from.
pub(super) fn personal_in_number<'a>(fields: &'a [Field], from: Option<&'a [String]>, template: Option<&'a Template>) -> Option<&'a str> {
    from.and_then(|steps| personal_on_the_way(fields, steps)).or_else(|| personal_in_template(fields, template?))
}

/// The first personal property whose value a template takes.
pub(super) fn personal_in_template<'a>(fields: &'a [Field], template: &'a Template) -> Option<&'a str> {
    template.0.iter().find_map(|part| match part {
        TemplatePart::Property(name) => personal_on_the_way(fields, std::slice::from_ref(name)),
        _ => None,
    })
}

/// The first property on this way through the data that is personal.
pub(super) fn personal_on_the_way<'a>(mut fields: &'a [Field], steps: &[String]) -> Option<&'a str> {
    for step in steps {
        let field = fields.iter().find(|field| field.name == *step)?;
        if field.is_personal() {
            return Some(&field.name);
        }
        let mut kind = &field.kind;
        while let FieldKind::List(inner) = kind {
            kind = inner;
        }
        let FieldKind::Object(object) = kind else { return None };
        fields = &object.fields;
    }
    None
}

/// One property of a type.
#[derive(Debug, Clone)]
pub struct Field {
    /// lowerCamelCase; the GraphQL name as well as the key in `data`.
    pub name: String,
    pub title: Title,
    /// The standard's own key, e.g. `KZ_certClass`.
    pub short_name: Option<String>,
    pub description: Option<String>,
    pub group: Option<String>,
    pub kind: FieldKind,
    /// Named in `required` (conditional requirements are the validator's).
    pub required: bool,
    /// May be null in the data.
    pub nullable: bool,
    pub sensitivity: Sensitivity,
    pub mask: Option<Mask>,
    pub printed: bool,
    pub grade: Option<Grade>,
    pub note: Option<String>,
    /// JSON Schema `format`, where one is given.
    pub format: Option<String>,
    /// What may be asked of it; None: not searchable.
    pub search: Option<Search>,
    /// Its values are answered masked: only in types as grants show them.
    pub masked: bool,
}

/// JSON Schema format of 公民身份号码 (GB 11643).
const CITIZEN_NUMBER: &str = "citizen-number";

impl Field {
    /// About a natural person: marked so, or a citizen number, which is personal whatever a file says of it.
    pub fn is_personal(&self) -> bool {
        self.sensitivity == Sensitivity::Personal || self.format.as_deref() == Some(CITIZEN_NUMBER)
    }
}

/// The shape of a property's value.
#[derive(Debug, Clone)]
pub enum FieldKind {
    Text,
    Date,
    DateTime,
    /// A decimal number kept as a string.
    Decimal,
    /// Within 32 bits.
    Int,
    Long,
    Float,
    Bool,
    Base64,
    /// A code of this table of `standards/code-tables`.
    Code(String),
    Object(ObjectType),
    List(Box<Self>),
}

/// A nested object; its GraphQL name is `<Type><Property>`.
#[derive(Debug, Clone)]
pub struct ObjectType {
    pub name: String,
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sensitivity {
    Public,
    #[default]
    Internal,
    /// About a natural person: searchable by equality only, through an opaque key.
    Personal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mask {
    Name,
    Code,
    All,
}

/// What an index slot allows of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    pub slot: Slot,
    /// Range comparisons and ordering.
    pub order: bool,
    /// `startsWith` (and `contains`, beside another predicate).
    pub prefix: bool,
    /// The slot holds an opaque key instead of the value.
    pub opaque: bool,
}

/// A column of the index: its family and its number, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    pub family: SlotFamily,
    pub number: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SlotFamily {
    /// Strings, codes, booleans (`true`/`false`) and opaque keys; compared by bytes.
    Text,
    /// ISO dates and UTC date-times as text.
    Date,
    /// Integers, and decimals and numbers scaled by [`NUMBER_SCALE`].
    Number,
}

impl SlotFamily {
    /// How many searchable fields of this family a type may have.
    pub const fn limit(self) -> u8 {
        match self {
            Self::Text => 8,
            Self::Date | Self::Number => 4,
        }
    }

    /// The family in which values of `kind` are indexed; None: no index form.
    pub const fn of(kind: &FieldKind) -> Option<Self> {
        match kind {
            FieldKind::Text | FieldKind::Bool | FieldKind::Code(_) => Some(Self::Text),
            FieldKind::Date | FieldKind::DateTime => Some(Self::Date),
            FieldKind::Decimal | FieldKind::Int | FieldKind::Long | FieldKind::Float => Some(Self::Number),
            FieldKind::Base64 | FieldKind::Object(_) | FieldKind::List(_) => None,
        }
    }
}

/// Decimals lie in the index as integers: value × 10^6, so that both databases compare alike.
pub const NUMBER_SCALE: u32 = 6;

/// Which field lies in which slot. Kept from version to version; a slot is not given to another field while rows remain.
pub type SlotMap = IndexMap<String, Slot>;
