//! Answers about one certificate (OCSP, RFC 6960) of the authorities of one's own, signed beforehand: for whoever asks about one
//! certificate and will not fetch a whole list.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, Utc};
use verify::chain::X509;
use verify::revocation::{Answer, CertificateId, OcspDraft, Revoked};
use verify::signature::sign_message;

use super::SignError;
use super::authority_ca::{ISSUING, ROOT, authority_key, first_certificate, make_folder};
use super::revoking::{certificate_of, replace, revoked, revoked_entry};

/// An answer as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenAnswer {
    pub path: PathBuf,
    pub subject: String,
    /// None: not revoked.
    pub revoked: Option<Revoked>,
    pub next_update: DateTime<Utc>,
}

/// Writes what the authority says of a certificate, of a holder here or in a PEM file, into `trust/revocations`; it is fresh for `days`.
///
/// # Errors
/// No such certificate, one that no authority here issued, an authority whose key is not here, a wrong passphrase.
pub fn write_answer(
    keys: &Path,
    trust: &Path,
    passphrase: &str,
    whom: &str,
    days: u64,
    now: DateTime<Utc>,
) -> Result<WrittenAnswer, SignError> {
    let (certificate, name) = certificate_of(keys, whom)?;
    let fault = |why: String| SignError::Revocation { subject: certificate.subject(), why };
    let own = |authority: &str| first_certificate(&keys.join(format!("{authority}.cert.pem"))).ok();
    let found =
        [ISSUING, ROOT].into_iter().find_map(|authority| Some((authority, own(authority)?)).filter(|(_, own)| issued(own, &certificate)));
    let (authority, issuer) = found.ok_or_else(|| fault("no authority here issued it".to_owned()))?;
    let serial = certificate.serial();
    let mut told = None;
    for one in revoked(keys)?.iter().filter(|one| one.authority == authority) {
        let (number, entry) = revoked_entry(one)?;
        if number == serial {
            told = Some(entry);
        }
    }
    let this_update = DateTime::from_timestamp(now.timestamp(), 0).unwrap_or(now);
    let next_update = this_update.checked_add_days(Days::new(days)).unwrap_or(this_update);
    let draft = OcspDraft {
        id: CertificateId::new(&issuer, serial),
        answer: told.map_or(Answer::Good, Answer::Revoked),
        this_update,
        next_update: Some(next_update),
        produced_at: this_update,
    };
    let prepared = draft.prepare(&issuer).map_err(|error| fault(error.to_string()))?;
    let key = authority_key(keys, authority, passphrase)?;
    let signature = sign_message(&key, prepared.to_be_signed()).map_err(|error| fault(error.to_string()))?;
    let der = prepared.assemble(&signature).map_err(|error| fault(error.to_string()))?;
    let folder = trust.join("revocations");
    make_folder(&folder)?;
    let path = folder.join(format!("{name}.ocsp"));
    replace(&path, &der)?;
    Ok(WrittenAnswer { path, subject: certificate.subject(), revoked: told, next_update })
}

fn issued(issuer: &X509, certificate: &X509) -> bool {
    issuer.subject_der() == certificate.issuer_der() && issuer.der() != certificate.der()
}

#[cfg(test)]
mod tests {
    use verify::chain::Trust;
    use verify::revocation::{RevocationStatus, Revocations};

    use super::*;
    use crate::sign::KeyRing;
    use crate::sign::authority_ca::{create_ca, create_issuing, create_signer};
    use crate::sign::revoking::{RevocationReason, revoke};

    const CODE: &str = "11990000000000GX2C";

    #[test]
    fn an_answer_says_what_the_register_says() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, trust) = (folder.path().join("keys"), folder.path().join("trust"));
        let now: DateTime<Utc> = "2026-11-22T08:00:00Z".parse().unwrap();
        create_ca(&keys, "测试根", "p", true, now).unwrap();
        create_issuing(&keys, "测试签发", None, "p", now).unwrap();
        create_signer(&keys, CODE, "测试机关", "p", now).unwrap();
        let chain = KeyRing::open(&keys, "p").unwrap().signer(CODE).unwrap().chain().to_vec();
        let roots = Trust::from_pem(&[std::fs::read_to_string(keys.join("ca.cert.pem")).unwrap()]).unwrap();
        let status = |written: &[WrittenAnswer]| {
            let ders: Vec<_> = written.iter().map(|one| std::fs::read(&one.path).unwrap()).collect();
            let read = Revocations::read(&[], &ders);
            assert!(read.unusable().is_empty(), "{:?}", read.unusable());
            let of_chain = read.of_chain(&roots.chain(&chain), now + chrono::Duration::hours(1));
            of_chain.into_iter().map(|one| one.status).collect::<Vec<_>>()
        };
        let write = |whom: &str| write_answer(&keys, &trust, "p", whom, 1, now);
        let both = [write(CODE).unwrap(), write("issuing").unwrap()];
        assert!(status(&both).iter().all(|one| matches!(one, RevocationStatus::Good { .. })), "{:?}", status(&both));
        revoke(&keys, CODE, RevocationReason::KeyCompromise, now).unwrap();
        let answer = write(CODE).unwrap();
        assert!(answer.revoked.is_some());
        assert!(matches!(status(&[answer])[0], RevocationStatus::Revoked { .. }));
        assert!(write("91990000MAH0TEXT1J").is_err() && write("ca").is_err());
    }
}
