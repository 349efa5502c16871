//! Who signs: one [`Signer`] for each authority, kept in a [`KeyRing`] that is swapped whole when its folder is read again.
//!
//! A key never leaves its signer. Software keys lie in files; a signing machine is another implementation of the same trait.
//!
//! ```text
//! DIR/ca.cert.pem          .key.pem      the root                                  authority_ca.rs: a demonstration, or a
//! DIR/issuing.cert.pem     .key.pem      the issuing authority below it            small hub's own authority
//! DIR/signers/<credit code>.cert.pem, .key.pem      sign in an authority's name    software.rs; the certificate's chain
//! DIR/signers/<credit code>.cert.pem, .remote.toml  a key in a signing service     remote.rs
//! DIR/signers/<credit code>.cert.pem, .sdf.toml     a key in a device, GM/T 0018  device.rs
//! DIR/seal-maker.cert.pem  .key.pem      makes seals (制章人)                       follows it in the same file
//! DIR/timestamp.cert.pem   .key.pem      signs timestamps
//! DIR/log.cert.pem         .key.pem      signs the checkpoints of the transparency log
//! DIR/tokens/<begin>.key.pem             sign access tokens                        token_keys.rs
//! DIR/requests/<…>.key.pem, .csr.pem     keys that wait for their certificate      request.rs, import.rs
//! DIR/revoked.json                       what the authorities here have revoked    revoking.rs, answering.rs
//! ```
//!
//! What is signed is data (a statement's bytes), a PDF (`pdf.rs`) or an OFD package with its seal (`ofd.rs`).

pub mod answering;
pub mod authority_ca;
mod certificate;
mod device;
mod holder;
mod import;
mod key_file;
mod key_ring;
pub mod ofd;
pub mod pdf;
mod remote;
mod request;
pub mod revoking;
mod software;
pub mod timestamp;
mod token_keys;
mod trust_folder;

pub use certificate::{Useless, described, is_demo, is_in_force, registrable};
pub use device::DeviceSigner;
pub use holder::Holder;
pub use import::{ImportRefusal, import_chain};
pub use key_ring::KeyRing;
pub use remote::RemoteSigner;
pub use request::create_request;
pub use software::SoftwareSigner;
pub use token_keys::{MadeTokenKey, TokenKey, TokenKeys, create_token_key};
pub use trust_folder::{TrustState, read_trust, trust_state};

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use thiserror::Error;
use verify::chain::{X509, X509Error};
use verify::revocation::Revocations;

/// Who signs a document, who says when, and what is known of both.
#[derive(Clone, Copy)]
pub struct Signatory<'a> {
    pub signer: &'a dyn Signer,
    /// The timestamp unit; without one the time is only what the signer claims.
    pub timestamps: Option<&'a dyn Signer>,
    /// Lists of revoked certificates, of which those of their authorities go into a PDF; None keeps it without.
    pub revocations: Option<&'a Revocations>,
}

impl<'a> Signatory<'a> {
    /// A signer without timestamps.
    pub fn alone(signer: &'a dyn Signer) -> Self {
        Self { signer, timestamps: None, revocations: None }
    }

    /// The certificates of both.
    fn certificates(&self) -> Vec<X509> {
        let ders = self.signer.chain().iter().chain(self.timestamps.iter().flat_map(|unit| unit.chain()));
        let mut found: Vec<X509> = Vec::new();
        for certificate in ders.filter_map(|der| X509::from_der(der).ok()) {
            if !found.iter().any(|known| known.der() == certificate.der()) {
                found.push(certificate);
            }
        }
        found
    }

    /// A token over a signature, where there is a unit.
    fn token(&self, signature: &[u8], at: DateTime<Utc>) -> Result<Option<Vec<u8>>, SignError> {
        self.timestamps.map(|unit| timestamp::token(unit, signature, at)).transpose()
    }
}

/// Signs in the name of one authority.
pub trait Signer: Send + Sync + std::fmt::Debug {
    /// SM3 (hex) of the signer's certificate: the key of its row in the store.
    fn id(&self) -> &str;

    /// DER certificates, the signer's first, each next one the issuer of the one before; the root may be left out.
    fn chain(&self) -> &[Vec<u8>];

    /// Credit code of the authority in whose name it signs.
    fn authority(&self) -> &str;

    /// SM2 over SM3 with the distinguishing identifier 1234567812345678, as DER `SEQUENCE {r, s}`.
    ///
    /// # Errors
    /// [`SignError::Sign`] when the key gives no signature.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// Other tasks of the runtime go on meanwhile, where there is one that can.
fn waiting<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Why there is no key, no certificate or no signature. The operator's to mend.
#[derive(Debug, Error)]
pub enum SignError {
    #[error("{path} cannot be {action}: {source}")]
    File { path: PathBuf, action: &'static str, source: std::io::Error },
    #[error("{path} is there already: a key is never overwritten")]
    Exists { path: PathBuf },
    #[error("{path} cannot be opened: the passphrase is wrong, or it is no encrypted PKCS#8 key on the SM2 curve")]
    Key { path: PathBuf },
    #[error("{path} may be read by others (mode {mode:o}); a file with a key or a password has mode 600")]
    Permissions { path: PathBuf, mode: u32 },
    #[error("{path} holds no usable certificate: {source}")]
    Certificate { path: PathBuf, source: X509Error },
    #[error("{path} cannot stand for the key of a signer: {why}")]
    Settings { path: PathBuf, why: String },
    #[error("the device that {path} names cannot be used: {why}")]
    Device { path: PathBuf, why: String },
    #[error("{certificate} is not the certificate of the key {key}")]
    Mismatch { certificate: PathBuf, key: PathBuf },
    #[error("{path} names the authority {found:?}, not {expected:?}")]
    Authority { path: PathBuf, expected: String, found: Option<String> },
    #[error("{code:?} is no credit code (18 characters of 0–9, A–Z), nor seal-maker, timestamp or log")]
    CreditCode { code: String },
    #[error("the passphrase is empty")]
    Passphrase,
    #[error("the certificate of {subject} cannot be made: {fault}")]
    Build { subject: String, fault: String },
    #[error("the certificate of {subject}: {why}")]
    Revocation { subject: String, why: String },
    #[error("revocation data in {folder} cannot be used: {why}")]
    RevocationData { folder: PathBuf, why: String },
    #[error("no random numbers: {0}")]
    Random(String),
    #[error("{what}: {why}")]
    Document { what: &'static str, why: String },
    #[error("the key of {authority} gives no signature: {fault}")]
    Sign { authority: String, fault: String },
}
