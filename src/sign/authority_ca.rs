//! A certification authority of one's own: for the demonstration, and for a hub that is its own authority.

use std::path::Path;

use chrono::{DateTime, Days, Utc};
use der::Document;
use pkcs8::LineEnding;
use sm2::dsa::SigningKey;
use verify::chain::X509;
use verify::signature::DISTINGUISHING_ID;

use super::{SignError, certificate, key_file};

/// How long certificates made here are in force.
const ROOT_DAYS: u64 = 20 * 365;
const SIGNER_DAYS: u64 = 10 * 365;
/// Clocks of others may lag a little behind ours.
const BACKDATED_DAYS: u64 = 1;

const LABEL: &str = "CERTIFICATE";
/// The seal maker's files, without `.key.pem` and `.cert.pem`.
pub(super) const SEAL_MAKER: &str = "seal-maker";

/// Makes a root: `ca.key.pem` and `ca.cert.pem` in `folder`, which is made if need be. A `demo` root is marked in its subject.
///
/// # Errors
/// A file that is there already, cannot be written, or a system without random numbers.
pub fn create_ca(folder: &Path, name: &str, passphrase: &str, demo: bool, now: DateTime<Utc>) -> Result<(), SignError> {
    make_folder(folder)?;
    let secret = key_file::generate()?;
    let key = signing_key(&secret, name)?;
    let certificate = certificate::root(&key, &certificate::subject_for(name, None, demo)?, term(now, ROOT_DAYS))?;
    key_file::write(&folder.join("ca.key.pem"), &secret, passphrase)?;
    key_file::write_new(&folder.join("ca.cert.pem"), pem(name, &certificate)?.as_bytes(), 0o644)
}

/// Makes a signer for an authority under the root in `folder`: `signers/<code>.key.pem` and `.cert.pem`.
///
/// # Errors
/// No credit code, no root, a wrong passphrase, a signer that is there already, files that cannot be read or written.
pub fn create_signer(folder: &Path, code: &str, name: &str, passphrase: &str, now: DateTime<Utc>) -> Result<(), SignError> {
    check_code(code)?;
    issue(folder, &folder.join("signers"), code, (Some(code), name), passphrase, now)
}

/// Makes a seal maker (制章人) under the root in `folder`: `seal-maker.key.pem` and `.cert.pem`. Its key signs seals and nothing else.
///
/// # Errors
/// As [`create_signer`].
pub fn create_seal_maker(folder: &Path, name: &str, passphrase: &str, now: DateTime<Utc>) -> Result<(), SignError> {
    issue(folder, folder, SEAL_MAKER, (None, name), passphrase, now)
}

fn issue(
    folder: &Path,
    place: &Path,
    file: &str,
    (code, name): (Option<&str>, &str),
    passphrase: &str,
    now: DateTime<Utc>,
) -> Result<(), SignError> {
    let root = first_certificate(&folder.join("ca.cert.pem"))?;
    let root_key = signing_key(&key_file::read(&folder.join("ca.key.pem"), passphrase)?, name)?;
    let demo = certificate::is_demo(root.der());
    let secret = key_file::generate()?;
    let key = signing_key(&secret, name)?;
    let subject = certificate::subject_for(name, code, demo)?;
    let issuer = certificate::subject_of(root.der())?;
    let made = certificate::signer(key.verifying_key(), &subject, &issuer, &root_key, term(now, SIGNER_DAYS))?;
    make_folder(place)?;
    key_file::write(&place.join(format!("{file}.key.pem")), &secret, passphrase)?;
    key_file::write_new(&place.join(format!("{file}.cert.pem")), pem(name, &made)?.as_bytes(), 0o644)
}

/// Puts the root of `keys` into the folder of trust anchors, where `verify` and people find it.
///
/// # Errors
/// No root, or a folder that cannot be written.
pub fn export_anchor(keys: &Path, trust: &Path) -> Result<(), SignError> {
    make_folder(trust)?;
    let from = keys.join("ca.cert.pem");
    first_certificate(&from)?;
    let to = trust.join("ca.cert.pem");
    std::fs::copy(&from, &to).map(|_| ()).map_err(|source| SignError::File { path: to, action: "written", source })
}

pub(super) fn first_certificate(path: &Path) -> Result<X509, SignError> {
    let text = std::fs::read_to_string(path).map_err(|source| SignError::File { path: path.into(), action: "read", source })?;
    let certificate = |source| SignError::Certificate { path: path.into(), source };
    let mut found = X509::from_pem(&text).map_err(certificate)?;
    Ok(found.swap_remove(0))
}

/// The code names files and stands in certificates. Whether its check character is right is judged where authorities are
/// registered.
pub(super) fn check_code(code: &str) -> Result<(), SignError> {
    let fits = code.len() == 18 && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if fits { Ok(()) } else { Err(SignError::CreditCode { code: code.to_owned() }) }
}

fn signing_key(secret: &sm2::SecretKey, name: &str) -> Result<SigningKey, SignError> {
    SigningKey::new(DISTINGUISHING_ID, secret).map_err(|fault| SignError::Build { subject: name.to_owned(), fault: fault.to_string() })
}

fn term(now: DateTime<Utc>, days: u64) -> certificate::Term {
    let begin = now.checked_sub_days(Days::new(BACKDATED_DAYS)).unwrap_or(now);
    (begin, now.checked_add_days(Days::new(days)).unwrap_or(now))
}

fn make_folder(path: &Path) -> Result<(), SignError> {
    std::fs::create_dir_all(path).map_err(|source| SignError::File { path: path.into(), action: "made", source })
}

fn pem(name: &str, certificate: &[u8]) -> Result<String, SignError> {
    let fault = |fault: der::Error| SignError::Build { subject: name.to_owned(), fault: fault.to_string() };
    Document::try_from(certificate).map_err(fault)?.to_pem(LABEL, LineEnding::LF).map_err(fault)
}

#[cfg(test)]
mod tests {
    use verify::chain::{ChainOutcome, Trust, follow};

    use super::*;
    use crate::sign::{KeyRing, is_demo};

    const CODE: &str = "11990000000000GX2C";

    fn made(demo: bool) -> (tempfile::TempDir, DateTime<Utc>) {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-22T00:00:00Z".parse().unwrap();
        create_ca(folder.path(), "测试根", "口令", demo, now).unwrap();
        create_signer(folder.path(), CODE, "测试省住房和城乡建设厅", "口令", now).unwrap();
        (folder, now)
    }

    #[test]
    fn a_signer_leads_to_its_root_and_names_its_authority() {
        let (folder, now) = made(true);
        let trust = folder.path().join("trust");
        export_anchor(folder.path(), &trust).unwrap();
        let anchors = Trust::from_pem(&[std::fs::read_to_string(trust.join("ca.cert.pem")).unwrap()]).unwrap().anchors;
        let ring = KeyRing::open(folder.path(), "口令").unwrap();
        let signer = ring.signer(CODE).unwrap();
        let path: Vec<X509> = signer.chain().iter().map(|der| X509::from_der(der).unwrap()).collect();
        assert!(matches!(follow(&path, &anchors, now), ChainOutcome::Trusted { .. }));
        assert_eq!(path[0].organisation_code().as_deref(), Some(CODE));
        assert_eq!(path[0].organisation().as_deref(), Some("测试省住房和城乡建设厅"));
        let signature = signer.sign(b"message").unwrap();
        verify::signature::verify_signature(path[0].public_key(), b"message", &signature).unwrap();
    }

    #[test]
    fn a_demonstration_is_marked_and_others_are_not() {
        let (folder, _) = made(true);
        for file in ["ca.cert.pem", "signers/11990000000000GX2C.cert.pem"] {
            assert!(is_demo(first_certificate(&folder.path().join(file)).unwrap().der()), "{file}");
        }
        let (folder, _) = made(false);
        for file in ["ca.cert.pem", "signers/11990000000000GX2C.cert.pem"] {
            assert!(!is_demo(first_certificate(&folder.path().join(file)).unwrap().der()), "{file}");
        }
        assert!(!is_demo(b"no certificate"));
    }

    #[test]
    fn nothing_is_overwritten_and_codes_are_checked() {
        let (folder, now) = made(true);
        assert!(matches!(create_ca(folder.path(), "x", "口令", true, now), Err(SignError::Exists { .. })));
        assert!(matches!(create_signer(folder.path(), CODE, "x", "口令", now), Err(SignError::Exists { .. })));
        assert!(matches!(create_signer(folder.path(), "../x", "x", "口令", now), Err(SignError::CreditCode { .. })));
        assert!(matches!(create_signer(folder.path(), "91990000MAH0TEXT1J", "x", "other", now), Err(SignError::Key { .. })));
    }

    /// OpenSSL is installed where `./test` runs; it judges what we make with other code.
    #[test]
    fn openssl_opens_the_key_and_verifies_the_chain() {
        let (folder, _) = made(true);
        let run = |arguments: &[&str]| {
            let output = std::process::Command::new("openssl").args(arguments).current_dir(folder.path()).output().unwrap();
            assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let signer = "signers/11990000000000GX2C.cert.pem";
        run(&["pkey", "-in", "signers/11990000000000GX2C.key.pem", "-passin", "pass:口令", "-noout"]);
        let said = run(&["verify", "-CAfile", "ca.cert.pem", "-vfyopt", "distid:1234567812345678", signer]);
        assert!(said.contains("OK"), "{said}");
    }
}
