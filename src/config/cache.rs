//! What is served from memory, and Redis between replicas.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Complaint, ConfigError, Secret, from};

/// Overrides `redis.url`, so that the password need not be in the file.
const URL_VARIABLE: &str = "ZHENGZHAO_REDIS_URL";

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cache {
    /// How many hubs serve from the database. Default: one on SQLite, several on PostgreSQL.
    pub replicas: Option<Replicas>,
    /// How long after an acknowledged change a replica may still answer the old state, in milliseconds.
    pub lease_milliseconds: u64,
    /// Nothing older is answered from memory, whatever was announced.
    pub lifetime_seconds: u64,
    /// Memory for answers; 0 keeps none.
    pub answers_megabytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Replicas {
    One,
    Several,
}

impl Default for Cache {
    fn default() -> Self {
        Self { replicas: None, lease_milliseconds: 1000, lifetime_seconds: 30, answers_megabytes: 64 }
    }
}

impl Cache {
    pub(super) fn check(&self) -> Result<(), Complaint> {
        let within = |key: &'static str, value: u64, least: u64, most: u64| {
            let range = (least..=most).contains(&value);
            range.then_some(()).ok_or_else(|| (key, format!("应为 {least} 至 {most}"), format!("should be {least} to {most}")))
        };
        within("cache.lease_milliseconds", self.lease_milliseconds, 100, 60_000)?;
        within("cache.lifetime_seconds", self.lifetime_seconds, 1, 3600)?;
        within("cache.answers_megabytes", self.answers_megabytes, 0, 1 << 20)
    }
}

/// Without an address the hub runs without Redis.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Redis {
    /// `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS.
    url: Option<Secret>,
    /// A file that holds the URL.
    url_file: Option<PathBuf>,
}

impl Redis {
    /// The URL, from the environment, the file named by `url_file`, or `url`, in this order.
    ///
    /// # Errors
    /// The file cannot be read, or the address is none of Redis.
    pub fn url(&self) -> Result<Option<Secret>, ConfigError> {
        let found = match (Secret::of_variable(URL_VARIABLE), &self.url_file, &self.url) {
            (Some(secret), ..) => secret,
            (None, Some(file), _) => Secret::of_file(file)?,
            (None, None, Some(url)) => url.clone(),
            (None, None, None) => return Ok(None),
        };
        if is_redis(&found) {
            return Ok(Some(found));
        }
        Err(ConfigError::File {
            file: self.url_file.clone().unwrap_or_else(|| URL_VARIABLE.into()),
            zh: "Redis 地址应以 redis:// 或 rediss:// 开头".into(),
            en: "the address of Redis should begin with redis:// or rediss://".into(),
        })
    }

    pub(super) fn check(&self) -> Result<(), Complaint> {
        if self.url.as_ref().is_some_and(|url| !is_redis(url)) {
            return Err(("redis.url", "应以 redis:// 或 rediss:// 开头".into(), "should begin with redis:// or rediss://".into()));
        }
        Ok(())
    }

    pub(super) fn settle(&mut self, folder: &Path) {
        if let Some(file) = &mut self.url_file {
            from(folder, file);
        }
    }
}

fn is_redis(url: &Secret) -> bool {
    ["redis://", "rediss://"].into_iter().any(|scheme| url.reveal().starts_with(scheme))
}
