//! What certificate types are and what may be asked of them. Pure: no file, no network, no clock.
//!
//! ```text
//! standards   the national dictionary: code tables, status schemes, checkers
//! registry    type file → named stages → checked type; diagnostics
//! actor       who asks, and for what
//! grant       what a department may read: fields, masks, matters, rows, until when, on which legal basis
//! plan        request + registry + actor → a checked, printable plan
//! docs        the interface document of a type, and of a type for one department
//! refusal     the codes with which the hub refuses
//! ```

pub mod actor;
pub mod docs;
pub mod grant;
pub mod plan;
pub mod refusal;
pub mod registry;
pub mod standards;
