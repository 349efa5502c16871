//! The attack table: every generated case and the fact that must stop it. The tests of the verifier include it too, with documents
//! that pass when they are left alone, and write the page `attacks.md`.

use std::collections::BTreeSet;

use super::{
    bombs, cases, later,
    maker::{Form, signed},
    processor, structure,
};
use crate::pdf::{After, Coverage, Limits, PdfFault, read};

/// One attack.
pub(super) struct Case {
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    /// The fact that must be among what stops it.
    stopped: &'static str,
}

pub(super) fn case(class: &'static str, name: impl Into<String>, bytes: Vec<u8>, stopped: &'static str) -> Case {
    Case { class, name: name.into(), bytes, stopped }
}

pub(super) fn all() -> Vec<Case> {
    [cases::usf(), later::isa(), cases::swa(), later::shadow(), later::certified(), structure::differentials(), bombs::bombs()]
        .into_iter()
        .flatten()
        .collect()
}

/// The name of a variant.
fn variant(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// Every fact that keeps a file from being taken as wholly and strictly signed; empty for a right one.
pub(super) fn facts(bytes: &[u8]) -> BTreeSet<String> {
    let pdf = match read(bytes, &Limits::default()) {
        Ok(pdf) => pdf,
        Err(PdfFault::Limit { which, .. }) => return [format!("limit {}", variant(&which))].into(),
        Err(PdfFault::NotPdf) => return ["not a PDF".to_owned()].into(),
    };
    let mut facts: BTreeSet<String> = pdf.structure.iter().map(|fault| format!("structure {}", variant(&fault.what))).collect();
    facts.extend(pdf.hints.iter().map(|hint| format!("hint {}", variant(&hint.mark))));
    facts.extend(pdf.suspicious.iter().map(|found| format!("suspicious {}", variant(&found.what))));
    facts.extend(pdf.embedded_files.iter().filter_map(|file| Some(format!("embedded {}", variant(file.content.as_ref().err()?)))));
    for signature in &pdf.signatures {
        match (&signature.coverage, &signature.after) {
            (Coverage::Broken { why }, _) => _ = facts.insert(format!("coverage {}", variant(why))),
            (Coverage::Revision { .. }, Some(After::Other(changes))) => {
                facts.insert("covers a revision".to_owned());
                facts.extend(changes.iter().map(|change| format!("after {}", variant(&change.what))));
            }
            (Coverage::Revision { .. }, _) => _ = facts.insert("covers a revision".to_owned()),
            (Coverage::WholeFile, _) => {}
        }
        assert_eq!(signature.digest.is_some(), !matches!(signature.coverage, Coverage::Broken { .. }));
        assert_eq!(signature.covered(bytes).is_some(), signature.digest.is_some());
    }
    if pdf.signatures.is_empty() {
        facts.insert("no signature".to_owned());
    }
    facts
}

#[test]
fn a_right_file_has_no_such_fact() {
    for form in [Form::Table, Form::Stream] {
        assert_eq!(facts(&signed(form).bytes), BTreeSet::new());
    }
}

#[test]
fn every_attack_is_stopped() {
    let mut unstopped = Vec::new();
    for case in all() {
        let begin = processor::used();
        let facts = facts(&case.bytes);
        let time = processor::used() - begin;
        let stopped = facts.iter().any(|fact| fact.starts_with(case.stopped));
        if !stopped || time.as_secs() >= 2 {
            unstopped.push(format!("{} {}: {} expected, {facts:?} found in {time:?}", case.class, case.name, case.stopped));
        }
    }
    assert_eq!(unstopped, Vec::<String>::new());
}
