//! Who signed is who issued: the credit code in the signer's certificate is the issuer's.

use super::Finding;
use crate::{
    chain::ChainOutcome,
    facts::{CertificateFacts, SignerFacts},
    report::Reason,
};

pub(super) fn run(facts: &CertificateFacts<'_>) -> Finding {
    match &facts.statement {
        Ok(statement) => finding(facts.signer.as_ref(), &statement.issuer.code),
        Err(_) => Finding::unread(),
    }
}

pub(super) fn finding(signer: Option<&SignerFacts>, issuer: &str) -> Finding {
    let Some(signer) = signer else {
        return Finding::unknown(Reason::new("NO_SIGNATURE", []));
    };
    let differs = |found: &str| Reason::new("SIGNER_NOT_ISSUER", [("signer", found.to_owned()), ("issuer", issuer.to_owned())]);
    match &signer.organisation_code {
        Some(code) if code == issuer => Finding::ok(),
        Some(code) => Finding::failed(differs(code)),
        // A foreign authority may write its certificates otherwise; one under our roots may not.
        None if matches!(signer.chain, ChainOutcome::Trusted { .. }) => Finding::failed(differs("–")),
        None => Finding::unknown(differs("–")),
    }
}
