//! SM2 signatures verified fast (GB/T 32918.2): for keys, signatures and messages that everybody may see.
//!
//! **Variable time.** How long verifying takes tells of its input. Nothing secret may enter: no private key, no nonce. Signing
//! stays with the `sm2` crate, which runs in constant time and is the reference that this room is tested against.
//!
//! | file | concern |
//! | --- | --- |
//! | `field.rs`, `scalar.rs` | arithmetic modulo p and modulo n |
//! | `point.rs` | points of the curve |
//! | `table.rs` | multiples of a key met often, and of the base point |
//! | `unknown.rs` | a multiple of a key met for the first time |
//! | `encoding.rs` | the one DER spelling of a signature |
//! | `key.rs` | a key made ready, and the equation |
//! | `known.rs` | a bounded table of keys with their multiples |

mod encoding;
mod field;
mod key;
mod known;
mod point;
mod scalar;
mod table;
mod unknown;

pub use encoding::{Signature, to_der, to_raw};
pub use key::PreparedKey;
pub use known::KnownKeys;

/// 用户身份标识: the identifier that enters the digest Z when nothing else is agreed (GM/T 0009).
pub const DISTINGUISHING_ID: &str = "1234567812345678";

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// Not strict DER of two positive integers below the order of the curve.
    #[error("the signature value is not the strict DER of r and s")]
    Malformed,
    /// Well-formed, but not of this message under this key.
    #[error("the signature does not belong to these bytes and this key")]
    Mismatch,
    /// The key cannot be used with the distinguishing identifier.
    #[error("the SM2 key cannot be used")]
    Key,
}

#[cfg(test)]
mod tests;
