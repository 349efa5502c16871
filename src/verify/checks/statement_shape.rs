//! The signed texts are the objects of format version 1, with nothing missing and nothing unknown.

use super::Finding;
use crate::{facts::CertificateFacts, report::Reason, statement::StatementError};

pub(super) fn run(facts: &CertificateFacts<'_>) -> Finding {
    let certificate = facts.statement.as_ref().err().map(|error| ("statement".to_owned(), error));
    let events = facts
        .events
        .iter()
        .enumerate()
        .filter_map(|(place, event)| event.statement.as_ref().err().map(|error| (format!("events[{place}].statement"), error)));
    let mut unread = false;
    for (place, error) in certificate.into_iter().chain(events) {
        match error {
            StatementError::Canonical(_) => unread = true,
            StatementError::Members(_) | StatementError::Value { .. } => {
                let params = [("where", place), ("what", error.to_string())];
                return Finding::failed(Reason::new("FORMAT_FAILURE", params));
            }
        }
    }
    if unread { Finding::unread() } else { Finding::ok() }
}
