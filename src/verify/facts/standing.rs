//! Whether the certificates of a signer stood when it signed: what revocation data say, against what is known of the time.
//!
//! | proven to have been there at T | revoked | it |
//! | --- | --- | --- |
//! | – | not by now | stands |
//! | before the revocation, and before the key is thought to have been lost | at any time | stands |
//! | – , or later | by then | cannot be judged (`REVOKED_NO_POE`) |
//! | – , or later | by then, and the signer's own signed time is after it | was made with a revoked key (`REVOKED`) |
//!
//! The signer's own time counts against it alone: whoever holds a stolen key writes any time he likes, but not one that
//! condemns him.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    chain::{Chain, ChainOutcome, Purpose},
    policy::RevocationData,
    revocation::{Reason, RevocationStatus, Revocations, Revoked, WhyUnknown},
};

/// How far the clock of a signer may run ahead.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(5);

/// What is known of when a signature was made.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Times {
    /// The signer's own word.
    pub(crate) claimed: Option<DateTime<Utc>>,
    /// Before this it was there for certain.
    pub(crate) proven: Option<DateTime<Utc>>,
}

/// What revocation data come to for one signer and the authorities above it. The first that is not well decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// None was revoked in time.
    Stands,
    /// No data were given, and nothing asks for them.
    NotAsked,
    /// Nothing can be said of this one.
    Unknown {
        /// Subject of the certificate.
        subject: String,
        why: WhyUnknown,
    },
    /// Suspended, which may end.
    OnHold { subject: String, since: DateTime<Utc> },
    /// Revoked, and nothing proves that the signature is older.
    RevokedUnproven { subject: String, since: DateTime<Utc>, authority: bool },
    /// Revoked, and by its own word the signature is younger.
    Revoked { subject: String, since: DateTime<Utc> },
}

impl Standing {
    /// Nothing speaks against the signer.
    pub(crate) fn is_well(&self) -> bool {
        matches!(self, Self::Stands | Self::NotAsked)
    }

    fn gravity(&self) -> u8 {
        match self {
            Self::NotAsked => 0,
            Self::Stands => 1,
            Self::Unknown { .. } => 2,
            Self::OnHold { .. } => 3,
            Self::RevokedUnproven { .. } => 4,
            Self::Revoked { .. } => 5,
        }
    }
}

/// What every signer of one question is held against.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) revocations: Revocations,
    pub(super) asked: RevocationData,
    pub(super) at: DateTime<Utc>,
}

impl Evidence {
    /// Where a chain leads: now, or else at the time that is proven.
    pub(super) fn outcome(&self, chain: &Chain, proven: Option<DateTime<Utc>>) -> ChainOutcome {
        let now = chain.outcome(self.at);
        match (&now, self.usable(proven)) {
            (ChainOutcome::OutOfBounds { .. }, Some(proven)) => chain.outcome(proven),
            _ => now,
        }
    }

    /// What revocation data come to for every certificate of a chain below its root.
    pub(super) fn standing(&self, chain: &Chain, times: Times, purpose: Purpose) -> Standing {
        if self.revocations.is_empty() && self.asked == RevocationData::WhereGiven {
            return Standing::NotAsked;
        }
        let proven = self.usable(times.proven);
        let mut gravest = Standing::NotAsked;
        for (place, (certificate, issuer)) in chain.issued().into_iter().enumerate() {
            let status = self.revocations.status(certificate, issuer, proven.unwrap_or(self.at));
            let found = match status {
                RevocationStatus::Good { .. } => Standing::Stands,
                RevocationStatus::Unknown { why: WhyUnknown::NoneGiven | WhyUnknown::NotSignedByIssuer }
                    if !self.asks_for(certificate.says_where_revoked()) =>
                {
                    Standing::NotAsked
                }
                RevocationStatus::Unknown { why } => Standing::Unknown { subject: certificate.subject(), why },
                RevocationStatus::Revoked { revoked, .. } if self.is_older(&revoked, proven, purpose) => Standing::Stands,
                RevocationStatus::Revoked { revoked, .. } => {
                    let (subject, since) = (certificate.subject(), revoked.since);
                    match times.claimed {
                        _ if !revoked.is_for_ever() => Standing::OnHold { subject, since },
                        Some(claimed) if claimed - CLOCK_SKEW > since => Standing::Revoked { subject, since },
                        _ => Standing::RevokedUnproven { subject, since, authority: place > 0 },
                    }
                }
            };
            if found.gravity() > gravest.gravity() {
                gravest = found;
            }
        }
        gravest
    }

    /// A proof from after the time asked for proves nothing of that time.
    fn usable(&self, proven: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        proven.filter(|proven| *proven <= self.at)
    }

    fn asks_for(&self, declared: bool) -> bool {
        match self.asked {
            RevocationData::WhereGiven => false,
            RevocationData::WhereDeclared => declared,
            RevocationData::Always => true,
        }
    }

    /// Whether the signature is older than the revocation. Of a unit that stamps times all tokens fall with its key, unless the
    /// authority says that the key was not lost (RFC 3161, 4.1).
    fn is_older(&self, revoked: &Revoked, proven: Option<DateTime<Utc>>, purpose: Purpose) -> bool {
        let lost = revoked.invalidity.map_or(revoked.since, |invalidity| invalidity.min(revoked.since));
        match proven {
            Some(proven) if purpose == Purpose::Timestamps => proven < lost && key_was_kept(revoked),
            Some(proven) => proven < lost,
            None => self.at < revoked.since,
        }
    }
}

fn key_was_kept(revoked: &Revoked) -> bool {
    use Reason::{AffiliationChanged, CessationOfOperation, Superseded, Unspecified};
    matches!(revoked.reason, Some(Unspecified | AffiliationChanged | Superseded | CessationOfOperation))
}

/// The earlier of two proofs.
pub(super) fn earlier(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
