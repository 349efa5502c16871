//! Electronic seals (电子印章) and the signatures made with them (电子签章): GM/T 0031-2014 (v1), GB/T 38540-2020 (v4) and
//! GM/T 0031-2025 (v5).
//!
//! A seal is a picture with a list of who may use it, signed by its maker. A seal signature binds a seal to the digest of a
//! document. Reading gives facts only; every question of trust is asked by itself and answered with a named outcome:
//!
//! | question | asked of |
//! | --- | --- |
//! | did the maker sign this seal? | [`Seal::maker_signature`], and the chain of [`Seal::maker_certificate`] |
//! | was it in force? | [`Seal::force`] |
//! | may this signer use it? | [`SealSignature::signer_listed`] |
//! | did the signer sign this? | [`SealSignature::signer_signature`], and the chain of [`SealSignature::certificate`] |
//! | is it of this document? | [`SealSignature::data_hash_agrees`] |
//! | is this file the seal that was used? | [`SealSignature::embeds`] |
//!
//! The order of the fields is measured \[M\] on seals of two vendors for v4 and of one for v1; for v5 it is known from one
//! open implementation only \[S\]. The standards' own text was not at hand.
//!
//! | file | concern |
//! | --- | --- |
//! | `fields.rs` | the members of a SEQUENCE, one by one, with their places |
//! | `seal.rs`, `signature.rs` | reading |
//! | `asking.rs` | the questions |
//! | `write.rs` | what is to be signed, and what it becomes with its signature |

mod asking;
mod fields;
mod seal;
mod signature;
pub mod write;

use const_oid::ObjectIdentifier;

pub use asking::{DataHash, Embedded, Force, Listing, SignatureOutcome};
pub use seal::{Extension, Picture, Seal, SignerList};
pub use signature::{SealSignature, StatedTime};

/// Largest seal or seal signature that is read, in bytes.
pub const MAX_SIZE: usize = 4 * 1024 * 1024;
/// Most signers, and most extensions, that a seal may list.
pub const MAX_LISTED: usize = 1_000;

const SM2_WITH_SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");
/// Written for the same algorithm by products after older texts \[S\]: read, never written.
const SM2_SIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301.1");

/// Which standard a structure follows, by its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// GM/T 0031-2014.
    V1,
    /// GB/T 38540-2020.
    V4,
    /// GM/T 0031-2025.
    V5,
}

impl Version {
    /// The number that the header states.
    pub fn number(self) -> u32 {
        match self {
            Self::V1 => 1,
            Self::V4 => 4,
            Self::V5 => 5,
        }
    }
}

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// SM2 over SM3.
    Sm2WithSm3,
    /// Another one: named, not judged.
    Foreign(ObjectIdentifier),
}

impl From<ObjectIdentifier> for Algorithm {
    fn from(oid: ObjectIdentifier) -> Self {
        if oid == SM2_WITH_SM3 || oid == SM2_SIGNATURE { Self::Sm2WithSm3 } else { Self::Foreign(oid) }
    }
}

/// Why bytes are no seal or seal signature, or cannot become one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SesFault {
    /// Too many bytes.
    #[error("{0} bytes are more than the {MAX_SIZE} that are read of a seal")]
    TooLarge(usize),
    /// A field is missing, is of another type or is not in the one spelling of DER.
    #[error("{field} at byte {offset}: {reason}")]
    Der {
        /// The field, as the standard names it.
        field: &'static str,
        /// Where it begins, from the start of the bytes.
        offset: usize,
        /// What is wrong.
        reason: String,
    },
    /// A SEQUENCE goes on after its last field.
    #[error("{field} at byte {offset} has more members than the standard gives it")]
    Trailing {
        /// The SEQUENCE.
        field: &'static str,
        /// Where the surplus begins.
        offset: usize,
    },
    /// A value that the standard does not allow.
    #[error("{field} at byte {offset} is {value}, not {expected}")]
    Value {
        /// The field.
        field: &'static str,
        /// Where it begins.
        offset: usize,
        /// What stands there.
        value: String,
        /// What should.
        expected: &'static str,
    },
    /// More members than are read.
    #[error("{field} at byte {offset} has more than {MAX_LISTED} members")]
    TooMany {
        /// The list.
        field: &'static str,
        /// Where it begins.
        offset: usize,
    },
    /// A value that cannot be written.
    #[error("{field} cannot be written: {reason}")]
    Unwritable {
        /// The field.
        field: &'static str,
        /// Why.
        reason: String,
    },
}
