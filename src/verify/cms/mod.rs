//! The cryptographic envelope of signed containers: CMS SignedData (RFC 5652) and its Chinese twin (GB/T 35275 = GM/T 0010), with
//! one signer, SM3 and SM2.
//!
//! Reading is strict ([`SignedData::read`]): what a lenient reader might take in two ways is a [`CmsFault`]. An envelope of other
//! algorithms is not wrong but foreign, and named. Whether the signature holds is said by [`SignedData::verify`], and whether its
//! signer leads to a trusted root by [`crate::chain`].
//!
//! ```text
//! bytes ──read──▶ SignedData ──certificates──▶ Trust::chain ──▶ Chain
//!                     └──────verify(content, &chain)──────▶ Verification
//! Draft ──prepare──▶ Prepared ──to_be_signed──▶ (whoever holds the key) ──assemble──▶ bytes
//! ```
//!
//! | file | concern |
//! | --- | --- |
//! | `read.rs` | from bytes, strictly |
//! | `attributes.rs` | what is signed beside the content, and what is added unsigned |
//! | `signer.rs` | which certificate is the signer's |
//! | `verifying.rs` | digest and signature |
//! | `write.rs` | the two steps of writing |
//! | `fault.rs`, `oid.rs` | what can be wrong; names of algorithms and contents |

mod attributes;
mod fault;
pub(crate) mod oid;
mod read;
mod signer;
mod verifying;
mod write;

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;

pub use fault::{CmsFault, ForeignAlgorithm};
pub use verifying::{Content, DigestOutcome, SignatureOutcome, Verification};
pub use write::{Draft, Prepared, WriteFault};

use crate::chain::{X509, X509Error};

/// Largest envelope that is read, content included, in bytes.
pub const MAX_SIZE: usize = 16 * 1024 * 1024;
/// Most certificates that an envelope may carry.
pub const MAX_CERTIFICATES: usize = 32;
/// Most attributes of one kind, and most pieces of revocation data.
pub const MAX_ATTRIBUTES: usize = 64;

/// Which standard's object identifiers an envelope uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// 1.2.840.113549.1.7: RFC 5652, as in PDF.
    Rfc5652,
    /// 1.2.156.10197.6.1.4.2: GB/T 35275 and GM/T 0010.
    Gm,
}

impl Family {
    /// The content type of SignedData.
    pub const fn signed_data(self) -> ObjectIdentifier {
        match self {
            Self::Rfc5652 => oid::SIGNED_DATA,
            Self::Gm => oid::GM_SIGNED_DATA,
        }
    }

    /// The content type of plain data.
    pub const fn data(self) -> ObjectIdentifier {
        match self {
            Self::Rfc5652 => oid::DATA,
            Self::Gm => oid::GM_DATA,
        }
    }
}

/// An envelope that was read: one signer, SM3, SM2. Nothing is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedData {
    family: Family,
    content_type: ObjectIdentifier,
    content: Option<Vec<u8>>,
    certificates: Vec<Vec<u8>>,
    others: Vec<Vec<u8>>,
    attributes: Option<SignedAttributes>,
    signature_algorithm: ObjectIdentifier,
    signature: Vec<u8>,
    timestamp_token: Option<Vec<u8>>,
    revocation: EmbeddedRevocation,
}

/// What is signed beside the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAttributes {
    /// The DER that is signed: all attributes as one SET.
    pub to_be_signed: Vec<u8>,
    /// SM3 of the content.
    pub message_digest: [u8; 32],
    /// When the signer says that it signed.
    pub signing_time: Option<DateTime<Utc>>,
    /// Whether the certificate itself is signed too.
    pub signing_certificate: CertificateBinding,
    /// Every attribute's type, in the order of the SET.
    pub types: Vec<ObjectIdentifier>,
}

/// What the signing-certificate attribute (RFC 5035) says of the signer's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateBinding {
    /// There is none: another certificate of the same key and name could stand in.
    Absent,
    /// Its SM3 is the certificate's.
    Matches,
    /// It names another certificate.
    Differs,
    /// It uses another digest, which is not judged.
    OtherDigest(ObjectIdentifier),
}

/// Revocation data that came with the envelope, as DER, not verified: for [`crate::revocation`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmbeddedRevocation {
    /// CertificateList each.
    pub crls: Vec<Vec<u8>>,
    /// OCSPResponse each.
    pub ocsp_responses: Vec<Vec<u8>>,
}

impl EmbeddedRevocation {
    /// Takes what another has, too.
    pub(crate) fn add(&mut self, other: &Self) {
        self.crls.extend_from_slice(&other.crls);
        self.ocsp_responses.extend_from_slice(&other.ocsp_responses);
    }
}

impl SignedData {
    /// Which object identifiers it uses.
    pub fn family(&self) -> Family {
        self.family
    }

    /// What kind of content is signed: data of the same family, or a TSTInfo.
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// The content, when it is inside; None when it is detached.
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// Certificates as DER, ready for [`crate::Trust::chain`]: the signer's, then its issuers as far as they are in the bag.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Certificates in the bag that are not on the signer's path, such as those of OCSP responders.
    pub fn other_certificates(&self) -> &[Vec<u8>] {
        &self.others
    }

    /// The signer's certificate.
    ///
    /// # Errors
    /// When it is none that this program can use, such as one signed with another algorithm.
    pub fn signer(&self) -> Result<X509, X509Error> {
        X509::from_der(self.certificates.first().map(Vec::as_slice).unwrap_or_default())
    }

    /// The signed attributes; None when the signature is over the content itself.
    pub fn attributes(&self) -> Option<&SignedAttributes> {
        self.attributes.as_ref()
    }

    /// When the signer says that it signed. Nothing proves it but [`Self::timestamp_token`].
    pub fn signing_time(&self) -> Option<DateTime<Utc>> {
        self.attributes.as_ref().and_then(|attributes| attributes.signing_time)
    }

    /// What is signed of the signer's certificate.
    pub fn signing_certificate(&self) -> CertificateBinding {
        self.attributes.as_ref().map_or(CertificateBinding::Absent, |attributes| attributes.signing_certificate)
    }

    /// The signature algorithm as it was written: 1.2.156.10197.1.501, or 1.2.156.10197.1.301.1 in older material.
    pub fn signature_algorithm(&self) -> ObjectIdentifier {
        self.signature_algorithm
    }

    /// The signature value, DER of r and s: also what a timestamp token is over.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The RFC 3161 token over [`Self::signature`] that was added unsigned, as DER: for [`crate::timestamp`].
    pub fn timestamp_token(&self) -> Option<&[u8]> {
        self.timestamp_token.as_deref()
    }

    /// Revocation data that came with it.
    pub fn revocation(&self) -> &EmbeddedRevocation {
        &self.revocation
    }
}
