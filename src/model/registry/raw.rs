//! The two keywords as written: `x-certificate` at the root, `x-field` on a property.
//!
//! Every section is read by itself, so that a faulty one does not hide the faults of the others; what cannot be read the
//! meta-schema stage has already reported.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use verify::status::CertificateStatus;

use super::{Grade, Kind, Mask, Operation, Sensitivity};

/// The section `name` of `x-certificate`; None when it is absent or not of its shape.
pub(super) fn section<T: DeserializeOwned>(root: &Value, name: &str) -> Option<T> {
    T::deserialize(root.get("x-certificate")?.get(name)?).ok()
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawTitle {
    Zh(String),
    Both { zh: String, en: Option<String> },
}

#[derive(Deserialize)]
pub(super) struct RawAuthority {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) level: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawSource {
    From { from: String },
    Rule { rule: RawRule },
    Constant { constant: String },
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum RawRule {
    Title,
    IssuedOn,
    Validity,
    OpenEnded,
    IssueDay,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawMetadata {
    pub(super) name: Option<RawSource>,
    pub(super) issued_on: Option<RawSource>,
    pub(super) valid_from: Option<RawSource>,
    pub(super) valid_to: Option<RawSource>,
    pub(super) holders: RawHolders,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawHolders {
    One(RawHolder),
    Several(Vec<RawHolder>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawHolder {
    pub(super) each: Option<String>,
    pub(super) name: RawSource,
    pub(super) code: RawSource,
    pub(super) code_type: RawSource,
    pub(super) code_absent: Option<RawSource>,
}

#[derive(Deserialize, Default)]
pub(super) struct RawNumber {
    pub(super) from: Option<String>,
    pub(super) template: Option<String>,
    pub(super) pattern: Option<String>,
    pub(super) example: Option<String>,
    pub(super) scope: Option<String>,
    #[serde(default)]
    pub(super) grade: Option<Grade>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawSerial {
    pub(super) template: Option<String>,
    pub(super) number_digits: Option<usize>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawValidity {
    pub(super) period: Option<String>,
    pub(super) less: Option<String>,
    #[serde(default)]
    pub(super) open_ended: bool,
    pub(super) latest: Option<String>,
    pub(super) age_cap: Option<RawAgeCap>,
    pub(super) range: Option<String>,
    pub(super) grade: Option<Grade>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawAgeCap {
    pub(super) years: u32,
    pub(super) birth_date: String,
    pub(super) less: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawStatus {
    pub(super) scheme: String,
    pub(super) initial: String,
    pub(super) issue_operation: Option<String>,
    pub(super) transitions: IndexMap<Operation, RawTransition>,
}

#[derive(Deserialize)]
pub(super) struct RawTransition {
    pub(super) from: Vec<String>,
    #[serde(default)]
    pub(super) to: Vec<String>,
    pub(super) operation: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawRelation {
    pub(super) name: String,
    pub(super) title: RawTitle,
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) by: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawHolderRule {
    pub(super) code: String,
    pub(super) kind: String,
    pub(super) property: String,
    #[serde(default)]
    pub(super) among: IndexMap<String, Vec<String>>,
    pub(super) status: Option<Vec<CertificateStatus>>,
    pub(super) message: RawTitle,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RawCatalogue {
    pub(super) holder_category: Option<String>,
    pub(super) issuing_level: Option<String>,
    pub(super) category: Option<String>,
    pub(super) related_items: Vec<RawItem>,
}

#[derive(Deserialize)]
pub(super) struct RawItem {
    pub(super) name: String,
    pub(super) code: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawSealing {
    pub(super) mode: String,
    pub(super) seal: Option<String>,
    pub(super) signer: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawLookup {
    pub(super) sufficient: Vec<Vec<String>>,
}

/// `x-field`.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RawField {
    pub(super) title_en: Option<String>,
    pub(super) short_name: Option<String>,
    pub(super) group: Option<String>,
    pub(super) codes: Option<String>,
    pub(super) sensitivity: Option<Sensitivity>,
    pub(super) mask: Option<Mask>,
    pub(super) searchable: Option<RawSearchable>,
    pub(super) printed: Option<bool>,
    pub(super) grade: Option<Grade>,
    pub(super) note: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawSearchable {
    Whole(bool),
    Parts(Vec<RawSearch>),
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawSearch {
    Eq,
    Order,
    Prefix,
}

impl From<RawTitle> for super::types::Title {
    fn from(raw: RawTitle) -> Self {
        match raw {
            RawTitle::Zh(zh) => Self { zh, en: None },
            RawTitle::Both { zh, en } => Self { zh, en },
        }
    }
}

/// The root's own plain sections.
pub(super) fn kind(root: &Value) -> Kind {
    section(root, "kind").unwrap_or_default()
}
