//! The file is what every reader takes it for: one document, with nothing repaired, hidden or beside it.

use super::Finding;
use crate::{document::Form, facts::DocumentFacts, report::Reason};

/// Nothing departs from the strict form.
pub(super) fn strict(facts: &DocumentFacts<'_>) -> Finding {
    match facts.document.faults.as_slice() {
        [] => Finding::ok(),
        faults => Finding::failed(reason("FORMAT_FAILURE", facts, faults)),
    }
}

/// Nothing is there that the standard allows and that may deceive. The signer may have been shown something else than is shown now:
/// that is no forgery, and no document to rely on.
pub(super) fn plain(facts: &DocumentFacts<'_>) -> Finding {
    match facts.document.suspicious.as_slice() {
        [] => Finding::ok(),
        found => Finding::unknown(reason("DOCUMENT_SUSPICIOUS", facts, found)),
    }
}

fn reason(code: &'static str, facts: &DocumentFacts<'_>, found: &[String]) -> Reason {
    let form = match facts.document.form {
        Form::Pdf => "PDF",
        Form::Ofd => "OFD",
    };
    Reason::new(code, [("where", form.to_owned()), ("what", found.join("; "))])
}
