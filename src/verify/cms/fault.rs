//! What can be wrong with an envelope, and what is merely foreign.

use std::fmt;

use const_oid::ObjectIdentifier;

use super::MAX_SIZE;
use crate::asn1::{DerFault, Malformed};

/// Why bytes are no envelope that this program can judge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CmsFault {
    /// Too many bytes.
    #[error("an envelope of {0} bytes is larger than {MAX_SIZE}")]
    TooLarge(usize),
    /// Bytes follow the envelope.
    #[error("bytes follow the envelope from byte {at} on")]
    Trailing {
        /// Where they begin.
        at: usize,
    },
    /// BER instead of DER.
    #[error("the envelope has an indefinite length at byte {at}, which DER does not allow")]
    IndefiniteLength {
        /// Where it stands.
        at: usize,
    },
    /// Other bytes than the DER of a SignedData.
    #[error("not the DER of a SignedData: {0}")]
    Malformed(#[source] Malformed),
    /// Some other content than SignedData.
    #[error("the content type is {0}, not SignedData of RFC 5652 or GB/T 35275")]
    NotSignedData(ObjectIdentifier),
    /// What is signed is not of the kind that belongs here.
    #[error("the signed content is of type {found}, not {expected}")]
    ContentType {
        /// As it stands.
        found: ObjectIdentifier,
        /// What belongs here: data of the same family, or a TSTInfo.
        expected: ObjectIdentifier,
    },
    /// A version number that does not fit the structure.
    #[error("version {found} of {structure} is not one that fits it")]
    Version {
        /// `SignedData` or `SignerInfo`.
        structure: &'static str,
        /// As it stands.
        found: u64,
    },
    /// Not exactly one signer.
    #[error("the envelope has {0} signers instead of one")]
    Signers(usize),
    /// Algorithms of elsewhere: named, not judged.
    #[error("{0}")]
    Foreign(ForeignAlgorithm),
    /// The list of digest algorithms is not the signer's one.
    #[error("the envelope lists the digest algorithms {}, the signer uses {used}", list(listed))]
    DigestAlgorithms {
        /// As listed.
        listed: Vec<ObjectIdentifier>,
        /// Of the signer.
        used: ObjectIdentifier,
    },
    /// Parameters where there are none.
    #[error("the algorithm {0} has parameters")]
    Parameters(ObjectIdentifier),
    /// The signer's certificate is not in the envelope.
    #[error("no certificate in the envelope is the one that the signer names")]
    SignerNotFound,
    /// Several certificates fit.
    #[error("{0} certificates in the envelope are the one that the signer names")]
    SignerAmbiguous(usize),
    /// Something in the bag is not a certificate.
    #[error("the element at byte {at} among the certificates is none")]
    NotACertificate {
        /// Where it stands.
        at: usize,
    },
    /// More of something than is read.
    #[error("the envelope has more than {limit} {what}")]
    TooMany {
        /// `certificates`, `attributes`, `signers` or `revocation data`.
        what: &'static str,
        /// How many are read.
        limit: usize,
    },
    /// An attribute stands twice.
    #[error("the attribute {0} stands twice")]
    DuplicateAttribute(ObjectIdentifier),
    /// An attribute has not exactly one value.
    #[error("the attribute {oid} has {found} values instead of one")]
    AttributeValues {
        /// Its type.
        oid: ObjectIdentifier,
        /// How many values.
        found: usize,
    },
    /// Signed attributes are not in DER's order: two readers could hash them differently.
    #[error("the signed attributes at byte {at} are not in the order of DER")]
    AttributeOrder {
        /// Where the first one out of order stands.
        at: usize,
    },
    /// Signed attributes without the content's type.
    #[error("the signed attributes lack contentType")]
    MissingContentType,
    /// Signed attributes without the content's digest.
    #[error("the signed attributes lack messageDigest")]
    MissingMessageDigest,
    /// The signed content type is not the content's.
    #[error("the signed contentType is {signed}, the content is of type {content}")]
    ContentTypeDiffers {
        /// In the signed attribute.
        signed: ObjectIdentifier,
        /// Beside the content.
        content: ObjectIdentifier,
    },
}

impl From<Malformed> for CmsFault {
    fn from(malformed: Malformed) -> Self {
        let at = malformed.at;
        match malformed.fault {
            DerFault::Trailing => Self::Trailing { at },
            DerFault::IndefiniteLength => Self::IndefiniteLength { at },
            _ => Self::Malformed(malformed),
        }
    }
}

/// An envelope whose algorithms this program does not know. It may well be sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignAlgorithm {
    /// Of the content.
    pub digest: ObjectIdentifier,
    /// Of the signature; in CMS this may name the key's kind alone, such as RSA.
    pub signature: ObjectIdentifier,
    /// Subject of the signer's certificate after RFC 4514, where it can be read.
    pub subject: Option<String>,
}

impl ForeignAlgorithm {
    /// The digest's name, such as `SHA-256`, or its identifier in figures.
    pub fn digest_name(&self) -> String {
        name(&self.digest)
    }

    /// The signature algorithm's name, such as `RSA`, or its identifier in figures.
    pub fn signature_name(&self) -> String {
        name(&self.signature)
    }
}

impl fmt::Display for ForeignAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the envelope is signed with {} over {}", self.signature_name(), self.digest_name())?;
        match &self.subject {
            Some(subject) => write!(formatter, " by {subject}"),
            None => Ok(()),
        }
    }
}

/// The algorithms that documents of elsewhere are commonly signed with.
const NAMES: [(&str, &str); 22] = [
    ("1.2.156.10197.1.401", "SM3"),
    ("1.2.156.10197.1.501", "SM2-SM3"),
    ("1.2.156.10197.1.301.1", "SM2"),
    ("1.2.840.113549.2.5", "MD5"),
    ("1.3.14.3.2.26", "SHA-1"),
    ("2.16.840.1.101.3.4.2.1", "SHA-256"),
    ("2.16.840.1.101.3.4.2.2", "SHA-384"),
    ("2.16.840.1.101.3.4.2.3", "SHA-512"),
    ("2.16.840.1.101.3.4.2.8", "SHA3-256"),
    ("1.2.840.113549.1.1.1", "RSA"),
    ("1.2.840.113549.1.1.5", "RSA-SHA-1"),
    ("1.2.840.113549.1.1.10", "RSA-PSS"),
    ("1.2.840.113549.1.1.11", "RSA-SHA-256"),
    ("1.2.840.113549.1.1.12", "RSA-SHA-384"),
    ("1.2.840.113549.1.1.13", "RSA-SHA-512"),
    ("1.2.840.10040.4.3", "DSA-SHA-1"),
    ("1.2.840.10045.4.1", "ECDSA-SHA-1"),
    ("1.2.840.10045.4.3.2", "ECDSA-SHA-256"),
    ("1.2.840.10045.4.3.3", "ECDSA-SHA-384"),
    ("1.2.840.10045.4.3.4", "ECDSA-SHA-512"),
    ("1.3.101.112", "Ed25519"),
    ("1.2.643.7.1.1.3.2", "GOST R 34.10-2012"),
];

fn name(oid: &ObjectIdentifier) -> String {
    let figures = oid.to_string();
    NAMES.iter().find(|(known, _)| *known == figures).map_or(figures, |(_, name)| (*name).to_owned())
}

fn list(oids: &[ObjectIdentifier]) -> String {
    oids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
