//! A certification authority of one's own: for the demonstration, and for a hub that is its own authority.
//!
//! ```text
//! root (ca) ─▶ issuing authority (issuing) ─▶ signers, the seal maker, the timestamp unit
//! ```
//! The root's key is needed to make an issuing authority and the root's own list of revoked certificates, and lies offline
//! otherwise. Where there is no issuing authority the root certifies everybody itself.

use std::path::Path;

use chrono::{DateTime, Days, Utc};
use der::Document;
use pkcs8::LineEnding;
use sm2::dsa::SigningKey;
use verify::chain::X509;
use verify::signature::DISTINGUISHING_ID;

use super::certificate::{self, Issuer, Role};
use super::{Holder, SignError, key_file};

/// How long certificates made here are in force.
const ROOT_DAYS: u64 = 20 * 365;
const ISSUING_DAYS: u64 = 15 * 365;
const HOLDER_DAYS: u64 = 10 * 365;
/// A timestamp proves something while its unit's certificate is in force: longer than those whose signatures it dates.
const TIMESTAMP_UNIT_DAYS: u64 = 15 * 365;
/// Clocks of others may lag a little behind ours.
const BACKDATED_DAYS: u64 = 1;

const LABEL: &str = "CERTIFICATE";
/// Names of the authorities' files, without `.key.pem` and `.cert.pem`; the lists of what they revoked have the same.
pub(super) const ROOT: &str = "ca";
pub(super) const ISSUING: &str = "issuing";

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

/// Makes an issuing authority below the root in `folder`: `issuing.key.pem` and `issuing.cert.pem`. `crls` is the address under
/// which lists of revoked certificates are published, without a slash at the end; the certificates of whoever it certifies say so
/// from then on, and a verifier then asks for a list that is fresh.
///
/// # Errors
/// No root or a wrong passphrase, files that are there already, cannot be read or written.
pub fn create_issuing(folder: &Path, name: &str, crls: Option<&str>, passphrase: &str, now: DateTime<Utc>) -> Result<(), SignError> {
    let crl = crls.map(|address| format!("{address}/{ROOT}.crl"));
    let secret = key_file::generate()?;
    let made = below(folder, ROOT, crl.as_deref(), Role::Issuing, &secret, (name, None), passphrase, term(now, ISSUING_DAYS))?;
    key_file::write(&folder.join("issuing.key.pem"), &secret, passphrase)?;
    key_file::write_new(&folder.join("issuing.cert.pem"), pem(name, &made)?.as_bytes(), 0o644)
}

/// Makes a signer for an authority: `signers/<code>.key.pem` and `.cert.pem`.
///
/// # Errors
/// As [`create_holder`].
pub fn create_signer(folder: &Path, code: &str, name: &str, passphrase: &str, now: DateTime<Utc>) -> Result<(), SignError> {
    create_holder(folder, &Holder::of(code)?, name, passphrase, now)
}

/// Makes a key and its certificate, under the issuing authority in `folder` or, where there is none, the root.
///
/// # Errors
/// No authority, a wrong passphrase, a key that is there already, files that cannot be read or written.
pub fn create_holder(folder: &Path, holder: &Holder, name: &str, passphrase: &str, now: DateTime<Utc>) -> Result<(), SignError> {
    let code = match holder {
        Holder::Signer(code) => Some(code.as_str()),
        Holder::SealMaker | Holder::TimestampUnit | Holder::Log => None,
    };
    let term = term(now, if *holder == Holder::TimestampUnit { TIMESTAMP_UNIT_DAYS } else { HOLDER_DAYS });
    let issuing = folder.join("issuing.cert.pem");
    let secret = key_file::generate()?;
    let (made, above) = if issuing.exists() {
        let own = first_certificate(&issuing)?;
        let crl = certificate::crl_of(own.der()).and_then(|of_root| Some(format!("{}/{ISSUING}.crl", of_root.rsplit_once('/')?.0)));
        let made = below(folder, ISSUING, crl.as_deref(), holder.role(), &secret, (name, code), passphrase, term)?;
        (made, pem(name, own.der())?)
    } else {
        (below(folder, ROOT, None, holder.role(), &secret, (name, code), passphrase, term)?, String::new())
    };
    make_folder(&holder.folder(folder))?;
    key_file::write(&holder.key(folder), &secret, passphrase)?;
    key_file::write_new(&holder.certificate(folder), (pem(name, &made)? + &above).as_bytes(), 0o644)
}

/// A certificate for a key, by the authority whose files are named so.
#[allow(clippy::too_many_arguments, reason = "each is a part of the certificate")]
fn below(
    folder: &Path,
    authority: &str,
    crl: Option<&str>,
    role: Role,
    secret: &sm2::SecretKey,
    (name, code): (&str, Option<&str>),
    passphrase: &str,
    (begin, end): certificate::Term,
) -> Result<Vec<u8>, SignError> {
    let own = first_certificate(&folder.join(format!("{authority}.cert.pem")))?;
    let key = authority_key(folder, authority, passphrase)?;
    let subject = certificate::subject_for(name, code, certificate::is_demo(own.der()))?;
    let issuer = Issuer { subject: certificate::subject_of(own.der())?, key: &key, crl };
    // Nothing outlives its issuer.
    let end = certificate::described(own.der()).map_or(end, |(_, until)| end.min(until));
    certificate::below(&issuer, role, signing_key(secret, name)?.verifying_key(), &subject, (begin, end))
}

/// The key of an authority of one's own.
pub(super) fn authority_key(folder: &Path, authority: &str, passphrase: &str) -> Result<SigningKey, SignError> {
    signing_key(&key_file::read(&folder.join(format!("{authority}.key.pem")), passphrase)?, authority)
}

/// Puts the root of `keys` into the folder of trust anchors, where `verify` and people find it, and [`export_known`] there.
///
/// # Errors
/// No root, or a folder that cannot be read or written.
pub fn export_anchor(keys: &Path, trust: &Path) -> Result<(), SignError> {
    make_folder(trust)?;
    let from = keys.join("ca.cert.pem");
    first_certificate(&from)?;
    copy(&from, &trust.join("ca.cert.pem"))?;
    export_known(keys, trust)
}

/// Puts the certificates of everybody here into `signers` of the folder of trust anchors: codes and seals name their signers without
/// their issuers. They are trusted no more than any other that leads to a root.
///
/// # Errors
/// A folder that cannot be read or written.
pub fn export_known(keys: &Path, trust: &Path) -> Result<(), SignError> {
    let known = trust.join("signers");
    for folder in [keys.to_owned(), keys.join("signers")] {
        for from in certificate_files(&folder)? {
            let Some(name) = from.file_name().filter(|name| *name != "ca.cert.pem") else { continue };
            make_folder(&known)?;
            copy(&from, &known.join(name))?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), SignError> {
    std::fs::copy(from, to).map(|_| ()).map_err(|source| SignError::File { path: to.into(), action: "written", source })
}

/// The `.cert.pem` files of a folder, which need not be there.
fn certificate_files(folder: &Path) -> Result<Vec<std::path::PathBuf>, SignError> {
    let fault = |source| SignError::File { path: folder.into(), action: "read", source };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(fault(source)),
    };
    let paths = entries.map(|entry| Ok(entry.map_err(fault)?.path()));
    let is_certificate = |path: &std::path::PathBuf| path.to_string_lossy().ends_with(".cert.pem");
    paths.filter(|path| path.as_ref().map_or(true, is_certificate)).collect()
}

pub(super) fn first_certificate(path: &Path) -> Result<X509, SignError> {
    let text = std::fs::read_to_string(path).map_err(|source| SignError::File { path: path.into(), action: "read", source })?;
    let certificate = |source| SignError::Certificate { path: path.into(), source };
    let mut found = X509::from_pem(&text).map_err(certificate)?;
    Ok(found.swap_remove(0))
}

pub(super) fn signing_key(secret: &sm2::SecretKey, name: &str) -> Result<SigningKey, SignError> {
    SigningKey::new(DISTINGUISHING_ID, secret).map_err(|fault| SignError::Build { subject: name.to_owned(), fault: fault.to_string() })
}

fn term(now: DateTime<Utc>, days: u64) -> certificate::Term {
    let begin = now.checked_sub_days(Days::new(BACKDATED_DAYS)).unwrap_or(now);
    (begin, now.checked_add_days(Days::new(days)).unwrap_or(now))
}

pub(super) fn make_folder(path: &Path) -> Result<(), SignError> {
    std::fs::create_dir_all(path).map_err(|source| SignError::File { path: path.into(), action: "made", source })
}

pub(super) fn pem(name: &str, certificate: &[u8]) -> Result<String, SignError> {
    let fault = |fault: der::Error| SignError::Build { subject: name.to_owned(), fault: fault.to_string() };
    Document::try_from(certificate).map_err(fault)?.to_pem(LABEL, LineEnding::LF).map_err(fault)
}

#[cfg(test)]
mod tests {
    use verify::chain::{ChainOutcome, Purpose, Trust, follow};

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
        let run = |arguments: &[&str]| openssl(folder.path(), arguments);
        let signer = "signers/11990000000000GX2C.cert.pem";
        run(&["pkey", "-in", "signers/11990000000000GX2C.key.pem", "-passin", "pass:口令", "-noout"]);
        let said = run(&["verify", "-CAfile", "ca.cert.pem", "-vfyopt", "distid:1234567812345678", signer]);
        assert!(said.contains("OK"), "{said}");
    }

    #[test]
    fn everybody_below_an_issuing_authority_is_certified_for_his_purpose() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let now = Utc::now();
        create_ca(path, "测试根", "口令", true, now).unwrap();
        create_issuing(path, "测试签发", Some("https://hub.test/crls"), "口令", now).unwrap();
        // The root's key is offline from here on.
        std::fs::remove_file(path.join("ca.key.pem")).unwrap();
        let holders = [Holder::of(CODE).unwrap(), Holder::SealMaker, Holder::TimestampUnit];
        for (holder, name) in holders.iter().zip(["测试机关", "测试制章中心", "测试时间戳"]) {
            create_holder(path, holder, name, "口令", now).unwrap();
        }
        let trust_folder = path.join("trust");
        export_anchor(path, &trust_folder).unwrap();
        let trust = crate::sign::read_trust(&trust_folder).unwrap();
        assert_eq!(trust.anchors.len(), 1);

        let ring = KeyRing::open(path, "口令").unwrap();
        let signers = [ring.signer(CODE).unwrap(), ring.seal_maker().unwrap(), ring.timestamp_unit().unwrap()];
        for (signer, serves) in signers.iter().zip([Purpose::Documents, Purpose::Documents, Purpose::Timestamps]) {
            assert_eq!(signer.chain().len(), 2);
            for purpose in [Purpose::Documents, Purpose::Timestamps, Purpose::OcspResponses] {
                let outcome = trust.chain_for(signer.chain(), purpose).outcome(now);
                assert_eq!(matches!(outcome, ChainOutcome::Trusted { .. }), purpose == serves, "{signer:?} for {purpose:?}: {outcome:?}");
            }
        }
        assert_eq!(ring.chains().len(), 3);

        // Link by link: OpenSSL 3.0 takes the distinguishing identifier for the first certificate alone.
        let verify = |issuer: &str, file: &str, purpose: &str| {
            let link = ["verify", "-partial_chain", "-trusted", issuer, "-purpose", purpose, "-vfyopt", DISTID, "-x509_strict", file];
            assert!(openssl(path, &link).contains("OK"), "{file}");
        };
        verify("ca.cert.pem", "issuing.cert.pem", "crlsign");
        verify("issuing.cert.pem", "signers/11990000000000GX2C.cert.pem", "any");
        verify("issuing.cert.pem", "seal-maker.cert.pem", "any");
        verify("issuing.cert.pem", "timestamp.cert.pem", "timestampsign");
        for (file, parts) in [
            ("issuing.cert.pem", &["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "https://hub.test/crls/ca.crl"][..]),
            (
                "signers/11990000000000GX2C.cert.pem",
                &["CA:FALSE", "Digital Signature, Non Repudiation", "https://hub.test/crls/issuing.crl"],
            ),
            (
                "timestamp.cert.pem",
                &["Extended Key Usage: critical", "Time Stamping", "Subject Key Identifier", "Authority Key Identifier"],
            ),
        ] {
            let text = openssl(path, &["x509", "-in", file, "-noout", "-text"]);
            for part in parts {
                assert!(text.contains(part), "{part} in {file}: {text}");
            }
        }
    }

    const DISTID: &str = "distid:1234567812345678";

    fn openssl(folder: &Path, arguments: &[&str]) -> String {
        let output = std::process::Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}
