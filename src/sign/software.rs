//! A signer whose key lies in a file.

use std::path::Path;
use std::sync::Arc;

use sm2::dsa::SigningKey;
use verify::chain::X509;
use verify::digest::sm3_hex;
use verify::signature::{DISTINGUISHING_ID, sign_message};

use super::{SignError, Signer, key_file};

/// Holds an opened key. The key's memory is wiped when the file's copy is dropped; the signing key lives as long as this.
pub struct SoftwareSigner {
    id: String,
    authority: String,
    chain: Vec<Vec<u8>>,
    key: SigningKey,
}

impl SoftwareSigner {
    /// Opens a key and its certificate chain, and checks that they belong together and to the authority.
    ///
    /// # Errors
    /// Files that cannot be read, a wrong passphrase, a certificate of another key or of another authority.
    pub fn open(key_path: &Path, certificate_path: &Path, authority: &str, passphrase: &str) -> Result<Self, SignError> {
        let opened = Self::open_any(key_path, certificate_path, passphrase)?;
        if opened.authority == authority {
            return Ok(opened);
        }
        let found = Some(opened.authority).filter(|found| !found.is_empty());
        Err(SignError::Authority { path: certificate_path.into(), expected: authority.to_owned(), found })
    }

    /// As [`Self::open`] for a key that signs in nobody's name but its own, such as a seal maker's: its authority is the credit code
    /// in its certificate, or nothing.
    ///
    /// # Errors
    /// Files that cannot be read, a wrong passphrase, a certificate of another key.
    pub fn open_any(key_path: &Path, certificate_path: &Path, passphrase: &str) -> Result<Self, SignError> {
        let text = std::fs::read_to_string(certificate_path).map_err(|source| SignError::File {
            path: certificate_path.into(),
            action: "read",
            source,
        })?;
        let chain = X509::from_pem(&text).map_err(|source| SignError::Certificate { path: certificate_path.into(), source })?;
        let secret = key_file::read(key_path, passphrase)?;
        let mismatch = || SignError::Mismatch { certificate: certificate_path.into(), key: key_path.into() };
        let own = chain.first().filter(|own| *own.public_key() == secret.public_key()).ok_or_else(mismatch)?;
        let key = SigningKey::new(DISTINGUISHING_ID, &secret).map_err(|_| SignError::Key { path: key_path.into() })?;
        let (id, authority) = (sm3_hex(own.der()), own.organisation_code().unwrap_or_default());
        let chain = chain.iter().map(|certificate| certificate.der().to_vec()).collect();
        Ok(Self { id, authority, chain, key })
    }

    /// For a key ring.
    pub fn shared(self) -> Arc<dyn Signer> {
        Arc::new(self)
    }
}

impl Signer for SoftwareSigner {
    fn id(&self) -> &str {
        &self.id
    }

    fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    fn authority(&self) -> &str {
        &self.authority
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        sign_message(&self.key, message).map_err(|fault| SignError::Sign { authority: self.authority.clone(), fault: fault.to_string() })
    }
}

impl std::fmt::Debug for SoftwareSigner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SoftwareSigner").field("authority", &self.authority).field("id", &self.id).finish_non_exhaustive()
    }
}
