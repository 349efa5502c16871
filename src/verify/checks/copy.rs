//! A copy for one use (用证副本) is the issuer's, of this very version, and may still be used.

use super::{Finding, revocation, signature, signer_chain, signer_is_issuer};
use crate::{
    digest::sm3_hex,
    facts::{CertificateFacts, CopyFacts, Facts},
    report::Reason,
    statement::{CopyStatement, Outline},
    status::{day_begins, day_ends},
};

/// Signed by the issuer, of this version and for one of its holders.
pub(super) fn run(facts: &CertificateFacts<'_>) -> Finding {
    let stripped = taken_out(facts);
    let Some(copy) = &facts.copy else {
        return stripped.unwrap_or_else(|| Finding::not_applicable("NO_COPY"));
    };
    let Ok(statement) = &facts.statement else {
        return Finding::unread();
    };
    let signer = copy.signer.as_ref();
    Finding::worst([
        signature::finding(signer),
        signer_chain::finding(signer),
        signer_is_issuer::finding(signer, &statement.issuer.code),
        revocation::of_signer(signer),
        agrees(facts, copy, statement),
        stripped.unwrap_or_else(Finding::ok),
    ])
}

/// What the issuer stated of the status for a copy alone stands beside another copy, or beside none: somebody took it out.
fn taken_out(facts: &CertificateFacts<'_>) -> Option<Finding> {
    let meant = facts.as_of.as_ref()?.statement.as_ref().ok()?.copy.as_ref()?;
    let found = facts.envelope.copy.as_ref().map(|copy| sm3_hex(copy.statement.as_bytes()));
    (found.as_ref() != Some(meant)).then(|| Finding::failed(Reason::new("COPY_TAKEN_OUT", [])))
}

fn agrees(facts: &CertificateFacts<'_>, copy: &CopyFacts, certificate: &Outline) -> Finding {
    let stated = match &copy.statement {
        Ok(stated) => stated,
        Err(error) => {
            let params = [("where", "copy.statement".to_owned()), ("what", error.to_string())];
            return Finding::failed(Reason::new("FORMAT_FAILURE", params));
        }
    };
    let of_holder = |name: &String| certificate.holders.iter().any(|holder| holder.name == *name);
    let members = [
        ("identifier", stated.base.identifier == certificate.identifier),
        ("digest", stated.base.digest == *facts.statement_digest()),
        ("holder", stated.holder.as_ref().is_none_or(of_holder)),
    ];
    let differing: Vec<&str> = members.into_iter().filter(|(_, agrees)| !agrees).map(|(member, _)| member).collect();
    if differing.is_empty() {
        return Finding::ok();
    }
    Finding::failed(Reason::new("COPY_MISMATCH", [("members", differing.join(", "))]))
}

/// From the day on which it was made to its last day.
pub(super) fn lapsed(facts: &Facts<'_>, certificate: &CertificateFacts<'_>) -> Finding {
    let Some(copy) = &certificate.copy else {
        return Finding::not_applicable("NO_COPY");
    };
    let Ok(CopyStatement { made_on, expires_on, .. }) = &copy.statement else {
        return Finding::unread();
    };
    if day_ends(*expires_on).is_some_and(|ends| facts.at >= ends) {
        return Finding::failed(Reason::new("COPY_LAPSED", [("to", expires_on.to_string())]));
    }
    if day_begins(*made_on).is_some_and(|begins| facts.at < begins) {
        return Finding::unknown(Reason::new("COPY_FROM_FUTURE", [("from", made_on.to_string())]));
    }
    Finding::ok()
}
