//! The code was signed, by the key it names, and says what was signed.
//!
//! Beside the certificate itself the code proves nothing of it: then a plain link, or a key that is not known here, is no fault.

use super::{Finding, signature};
use crate::{
    facts::{CodeFacts, Facts},
    report::Reason,
};

pub(super) fn run(facts: &Facts<'_>, code: &CodeFacts<'_>) -> Finding {
    let alone = facts.certificate.is_none();
    match (code.claims, &code.signer) {
        (None, _) if alone => Finding::unknown(Reason::new("CODE_UNSIGNED", [])),
        (None, _) => Finding::not_applicable("CODE_UNSIGNED"),
        (Some(_), None) if alone => Finding::unknown(Reason::new("CODE_KEY_UNKNOWN", [])),
        (Some(_), None) => Finding::not_applicable("CODE_KEY_UNKNOWN"),
        // The caller brought another certificate than the one named: it says nothing of this signature.
        (Some(_), Some(_)) if !code.key_is_named => Finding::unknown(Reason::new("CODE_KEY_UNKNOWN", [])),
        (Some(_), signer) => signature::finding(signer.as_ref()),
    }
}
