//! Where keys and trust anchors lie, and the key of the index.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{ConfigError, Secret, from};

const PASSPHRASE_VARIABLE: &str = "ZHENGZHAO_KEYS_PASSPHRASE";

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// Signing keys (encrypted PKCS#8) and their certificates; written by `zhengzhao keys`.
    pub folder: PathBuf,
    /// Certificates (PEM) of the roots that are trusted.
    pub trust: PathBuf,
    /// A file whose first line is the passphrase of the keys.
    pub passphrase_file: Option<PathBuf>,
    /// 32 bytes in hex that make the opaque keys of holders' codes and personal values. Default: `index.key` in `folder`.
    pub index_key_file: Option<PathBuf>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { folder: "keys".into(), trust: "trust".into(), passphrase_file: None, index_key_file: None }
    }
}

impl Keys {
    /// The passphrase, from the environment or the file, in this order.
    ///
    /// # Errors
    /// Neither gives one, or the file cannot be read.
    pub fn passphrase(&self) -> Result<Secret, ConfigError> {
        match (Secret::of_variable(PASSPHRASE_VARIABLE), &self.passphrase_file) {
            (Some(secret), _) => Ok(secret),
            (None, Some(file)) => Secret::of_file(file),
            (None, None) => {
                Err(ConfigError::Missing { what: "the passphrase of the keys", variable: PASSPHRASE_VARIABLE, key: "keys.passphrase_file" })
            }
        }
    }

    pub fn index_key_file(&self) -> PathBuf {
        self.index_key_file.clone().unwrap_or_else(|| self.folder.join("index.key"))
    }

    pub(super) fn settle(&mut self, folder: &Path) {
        from(folder, &mut self.folder);
        from(folder, &mut self.trust);
        for file in [&mut self.passphrase_file, &mut self.index_key_file].into_iter().flatten() {
            from(folder, file);
        }
    }
}

/// The index key in `file`; None where there is no such file.
///
/// # Errors
/// The file cannot be read or does not hold 64 hex digits.
pub fn index_key(file: &Path) -> Result<Option<[u8; 32]>, ConfigError> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ConfigError::Unreadable { file: file.into(), error }),
    };
    let broken = || {
        ConfigError::File {
        file: file.into(),
        zh: "索引密钥应为 64 位十六进制数字；请从备份恢复原文件，换一个新的会使按持证主体和个人信息的检索查不到已有证照".into(),
        en: "the index key should be 64 hex digits; restore the file from a backup: with a new one, searches by holder and by personal values no longer find what is stored".into(),
    }
    };
    let digits = text.trim();
    if digits.len() != 64 || !digits.is_ascii() {
        return Err(broken());
    }
    let mut key = [0; 32];
    for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let pair = str::from_utf8(pair).map_err(|_| broken())?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| broken())?;
    }
    Ok(Some(key))
}

/// Makes an index key in `file`, which must not exist yet.
///
/// # Errors
/// The file is there already or cannot be written.
pub fn make_index_key(file: &Path) -> Result<[u8; 32], ConfigError> {
    let key: [u8; 32] = rand::random();
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    write_private(file, format!("{text}\n").as_bytes()).map_err(|error| ConfigError::Unreadable { file: file.into(), error })?;
    Ok(key)
}

/// Writes a new file that only its owner may read; folders on the way are made.
pub fn write_private(file: &Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut open = private().create_new(true).open(file)?;
    open.write_all(content)?;
    open.sync_all()
}

fn private() -> OpenOptions {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("keys/index.key");
        assert_eq!(index_key(&file).expect("nothing there"), None);
        let key = make_index_key(&file).expect("made");
        assert_eq!(index_key(&file).expect("readable"), Some(key));
        assert!(make_index_key(&file).is_err(), "never replaced");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(&file, "zz").expect("writable");
        assert!(index_key(&file).is_err());
    }
}
