//! One replica migrates at a time: a row with owner and end, in a table that every replica may create.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, Statement, Value};
use thiserror::Error;

/// How long a starting replica waits for another one's migration.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How long a lease holds without renewal: shorter than [`PATIENCE`], so that whoever waits outlives a holder that died.
const TERM: Duration = Duration::from_secs(45);
const PAUSE: Duration = Duration::from_millis(200);
const NAME: &str = "migration";

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MigrateError {
    #[error("the schema could not be migrated: {0}")]
    Database(String),
    #[error("another process ({owner}) has been migrating the schema for {seconds} s")]
    Busy { owner: String, seconds: u64 },
    #[error("the migration lease was lost to another process: the clocks differ or a migration took very long")]
    Lost,
}

pub(crate) struct Lease {
    owner: String,
}

/// Takes the lease, or waits for it.
pub(crate) async fn take(database: &DatabaseConnection) -> Result<Lease, MigrateError> {
    create(database).await?;
    let owner = format!("{}-{}", std::process::id(), uuid::Uuid::new_v4());
    let begun = SystemTime::now();
    loop {
        if try_take(database, &owner).await? {
            return Ok(Lease { owner });
        }
        let waited = begun.elapsed().unwrap_or_default();
        if waited >= PATIENCE {
            return Err(MigrateError::Busy { owner: holder(database).await?, seconds: waited.as_secs() });
        }
        tokio::time::sleep(PAUSE).await;
    }
}

impl Lease {
    /// Lengthens the lease by another term.
    pub(crate) async fn renew(&self, database: &DatabaseConnection) -> Result<(), MigrateError> {
        let now = now();
        let values = [end(now).into(), NAME.into(), self.owner.clone().into(), now.into()];
        let done = run(database, "UPDATE lease SET until = $1 WHERE name = $2 AND owner = $3 AND until > $4", values).await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(MigrateError::Lost) }
    }

    pub(crate) async fn release(self, database: &DatabaseConnection) -> Result<(), MigrateError> {
        run(database, "DELETE FROM lease WHERE name = $1 AND owner = $2", [NAME.into(), self.owner.into()]).await?;
        Ok(())
    }
}

/// `IF NOT EXISTS` is no lock on PostgreSQL: of two at once one may fail on the system catalogue, and finds the table then.
async fn create(database: &DatabaseConnection) -> Result<(), MigrateError> {
    let text = if database.get_database_backend() == DbBackend::Postgres { "text COLLATE \"C\"" } else { "text" };
    let statement =
        format!("CREATE TABLE IF NOT EXISTS lease (name {text} NOT NULL PRIMARY KEY, owner {text} NOT NULL, until bigint NOT NULL)");
    let mut tries = 0;
    loop {
        match database.execute_unprepared(&statement).await {
            Ok(_) => return Ok(()),
            Err(error) if tries >= 10 => return Err(error.into()),
            Err(_) => tries += 1,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_take(database: &DatabaseConnection, owner: &str) -> Result<bool, MigrateError> {
    let now = now();
    let lapsed = "UPDATE lease SET owner = $1, until = $2 WHERE name = $3 AND until <= $4";
    if run(database, lapsed, [owner.into(), end(now).into(), NAME.into(), now.into()]).await?.rows_affected() == 1 {
        return Ok(true);
    }
    if !holder(database).await?.is_empty() {
        return Ok(false);
    }
    match run(database, "INSERT INTO lease (name, owner, until) VALUES ($1, $2, $3)", [NAME.into(), owner.into(), end(now).into()]).await {
        Ok(_) => Ok(true),
        // Somebody else came between.
        Err(error) if error.sql_err().is_some() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn holder(database: &DatabaseConnection) -> Result<String, MigrateError> {
    let statement =
        Statement::from_sql_and_values(database.get_database_backend(), "SELECT owner FROM lease WHERE name = $1", [NAME.into()]);
    match database.query_one_raw(statement).await? {
        Some(row) => Ok(row.try_get_by_index(0)?),
        None => Ok(String::new()),
    }
}

async fn run<const N: usize>(database: &DatabaseConnection, sql: &str, values: [Value; N]) -> Result<ExecResult, DbErr> {
    database.execute_raw(Statement::from_sql_and_values(database.get_database_backend(), sql, values)).await
}

/// Microseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn end(now: i64) -> i64 {
    now.saturating_add(i64::try_from(TERM.as_micros()).unwrap_or(i64::MAX))
}
