//! Timestamps (RFC 3161, GB/T 20520) with SM3 and SM2: who says that these bytes were there at that time.
//!
//! A token is an envelope ([`crate::cms`]) around a TSTInfo. Reading is strict; verifying holds it against the stamped bytes.
//! Whether the unit's certificate leads to a trusted root is for [`crate::Trust::chain_for`] with
//! [`crate::chain::Purpose::Timestamps`].
//!
//! ```text
//! token ──read──▶ TimestampToken ──verify(bytes, &chain)──▶ TimestampVerification
//! request ──read──▶ TimestampRequest ──▶ TstInfo ──prepare──▶ (the unit's key) ──assemble──▶ token ──granted──▶ response
//! ```
//!
//! | file | concern |
//! | --- | --- |
//! | `info.rs` | TSTInfo: what is stamped |
//! | `token.rs` | the token and whether it holds |
//! | `request.rs`, `response.rs` | the conversation with a time-stamping unit |

mod imprint;
mod info;
mod request;
mod response;
mod token;

pub use info::{Accuracy, TstInfo};
pub use request::{RequestFault, TimestampRequest};
pub use response::{Refusal, ResponseFault, TimestampResponse};
pub use token::{ImprintOutcome, TimestampFault, TimestampToken, TimestampVerification};
