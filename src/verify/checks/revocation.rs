//! Nobody who signed, and no authority above, was revoked when it signed. One check for each who signs: where revocation data are
//! missing or out of date, or nothing proves the time, the outcome is unknown.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Finding, event_signatures};
use crate::{
    facts::{CertificateFacts, CodeFacts, DocumentFacts, Facts, SignerFacts, Standing},
    report::Reason,
    revocation::WhyUnknown,
};

/// Who signed the data.
pub(super) fn signer(facts: &CertificateFacts<'_>) -> Finding {
    of_signer(facts.signer.as_ref())
}

/// Who signed the status events.
pub(super) fn events(facts: &CertificateFacts<'_>) -> Finding {
    if facts.events.is_empty() {
        return Finding::not_applicable("NO_EVENTS");
    }
    let each = facts.events.iter().enumerate();
    worst(each.map(|(place, event)| event_signatures::at(place, of_signer(event.signer.as_ref()))))
}

/// Who signed the code. Beside the certificate the code need not prove anything.
pub(super) fn code(facts: &Facts<'_>, code: &CodeFacts<'_>) -> Finding {
    of_signer(code.signer.as_ref()).unless_beside(facts)
}

/// Who signed the document.
pub(super) fn document(facts: &DocumentFacts<'_>) -> Finding {
    if facts.signatures.is_empty() {
        return Finding::not_applicable("NO_SIGNATURE");
    }
    worst(facts.signatures.iter().map(|one| of_signer(one.signer.as_ref())))
}

/// Who made the seals.
pub(super) fn seal_maker(facts: &DocumentFacts<'_>) -> Finding {
    let mut seals = facts.signatures.iter().filter_map(|one| one.seal.as_ref()).peekable();
    if seals.peek().is_none() {
        return Finding::not_applicable("NO_SEAL");
    }
    worst(seals.map(|seal| finding(&seal.maker_standing)))
}

/// Who stamped the time.
pub(super) fn timestamp(facts: &DocumentFacts<'_>) -> Finding {
    let mut stamps = facts.signatures.iter().filter_map(|one| one.timestamp.as_ref()).peekable();
    if stamps.peek().is_none() {
        return Finding::not_applicable("NO_TIMESTAMP");
    }
    worst(stamps.filter_map(|stamp| stamp.standing.as_ref()).map(finding))
}

pub(super) fn of_signer(signer: Option<&SignerFacts>) -> Finding {
    signer.map_or_else(|| Finding::not_applicable("NO_SIGNATURE"), |signer| finding(&signer.standing))
}

fn finding(standing: &Standing) -> Finding {
    let revoked = |code, subject: &String, since: &DateTime<Utc>| {
        Reason::new(code, [("subject", subject.clone()), ("since", since.to_rfc3339_opts(SecondsFormat::Secs, true))])
    };
    match standing {
        Standing::Stands => Finding::ok(),
        Standing::NotAsked => Finding::not_applicable("NO_REVOCATION_DATA"),
        Standing::Unknown { subject, why } => {
            Finding::unknown(Reason::new("TRY_LATER", [("subject", subject.clone()), ("why", words(*why))]))
        }
        Standing::OnHold { subject, since } => Finding::unknown(revoked("SIGNER_ON_HOLD", subject, since)),
        Standing::RevokedUnproven { subject, since, authority: false } => Finding::unknown(revoked("REVOKED_NO_POE", subject, since)),
        Standing::RevokedUnproven { subject, since, authority: true } => Finding::unknown(revoked("REVOKED_CA_NO_POE", subject, since)),
        Standing::Revoked { subject, since } => Finding::failed(revoked("REVOKED", subject, since)),
    }
}

/// As [`Finding::worst`]; where none applies, neither does the whole.
fn worst(findings: impl Iterator<Item = Finding>) -> Finding {
    let mut all: Vec<Finding> = findings.collect();
    let applies = |finding: &Finding| finding.outcome != crate::report::Outcome::NotApplicable;
    if !all.iter().any(applies) {
        return all.pop().unwrap_or_else(|| Finding::not_applicable("NO_SIGNATURE"));
    }
    Finding::worst(all)
}

fn words(why: WhyUnknown) -> String {
    let day = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    match why {
        WhyUnknown::NoneGiven => "NONE".to_owned(),
        WhyUnknown::NotSignedByIssuer => "NOT_SIGNED_BY_ISSUER".to_owned(),
        WhyUnknown::TooOld { until } => format!("TOO_OLD {}", day(until)),
        WhyUnknown::NotCovered => "NOT_COVERED".to_owned(),
        WhyUnknown::MadeAfterExpiry { as_of } => format!("MADE_AFTER_EXPIRY {}", day(as_of)),
        WhyUnknown::NotKnownToResponder => "NOT_KNOWN_TO_RESPONDER".to_owned(),
    }
}
