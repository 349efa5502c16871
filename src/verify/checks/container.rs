//! The envelope keeps its limits, also when it was put together by a program and never read from a file.

use super::Finding;
use crate::{
    chain,
    envelope::{MAX_ATTACHMENTS, MAX_EVENTS, MAX_SIZE, SignatureBlock},
    facts::CertificateFacts,
    report::Reason,
};

pub(super) fn run(facts: &CertificateFacts<'_>) -> Finding {
    let envelope = facts.envelope;
    let size = envelope.statement.len()
        + envelope.events.iter().map(|event| event.statement.len()).sum::<usize>()
        + envelope.as_of.as_ref().map_or(0, |as_of| as_of.statement.len())
        + envelope.attachments.values().map(Vec::len).sum::<usize>();
    let blocks =
        || envelope.signature.iter().chain(envelope.events.iter().chain(&envelope.as_of).filter_map(|event| event.signature.as_ref()));
    let limits = [
        ("statement", size, MAX_SIZE),
        ("events", envelope.events.len(), MAX_EVENTS),
        ("attachments", envelope.attachments.len(), MAX_ATTACHMENTS),
        ("certificates", blocks().map(|block| block.certificates.len()).max().unwrap_or(0), chain::MAX_LENGTH),
    ];
    if let Some((what, found, limit)) = limits.into_iter().find(|(_, found, limit)| found > limit) {
        let params = [("where", what.to_owned()), ("what", format!("{found} > {limit}"))];
        return Finding::failed(Reason::new("FORMAT_FAILURE", params));
    }
    if blocks().any(without_signer) {
        let params = [("where", "signature.certificates".to_owned()), ("what", "[]".to_owned())];
        return Finding::failed(Reason::new("FORMAT_FAILURE", params));
    }
    Finding::ok()
}

fn without_signer(block: &SignatureBlock) -> bool {
    block.certificates.is_empty()
}
