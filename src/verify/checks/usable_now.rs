//! The certificate is in force at the time asked.

use super::Finding;
use crate::{facts::Facts, report::Reason, status::CertificateStatus};

pub(super) fn run(facts: &Facts<'_>) -> Finding {
    let (Some((valid_from, valid_to)), Some(status)) = (facts.term, facts.status) else {
        return Finding::unread();
    };
    // Whether it was suspended or resumed after the last event of the file, nobody has said.
    let certificate = facts.certificate.as_ref();
    let hearsay = facts.input.record.is_none() && certificate.is_some_and(|certificate| certificate.as_of.is_none());
    if hearsay && matches!(status, CertificateStatus::Valid | CertificateStatus::Suspended) {
        return Finding::unknown(Reason::new("STATUS_UNREACHABLE", []));
    }
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "–".to_owned(), |day| day.to_string());
    let reason = match status {
        CertificateStatus::Valid => return Finding::ok(),
        CertificateStatus::NotYetValid => Reason::new("NOT_YET_VALID", [("from", day(valid_from))]),
        CertificateStatus::Expired => Reason::new("EXPIRED", [("to", day(valid_to))]),
        CertificateStatus::Suspended => Reason::new("SUSPENDED", []),
        // REVOKED is ETSI's word for a revoked *signer*; the certificate of this house has its own.
        CertificateStatus::Revoked => Reason::new("CERTIFICATE_REVOKED", []),
        CertificateStatus::Cancelled => Reason::new("CANCELLED", []),
        CertificateStatus::Transferred => Reason::new("TRANSFERRED", []),
        CertificateStatus::Superseded => {
            let by = certificate
                .and_then(|certificate| certificate.events.last())
                .and_then(|event| event.statement.as_ref().ok()?.superseded_by.clone());
            Reason::new("SUPERSEDED", [("by", by.unwrap_or_else(|| "–".to_owned()))])
        }
        CertificateStatus::Other => return Finding::unknown(Reason::new("STATUS_OTHER", [])),
    };
    Finding::failed(reason)
}
