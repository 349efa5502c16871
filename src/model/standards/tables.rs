//! The national dictionary: code tables, status schemes, and the dictionaries of the standards, read from `standards/`.
//!
//! The files are compiled in. A table or scheme is one file in its folder and nothing else; a new file is seen when this
//! crate is compiled next (a test compares the folders with what was compiled in).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use verify::messages::Lang;
use verify::status::CertificateStatus;

use super::dictionary::{Catalogue, Metadata, Results};
use super::text::{Grade, Text, pick};

static CODE_TABLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../standards/code-tables");
static STATUS_SCHEMES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../standards/status-schemes");
const METADATA: &str = include_str!("../../../standards/metadata.json");
const CATALOGUE: &str = include_str!("../../../standards/catalogue.json");
const RESULTS: &str = include_str!("../../../standards/results.json");

/// The whole dictionary.
#[derive(Debug, Clone)]
pub struct Standards {
    tables: BTreeMap<String, CodeTable>,
    schemes: BTreeMap<String, StatusScheme>,
    metadata: Metadata,
    catalogue: Catalogue,
    results: Results,
}

/// A list of codes and what they mean.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeTable {
    /// The name type files use, UpperCamelCase.
    pub table: String,
    pub title: Text,
    pub source: Text,
    pub grade: Grade,
    /// Whether the list is known to be whole; other codes may be met where it is not.
    pub complete: bool,
    pub note: Option<Text>,
    pub codes: Vec<Code>,
}

/// One code of a table.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    pub code: String,
    pub zh: String,
    pub en: String,
    pub category: Option<Text>,
    pub subcategory: Option<Text>,
    /// A one-character short name, as provinces have it in certificate numbers.
    pub short: Option<String>,
    /// Where it differs from the table's.
    pub grade: Option<Grade>,
    pub note: Option<Text>,
}

/// The status codes of a kind of certificate, each with the normalised status. The same code means different things in
/// different schemes, so a code is never read without its scheme.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StatusScheme {
    /// The name type files use, UpperCamelCase.
    pub scheme: String,
    pub title: Text,
    pub source: Text,
    pub grade: Grade,
    /// How well the assignment to the normalised status is known; it is this project's reading.
    pub mapping_grade: Grade,
    /// Whether the list is known to be whole.
    pub complete: bool,
    pub note: Option<Text>,
    pub codes: Vec<SchemeCode>,
}

/// One code of a status scheme.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeCode {
    pub code: String,
    pub zh: String,
    pub en: String,
    pub status: CertificateStatus,
    /// Where it differs from the scheme's.
    pub grade: Option<Grade>,
    pub note: Option<Text>,
}

/// What is wrong with the dictionary's files.
#[derive(Debug, Error)]
pub enum StandardsFault {
    #[error("{file} cannot be read: {fault}")]
    Unreadable { file: String, fault: serde_json::Error },
    #[error("{file} is not UTF-8")]
    NotText { file: String },
    #[error("two files name the list {name}")]
    SameName { name: String },
    #[error("{file} should be named {expected}.json after the list in it")]
    FileName { file: String, expected: String },
    #[error("{list} is not UpperCamelCase ASCII")]
    ListName { list: String },
    #[error("{list} has no codes")]
    Empty { list: String },
    #[error("{list} has {entry} twice")]
    Duplicate { list: String, entry: String },
    #[error("{list}: {entry} lacks its text in Chinese or in English")]
    MissingText { list: String, entry: String },
    #[error("{list}: {entry} names the code table {table}, which does not exist")]
    UnknownTable { list: String, entry: String, table: String },
}

/// The dictionary's files: name and content.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    pub code_tables: &'a [(&'a str, &'a [u8])],
    pub status_schemes: &'a [(&'a str, &'a [u8])],
    pub metadata: &'a str,
    pub catalogue: &'a str,
    pub results: &'a str,
}

static EMBEDDED: LazyLock<Standards> = LazyLock::new(|| {
    let code_tables = files_of(&CODE_TABLES);
    let status_schemes = files_of(&STATUS_SCHEMES);
    let files =
        Files { code_tables: &code_tables, status_schemes: &status_schemes, metadata: METADATA, catalogue: CATALOGUE, results: RESULTS };
    // The files are part of the program, and a test reads and checks them: no input reaches this.
    Standards::read(files).unwrap_or_else(|fault| panic!("the compiled-in dictionary is broken: {fault}"))
});

impl Standards {
    /// The dictionary that is compiled in, read once.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads a dictionary. What the files say is judged by [`Self::check`].
    ///
    /// # Errors
    /// The first file that is not JSON of its shape (an unknown grade or status is such a fault), or is misnamed.
    pub fn read(files: Files<'_>) -> Result<Self, StandardsFault> {
        Ok(Self {
            tables: lists(files.code_tables, |table: &CodeTable| &table.table)?,
            schemes: lists(files.status_schemes, |scheme: &StatusScheme| &scheme.scheme)?,
            metadata: json("metadata.json", files.metadata)?,
            catalogue: json("catalogue.json", files.catalogue)?,
            results: json("results.json", files.results)?,
        })
    }

    pub fn table(&self, name: &str) -> Option<&CodeTable> {
        self.tables.get(name)
    }

    pub fn scheme(&self, name: &str) -> Option<&StatusScheme> {
        self.schemes.get(name)
    }

    /// All code tables, by name.
    pub fn tables(&self) -> impl Iterator<Item = &CodeTable> {
        self.tables.values()
    }

    /// All status schemes, by name.
    pub fn schemes(&self) -> impl Iterator<Item = &StatusScheme> {
        self.schemes.values()
    }

    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub fn results(&self) -> &Results {
        &self.results
    }

    /// Every fault of content: doubled codes, missing texts, names that are no names, references to nowhere.
    pub fn check(&self) -> Vec<StandardsFault> {
        let mut faults = Vec::new();
        for table in self.tables.values() {
            let list = &table.table;
            check_head(&mut faults, list, [&table.title, &table.source], table.note.as_ref());
            let codes = &table.codes;
            check_rows(&mut faults, list, codes, |code| (&code.code, [&code.zh, &code.en]));
            for code in codes {
                let extra = [&code.category, &code.subcategory, &code.note];
                check_texts(&mut faults, list, &code.code, extra.into_iter().flatten());
            }
        }
        for scheme in self.schemes.values() {
            let list = &scheme.scheme;
            check_head(&mut faults, list, [&scheme.title, &scheme.source], scheme.note.as_ref());
            check_rows(&mut faults, list, &scheme.codes, |code| (&code.code, [&code.zh, &code.en]));
            for code in &scheme.codes {
                check_texts(&mut faults, list, &code.code, &code.note);
            }
        }
        self.check_dictionaries(&mut faults);
        faults
    }

    fn check_dictionaries(&self, faults: &mut Vec<StandardsFault>) {
        let (metadata, catalogue, results) = (&self.metadata, &self.catalogue, &self.results);
        check_texts(faults, "metadata.json", "title or source", [&metadata.title, &metadata.source]);
        check_texts(faults, "catalogue.json", "title or source", [&catalogue.title, &catalogue.source]);
        check_texts(faults, "results.json", "title or source", [&results.title, &results.source]);
        check_rows(faults, "metadata.json", &metadata.elements, |row| (&row.key, [&row.zh, &row.en]));
        check_rows(faults, "metadata.json rules", &metadata.rules, |row| (&row.name, [&row.zh, &row.en]));
        check_rows(faults, "catalogue.json", &catalogue.items, |row| (&row.key, [&row.zh, &row.en]));
        check_rows(faults, "results.json information", &results.information, |row| (row.code, [&row.zh, &row.en]));
        check_rows(faults, "results.json file", &results.file, |row| (row.code, [&row.zh, &row.en]));
        for head in &results.head {
            let list = format!("results.json head {}", head.set);
            check_texts(faults, &list, "title", [&head.title]);
            check_rows(faults, &list, &head.codes, |row| (row.code, [&row.zh, &row.en]));
        }
        let short_names = metadata.elements.iter().flat_map(|element| element.short_name.iter().chain(&element.aliases));
        check_once(faults, "metadata.json short names", short_names);
        for item in &catalogue.items {
            if let Some(table) = item.codes.as_ref().filter(|table| !self.tables.contains_key(*table)) {
                let (list, entry) = ("catalogue.json".to_owned(), item.key.clone());
                faults.push(StandardsFault::UnknownTable { list, entry, table: table.clone() });
            }
        }
    }
}

impl CodeTable {
    pub fn code(&self, code: &str) -> Option<&Code> {
        self.codes.iter().find(|known| known.code == code)
    }

    /// What a code means.
    pub fn label(&self, code: &str, lang: Lang) -> Option<&str> {
        self.code(code).map(|known| pick(&known.zh, &known.en, lang))
    }
}

impl StatusScheme {
    pub fn code(&self, code: &str) -> Option<&SchemeCode> {
        self.codes.iter().find(|known| known.code == code)
    }

    /// What a code means.
    pub fn label(&self, code: &str, lang: Lang) -> Option<&str> {
        self.code(code).map(|known| pick(&known.zh, &known.en, lang))
    }

    /// The normalised status of a code.
    pub fn status(&self, code: &str) -> Option<CertificateStatus> {
        self.code(code).map(|known| known.status)
    }
}

fn files_of(folder: &'static Dir<'static>) -> Vec<(&'static str, &'static [u8])> {
    let name = |file: &include_dir::File<'static>| file.path().to_str().unwrap_or_default();
    folder.files().map(|file| (name(file), file.contents())).filter(|(name, _)| name.ends_with(".json")).collect()
}

fn lists<T: DeserializeOwned>(files: &[(&str, &[u8])], name: fn(&T) -> &String) -> Result<BTreeMap<String, T>, StandardsFault> {
    let mut lists = BTreeMap::new();
    for (file, content) in files {
        let text = str::from_utf8(content).map_err(|_| StandardsFault::NotText { file: (*file).to_owned() })?;
        let list: T = json(file, text)?;
        let name = name(&list).clone();
        if lists.insert(name.clone(), list).is_some() {
            return Err(StandardsFault::SameName { name });
        }
        let expected = file_stem(&name);
        if file.strip_suffix(".json") != Some(&expected) {
            return Err(StandardsFault::FileName { file: (*file).to_owned(), expected });
        }
    }
    Ok(lists)
}

/// `HolderCodeType` lies in `holder-code-type.json`.
fn file_stem(name: &str) -> String {
    let mut stem = String::new();
    for (index, character) in name.char_indices() {
        if character.is_ascii_uppercase() && index > 0 {
            stem.push('-');
        }
        stem.push(character.to_ascii_lowercase());
    }
    stem
}

fn json<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, StandardsFault> {
    serde_json::from_str(text).map_err(|fault| StandardsFault::Unreadable { file: file.to_owned(), fault })
}

fn check_head(faults: &mut Vec<StandardsFault>, list: &str, texts: [&Text; 2], note: Option<&Text>) {
    let camel = list.starts_with(|c: char| c.is_ascii_uppercase()) && list.chars().all(|c| c.is_ascii_alphanumeric());
    if !camel {
        faults.push(StandardsFault::ListName { list: list.to_owned() });
    }
    check_texts(faults, list, "title, source or note", texts.into_iter().chain(note));
}

fn check_rows<'a, T, K: ToString>(
    faults: &mut Vec<StandardsFault>,
    list: &str,
    rows: &'a [T],
    read: impl Fn(&'a T) -> (K, [&'a String; 2]),
) {
    if rows.is_empty() {
        faults.push(StandardsFault::Empty { list: list.to_owned() });
    }
    check_once(faults, list, rows.iter().map(|row| read(row).0.to_string()));
    for row in rows {
        let (key, texts) = read(row);
        if key.to_string().trim().is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
            faults.push(StandardsFault::MissingText { list: list.to_owned(), entry: key.to_string() });
        }
    }
}

fn check_once(faults: &mut Vec<StandardsFault>, list: &str, entries: impl IntoIterator<Item = impl ToString>) {
    let mut seen = BTreeSet::new();
    for entry in entries {
        if !seen.insert(entry.to_string()) {
            faults.push(StandardsFault::Duplicate { list: list.to_owned(), entry: entry.to_string() });
        }
    }
}

fn check_texts<'a>(faults: &mut Vec<StandardsFault>, list: &str, entry: &str, texts: impl IntoIterator<Item = &'a Text>) {
    if texts.into_iter().any(Text::is_incomplete) {
        faults.push(StandardsFault::MissingText { list: list.to_owned(), entry: entry.to_owned() });
    }
}

#[cfg(test)]
mod tests;
