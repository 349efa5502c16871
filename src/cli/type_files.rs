//! Type files from the command line, and the other types they relate to.

use std::path::{Path, PathBuf};

use model::registry::{CertificateType, Registry, SourceFile, State, resolve};
use model::registry::{Diagnostic, render};
use std::sync::Arc;
use verify::messages::Lang;

use super::{CliError, words::pick};
use crate::demo::types::embedded;

/// Where other types are looked for when no folder is named.
const SCHEMA: &str = "schema";

/// What came of checking files.
pub(super) struct Checked {
    /// The types of the files named, in their order; None when one is faulty.
    pub(super) types: Option<Vec<Arc<CertificateType>>>,
    /// All sound types: those named and those beside them.
    pub(super) registry: Registry,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// For rendering: the files that diagnostics name.
    pub(super) files: Vec<SourceFile>,
    /// Faulty files of the folder that were not checked with.
    left_out: Vec<String>,
}

impl Checked {
    pub(super) fn print(&self, lang: Lang) {
        self.print_left_out(lang);
        eprint!("{}", render(&self.diagnostics, &self.files, lang));
    }

    pub(super) fn print_left_out(&self, lang: Lang) {
        for file in &self.left_out {
            eprintln!(
                "{}{file}",
                pick(lang, "注意：另一类型文件有误，未参与检查：", "note: another type file is faulty and was left out: ")
            );
        }
    }
}

/// Checks files together with the types of a folder, so that relations resolve. A faulty type of the folder is left out.
///
/// # Errors
/// A file or the folder cannot be read.
pub(super) fn check(named: &[PathBuf], with: Option<&Path>) -> Result<Checked, CliError> {
    check_read(named.iter().map(|file| read(file)).collect::<Result<_, _>>()?, with)
}

/// As [`check`], of files that have been read.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn check_read(named: Vec<SourceFile>, with: Option<&Path>) -> Result<Checked, CliError> {
    let folder = match with {
        Some(folder) => folder_files(folder)?,
        None if Path::new(SCHEMA).is_dir() => folder_files(Path::new(SCHEMA))?,
        None => embedded(),
    };
    let names: Vec<_> = named.iter().filter_map(|file| type_name(&file.text)).collect();
    let mut others: Vec<SourceFile> = folder
        .into_iter()
        .filter(|file| type_name(&file.text).is_none_or(|name| !names.contains(&name)))
        .filter(|file| !named.iter().any(|known| same_file(&known.name, &file.name)))
        .collect();
    let mut left_out = Vec::new();
    loop {
        let files: Vec<SourceFile> = named.iter().chain(&others).cloned().collect();
        match resolve(&files, &Registry::empty()) {
            Ok(resolved) => {
                let registry = resolved.types.iter().fold(Registry::empty(), |known, ty| known.with(Arc::clone(ty), State::Published));
                let types = named.iter().filter_map(|file| resolved.types.iter().find(|ty| *ty.source == *file.text)).cloned().collect();
                let diagnostics =
                    resolved.warnings.into_iter().filter(|warning| named.iter().any(|file| file.name == warning.file)).collect();
                return Ok(Checked { types: Some(types), registry, diagnostics, files, left_out });
            }
            Err(diagnostics) => {
                let faulty = |file: &SourceFile| diagnostics.iter().any(|found| found.is_error() && found.file == file.name);
                let (dropped, kept): (Vec<_>, Vec<_>) = others.into_iter().partition(&faulty);
                let last = dropped.is_empty() || named.iter().any(faulty);
                left_out.extend(dropped.iter().map(|file| file.name.clone()));
                if last {
                    let shown = diagnostics.into_iter().filter(|found| named.iter().any(|file| file.name == found.file)).collect();
                    return Ok(Checked { types: None, registry: Registry::empty(), diagnostics: shown, files, left_out });
                }
                others = kept;
            }
        }
    }
}

/// All types of a folder (default `schema`, else those in the program).
///
/// # Errors
/// The folder cannot be read; a type in it is faulty: then its diagnostics have been printed.
pub(super) fn registry(folder: Option<&Path>, lang: Lang) -> Result<Registry, CliError> {
    let checked = check(&[], folder)?;
    checked.print(lang);
    if checked.types.is_none() {
        return Err(CliError::failed("类型文件有误", "a type file is faulty"));
    }
    Ok(checked.registry)
}

/// # Errors
/// The file cannot be read or is not UTF-8.
pub(super) fn read(file: &Path) -> Result<SourceFile, CliError> {
    let text = std::fs::read_to_string(file).map_err(|error| CliError::Unreadable { file: file.into(), error })?;
    Ok(SourceFile { name: file.display().to_string(), text })
}

/// The GraphQL name that a type file gives, read leniently: what is wrong with the file is said elsewhere.
pub(super) fn type_name(text: &str) -> Option<String> {
    let file: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(file.get("x-certificate")?.get("name")?.as_str()?.to_owned())
}

/// Every `*.json` of a folder, by name.
fn folder_files(folder: &Path) -> Result<Vec<SourceFile>, CliError> {
    let unreadable = |error| CliError::Unreadable { file: folder.into(), error };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "json") && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn same_file(left: &str, right: &str) -> bool {
    match (std::fs::canonicalize(left), std::fs::canonicalize(right)) {
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}
