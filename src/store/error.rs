//! What can go wrong, told without foreign types; and what is tried again.

use std::time::Duration;

use sea_orm::sqlx::Error as SqlxError;
use sea_orm::{DbErr, RuntimeErr, SqlErr};
use thiserror::Error;

use super::commands::CommitFault;

/// Why the store did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The database cannot be reached, or has no connection left.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// A transaction met others each time it was run.
    #[error("the transaction was run {attempts} times and met others each time: {detail}")]
    Contention { attempts: u32, detail: String },
    /// More rows than may be sorted, or more groups than may be answered.
    #[error("more than {bound} candidates")]
    TooMany { bound: u32 },
    /// A cursor or plan holds a value that its column cannot have.
    #[error("a value of the plan does not fit the column {column}")]
    Misfit { column: String },
    /// The database refused a statement, or holds what the program did not write: a bug, or a foreign hand.
    #[error("the database refused or answered nonsense: {0}")]
    Database(String),
    #[error("the schema could not be migrated: {0}")]
    Migration(String),
    #[error("the database's address is not usable: {0}")]
    Address(String),
}

/// What a step inside this room ends with.
#[derive(Debug)]
pub(super) enum Fault {
    Store(StoreError),
    /// The connection broke before anything was committed: run it again on a new one.
    Lost(String),
    /// Serialization failure, deadlock or busy: run the transaction again.
    Again(String),
    /// A unique key exists already.
    Unique(String),
    /// These rows of a batch (by place) cannot be written.
    Rows(Vec<(usize, CommitFault)>),
}

impl Fault {
    /// Where a unique key can only be violated by somebody who came between, running again finds the row.
    pub(super) fn raced(self) -> Self {
        match self {
            Self::Unique(detail) => Self::Again(detail),
            other => other,
        }
    }

    /// Is the connection of no use any more?
    pub(super) fn breaks(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Store(StoreError::Unavailable(_)))
    }

    pub(super) fn nonsense(detail: impl Into<String>) -> Self {
        Self::Store(StoreError::Database(detail.into()))
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error,
            Fault::Lost(detail) => Self::Unavailable(detail),
            Fault::Again(detail) => Self::Contention { attempts: 1, detail },
            Fault::Unique(detail) => Self::Database(detail),
            Fault::Rows(faults) => Self::Database(format!("{} rows refused outside a batch", faults.len())),
        }
    }
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(detail)) = error.sql_err() {
            return Self::Unique(detail);
        }
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(RuntimeErr::Internal(_)) => Self::Store(StoreError::Unavailable(error.to_string())),
            DbErr::Conn(RuntimeErr::SqlxError(inner))
            | DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => sorted(inner, &error),
            _ => Self::Store(StoreError::Database(error.to_string())),
        }
    }
}

/// Where statements go to the driver itself.
impl From<SqlxError> for Fault {
    fn from(error: SqlxError) -> Self {
        DbErr::Exec(RuntimeErr::SqlxError(error.into())).into()
    }
}

/// SQLSTATE and SQLite result codes by what they ask for.
fn sorted(inner: &SqlxError, error: &DbErr) -> Fault {
    let told = error.to_string();
    match inner {
        SqlxError::Database(found) => match found.code().as_deref() {
            // Serialization failure, deadlock; SQLite: busy, locked, busy snapshot, shared cache locked, busy recovery.
            Some("40001" | "40P01" | "5" | "6" | "517" | "262" | "261") => Fault::Again(told),
            // The statement was prepared before a migration: prepared anew it runs.
            Some("0A000") if told.contains("cached plan") => Fault::Again(told),
            // The server ends the session: it shuts down, or somebody told it to.
            Some("57P01" | "57P02") => Fault::Lost(told),
            Some(code) if ["08", "53", "57P", "58"].iter().any(|class| code.len() == 5 && code.starts_with(class)) => {
                Fault::Store(StoreError::Unavailable(told))
            }
            // SQLite: full, cannot open, I/O error.
            Some("13" | "14" | "10") => Fault::Store(StoreError::Unavailable(told)),
            _ if matches!(error, DbErr::Conn(_)) => Fault::Store(StoreError::Unavailable(told)),
            _ => Fault::Store(StoreError::Database(told)),
        },
        SqlxError::Io(_) => Fault::Lost(told),
        SqlxError::Tls(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed | SqlxError::Protocol(_) => {
            Fault::Store(StoreError::Unavailable(told))
        }
        _ => Fault::Store(StoreError::Database(told)),
    }
}

/// How often a transaction is run.
const ATTEMPTS: u32 = 10;

#[derive(Debug, Default)]
pub(super) struct Attempts {
    made: u32,
    renewed: bool,
}

impl Attempts {
    /// May it run again on a new connection? Once.
    pub(super) fn renews(&mut self) -> bool {
        !std::mem::replace(&mut self.renewed, true)
    }

    /// Does it run again on a new connection?
    pub(super) fn renewed(&self) -> bool {
        self.renewed
    }

    /// Waits a little, longer each time and by chance, when the transaction should run again; else gives the fault back.
    pub(super) async fn pause(&mut self, fault: Fault) -> Result<(), Fault> {
        let Fault::Again(detail) = fault else { return Err(fault) };
        self.made += 1;
        if self.made >= ATTEMPTS {
            return Err(StoreError::Contention { attempts: self.made, detail }.into());
        }
        let longest = 4u64 << self.made.min(7);
        tokio::time::sleep(Duration::from_millis(rand::random_range(1..=longest))).await;
        Ok(())
    }
}
