//! The signer's certificate leads to a root this hub trusts, and every certificate on the way is in force.

use super::Finding;
use crate::{
    chain::ChainOutcome,
    facts::{CertificateFacts, SignerFacts},
    report::Reason,
};

pub(super) fn run(facts: &CertificateFacts<'_>) -> Finding {
    finding(facts.signer.as_ref())
}

pub(super) fn finding(signer: Option<&SignerFacts>) -> Finding {
    signer.map_or_else(|| Finding::unknown(Reason::new("NO_SIGNATURE", [])), |signer| outcome(&signer.chain))
}

pub(super) fn outcome(chain: &ChainOutcome) -> Finding {
    match chain {
        ChainOutcome::Trusted { .. } => Finding::ok(),
        ChainOutcome::NoTrustedRoot => Finding::unknown(Reason::new("NO_CERTIFICATE_CHAIN_FOUND", [])),
        ChainOutcome::OutOfBounds { subject } => Finding::unknown(Reason::new("OUT_OF_BOUNDS_NO_POE", [("subject", subject.clone())])),
        ChainOutcome::Foreign { place, algorithm } => {
            Finding::unknown(Reason::new("FOREIGN_ALGORITHM", [("where", format!("certificates[{place}]")), ("what", algorithm.clone())]))
        }
        ChainOutcome::Broken { place, fault } => {
            let code = match *fault {
                "SIGNATURE" | "MALFORMED" => "CERTIFICATE_CHAIN_GENERAL_FAILURE",
                _ => "CHAIN_CONSTRAINTS_FAILURE",
            };
            Finding::failed(Reason::new(code, [("place", place.to_string()), ("fault", (*fault).to_owned())]))
        }
    }
}
