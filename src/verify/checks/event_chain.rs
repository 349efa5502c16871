//! The status events are of this certificate, none is left out before the last, and none has another's place.

use super::Finding;
use crate::{facts::CertificateFacts, report::Reason};

pub(super) fn run(facts: &CertificateFacts<'_>) -> Finding {
    if facts.events.is_empty() {
        return Finding::not_applicable("NO_EVENTS");
    }
    let Ok(certificate) = &facts.statement else {
        return Finding::unread();
    };
    let mut before = facts.statement_digest();
    for (place, event) in facts.events.iter().enumerate() {
        let number = (place + 1).to_string();
        let Ok(statement) = &event.statement else {
            return Finding::unread();
        };
        if statement.identifier != certificate.identifier {
            return Finding::failed(Reason::new("EVENT_OF_ANOTHER_CERTIFICATE", [("event", number)]));
        }
        if usize::try_from(statement.seq) != Ok(place + 1) {
            let params = [("event", number), ("found", statement.seq.to_string())];
            return Finding::failed(Reason::new("EVENT_MISSING", params));
        }
        if statement.previous != *before {
            return Finding::failed(Reason::new("HASH_FAILURE", [("event", number)]));
        }
        before = &event.digest;
    }
    Finding::ok()
}
