//! The signature belongs to these exact bytes and the signer's key.

use super::Finding;
use crate::{
    facts::{CertificateFacts, SignerFacts},
    report::Reason,
    signature::SignatureFault,
};

pub(super) fn run(facts: &CertificateFacts<'_>) -> Finding {
    finding(facts.signer.as_ref())
}

pub(super) fn finding(signer: Option<&SignerFacts>) -> Finding {
    match signer.map(|signer| signer.signature) {
        None => Finding::unknown(Reason::new("NO_SIGNATURE", [])),
        Some(None) => Finding::unknown(Reason::new("SIGNER_UNREAD", [])),
        Some(Some(Ok(()))) => Finding::ok(),
        Some(Some(Err(fault @ SignatureFault::Malformed))) => {
            let params = [("where", "signature.value".to_owned()), ("what", fault.to_string())];
            Finding::failed(Reason::new("FORMAT_FAILURE", params))
        }
        Some(Some(Err(SignatureFault::Mismatch | SignatureFault::Key))) => Finding::failed(Reason::new("SIG_CRYPTO_FAILURE", [])),
    }
}
