//! Which certificates were revoked, by lists (RFC 5280) and by answers of authorities (RFC 6960), signed with SM2 over SM3.
//!
//! Nothing is fetched: whoever verifies hands over a bounded collection ([`Revocations`]) of what came with a container or was
//! kept beside it. Data that cannot be used are listed with their reasons, and a certificate of which nothing usable speaks is
//! [`RevocationStatus::Unknown`]: that is no word against it.
//!
//! Whether a revocation counts against a signature depends on what proves when it was made. That is for whoever knows both:
//! [`RevocationStatus::Revoked`] gives the times.
//!
//! ```text
//! CRLs, OCSP responses ──read──▶ Revocations ──status(certificate, issuer, at)──▶ RevocationStatus
//!                                     └───────of_chain(&chain, at)──────────────▶ one status a certificate
//! CrlDraft, OcspDraft ──prepare──▶ (the authority's key) ──assemble──▶ bytes
//! ```
//!
//! | file | concern |
//! | --- | --- |
//! | `crl.rs`, `ocsp.rs` | the two kinds, read strictly |
//! | `scope.rs` | which certificates a list covers |
//! | `collection.rs` | what is handed to the verifier, and what it says of a certificate and of a chain |
//! | `entry.rs` | what is said of one revoked certificate |
//! | `certificate_id.rs` | how OCSP names a certificate |
//! | `crl_draft.rs`, `ocsp_draft.rs` | the two steps of writing |
//! | `fault.rs` | why data cannot be used |

mod certificate_id;
mod collection;
mod crl;
mod crl_draft;
mod entry;
mod fault;
mod ocsp;
mod ocsp_draft;
mod scope;

use const_oid::ObjectIdentifier;

pub use certificate_id::CertificateId;
pub use collection::{CertificateRevocation, MAX_PIECES, MAX_TOTAL, RevocationStatus, Revocations, Source, Unusable, WhyUnknown};
pub use crl::{Crl, MAX_CRL, MAX_ENTRIES};
pub use crl_draft::{CrlDraft, PreparedCrl};
pub use entry::{Reason, Revoked};
pub use fault::RevocationFault;
pub use ocsp::{MAX_OCSP, MAX_SINGLES, OcspResponse};
pub use ocsp_draft::{Answer, OcspDraft, PreparedOcsp};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const CRL_NUMBER: ObjectIdentifier = oid("2.5.29.20");
const REASON_CODE: ObjectIdentifier = oid("2.5.29.21");
const INVALIDITY_DATE: ObjectIdentifier = oid("2.5.29.24");
const DELTA_CRL: ObjectIdentifier = oid("2.5.29.27");
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = oid("2.5.29.28");
/// expiredCertsOnCRL.
const EXPIRED_KEPT: ObjectIdentifier = oid("2.5.29.60");
const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.35");
/// id-pkix-ocsp-basic.
const BASIC_RESPONSE: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.1");
