//! Key files: encrypted PKCS#8 (PBES2 with scrypt and AES-256-CBC), readable by their owner alone.

use std::io::Write;
use std::path::Path;

use pkcs8::der::pem::PemLabel;
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef};
use rand::TryRng;
use rand::rngs::SysRng;
use sm2::SecretKey;
use sm2::elliptic_curve::Generate;
use sm2::elliptic_curve::zeroize::Zeroizing;
use sm2::pkcs8::{DecodePrivateKey, EncodePrivateKey};

use super::SignError;

/// scrypt N = 2^14, r = 8, p = 1: 16 MB a key. The next power is beyond what OpenSSL opens by default.
const LOG_N: u8 = 14;

/// A new key, from the system's random source.
pub(super) fn generate() -> Result<SecretKey, SignError> {
    SecretKey::try_generate_from_rng(&mut SysRng).map_err(|fault| SignError::Random(fault.to_string()))
}

/// Writes a key; an existing file stays as it is.
pub(super) fn write(path: &Path, key: &SecretKey, passphrase: &str) -> Result<(), SignError> {
    if passphrase.is_empty() {
        return Err(SignError::Passphrase);
    }
    let pem = encrypt(key, passphrase)?;
    write_new(path, pem.as_bytes(), 0o600)
}

/// Opens a key file.
pub(super) fn read(path: &Path, passphrase: &str) -> Result<SecretKey, SignError> {
    check_mode(path)?;
    let pem =
        Zeroizing::new(std::fs::read_to_string(path).map_err(|source| SignError::File { path: path.into(), action: "read", source })?);
    SecretKey::from_pkcs8_encrypted_pem(&pem, passphrase).map_err(|_| SignError::Key { path: path.into() })
}

/// Writes a file that must not exist yet.
pub(super) fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), SignError> {
    let fault = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AlreadyExists => SignError::Exists { path: path.into() },
        _ => SignError::File { path: path.into(), action: "written", source },
    };
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    let mut file = options.open(path).map_err(fault)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fault)
}

fn encrypt(key: &SecretKey, passphrase: &str) -> Result<Zeroizing<String>, SignError> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    for bytes in [&mut salt, &mut iv] {
        SysRng.try_fill_bytes(bytes).map_err(|fault| SignError::Random(fault.to_string()))?;
    }
    let fault = |fault: String| SignError::Build { subject: "the key file".into(), fault };
    let cost = scrypt::Params::new(LOG_N, 8, 1).map_err(|error| fault(error.to_string()))?;
    let parameters = pbes2::Parameters::generate_scrypt_aes256cbc(cost, &salt, iv).map_err(|error| fault(error.to_string()))?;
    let plain = key.to_pkcs8_der().map_err(|error| fault(error.to_string()))?;
    let info = PrivateKeyInfoRef::try_from(plain.as_bytes()).map_err(|error| fault(error.to_string()))?;
    let sealed = info.encrypt_with_params(parameters, passphrase).map_err(|error| fault(error.to_string()))?;
    sealed.to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF).map_err(|error| fault(error.to_string()))
}

/// A key that others may read is no secret: refused rather than used.
#[cfg(unix)]
pub(super) fn check_mode(path: &Path) -> Result<(), SignError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(path).map_err(|source| SignError::File { path: path.into(), action: "read", source })?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(SignError::Permissions { path: path.into(), mode }) }
}

#[cfg(not(unix))]
pub(super) fn check_mode(_path: &Path) -> Result<(), SignError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_with_its_passphrase_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.key.pem");
        let key = generate().unwrap();
        write(&path, &key, "口令 secret").unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        assert_eq!(read(&path, "口令 secret").unwrap(), key);
        assert!(matches!(read(&path, "other"), Err(SignError::Key { .. })));
        assert!(matches!(write(&path, &key, "x"), Err(SignError::Exists { .. })));
        assert!(matches!(write(&folder.path().join("b"), &key, ""), Err(SignError::Passphrase)));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.key.pem");
        write(&path, &generate().unwrap(), "x").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(read(&path, "x"), Err(SignError::Permissions { mode: 0o644, .. })));
    }
}
