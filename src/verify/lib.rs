//! Is this certificate genuine, and usable now?
//!
//! One pure function, [`verify`], answers for command line, server and browser alike. No file, network, clock or
//! random source is touched: time, trust anchors and what a hub knows come in as arguments, and the answer is a
//! [`Report`], never an error.
//!
//! ```text
//! bytes ──read──▶ Envelope, Document, Code ─┐
//! Record, Presented ────────────────────────┼─▶ facts ─▶ checks (each always recorded) ─▶ verdict ─▶ Report
//! Trust, Policy, time ──────────────────────┘
//! ```
//!
//! | layer | module | concern |
//! | --- | --- | --- |
//! | 0 | [`canonical`] [`digest`] [`number`] [`mask`] | RFC 8785, SM3, comparable numbers, masks |
//! | 0 | [`attachment`] | how the data name photos that are kept apart |
//! | 0 | [`identifier`] | GB/T 36904 |
//! | 0 | [`status`] | what a status means at one instant |
//! | 0 | [`asn1`] | strict DER |
//! | 0 | `bounded` | a map that keeps what was used last |
//! | 0 | [`mod@sm2`] [`signature`] | SM2 over SM3 |
//! | 1 | [`statement`] | what is signed |
//! | 1 | [`chain`] [`trust`] | X.509 to a trusted root |
//! | 2 | [`cms`] | the cryptographic envelope of signed containers |
//! | 2 | [`timestamp`] [`revocation`] | RFC 3161 tokens; CRLs and OCSP responses |
//! | 2 | [`envelope`] | the exported file |
//! | 2 | [`message`] | the same signature as a GB/T 35275 message |
//! | 2 | [`qr`] | the code on a face |
//! | 2 | [`ses`] | electronic seals, GB/T 38540 |
//! | 2 | [`pdf`] | a signed PDF, read strictly: coverage, revisions, embedded files |
//! | 3 | [`ofd`] | signed OFD packages, GB/T 33190 |
//! | 3 | [`document`] | what a signed PDF and a signed OFD have in common |
//! | 4 | `facts`, [`checks`] | everything looked at, and the list of checks |
//! | 5 | [`policy`] `verdict` [`report`] [`messages`] | what it comes to, and in which words |
#![warn(missing_docs)]

pub mod asn1;
pub mod attachment;
mod bounded;
pub mod canonical;
pub mod chain;
pub mod checks;
pub mod cms;
pub mod digest;
pub mod document;
pub mod envelope;
mod facts;
pub mod identifier;
mod input;
pub mod mask;
pub mod message;
pub mod messages;
pub mod number;
pub mod ofd;
pub mod pdf;
pub mod policy;
pub mod qr;
mod reading;
pub mod report;
pub mod revocation;
pub mod ses;
pub mod signature;
pub mod sm2;
pub mod statement;
pub mod status;
pub mod timestamp;
pub mod trust;
mod verdict;
mod verifying;

pub use envelope::Envelope;
pub use input::{CodeGiven, Input, Presented, Record};
pub use messages::Lang;
pub use policy::Policy;
pub use reading::{Kind, NotReadable, Readable, read, verify_bytes};
pub use report::Report;
pub use status::CertificateStatus;
pub use trust::Trust;
pub use verifying::verify;
