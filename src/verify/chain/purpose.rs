//! What the key at the beginning of a chain is used for (RFC 5280, 4.2.1.12).

use const_oid::ObjectIdentifier;

/// What a chain is followed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing documents, statements and seals.
    Documents,
    /// Signing timestamps (RFC 3161, 2.3): the extended key usage must be there, critical, and this alone.
    Timestamps,
    /// Answering for an authority which certificates are revoked (RFC 6960, 4.2.2.2).
    OcspResponses,
}

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const ANY: ObjectIdentifier = oid("2.5.29.37.0");
const CLIENT_AUTHENTICATION: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.2");
const EMAIL_PROTECTION: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.4");
const TIME_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");
const OCSP_SIGNING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.9");
/// RFC 9336.
const DOCUMENT_SIGNING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.36");
/// What common signing certificates carry.
const DOCUMENTS: [ObjectIdentifier; 4] = [ANY, CLIENT_AUTHENTICATION, EMAIL_PROTECTION, DOCUMENT_SIGNING];

/// Whether an extended key usage (and whether it is critical), or its absence, lets a key be used so.
///
/// For documents one that is not critical is looked at only to keep out units that do nothing but stamp times or answer for
/// authorities.
pub(super) fn allows(purpose: Purpose, usage: Option<(bool, &[ObjectIdentifier])>) -> bool {
    match (purpose, usage) {
        (Purpose::Documents, None) => true,
        (Purpose::Documents, Some((true, usage))) => includes(purpose, usage),
        (Purpose::Documents, Some((false, usage))) => {
            includes(purpose, usage) || !usage.iter().all(|usage| [TIME_STAMPING, OCSP_SIGNING].contains(usage))
        }
        (Purpose::Timestamps, usage) => usage == Some((true, &[TIME_STAMPING])),
        (Purpose::OcspResponses, usage) => usage.is_some_and(|(_, usage)| usage.contains(&OCSP_SIGNING)),
    }
}

/// Whether the purpose is among those listed.
pub(super) fn includes(purpose: Purpose, usage: &[ObjectIdentifier]) -> bool {
    usage.iter().any(|usage| match purpose {
        Purpose::Documents => DOCUMENTS.contains(usage),
        Purpose::Timestamps => [ANY, TIME_STAMPING].contains(usage),
        Purpose::OcspResponses => [ANY, OCSP_SIGNING].contains(usage),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_its_usage() {
        use Purpose::*;
        for (purpose, usage, expected) in [
            (Documents, None, true),
            (Documents, Some((true, &[EMAIL_PROTECTION][..])), true),
            (Documents, Some((true, &[TIME_STAMPING, DOCUMENT_SIGNING])), true),
            (Documents, Some((true, &[TIME_STAMPING])), false),
            (Documents, Some((true, &[])), false),
            (Documents, Some((false, &[TIME_STAMPING])), false),
            (Documents, Some((false, &[OCSP_SIGNING])), false),
            (Documents, Some((false, &[oid("1.2.3")])), true),
            (Timestamps, None, false),
            (Timestamps, Some((true, &[TIME_STAMPING])), true),
            (Timestamps, Some((false, &[TIME_STAMPING])), false),
            (Timestamps, Some((true, &[TIME_STAMPING, EMAIL_PROTECTION])), false),
            (Timestamps, Some((true, &[ANY])), false),
            (OcspResponses, None, false),
            (OcspResponses, Some((false, &[OCSP_SIGNING])), true),
            (OcspResponses, Some((true, &[EMAIL_PROTECTION])), false),
        ] {
            assert_eq!(allows(purpose, usage), expected, "{purpose:?} {usage:?}");
        }
    }
}
