//! The bench's folder: keys of the hub, keys of every authority, configuration, tokens, and what the data were made from.
//!
//! ```text
//! DIR/bench.json    seed, number, day, tokens      DIR/keys      the hub's one signer and its index key
//! DIR/trust         the bench's root               DIR/makers    the root's key and a signer for every authority
//! ```

use std::path::{Path, PathBuf};

use chrono::{NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::BenchError;
use super::world::World;
use crate::config::{Secret, index_key, make_index_key, write_private};
use crate::demo::people;
use crate::hub::{Bounds, CacheSettings, CallerSettings, HubSettings};
use crate::sign::authority_ca::{create_ca, create_signer, export_anchor};
use crate::store::StoreSettings;

const PASSPHRASE: &str = "passphrase";

/// `bench.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct About {
    pub seed: u64,
    pub certificates: u64,
    pub day: NaiveDate,
    /// The database that the data are in.
    pub database: String,
    /// Statements that build the indexes that a load drops.
    pub indexes: Vec<String>,
    /// All of it is there.
    pub loaded: bool,
    pub department: String,
    pub issuer: String,
    /// How many persons beyond the world have been given certificates by earlier runs, at most.
    #[serde(default)]
    pub fresh: u64,
}

impl About {
    pub fn world(&self) -> World {
        World::new(self.seed, self.certificates, self.day)
    }
}

#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// # Errors
    /// It cannot be made.
    pub fn open(path: &Path) -> Result<Self, BenchError> {
        std::fs::create_dir_all(path).map_err(|error| BenchError::file(path, error))?;
        std::fs::canonicalize(path).map(Self).map_err(|error| BenchError::file(path, error))
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What the last load wrote; None: none was begun.
    ///
    /// # Errors
    /// The file does not read.
    pub fn about(&self) -> Result<Option<About>, BenchError> {
        let file = self.file("bench.json");
        match std::fs::read(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(BenchError::file(&file, error)),
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| BenchError::file(&file, error.into())),
        }
    }

    /// What is loaded.
    ///
    /// # Errors
    /// Nothing is, or not all of it.
    pub fn loaded(&self) -> Result<About, BenchError> {
        let advice = || BenchError::Foreign(format!("{}: no data; make them with `zhengzhao bench data`", self.0.display()));
        self.about()?.filter(|about| about.loaded).ok_or_else(advice)
    }

    /// Takes `count` persons beyond the world for certificates to be issued; the first of them.
    ///
    /// # Errors
    /// Nothing is loaded, or it cannot be written.
    pub fn take_fresh(&self, count: u64) -> Result<u64, BenchError> {
        let mut about = self.loaded()?;
        about.fresh += count;
        self.write(&about)?;
        Ok(about.fresh - count)
    }

    /// # Errors
    /// It cannot be written.
    pub fn write(&self, about: &About) -> Result<(), BenchError> {
        let (file, new) = (self.file("bench.json"), self.file("bench.json.new"));
        let text = serde_json::to_vec_pretty(about).map_err(|error| BenchError::file(&file, error.into()))?;
        let _ = std::fs::remove_file(&new);
        write_private(&new, &text).map_err(|error| BenchError::file(&new, error))?;
        std::fs::rename(&new, &file).map_err(|error| BenchError::file(&file, error))
    }

    pub fn passphrase(&self) -> Result<Secret, BenchError> {
        Ok(Secret::of_file(&self.file(PASSPHRASE))?)
    }

    /// Makes what keys are missing. The hub itself holds the first authority's alone: it starts at once then.
    ///
    /// # Errors
    /// A key or file that cannot be made.
    pub fn keys(&self, authorities: u64) -> Result<(), BenchError> {
        let passphrase = self.file(PASSPHRASE);
        if !passphrase.exists() {
            write_private(&passphrase, format!("{:032x}", rand::random::<u128>()).as_bytes())
                .map_err(|error| BenchError::file(&passphrase, error))?;
        }
        let (secret, makers, now) = (self.passphrase()?, self.file("makers"), Utc::now());
        if !makers.join("ca.cert.pem").exists() {
            create_ca(&makers, "性能测试根", secret.reveal(), false, now)?;
        }
        let made = |index: u64| {
            let code = people::authority(index);
            if makers.join(format!("signers/{code}.cert.pem")).exists() {
                return Ok(());
            }
            create_signer(&makers, &code, &authority_name(index), secret.reveal(), now)
        };
        made(0)?;
        let half = |turn: u64| (1..authorities).filter(|index| index % 2 == turn).try_for_each(made);
        std::thread::scope(|scope| {
            let other = scope.spawn(|| half(1));
            half(0)?;
            other.join().unwrap_or(Ok(()))
        })?;
        let own = people::authority(0);
        let signers = self.file("keys/signers");
        std::fs::create_dir_all(&signers).map_err(|error| BenchError::file(&signers, error))?;
        for name in [format!("{own}.key.pem"), format!("{own}.cert.pem")] {
            let (from, to) = (makers.join("signers").join(&name), signers.join(&name));
            if !to.exists() {
                std::fs::copy(&from, &to).map_err(|error| BenchError::file(&to, error))?;
            }
        }
        let index = self.file("keys/index.key");
        if index_key(&index)?.is_none() {
            make_index_key(&index)?;
        }
        Ok(export_anchor(&makers, &self.file("trust"))?)
    }

    /// The settings of a hub in this process.
    ///
    /// # Errors
    /// A key that is not there.
    pub fn hub_settings(&self, database: &str) -> Result<HubSettings, BenchError> {
        let file = self.file("keys/index.key");
        let lost = || BenchError::Foreign(format!("{}: the index key is gone", file.display()));
        Ok(HubSettings {
            store: StoreSettings {
                url: database.to_owned(),
                max_connections: 8,
                statement_cache: true,
                index_key: index_key(&file)?.ok_or_else(lost)?,
            },
            keys: self.file("keys"),
            passphrase: self.passphrase()?.reveal().to_owned(),
            trust: self.file("trust"),
            public_url: "http://127.0.0.1".to_owned(),
            cors_origins: Vec::new(),
            demo: false,
            demo_file: None,
            program: std::env::current_exe().ok(),
            cache: CacheSettings::default(),
            bounds: Bounds::default(),
            unlogged: crate::transparency::PATIENCE,
            callers: CallerSettings::default(),
        })
    }

    /// Writes the configuration of a hub that listens at `address`, with further sections as they stand; its file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn configuration(&self, database: &str, address: &str, extra: &str) -> Result<PathBuf, BenchError> {
        let file = self.file(&format!("hub-{}.toml", address.replace([':', '.'], "-")));
        let text = format!(
            "[listen]\naddress = \"{address}\"\n[database]\nurl = \"{database}\"\n[keys]\nfolder = \"keys\"\ntrust = \"trust\"\npassphrase_file = \"{PASSPHRASE}\"\n[log]\nfilter = \"warn\"\n{extra}"
        );
        let _ = std::fs::remove_file(&file);
        write_private(&file, text.as_bytes()).map_err(|error| BenchError::file(&file, error))?;
        Ok(file)
    }
}

pub(super) fn authority_name(index: u64) -> String {
    match index {
        0 => "测试省住房和城乡建设厅".to_owned(),
        index => format!("测试市第{index}住房和城乡建设局"),
    }
}
