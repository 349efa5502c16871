//! Every signature of the document is of these bytes and of its signer's key.

use super::{Finding, document_coverage::without_signature, signer_chain, signer_is_issuer};
use crate::{
    facts::{DocumentFacts, Facts, Proven, SignatureFacts},
    report::Reason,
};

pub(super) fn run(facts: &DocumentFacts<'_>) -> Finding {
    if facts.signatures.is_empty() {
        return without_signature(facts);
    }
    Finding::worst(facts.signatures.iter().map(holds))
}

fn holds(one: &SignatureFacts<'_>) -> Finding {
    let place = || ("where", one.of.place.clone());
    match &one.outcome {
        Proven::Holds => Finding::ok(),
        Proven::OtherContent => Finding::failed(Reason::new("DOCUMENT_CHANGED", [place()])),
        Proven::OtherKey => Finding::failed(Reason::new("SIG_CRYPTO_FAILURE", [])),
        Proven::Foreign(what) => Finding::unknown(Reason::new("FOREIGN_ALGORITHM", [place(), ("what", what.clone())])),
        Proven::Unreadable(what) => Finding::failed(Reason::new("FORMAT_FAILURE", [place(), ("what", what.clone())])),
    }
}

/// Every signer leads to a trusted root, at the time that is proven or else now.
pub(super) fn chain(facts: &DocumentFacts<'_>) -> Finding {
    match facts.signatures.as_slice() {
        [] => Finding::not_applicable("NO_SIGNATURE"),
        all => Finding::worst(all.iter().map(|one| signer_chain::finding(one.signer.as_ref()))),
    }
}

/// The newest signature is that of the issuer whom the data inside name.
pub(super) fn is_issuer(facts: &Facts<'_>, document: &DocumentFacts<'_>) -> Finding {
    let Some(newest) = document.signatures.last() else {
        return Finding::not_applicable("NO_SIGNATURE");
    };
    let statement = facts.certificate.as_ref().and_then(|certificate| certificate.statement.as_ref().ok());
    match statement {
        Some(statement) => signer_is_issuer::finding(newest.signer.as_ref(), &statement.issuer.code),
        None => Finding::unread(),
    }
}
