//! The signers of this hub, by the credit code of their authority.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use sm2::elliptic_curve::zeroize::Zeroizing;

use super::device::Devices;
use super::holder::check_code;
use super::{DeviceSigner, Holder, RemoteSigner, SignError, Signer, SoftwareSigner, TokenKeys, is_demo};

/// What a ring holds at one moment.
#[derive(Default)]
struct Signers {
    authorities: BTreeMap<String, Arc<dyn Signer>>,
    seal_maker: Option<Arc<dyn Signer>>,
    timestamp_unit: Option<Arc<dyn Signer>>,
    log: Option<Arc<dyn Signer>>,
}

impl Signers {
    fn all(&self) -> impl Iterator<Item = &Arc<dyn Signer>> {
        self.authorities.values().chain(&self.seal_maker).chain(&self.timestamp_unit).chain(&self.log)
    }
}

/// An immutable set of signers behind a pointer: a command that has taken a signer keeps it while the set is replaced.
pub struct KeyRing {
    signers: ArcSwap<Signers>,
    /// Followed apart, since they change while the hub runs.
    tokens: ArcSwap<TokenKeys>,
    /// Where it is read from again, with the passphrase; None: made from signers given.
    source: Option<(PathBuf, Zeroizing<String>)>,
}

impl KeyRing {
    /// Opens every signer in `folder/signers`, and the maker of seals and the timestamp unit where there is one. A folder without signers makes an empty ring.
    ///
    /// # Errors
    /// The first key or certificate that cannot be used: a hub that silently lacks a signer would be found out by its issuers.
    pub fn open(folder: &Path, passphrase: &str) -> Result<Self, SignError> {
        let signers = read(folder, passphrase)?;
        let tokens = TokenKeys::read(folder, passphrase, &TokenKeys::default())?.unwrap_or_default();
        Ok(Self {
            signers: ArcSwap::from_pointee(signers),
            tokens: ArcSwap::from_pointee(tokens),
            source: Some((folder.to_owned(), Zeroizing::new(passphrase.to_owned()))),
        })
    }

    /// A ring of these signers.
    pub fn of(signers: impl IntoIterator<Item = Arc<dyn Signer>>) -> Self {
        let authorities = signers.into_iter().map(|signer| (signer.authority().to_owned(), signer)).collect();
        Self { signers: ArcSwap::from_pointee(Signers { authorities, ..Signers::default() }), tokens: ArcSwap::default(), source: None }
    }

    /// The signer of an authority.
    pub fn signer(&self, authority: &str) -> Option<Arc<dyn Signer>> {
        self.signers.load().authorities.get(authority).cloned()
    }

    /// Who makes seals here (制章人); None where seals are made elsewhere.
    pub fn seal_maker(&self) -> Option<Arc<dyn Signer>> {
        self.signers.load().seal_maker.clone()
    }

    /// Who signs timestamps here; None where nobody does.
    pub fn timestamp_unit(&self) -> Option<Arc<dyn Signer>> {
        self.signers.load().timestamp_unit.clone()
    }

    /// Who signs the checkpoints of the log; None where no log is kept.
    pub fn log(&self) -> Option<Arc<dyn Signer>> {
        self.signers.load().log.clone()
    }

    /// The keys of access tokens.
    pub fn tokens(&self) -> Arc<TokenKeys> {
        self.tokens.load_full()
    }

    /// Reads the keys of access tokens again where others lie there; whether so. What was before stays when it fails.
    ///
    /// # Errors
    /// A key that cannot be opened.
    pub fn follow_tokens(&self) -> Result<bool, SignError> {
        let Some((folder, passphrase)) = &self.source else { return Ok(false) };
        let found = TokenKeys::read(folder, passphrase, &self.tokens.load())?;
        let other = found.is_some();
        if let Some(found) = found {
            self.tokens.store(Arc::new(found));
        }
        Ok(other)
    }

    /// The chains of everybody here, for verifiers who are told a signer alone.
    pub fn chains(&self) -> Vec<Vec<Vec<u8>>> {
        let signers = self.signers.load();
        signers.all().map(|signer| signer.chain().to_vec()).collect()
    }

    /// Credit codes of the authorities that can sign here.
    pub fn authorities(&self) -> Vec<String> {
        self.signers.load().authorities.keys().cloned().collect()
    }

    /// Does any signer belong to a demonstration?
    pub fn has_demo(&self) -> bool {
        self.signers.load().all().any(|signer| signer.chain().iter().any(|certificate| is_demo(certificate)))
    }

    /// Reads the folder again; what was before stays when it fails. Opening a key takes a noticeable part of a second.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn reload(&self) -> Result<(), SignError> {
        if let Some((folder, passphrase)) = &self.source {
            self.signers.store(Arc::new(read(folder, passphrase)?));
        }
        Ok(())
    }
}

/// What stands for a key in `signers`: the key itself, or where it is to be asked.
const SUFFIXES: [&str; 3] = [".key.pem", REMOTE, DEVICE];
const REMOTE: &str = ".remote.toml";
const DEVICE: &str = ".sdf.toml";

fn read(folder: &Path, passphrase: &str) -> Result<Signers, SignError> {
    let own = |holder: Holder| -> Result<_, SignError> {
        let key = holder.key(folder);
        let opened = key.exists().then(|| SoftwareSigner::open_any(&key, &holder.certificate(folder), passphrase)).transpose()?;
        Ok(opened.map(SoftwareSigner::shared))
    };
    let (seal_maker, timestamp_unit, log) = (own(Holder::SealMaker)?, own(Holder::TimestampUnit)?, own(Holder::Log)?);
    let folder = folder.join("signers");
    let fault = |source| SignError::File { path: folder.clone(), action: "read", source };
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Signers { seal_maker, timestamp_unit, log, ..Signers::default() });
        }
        Err(source) => return Err(fault(source)),
    };
    let (mut authorities, mut devices) = (BTreeMap::new(), Devices::default());
    for entry in entries {
        let path = entry.map_err(fault)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some((code, suffix)) = SUFFIXES.iter().find_map(|suffix| Some((name.strip_suffix(suffix)?, *suffix))) else { continue };
        check_code(code)?;
        let second = SUFFIXES.iter().find(|second| **second != suffix && folder.join(format!("{code}{second}")).exists());
        if let Some(second) = second {
            let why = format!("{code}{second} lies beside it: a signer has one key");
            return Err(SignError::Settings { path, why });
        }
        let certificate = folder.join(format!("{code}.cert.pem"));
        let signer = match suffix {
            REMOTE => RemoteSigner::open(&path, &certificate, code)?.shared(),
            DEVICE => DeviceSigner::open(&path, &certificate, code, &mut devices)?.shared(),
            _ => SoftwareSigner::open(&path, &certificate, code, passphrase)?.shared(),
        };
        authorities.insert(code.to_owned(), signer);
    }
    Ok(Signers { authorities, seal_maker, timestamp_unit, log })
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("KeyRing").field("authorities", &self.authorities()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::authority_ca::{create_ca, create_signer};

    #[test]
    fn a_new_signer_is_there_after_reading_again() {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-11-22T00:00:00Z".parse().unwrap();
        let ring = KeyRing::open(folder.path(), "p").unwrap();
        assert!(ring.authorities().is_empty());
        create_ca(folder.path(), "测试根", "p", true, now).unwrap();
        create_signer(folder.path(), "11990000000000GX2C", "测试机关", "p", now).unwrap();
        ring.reload().unwrap();
        assert_eq!(ring.authorities(), ["11990000000000GX2C"]);
        assert!(ring.has_demo() && ring.signer("91990000MAH0TEXT1J").is_none());
        std::fs::rename(folder.path().join("signers/11990000000000GX2C.key.pem"), folder.path().join("signers/91990000MAH0TEXT1J.key.pem"))
            .unwrap();
        assert!(ring.reload().is_err());
        assert_eq!(ring.authorities(), ["11990000000000GX2C"], "what was before stays");
    }
}
