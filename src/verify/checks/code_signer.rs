//! Who signed the code: a signer under a trusted root, of the issuer that the identifier names.

use super::{Finding, signer_chain, signer_is_issuer};
use crate::facts::{CodeFacts, Facts};

/// Codes are printed, and outlive the certificates of their signers: beside the certificate that is no fault.
pub(super) fn chain(facts: &Facts<'_>, code: &CodeFacts<'_>) -> Finding {
    match &code.signer {
        None => Finding::not_applicable("NO_SIGNATURE"),
        signer => signer_chain::finding(signer.as_ref()).unless_beside(facts),
    }
}

pub(super) fn is_issuer(_: &Facts<'_>, code: &CodeFacts<'_>) -> Finding {
    match (&code.signer, &code.identifier) {
        (None, _) => Finding::not_applicable("NO_SIGNATURE"),
        (Some(_), None) => Finding::unread(),
        (signer, Some(parsed)) => signer_is_issuer::finding(signer.as_ref(), parsed.identifier.issuer()),
    }
}
