//! Certificate types: a file's text becomes, in named stages, a model that later code need not doubt.
//!
//! `source` (strict JSON with places) → `raw` shapes → [`stages`] → [`types`]. Everything wrong with a file is told at once, as
//! [`Diagnostic`]s with place and advice in both languages. [`names`] makes every GraphQL name that follows from a type.

pub mod changes;
pub mod diagnostic;
mod explain;
mod known;
pub mod names;
pub mod path;
mod pointer;
mod raw;
mod rules;
mod schema;
mod source;
mod stages;
pub mod template;
pub mod types;
pub mod validate;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use changes::{Change, ChangeKind, changes};
pub use diagnostic::{Code, Diagnostic, Message, Severity, render};
pub use known::{Registered, Registry, State};
pub use rules::*;
pub use source::{MAX_BYTES, MAX_DEPTH, SourceFile};
pub use stages::meta_schema::META_SCHEMA;
pub use types::*;
pub use validate::{Fault, validate_data};

/// Types that passed, in the order of their files.
#[derive(Debug, Clone)]
pub struct Resolved {
    pub types: Vec<Arc<CertificateType>>,
    pub warnings: Vec<Diagnostic>,
}

/// Checks a set of files together, against the types already known.
///
/// A file replaces the known type of its name. That type's slots are kept: a field stays in its slot, and the slot of a field
/// that is searchable no more remains in [`CertificateType::slots`], reserved under its old name, since rows may still lie in it.
///
/// # Errors
/// Everything that is wrong with any of the files, warnings included, by file and place.
pub fn resolve(files: &[SourceFile], known: &Registry) -> Result<Resolved, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let mut documents = Vec::new();
    for file in files {
        match source::Document::read(file) {
            Ok(document) => documents.push(document),
            Err(faults) => found.extend(faults),
        }
    }
    let mut drafts: Vec<_> = documents.iter().map(|document| stages::examine(document, known)).collect();
    stages::examine_together(&mut drafts, known);
    let mut types = Vec::new();
    for draft in drafts {
        let (ty, diagnostics) = draft.finish();
        found.extend(diagnostics);
        types.extend(ty.map(Arc::new));
    }
    diagnostic::sort(&mut found, files);
    if found.iter().any(Diagnostic::is_error) {
        return Err(found);
    }
    Ok(Resolved { types, warnings: found })
}
