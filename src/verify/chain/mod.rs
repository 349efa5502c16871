//! X.509 certificates with SM2 keys (GM/T 0015, RFC 5280): from a signer to a root this hub trusts.
//!
//! The outcome is data, never an error: a broken chain speaks against a certificate, a missing root only says that we
//! cannot know (a foreign hub's signature is UNKNOWN here, not FAILED).
//!
//! | file | concern |
//! | --- | --- |
//! | `certificate.rs` | one certificate, and what its key may be used for |
//! | `identity.rs` | the parts by which others name a certificate, whatever its algorithms |
//! | `purpose.rs` | what a chain is followed for, and the extended key usage that goes with it |
//! | `following.rs` | from a signer to a root |

mod certificate;
mod following;
pub(crate) mod identity;
mod purpose;

pub use certificate::{X509, X509Error};
pub use following::{Chain, ChainOutcome, follow};
pub use purpose::Purpose;

pub use crate::trust::Trust;

/// Longest chain that is followed, signer and root included.
pub const MAX_LENGTH: usize = 8;
/// Largest certificate that is read, in bytes.
pub const MAX_CERTIFICATE: usize = 64 * 1024;
