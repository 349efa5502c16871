//! The issuer states, signed, how many events there were when the file was written and which was the last: an event left
//! out at the end shows. Without that statement the file's own status is hearsay.
//!
//! Whoever hands in a record has the status from there, and what the file says of it does not matter.

use chrono::SecondsFormat;

use super::{Finding, revocation, signature, signer_chain, signer_is_issuer, status_known};
use crate::{
    facts::{AsOfFacts, CertificateFacts, Facts},
    report::Reason,
    statement::Outline,
    status::day_begins,
};

pub(super) fn run(facts: &Facts<'_>, certificate: &CertificateFacts<'_>) -> Finding {
    if facts.input.record.is_some() {
        return Finding::not_applicable("STATUS_OF_RECORD");
    }
    let Some(as_of) = &certificate.as_of else {
        return Finding::unknown(Reason::new("STATUS_UNREACHABLE", []));
    };
    let Ok(statement) = &certificate.statement else {
        return Finding::unread();
    };
    let signer = as_of.signer.as_ref();
    Finding::worst([
        signature::finding(signer),
        signer_chain::finding(signer),
        signer_is_issuer::finding(signer, &statement.issuer.code),
        revocation::of_signer(signer),
        agrees(certificate, as_of, statement),
        status_known::not_from_future(facts),
    ])
}

fn agrees(facts: &CertificateFacts<'_>, as_of: &AsOfFacts, certificate: &Outline) -> Finding {
    let stated = match &as_of.statement {
        Ok(stated) => stated,
        Err(error) => {
            let params = [("where", "asOf.statement".to_owned()), ("what", error.to_string())];
            return Finding::failed(Reason::new("FORMAT_FAILURE", params));
        }
    };
    if stated.identifier != certificate.identifier {
        return Finding::failed(Reason::new("STATUS_OF_ANOTHER_CERTIFICATE", []));
    }
    let last = facts.events.last().map_or(facts.statement_digest(), |event| &event.digest);
    if usize::try_from(stated.events) != Ok(facts.events.len()) || stated.last != *last {
        let params = [("stated", stated.events.to_string()), ("found", facts.events.len().to_string())];
        return Finding::failed(Reason::new("STATUS_MISMATCH", params));
    }
    // Signed by the issuer and of this certificate: a wrong clock is no forgery.
    if day_begins(certificate.issued_on).is_some_and(|issued| stated.as_of < issued) {
        let params = [("asOf", stated.as_of.to_rfc3339_opts(SecondsFormat::Secs, true)), ("issuedOn", certificate.issued_on.to_string())];
        return Finding::unknown(Reason::new("STATUS_BEFORE_ISSUE", params));
    }
    Finding::ok()
}
