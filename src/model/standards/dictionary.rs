//! What `metadata.json`, `catalogue.json` and `results.json` hold: elements of GB/T 36903, items of GB/T 36902 and
//! result codes of GB/T 36906.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use verify::messages::Lang;

use super::text::{Grade, Text, pick};

/// The metadata of a certificate, GB/T 36903.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    pub standard: String,
    pub title: Text,
    pub source: Text,
    pub grade: Grade,
    pub elements: Vec<Element>,
    pub rules: Vec<Rule>,
}

/// One metadata element.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Element {
    /// The name this hub uses.
    pub key: String,
    /// The initials used in files and tables, such as `ZZMC`, where one is known.
    pub short_name: Option<String>,
    pub zh: String,
    pub en: String,
    pub group: ElementGroup,
    pub grade: Grade,
    /// English names seen in implementations.
    #[serde(default)]
    pub names_seen: Vec<String>,
    /// Other initials for the same element, as type-level standards have them.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Column widths seen, by kind of system. Not the standard's lengths.
    #[serde(default)]
    pub widths_seen: BTreeMap<String, u32>,
    /// Whether a national push table requires it. Not the standard's obligation.
    pub required_in_push: Option<bool>,
    pub note: Option<Text>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ElementGroup {
    Basic,
    Holder,
    Version,
    Seal,
    UsageCopy,
    Management,
    Lifecycle,
}

/// A convention about metadata, such as the prefix of extension items.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub name: String,
    pub value: String,
    pub zh: String,
    pub en: String,
    pub grade: Grade,
    pub note: Option<Text>,
}

/// The entry of a certificate type in a catalogue, GB/T 36902.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    pub standard: String,
    pub title: Text,
    pub source: Text,
    pub grade: Grade,
    pub items: Vec<CatalogueItem>,
}

/// One item of a catalogue entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CatalogueItem {
    pub key: String,
    pub zh: String,
    pub en: String,
    /// The English name as implementations spell it.
    pub name_seen: String,
    pub required: bool,
    pub grade: Grade,
    /// The code table its values come from.
    pub codes: Option<String>,
    pub max_length_seen: Option<u32>,
    pub note: Option<Text>,
}

/// Result codes of the sharing services, GB/T 36906.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    pub standard: String,
    pub title: Text,
    pub source: Text,
    pub grade: Grade,
    /// Results of verifying certificate information.
    pub information: Vec<ResultCode>,
    /// Results of verifying a certificate file.
    pub file: Vec<ResultCode>,
    /// Head codes, which differ between systems.
    pub head: Vec<HeadCodes>,
}

/// The head codes of one kind of system.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadCodes {
    pub set: String,
    pub title: Text,
    pub grade: Grade,
    pub codes: Vec<ResultCode>,
}

/// One result code.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultCode {
    pub code: i32,
    pub zh: String,
    pub en: String,
    pub grade: Grade,
    /// Seen with different meanings: not an answer this hub gives.
    #[serde(default)]
    pub deviation: bool,
    /// A vendor's addition.
    #[serde(default)]
    pub vendor: bool,
    pub note: Option<Text>,
}

impl Metadata {
    /// The element this hub calls `key`.
    pub fn element(&self, key: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.key == key)
    }

    /// The element whose short name or alias is `name`.
    pub fn by_short_name(&self, name: &str) -> Option<&Element> {
        let named = |element: &&Element| element.short_name.as_deref() == Some(name);
        let also = |element: &&Element| element.aliases.iter().any(|alias| alias == name);
        self.elements.iter().find(named).or_else(|| self.elements.iter().find(also))
    }

    /// The value of a convention: `extensionPrefix`, `valueDelimiter`, `fileMetadata`.
    pub fn rule(&self, name: &str) -> Option<&str> {
        self.rules.iter().find(|rule| rule.name == name).map(|rule| rule.value.as_str())
    }
}

impl Results {
    /// What an information result says; deviations are not answered.
    pub fn information_label(&self, code: i32, lang: Lang) -> Option<&str> {
        label(&self.information, code, lang)
    }

    /// What a file result says.
    pub fn file_label(&self, code: i32, lang: Lang) -> Option<&str> {
        label(&self.file, code, lang)
    }

    /// What a head code of a set (`sharedService`, `realEstate`) says.
    pub fn head_label(&self, set: &str, code: i32, lang: Lang) -> Option<&str> {
        label(&self.head.iter().find(|codes| codes.set == set)?.codes, code, lang)
    }
}

fn label(codes: &[ResultCode], code: i32, lang: Lang) -> Option<&str> {
    let found = codes.iter().find(|known| known.code == code && !known.deviation)?;
    Some(pick(&found.zh, &found.en, lang))
}
