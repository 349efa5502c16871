//! Which connections a store has: a pool on PostgreSQL; on SQLite one connection that writes and a pool that reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lru::LruCache;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, DatabaseConnection};
use tokio::sync::Mutex;

use super::changes::{Changes, LEASE};
use super::error::Fault;
use super::opaque::IndexKey;
use super::pool::Pool;
use super::session::Session;
use super::sql::{Dialect, Sql};
use super::{Store, StoreError};

/// Which database, and the key of the index.
#[derive(Clone)]
pub struct StoreSettings {
    /// `postgres://…` or `sqlite://path`; a missing SQLite file is made.
    pub url: String,
    /// Connections of this process.
    pub max_connections: u32,
    /// Does PostgreSQL keep statements prepared? Not behind a pooler in transaction mode.
    pub statement_cache: bool,
    /// Makes the opaque keys of holders' codes and personal values; with another key stored ones are not found.
    pub index_key: [u8; 32],
}

/// How long a caller waits for a connection.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How long SQLite waits for another process that writes.
const BUSY: Duration = Duration::from_secs(20);

pub(super) struct Inner {
    pub(super) dialect: Dialect,
    pub(super) database: Database,
    pub(super) statements: AtomicU64,
    pub(super) key: IndexKey,
    pub(super) signers: super::signers::Met,
    /// For what goes another way: migrations by sea-orm, loads by the driver.
    pub(super) url: String,
}

pub(super) enum Database {
    Postgres(Arc<Pool>),
    Sqlite {
        writer: DatabaseConnection,
        reader: DatabaseConnection,
        /// SQLite has one writer: who writes waits here, in turn, and never meets a busy file of his own process.
        turn: Mutex<()>,
    },
}

impl Store {
    /// Connects. The schema is not looked at: see [`Self::migrate`].
    ///
    /// # Errors
    /// An address that is neither PostgreSQL's nor a SQLite file's; a database that does not answer.
    pub async fn open(settings: &StoreSettings) -> Result<Self, StoreError> {
        let (dialect, database) = if settings.url.starts_with("sqlite:") {
            let (writer, reader) = sqlite(settings).await?;
            (Dialect::Sqlite, Database::Sqlite { writer, reader, turn: Mutex::new(()) })
        } else if settings.url.starts_with("postgres://") || settings.url.starts_with("postgresql://") {
            (Dialect::Postgres, Database::Postgres(Pool::open(settings).await?))
        } else {
            return Err(StoreError::Address("it begins neither with postgres:// nor with sqlite:".into()));
        };
        let inner = Inner {
            dialect,
            database,
            statements: AtomicU64::new(0),
            key: IndexKey::new(&settings.index_key),
            signers: std::sync::Mutex::new(LruCache::new(super::signers::MET)),
            url: settings.url.clone(),
        };
        Ok(Self { inner: inner.into(), changes: Changes::outside(LEASE).into(), heard: None })
    }

    /// Brings the schema up to date; safe when several replicas start at once.
    ///
    /// # Errors
    /// What hinders it, the lease of another replica included.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let told = |error: migrations::MigrateError| StoreError::Migration(error.to_string());
        match &self.inner.database {
            Database::Sqlite { writer, .. } => migrations::migrate(writer).await.map_err(told),
            Database::Postgres(_) => {
                let mut options = quiet(&self.inner.url);
                options.max_connections(1).set_application_name("zhengzhao");
                let connection = connect(options).await?;
                let outcome = migrations::migrate(&connection).await.map_err(told);
                connection.close().await.map_err(Fault::from)?;
                outcome
            }
        }
    }

    /// Does the database answer?
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reading().first(Sql::new("SELECT 1")).await?;
        Ok(())
    }

    /// Closes all connections, of all clones, when no hub answers from memory any more what this process has changed.
    ///
    /// # Errors
    /// A connection that does not end in order.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.settle().await?;
        self.leave().await?;
        match &self.inner.database {
            Database::Postgres(pool) => pool.close().await,
            Database::Sqlite { writer, reader, .. } => {
                reader.close_by_ref().await.map_err(Fault::from)?;
                writer.close_by_ref().await.map_err(Fault::from)?;
            }
        }
        Ok(())
    }

    /// SQL statements executed so far, by all clones; transaction control and migrations left out.
    pub fn statements(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    /// The opaque key under which a personal value lies in the index: 32 hex digits.
    pub fn opaque(&self, value: &str) -> String {
        self.inner.key.opaque(value)
    }

    /// The opaque key under which a holder's code lies there, however it is spelt.
    pub fn opaque_holder(&self, code: &str) -> String {
        self.inner.key.holder(code)
    }

    /// For statements that only read, each on its own.
    pub(super) fn reading(&self) -> Session {
        Session::pool(&self.inner, self.heard.clone())
    }
}

async fn sqlite(settings: &StoreSettings) -> Result<(DatabaseConnection, DatabaseConnection), StoreError> {
    if settings.url.contains(":memory:") || settings.url.contains("mode=memory") {
        return Err(StoreError::Address("SQLite needs a file: several connections share it".into()));
    }
    make_private(&settings.url)?;
    // FULL: what was acknowledged survives a power cut as well as a killed process; NORMAL would lose the newest commits of the log.
    let common = |options: &mut ConnectOptions, writes: bool| {
        options.map_sqlx_sqlite_opts(move |options| {
            let options = options.create_if_missing(writes).busy_timeout(BUSY).foreign_keys(false).synchronous(SqliteSynchronous::Full);
            if writes { options.journal_mode(SqliteJournalMode::Wal) } else { options.pragma("query_only", "ON") }
        });
    };
    let mut writer = quiet(&settings.url);
    // The one connection stays, so that the log beside the file does.
    writer.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    common(&mut writer, true);
    let writer = connect(writer).await?;
    let mut reader = quiet(&settings.url);
    reader.max_connections(settings.max_connections.clamp(1, 16));
    common(&mut reader, false);
    Ok((writer, connect(reader).await?))
}

/// A new file is the owner's alone, and the log files that SQLite lays beside it take its mode: personal data lie in them.
fn make_private(url: &str) -> Result<(), StoreError> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let path = std::path::Path::new(path.split_once('?').map_or(path, |(path, _)| path));
    if path.exists() {
        return Ok(());
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Unavailable(format!("{}: {error}", path.display()))),
    }
}

/// Neither statements nor values go to the log.
fn quiet(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).record_stmt_in_spans(false).acquire_timeout(PATIENCE).connect_timeout(PATIENCE);
    options
}

/// Errors of addresses may quote them, password included: they are told without.
async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, StoreError> {
    let url = options.get_url().to_owned();
    sea_orm::Database::connect(options).await.map_err(|error| StoreError::Unavailable(error.to_string().replace(&url, "…")))
}
