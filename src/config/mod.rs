//! What an operator writes: `zhengzhao.toml`, one small struct per concern.
//!
//! Every key has a default but the database. Secrets are never in this file: they come from an environment variable or from
//! a file that is named here, and nothing prints them ([`Secret`]).

mod approval;
mod cache;
mod cors;
mod database;
mod fault;
mod keys;
mod limits;
mod listen;
mod log;
mod secret;
mod sessions;

pub use approval::Approval;
pub use cache::{Cache, Redis, Replicas};
pub use cors::Cors;
pub use database::Database;
pub use fault::ConfigError;
pub use keys::{Keys, index_key, make_index_key, write_private};
pub use limits::Limits;
pub use listen::{Listen, ListenTls};
pub use log::{Log, LogFormat, start_log};
pub use secret::Secret;
pub use sessions::Sessions;

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default)]
    pub listen: Listen,
    pub database: Database,
    #[serde(default)]
    pub cache: Cache,
    #[serde(default)]
    pub redis: Redis,
    #[serde(default)]
    pub keys: Keys,
    #[serde(default)]
    pub cors: Cors,
    #[serde(default)]
    pub limits: Limits,
    #[serde(default)]
    pub sessions: Sessions,
    #[serde(default)]
    pub approval: Approval,
    #[serde(default)]
    pub log: Log,
}

impl Config {
    /// Reads a file. Relative paths in it count from its folder.
    ///
    /// # Errors
    /// The file cannot be read, is not TOML, has a key that is not known, or a value that cannot be used.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file).map_err(|error| ConfigError::Unreadable { file: file.into(), error })?;
        let mut config = Self::parse(file, &text)?;
        let folder = file.parent().unwrap_or(Path::new("."));
        config.listen.settle(folder);
        config.keys.settle(folder);
        config.database.settle(folder);
        config.redis.settle(folder);
        Ok(config)
    }

    fn parse(file: &Path, text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::syntax(file, text, &error))?;
        config
            .listen
            .check()
            .and_then(|()| config.database.check())
            .and_then(|()| config.cache.check())
            .and_then(|()| config.redis.check())
            .and_then(|()| config.cors.check())
            .and_then(|()| config.limits.check())
            .and_then(|()| config.sessions.check())
            .and_then(|()| config.approval.check())
            .and_then(|()| config.log.check())
            .map_err(|(key, zh, en)| ConfigError::Value { file: file.into(), key, zh, en })?;
        Ok(config)
    }
}

/// What is wrong with a value: key, sentence in Chinese, in English.
type Complaint = (&'static str, String, String);

/// `path` as seen from `folder`.
fn from(folder: &Path, path: &mut PathBuf) {
    if path.is_relative() {
        *path = folder.join(&*path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use verify::messages::Lang;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(Path::new("test.toml"), text)
    }

    #[test]
    fn the_documented_example_is_read_whole() {
        let text = include_str!("../../zhengzhao.example.toml");
        let config = parse(text).expect("the example is sound");
        assert_eq!(config.listen.public_url.as_deref(), Some("https://certificates.example.gov.cn"));
        // Keys that are written out as comments name the defaults: uncommented they read too.
        let all: String = text.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line)).map(|line| format!("{line}\n")).collect();
        let written = parse(&all).expect("the defaults written out are sound");
        assert_eq!(written.limits, Limits::default());
        assert_eq!(written.cache, Cache::default());
        assert_eq!(written.sessions, Sessions::default());
        assert_eq!(written.approval, Approval::default());
        assert_eq!(written.log, Log::default());
        assert_eq!(written.keys.folder, Keys::default().folder);
        assert_eq!(written.database.max_connections, config.database.max_connections);
        assert_eq!(written.database.statement_cache, config.database.statement_cache);
    }

    #[test]
    fn a_fault_names_file_key_and_what_to_do() {
        for (text, key) in [
            ("[listen]\nadress = \"x\"\n[database]\nurl = \"sqlite://x\"", "adress"),
            ("[database]\nurl = 5", "url"),
            ("[listen]\naddress = \"nowhere\"\n[database]\nurl = \"sqlite://x\"", "listen.address"),
            ("[listen.tls]\ncertificate = \"hub.pem\"\n[database]\nurl = \"sqlite://x\"", "key"),
            ("[database]\nurl = \"sqlite://x\"\n[limits]\nconnections = 3", "limits.connections"),
            ("[database]\nurl = \"mysql://x\"", "database.url"),
            ("[database]\nurl = \"sqlite://x\"\n[cors]\norigins = [\"https://a.example/path\"]", "cors.origins"),
            ("[database]\nurl = \"sqlite://x\"\n[limits]\nshutdown_seconds = 0", "limits.shutdown_seconds"),
            ("[database]\nurl = \"sqlite://x\"\n[limits]\nnodes = 0", "limits.nodes"),
            ("[database]\nurl = \"sqlite://x\"\n[limits]\nanswer_megabytes = 5000", "limits.answer_megabytes"),
            ("[database]\nurl = \"sqlite://x\"\n[cache]\nlease_milliseconds = 5", "cache.lease_milliseconds"),
            ("[database]\nurl = \"sqlite://x\"\n[sessions]\nidle_minutes = 0", "sessions.idle_minutes"),
            ("[database]\nurl = \"sqlite://x\"\n[approval]\nsecond = [\"everything\"]", "approval.second"),
            ("[database]\nurl = \"sqlite://x\"\n[redis]\nurl = \"http://x\"", "redis.url"),
            ("", "database"),
        ] {
            let fault = parse(text).expect_err(text);
            for lang in [Lang::Zh, Lang::En] {
                let said = fault.text(lang);
                assert!(said.contains("test.toml") && said.contains(key), "{said}");
            }
        }
    }

    #[test]
    fn a_password_within_the_address_of_the_database_is_not_shown() {
        let config = parse("[database]\nurl = \"postgres://hub:geheim@db/zhengzhao\"").expect("sound");
        assert!(!format!("{config:?}").contains("geheim"));
        let fault = parse("[database]\nurl = \"postgres://hub:geheim@db/zhengzhao\"\nurll = 3").expect_err("an unknown key");
        assert!(!fault.text(Lang::En).contains("geheim"), "{}", fault.text(Lang::En));
    }
}
