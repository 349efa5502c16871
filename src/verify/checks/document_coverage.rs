//! What is shown is what was signed: the newest signature covers the whole document, and after an older one came nothing but what
//! signing again needs.

use super::Finding;
use crate::{document::Covered, facts::DocumentFacts, report::Reason};

pub(super) fn run(facts: &DocumentFacts<'_>) -> Finding {
    if facts.signatures.is_empty() {
        return without_signature(facts);
    }
    let not_covered = |place: &str, what: &str| {
        let params = [("place", place.to_owned()), ("what", what.to_owned())];
        Finding::failed(Reason::new("DOCUMENT_NOT_COVERED", params))
    };
    for one in facts.signatures.iter().map(|one| one.of) {
        if let Covered::Broken(what) | Covered::EarlierThen(what) = &one.covered {
            return not_covered(&one.place, what);
        }
    }
    Finding::ok()
}

/// A document without signatures is unsigned; one with the marks of a signature had it broken.
pub(super) fn without_signature(facts: &DocumentFacts<'_>) -> Finding {
    if facts.document.unsigned {
        return Finding::unknown(Reason::new("DOCUMENT_UNSIGNED", []));
    }
    Finding::failed(Reason::new("DOCUMENT_SIGNATURE_BROKEN", []))
}
