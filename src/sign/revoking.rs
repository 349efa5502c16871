//! What the authorities of one's own have revoked: kept in `revoked.json`, told in a list (RFC 5280) for each authority whose key
//! is here.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};
use verify::chain::X509;
use verify::revocation::{CrlDraft, Reason, Revoked};
use verify::signature::sign_message;

use super::authority_ca::{ISSUING, ROOT, authority_key, first_certificate, make_folder};
use super::{Holder, SignError};

/// A certificate that one of the authorities here has revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedCertificate {
    /// `ca` or `issuing`.
    pub authority: String,
    /// Hex.
    pub serial: String,
    pub subject: String,
    pub since: DateTime<Utc>,
    pub reason: RevocationReason,
}

/// Why (RFC 5280, 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationReason {
    Unspecified,
    /// The key may be in other hands: nothing it signed without a proven time counts any more.
    KeyCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    PrivilegeWithdrawn,
}

impl RevocationReason {
    pub const ALL: [Self; 6] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::PrivilegeWithdrawn,
    ];

    /// As `revoked.json` and the command line say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "key-compromise",
            Self::AffiliationChanged => "affiliation-changed",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessation-of-operation",
            Self::PrivilegeWithdrawn => "privilege-withdrawn",
        }
    }

    const fn code(self) -> Reason {
        match self {
            Self::Unspecified => Reason::Unspecified,
            Self::KeyCompromise => Reason::KeyCompromise,
            Self::AffiliationChanged => Reason::AffiliationChanged,
            Self::Superseded => Reason::Superseded,
            Self::CessationOfOperation => Reason::CessationOfOperation,
            Self::PrivilegeWithdrawn => Reason::PrivilegeWithdrawn,
        }
    }
}

/// `revoked.json`.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Register {
    /// Of the last lists made.
    number: u64,
    revoked: Vec<RevokedCertificate>,
}

/// A list as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenCrl {
    pub path: PathBuf,
    pub number: u64,
    pub next_update: DateTime<Utc>,
    pub entries: usize,
}

/// Everything the authorities in `keys` have revoked.
///
/// # Errors
/// `revoked.json` does not read.
pub fn revoked(keys: &Path) -> Result<Vec<RevokedCertificate>, SignError> {
    Ok(register(keys)?.revoked)
}

/// Revokes a certificate for ever: of a holder here, or in a PEM file. It counts once the lists are written ([`write_crls`]).
///
/// # Errors
/// No such certificate, one that no authority here issued, or one that is revoked already.
pub fn revoke(keys: &Path, whom: &str, reason: RevocationReason, now: DateTime<Utc>) -> Result<RevokedCertificate, SignError> {
    let (certificate, _) = certificate_of(keys, whom)?;
    let refused = |why: String| SignError::Revocation { subject: certificate.subject(), why };
    let issued_here = |authority: &&str| {
        let own = first_certificate(&keys.join(format!("{authority}.cert.pem")));
        own.is_ok_and(|own| own.subject_der() == certificate.issuer_der() && own.der() != certificate.der())
    };
    let authority = [ISSUING, ROOT].into_iter().find(issued_here).ok_or_else(|| refused("no authority here issued it".to_owned()))?;
    let mut register = register(keys)?;
    let serial = hex(certificate.serial());
    if let Some(known) = register.revoked.iter().find(|known| known.authority == authority && known.serial == serial) {
        return Err(refused(format!("it is revoked since {}", known.since.to_rfc3339())));
    }
    let since = DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now);
    let entry = RevokedCertificate { authority: authority.to_owned(), serial, subject: certificate.subject(), since, reason };
    register.revoked.push(entry.clone());
    save(keys, &register)?;
    Ok(entry)
}

/// Writes the list of each authority whose key is here, `ca.crl` and `issuing.crl`, into `trust/revocations`; they are fresh for `days`.
///
/// # Errors
/// A wrong passphrase, files that cannot be read or written.
pub fn write_crls(keys: &Path, trust: &Path, passphrase: &str, days: u64, now: DateTime<Utc>) -> Result<Vec<WrittenCrl>, SignError> {
    let mut register = register(keys)?;
    register.number += 1;
    // The number is taken before a list has it: no two lists ever share one.
    save(keys, &register)?;
    let folder = trust.join("revocations");
    make_folder(&folder)?;
    let this_update = DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now);
    let next_update = this_update.checked_add_days(Days::new(days)).unwrap_or(this_update);
    let mut written = Vec::new();
    for authority in [ROOT, ISSUING] {
        let certificate = keys.join(format!("{authority}.cert.pem"));
        if !certificate.exists() || !keys.join(format!("{authority}.key.pem")).exists() {
            continue;
        }
        let entries = register.revoked.iter().filter(|one| one.authority == authority).map(revoked_entry).collect::<Result<Vec<_>, _>>()?;
        let draft = CrlDraft { number: register.number, this_update, next_update, entries };
        let der = signed(&draft, &first_certificate(&certificate)?, || authority_key(keys, authority, passphrase))?;
        let path = folder.join(format!("{authority}.crl"));
        replace(&path, &der)?;
        written.push(WrittenCrl { path, number: register.number, next_update, entries: draft.entries.len() });
    }
    Ok(written)
}

/// The certificate of a holder here, of `issuing`, or in a PEM file, and what files about it are called.
pub(super) fn certificate_of(keys: &Path, whom: &str) -> Result<(X509, String), SignError> {
    if Path::new(whom).is_file() {
        let certificate = first_certificate(Path::new(whom))?;
        let name = hex(certificate.serial());
        return Ok((certificate, name));
    }
    let path = if whom == ISSUING { keys.join("issuing.cert.pem") } else { Holder::of(whom)?.certificate(keys) };
    Ok((first_certificate(&path)?, whom.to_owned()))
}

fn signed(draft: &CrlDraft, issuer: &X509, key: impl FnOnce() -> Result<sm2::dsa::SigningKey, SignError>) -> Result<Vec<u8>, SignError> {
    let fault = |why: String| SignError::Revocation { subject: issuer.subject(), why };
    let prepared = draft.prepare(issuer).map_err(|error| fault(error.to_string()))?;
    let signature = sign_message(&key()?, prepared.to_be_signed()).map_err(|error| fault(error.to_string()))?;
    prepared.assemble(&signature).map_err(|error| fault(error.to_string()))
}

/// Serial number and what is said of it.
pub(super) fn revoked_entry(one: &RevokedCertificate) -> Result<(Vec<u8>, Revoked), SignError> {
    let digits = one.serial.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()));
    let serial = digits.collect::<Option<Vec<u8>>>();
    let fault =
        || SignError::Revocation { subject: one.subject.clone(), why: format!("{:?} in revoked.json is no serial number", one.serial) };
    Ok((serial.ok_or_else(fault)?, Revoked { since: one.since, reason: Some(one.reason.code()), invalidity: None }))
}

fn register(keys: &Path) -> Result<Register, SignError> {
    let path = keys.join("revoked.json");
    let fault = |source| SignError::File { path: path.clone(), action: "read", source };
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| fault(error.into())),
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => Ok(Register::default()),
        Err(source) => Err(fault(source)),
    }
}

fn save(keys: &Path, register: &Register) -> Result<(), SignError> {
    let path = keys.join("revoked.json");
    let bytes = serde_json::to_vec_pretty(register).map_err(|error| SignError::File {
        path: path.clone(),
        action: "written",
        source: error.into(),
    })?;
    replace(&path, &bytes)
}

/// Whoever reads it meanwhile finds the old file or the new one, never a part.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), SignError> {
    let new = path.with_extension("new");
    let written = std::fs::write(&new, bytes).and_then(|()| std::fs::rename(&new, path));
    written.map_err(|source| SignError::File { path: path.into(), action: "written", source })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use verify::chain::Trust;
    use verify::revocation::{RevocationStatus, Revocations, WhyUnknown};

    use super::*;
    use crate::sign::KeyRing;
    use crate::sign::authority_ca::{create_ca, create_holder, create_issuing, create_signer};

    const CODE: &str = "11990000000000GX2C";

    fn statuses(keys: &Path, trust: &Path, chain: &[Vec<u8>], at: DateTime<Utc>) -> Vec<RevocationStatus> {
        let read = |name: &str| std::fs::read(trust.join("revocations").join(name)).ok();
        let lists: Vec<_> = ["ca.crl", "issuing.crl"].into_iter().filter_map(read).collect();
        let revocations = Revocations::read(&lists, &[]);
        assert!(revocations.unusable().is_empty(), "{:?}", revocations.unusable());
        let roots = Trust::from_pem(&[std::fs::read_to_string(keys.join("ca.cert.pem")).unwrap()]).unwrap();
        revocations.of_chain(&roots.chain(chain), at).into_iter().map(|one| one.status).collect()
    }

    #[test]
    fn a_revoked_certificate_is_on_its_authoritys_list_and_no_other_is() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, trust) = (folder.path().join("keys"), folder.path().join("trust"));
        let now: DateTime<Utc> = "2026-11-22T08:00:00Z".parse().unwrap();
        let day = chrono::Duration::days(1);
        create_ca(&keys, "测试根", "p", true, now).unwrap();
        create_issuing(&keys, "测试签发", None, "p", now).unwrap();
        create_signer(&keys, CODE, "测试机关", "p", now).unwrap();
        create_holder(&keys, &Holder::SealMaker, "测试制章", "p", now).unwrap();
        let ring = KeyRing::open(&keys, "p").unwrap();
        let (signer, maker) = (ring.signer(CODE).unwrap(), ring.seal_maker().unwrap());

        let first = write_crls(&keys, &trust, "p", 7, now).unwrap();
        assert_eq!(first.iter().map(|list| (list.number, list.entries)).collect::<Vec<_>>(), [(1, 0), (1, 0)]);
        for signer in [&signer, &maker] {
            let found = statuses(&keys, &trust, signer.chain(), now + day);
            assert!(found.len() == 2 && found.iter().all(|one| matches!(one, RevocationStatus::Good { .. })), "{found:?}");
        }
        let old = statuses(&keys, &trust, signer.chain(), now + day * 8);
        assert!(old.iter().all(|one| matches!(one, RevocationStatus::Unknown { why: WhyUnknown::TooOld { .. } })), "{old:?}");

        let revoked_at = now + day;
        revoke(&keys, CODE, RevocationReason::KeyCompromise, revoked_at).unwrap();
        assert!(matches!(revoke(&keys, CODE, RevocationReason::Superseded, revoked_at), Err(SignError::Revocation { .. })));
        let second = write_crls(&keys, &trust, "p", 7, revoked_at).unwrap();
        assert_eq!(second.iter().map(|list| (list.number, list.entries)).collect::<Vec<_>>(), [(2, 0), (2, 1)]);
        let found = statuses(&keys, &trust, signer.chain(), revoked_at + day);
        let expected = Revoked { since: revoked_at, reason: Some(Reason::KeyCompromise), invalidity: None };
        assert!(matches!(found[0], RevocationStatus::Revoked { revoked, .. } if revoked == expected), "{found:?}");
        assert!(matches!(found[1], RevocationStatus::Good { .. }));
        assert!(matches!(statuses(&keys, &trust, maker.chain(), revoked_at + day)[0], RevocationStatus::Good { .. }));
        assert_eq!(revoked(&keys).unwrap().len(), 1);

        // The root revokes the issuing authority; with its key offline its list stays as it was.
        revoke(&keys, "issuing", RevocationReason::CessationOfOperation, revoked_at).unwrap();
        std::fs::rename(keys.join("ca.key.pem"), folder.path().join("offline")).unwrap();
        assert_eq!(write_crls(&keys, &trust, "p", 7, revoked_at).unwrap().len(), 1);
        assert!(matches!(statuses(&keys, &trust, maker.chain(), revoked_at + day)[1], RevocationStatus::Good { .. }));
        std::fs::rename(folder.path().join("offline"), keys.join("ca.key.pem")).unwrap();
        write_crls(&keys, &trust, "p", 7, revoked_at).unwrap();
        assert!(matches!(statuses(&keys, &trust, maker.chain(), revoked_at + day)[1], RevocationStatus::Revoked { .. }));
        assert!(
            revoke(&keys, keys.join("ca.cert.pem").to_str().unwrap(), RevocationReason::Unspecified, now).is_err(),
            "a root revokes not itself"
        );
    }

    /// OpenSSL reads the list as we mean it.
    #[test]
    fn openssl_reads_the_list() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        let now = Utc::now();
        create_ca(&keys, "测试根", "p", true, now).unwrap();
        create_signer(&keys, CODE, "测试机关", "p", now).unwrap();
        let serial = revoke(&keys, CODE, RevocationReason::Superseded, now).unwrap().serial.to_uppercase();
        let written = write_crls(&keys, &folder.path().join("trust"), "p", 7, now).unwrap().remove(0);
        let arguments = ["crl", "-inform", "DER", "-in", written.path.to_str().unwrap(), "-noout", "-text"];
        let output = std::process::Command::new("openssl").args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        for part in [format!("Serial Number: {serial}").as_str(), "Superseded", "X509v3 CRL Number", "SM2-with-SM3"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
