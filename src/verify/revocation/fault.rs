//! Why revocation data cannot be used.

use const_oid::ObjectIdentifier;

use crate::asn1::Malformed;

/// Why bytes are no revocation data that this program can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevocationFault {
    /// Too many bytes.
    #[error("revocation data of {size} bytes are larger than {limit}")]
    TooLarge {
        /// Of the data.
        size: usize,
        /// What is read.
        limit: usize,
    },
    /// Too many entries.
    #[error("the revocation data have more than {0} entries")]
    TooMany(usize),
    /// More pieces or bytes in total than a collection takes.
    #[error("there are more revocation data than are looked at")]
    Overfull,
    /// Not the DER it should be.
    #[error("not the DER of revocation data: {0}")]
    Malformed(#[from] Malformed),
    /// A version that is not understood; lists are of version 2, responses of version 1.
    #[error("version {0} of these revocation data is not understood")]
    Version(u64),
    /// Signed with something else than SM2 over SM3: named, not judged.
    #[error("the revocation data are signed with {0}, not with SM2 over SM3 (1.2.156.10197.1.501)")]
    Foreign(ObjectIdentifier),
    /// A critical extension.
    #[error("the revocation data have a critical extension {0} that is not understood")]
    Extension(ObjectIdentifier),
    /// A list of changes only: it says nothing without its base.
    #[error("the list of revoked certificates is a delta, which is not used")]
    Delta,
    /// A list of some reasons, of several authorities or of attribute certificates.
    #[error("the list of revoked certificates is of some reasons, several authorities or attribute certificates only, which is not used")]
    Partial,
    /// An answer that says why there is none.
    #[error("the OCSP responder answered with status {0} instead of an answer")]
    NotSuccessful(u64),
    /// An answer of another kind than the basic one.
    #[error("the OCSP response is of kind {0}, not the basic one")]
    Kind(ObjectIdentifier),
}
