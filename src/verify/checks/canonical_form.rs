//! The signed texts are RFC 8785, byte for byte: what one parser reads, every parser reads.

use super::Finding;
use crate::{facts::CertificateFacts, report::Reason, statement::StatementError};

pub(super) fn run(facts: &CertificateFacts<'_>) -> Finding {
    let certificate = facts.statement.as_ref().err().map(|error| ("statement".to_owned(), error));
    let events = facts
        .events
        .iter()
        .enumerate()
        .filter_map(|(place, event)| event.statement.as_ref().err().map(|error| (format!("events[{place}].statement"), error)));
    for (place, error) in certificate.into_iter().chain(events) {
        if let StatementError::Canonical(error) = error {
            let params = [("where", place), ("what", error.to_string())];
            return Finding::failed(Reason::new("FORMAT_FAILURE", params));
        }
    }
    Finding::ok()
}
