//! What the hub itself stores agrees with what was signed. Only this shows that the last event was left out.

use super::Finding;
use crate::{
    facts::{CertificateFacts, Facts},
    report::Reason,
    status::CertificateStatus,
};

pub(super) fn run(facts: &Facts<'_>, certificate: &CertificateFacts<'_>) -> Finding {
    let Some(record) = facts.input.record else {
        return Finding::not_applicable("NO_RECORD");
    };
    let Ok(statement) = &certificate.statement else {
        return Finding::unread();
    };
    let last = certificate.events.last().map(|event| event.statement.as_ref());
    let last = match last {
        Some(Err(_)) => return Finding::unread(),
        Some(Ok(last)) => Some(last),
        None => None,
    };
    let status_agrees = match last {
        Some(last) => last.status == record.status && last.superseded_by == record.superseded_by,
        None => may_be_first(record.status) || certificate.signer.is_none(),
    };
    let members = [
        ("identifier", record.identifier == statement.identifier),
        ("typeCode", record.type_code == statement.type_code),
        ("number", record.number == statement.number),
        ("issuer", record.issuer_code == statement.issuer.code),
        ("issuedOn", record.issued_on == statement.issued_on),
        ("validFrom", record.valid_from == statement.valid_from),
        ("validTo", record.valid_to == statement.valid_to),
        ("statement", record.statement_digest.as_ref().is_none_or(|digest| digest == certificate.statement_digest())),
        ("status", status_agrees),
    ];
    let mut differing: Vec<&str> = members.into_iter().filter(|(_, agrees)| !agrees).map(|(member, _)| member).collect();
    for member in &record.unreadable {
        if !differing.contains(member) {
            differing.push(member);
        }
    }
    if differing.is_empty() {
        return Finding::ok();
    }
    Finding::failed(Reason::new("RECORD_MISMATCH", [("members", differing.join(", "))]))
}

/// The statuses a certificate may have before its first event. An unsigned one, collected from elsewhere, brings no
/// events at all and may have any.
fn may_be_first(status: CertificateStatus) -> bool {
    use CertificateStatus::{NotYetValid, Other, Valid};
    matches!(status, Valid | NotYetValid | Other)
}
