//! Keys that sign access tokens. They have no certificate: who checks a token is this hub, and others find the public keys published.
//!
//! ```text
//! DIR/tokens/20261123T022300Z.key.pem     signs from that moment on, until one that begins later does
//! ```
//! All keys there are recognised, those to come included: a new key lies on every replica before the first token is signed with it,
//! and the one before it stays until the last of its tokens has ended.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use sm2::dsa::SigningKey;
use verify::digest::sm3;
use verify::signature::{DISTINGUISHING_ID, sign_message};
use verify::sm2::{PreparedKey, SignatureFault};

use super::authority_ca::make_folder;
use super::{SignError, key_file};

const FOLDER: &str = "tokens";
const SUFFIX: &str = ".key.pem";
const BEGIN: &str = "%Y%m%dT%H%M%SZ";
/// How long a new key lies there before it signs: every replica has read it by then.
const LEAD: TimeDelta = TimeDelta::minutes(10);
/// How long a key stays after its successor has begun; no token lives as long.
const STAYS: TimeDelta = TimeDelta::hours(1);

/// One key, opened.
pub struct TokenKey {
    id: String,
    begins: DateTime<Utc>,
    key: SigningKey,
    public: PreparedKey,
}

impl TokenKey {
    fn open(path: &Path, begins: DateTime<Utc>, passphrase: &str) -> Result<Self, SignError> {
        let secret = key_file::read(path, passphrase)?;
        let unusable = |_| SignError::Key { path: path.into() };
        let public = PreparedKey::try_from(&secret.public_key()).map_err(unusable)?.with_table();
        let key = SigningKey::new(DISTINGUISHING_ID, &secret).map_err(|_| SignError::Key { path: path.into() })?;
        let id = sm3(public.coordinates()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { id, begins, key, public })
    }

    /// `kid`: the first 32 hexadecimal digits of SM3 over the coordinates.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it begins to sign.
    pub const fn begins(&self) -> DateTime<Utc> {
        self.begins
    }

    /// x and y.
    pub fn coordinates(&self) -> &[u8; 64] {
        self.public.coordinates()
    }

    /// As [`super::Signer::sign`].
    ///
    /// # Errors
    /// [`SignError::Sign`] when the key gives no signature.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        sign_message(&self.key, message).map_err(|fault| SignError::Sign { authority: "access tokens".into(), fault: fault.to_string() })
    }

    /// Is `der` this key's signature of `message`?
    ///
    /// # Errors
    /// It is not.
    pub fn verify(&self, message: &[u8], der: &[u8]) -> Result<(), SignatureFault> {
        self.public.verify(message, der)
    }
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TokenKey").field("id", &self.id).field("begins", &self.begins).finish_non_exhaustive()
    }
}

/// The keys that lie there, by the moment they begin.
#[derive(Debug, Default)]
pub struct TokenKeys {
    keys: Vec<Arc<TokenKey>>,
}

impl TokenKeys {
    /// Reads the keys below `folder`; those of `known` are not opened again, since that takes a noticeable part of a second. None
    /// where they are the same as known.
    pub(super) fn read(folder: &Path, passphrase: &str, known: &Self) -> Result<Option<Self>, SignError> {
        let files = files(folder)?;
        if files.iter().map(|(begins, _)| *begins).eq(known.keys.iter().map(|key| key.begins)) {
            return Ok(None);
        }
        let opened = files.iter().map(|(begins, path)| match known.keys.iter().find(|key| key.begins == *begins) {
            Some(key) => Ok(key.clone()),
            None => TokenKey::open(path, *begins, passphrase).map(Arc::new),
        });
        Ok(Some(Self { keys: opened.collect::<Result<_, _>>()? }))
    }

    /// The key that signs at that moment: the last that has begun, or, where clocks differ, the first to begin.
    pub fn signing(&self, now: DateTime<Utc>) -> Option<&Arc<TokenKey>> {
        self.keys.iter().rfind(|key| key.begins <= now).or(self.keys.first())
    }

    /// The key of that `kid`.
    pub fn by_id(&self, id: &str) -> Option<&Arc<TokenKey>> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// All of them.
    pub fn all(&self) -> &[Arc<TokenKey>] {
        &self.keys
    }
}

/// A key as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeTokenKey {
    pub path: PathBuf,
    pub begins: DateTime<Utc>,
    /// Keys whose time is over, moved into `retired`.
    pub retired: Vec<PathBuf>,
}

/// Makes a key that signs from `begins` on: where that is not given, at once if it is the first, else ten minutes on. Keys whose
/// successor has long begun are moved into `retired`.
///
/// # Errors
/// A key begins at that moment already; files that cannot be written.
pub fn create_token_key(
    folder: &Path,
    passphrase: &str,
    begins: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<MadeTokenKey, SignError> {
    let known = files(folder)?;
    let begins = begins.unwrap_or_else(|| if known.is_empty() { now } else { now + LEAD });
    let begins = DateTime::from_timestamp(begins.timestamp(), 0).unwrap_or(begins);
    make_folder(&folder.join(FOLDER))?;
    let path = folder.join(FOLDER).join(format!("{}{SUFFIX}", begins.format(BEGIN)));
    key_file::write(&path, &key_file::generate()?, passphrase)?;
    let mut retired = Vec::new();
    for ((_, old), (successor, _)) in known.iter().zip(known.iter().skip(1)) {
        if *successor + STAYS > now {
            continue;
        }
        let to = folder.join("retired");
        make_folder(&to)?;
        let name = old.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let to = to.join(format!("{FOLDER}.{name}"));
        std::fs::rename(old, &to).map_err(|source| SignError::File { path: old.clone(), action: "moved", source })?;
        retired.push(to);
    }
    Ok(MadeTokenKey { path, begins, retired })
}

/// The key files, by the moment they begin.
fn files(folder: &Path) -> Result<Vec<(DateTime<Utc>, PathBuf)>, SignError> {
    let folder = folder.join(FOLDER);
    let fault = |source| SignError::File { path: folder.clone(), action: "read", source };
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(fault(source)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(fault)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(begin) = name.strip_suffix(SUFFIX) else { continue };
        let begins = NaiveDateTime::parse_from_str(begin, BEGIN).map_err(|_| SignError::Settings {
            path: path.clone(),
            why: "its name does not say when it begins to sign, such as 20261123T022300Z.key.pem".into(),
        })?;
        found.push((begins.and_utc(), path));
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_follow_one_another_and_overlap() {
        let folder = tempfile::tempdir().unwrap();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let now = at("2026-11-23T02:00:00.25Z");
        let read = |known: &TokenKeys| TokenKeys::read(folder.path(), "p", known).unwrap();
        assert!(read(&TokenKeys::default()).is_none(), "nothing there");
        let first = create_token_key(folder.path(), "p", None, now).unwrap();
        assert_eq!(first.begins, at("2026-11-23T02:00:00Z"), "the first signs at once");
        assert!(create_token_key(folder.path(), "p", Some(now), now).is_err(), "never replaced");
        let one = read(&TokenKeys::default()).unwrap();
        let second = create_token_key(folder.path(), "p", None, now).unwrap();
        assert_eq!(second.begins, first.begins + LEAD);
        let two = read(&one).unwrap();
        assert!(Arc::ptr_eq(&two.all()[0], &one.all()[0]), "not opened again");
        assert!(read(&two).is_none());
        let id = |keys: &TokenKeys, at| keys.signing(at).unwrap().id().to_owned();
        assert_eq!(id(&two, now), one.all()[0].id());
        assert_ne!(id(&two, second.begins), one.all()[0].id());
        assert_eq!(id(&two, now - TimeDelta::seconds(2)), one.all()[0].id(), "a clock that is slow");
        assert!(two.by_id(one.all()[0].id()).is_some() && two.by_id("").is_none());
        // Signatures belong to their key.
        let der = two.all()[1].sign(b"m").unwrap();
        assert!(two.all()[1].verify(b"m", &der).is_ok() && two.all()[0].verify(b"m", &der).is_err());
        // Its time is over when its successor has signed for long enough, and not before.
        assert_eq!(
            create_token_key(folder.path(), "p", None, second.begins + TimeDelta::minutes(59)).unwrap().retired,
            Vec::<PathBuf>::new()
        );
        let third = create_token_key(folder.path(), "p", None, second.begins + TimeDelta::minutes(60)).unwrap();
        assert_eq!(third.retired, [folder.path().join("retired/tokens.20261123T020000Z.key.pem")]);
        assert!(third.retired[0].exists() && !first.path.exists());
    }

    #[test]
    fn a_name_that_is_no_time_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("tokens")).unwrap();
        std::fs::write(folder.path().join("tokens/new.key.pem"), "").unwrap();
        assert!(matches!(TokenKeys::read(folder.path(), "p", &TokenKeys::default()), Err(SignError::Settings { .. })));
    }
}
