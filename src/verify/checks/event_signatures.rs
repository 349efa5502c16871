//! Every status event is signed as the certificate is: by its issuer, under a trusted root.

use super::{Finding, signature, signer_chain, signer_is_issuer};
use crate::{
    facts::CertificateFacts,
    report::{Outcome, Reason},
};

pub(super) fn run(facts: &CertificateFacts<'_>) -> Finding {
    if facts.events.is_empty() {
        return Finding::not_applicable("NO_EVENTS");
    }
    let issuer = facts.statement.as_ref().ok().map(|statement| statement.issuer.code.as_str());
    let mut unknown = None;
    for (place, event) in facts.events.iter().enumerate() {
        let signer = event.signer.as_ref();
        let is_issuer = issuer.map_or_else(Finding::unread, |issuer| signer_is_issuer::finding(signer, issuer));
        for finding in [signature::finding(signer), signer_chain::finding(signer), is_issuer] {
            match finding.outcome {
                Outcome::Failed => return at(place, finding),
                Outcome::Unknown => unknown = unknown.or(Some(at(place, finding))),
                Outcome::Ok | Outcome::NotApplicable => {}
            }
        }
    }
    unknown.unwrap_or_else(Finding::ok)
}

/// Says which event, counted from 1.
pub(super) fn at(place: usize, finding: Finding) -> Finding {
    let detail = finding.detail.map(|Reason { code, mut params }| {
        params.insert("event", (place + 1).to_string());
        Reason { code, params }
    });
    Finding { outcome: finding.outcome, detail }
}
