//! Which database: PostgreSQL or SQLite.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Complaint, ConfigError, Secret, from};

/// Overrides `database.url`, so that the password need not be in the file.
const URL_VARIABLE: &str = "ZHENGZHAO_DATABASE_URL";

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user:password@host/name` or `sqlite://path/to/hub.db`.
    #[serde(default)]
    url: Option<Secret>,
    /// A file that holds the URL, as container platforms hand out secrets.
    #[serde(default)]
    url_file: Option<PathBuf>,
    /// Connections of this replica; PostgreSQL's own limit counts all replicas together.
    #[serde(default = "sixteen")]
    pub max_connections: u32,
    /// Does PostgreSQL keep statements prepared? Say `false` behind a pooler that gives each transaction another connection
    /// (pgbouncer in transaction mode): each statement is prepared anew then, within a transaction.
    #[serde(default = "yes")]
    pub statement_cache: bool,
}

const fn yes() -> bool {
    true
}

const fn sixteen() -> u32 {
    16
}

impl Database {
    /// The URL, from the environment, the file named by `url_file`, or `url`, in this order.
    ///
    /// # Errors
    /// None of them gives one, the file cannot be read, or it is neither PostgreSQL's nor SQLite's.
    pub fn url(&self) -> Result<Secret, ConfigError> {
        let found = match (Secret::of_variable(URL_VARIABLE), &self.url_file, &self.url) {
            (Some(secret), ..) => secret,
            (None, Some(file), _) => Secret::of_file(file)?,
            (None, None, Some(url)) => url.clone(),
            (None, None, None) => {
                return Err(ConfigError::Missing { what: "database.url", variable: URL_VARIABLE, key: "database.url_file" });
            }
        };
        match kind(&found) {
            Some(_) => Ok(found),
            None => Err(ConfigError::File {
                file: self.url_file.clone().unwrap_or_else(|| URL_VARIABLE.into()),
                zh: "数据库地址应以 postgres:// 或 sqlite:// 开头".into(),
                en: "the database's address should begin with postgres:// or sqlite://".into(),
            }),
        }
    }

    /// SQLite, which one process serves from?
    ///
    /// # Errors
    /// As [`Self::url`].
    pub fn is_sqlite(&self) -> Result<bool, ConfigError> {
        Ok(self.url()?.reveal().starts_with("sqlite:"))
    }

    pub(super) fn check(&self) -> Result<(), Complaint> {
        if self.url.as_ref().is_some_and(|url| kind(url).is_none()) {
            return Err(("database.url", "应以 postgres:// 或 sqlite:// 开头".into(), "should begin with postgres:// or sqlite://".into()));
        }
        if !(1..=1000).contains(&self.max_connections) {
            return Err(("database.max_connections", "应为 1 至 1000".into(), "should be 1 to 1000".into()));
        }
        Ok(())
    }

    pub(super) fn settle(&mut self, folder: &Path) {
        if let Some(file) = &mut self.url_file {
            from(folder, file);
        }
    }
}

fn kind(url: &Secret) -> Option<&'static str> {
    ["postgres://", "postgresql://", "sqlite:"].into_iter().find(|scheme| url.reveal().starts_with(scheme))
}
