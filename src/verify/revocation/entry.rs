//! What is said of one revoked certificate.

use chrono::{DateTime, Utc};

use super::{INVALIDITY_DATE, REASON_CODE, RevocationFault};
use crate::asn1::{Element, Extension, Malformed, TimeOutOfRange, element, generalized_time, object_identifier, sequence, tag};

/// Since when a certificate is revoked, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoked {
    /// When the authority revoked it.
    pub since: DateTime<Utc>,
    /// Why, if it says so.
    pub reason: Option<Reason>,
    /// When the key is thought to have been lost or abused, which may be earlier.
    pub invalidity: Option<DateTime<Utc>>,
}

/// CRLReason (RFC 5280, 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No reason.
    Unspecified = 0,
    /// The key may be in other hands.
    KeyCompromise = 1,
    /// The authority's key may be.
    CaCompromise = 2,
    /// The subject belongs elsewhere now.
    AffiliationChanged = 3,
    /// There is a newer one.
    Superseded = 4,
    /// It is no longer needed.
    CessationOfOperation = 5,
    /// Suspended: the only reason that may go away.
    CertificateHold = 6,
    /// The subject may no longer do what it says.
    PrivilegeWithdrawn = 9,
    /// The attribute authority's key may be in other hands.
    AaCompromise = 10,
}

impl Reason {
    const ALL: [Self; 9] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::PrivilegeWithdrawn,
        Self::AaCompromise,
    ];

    /// Reads an ENUMERATED, whatever its tag. 8, removeFromCRL, belongs into deltas only.
    pub(super) fn read(element: Element<'_>) -> Result<Self, Malformed> {
        let code = element.number()?;
        Self::ALL.into_iter().find(|reason| *reason as u64 == code).ok_or(element.is_not("a reason for revoking"))
    }

    pub(super) fn to_der(self) -> Vec<u8> {
        element(tag::ENUMERATED, &[&[self as u8]])
    }
}

impl Revoked {
    /// Every reason but a suspension is for ever.
    pub fn is_for_ever(&self) -> bool {
        self.reason != Some(Reason::CertificateHold)
    }

    /// Takes what extensions of an entry say.
    pub(super) fn extend(&mut self, extensions: &[Extension<'_>]) -> Result<(), RevocationFault> {
        for extension in extensions {
            match extension.oid {
                REASON_CODE => self.reason = Some(Reason::read(extension.element()?.tagged(tag::ENUMERATED, "a reason code")?)?),
                INVALIDITY_DATE => self.invalidity = Some(extension.element()?.tagged(tag::GENERALIZED_TIME, "a date")?.time()?),
                other if extension.critical => return Err(RevocationFault::Extension(other)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Extensions of an entry, or nothing when there is nothing to say.
    pub(super) fn extensions(&self, with_reason: bool) -> Result<Vec<u8>, TimeOutOfRange> {
        let mut found = Vec::new();
        if let Some(reason) = self.reason.filter(|_| with_reason) {
            found.extend(extension(&object_identifier(REASON_CODE), &reason.to_der()));
        }
        if let Some(at) = self.invalidity {
            found.extend(extension(&object_identifier(INVALIDITY_DATE), &generalized_time(at)?));
        }
        Ok(if found.is_empty() { found } else { sequence(&[&found]) })
    }
}

/// An extension that is not critical.
pub(super) fn extension(oid: &[u8], value: &[u8]) -> Vec<u8> {
    sequence(&[oid, &element(tag::OCTET_STRING, &[value])])
}
