//! The database schema, for PostgreSQL and SQLite alike.
//!
//! Everything keeps to a portable profile: keys made by the program, no triggers, no database enums, no generated columns; text
//! compares by bytes, times are microseconds since 1970, dates are ISO text. Registering a certificate type runs no DDL.
//!
//! [`migrate`] is safe when several replicas start at once: sea-orm migrations take no lock, so a row in `lease` does.

mod administrators;
mod approvals;
mod clients;
mod copies;
mod ddl;
mod files;
mod first;
mod grants;
mod holders;
mod lease;
mod log;
mod mandates;
mod queue;
mod seals;
mod table;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DatabaseConnection, DbErr};

pub use lease::{MigrateError, PATIENCE};
pub use table::{Column, Index, Kind, Table};

/// Every table as it is after all migrations; `lease` is left out, since it describes running processes and no data.
pub fn tables() -> Vec<Table> {
    let mut tables = [
        first::tables(),
        seals::tables(),
        files::tables(),
        queue::tables(),
        copies::tables(),
        log::tables(),
        clients::tables(),
        grants::tables(),
        holders::tables(),
        administrators::tables(),
        mandates::tables(),
        approvals::tables(),
    ]
    .concat();
    log::extend(&mut tables);
    grants::extend(&mut tables);
    administrators::extend(&mut tables);
    mandates::extend(&mut tables);
    tables
}

/// Brings the database to the newest schema. Waits up to [`PATIENCE`] for another replica that does the same.
///
/// # Errors
/// The database does not answer or refuses; another replica holds the lease all the time.
pub async fn migrate(database: &DatabaseConnection) -> Result<(), MigrateError> {
    let lease = lease::take(database).await?;
    let outcome = steps(database, &lease).await;
    let released = lease.release(database).await;
    outcome?;
    released
}

/// One migration at a time, so that the lease is renewed between them.
async fn steps(database: &DatabaseConnection, lease: &lease::Lease) -> Result<(), MigrateError> {
    loop {
        if Migrator::get_pending_migrations(database).await?.is_empty() {
            return Ok(());
        }
        lease.renew(database).await?;
        Migrator::up(database, Some(1)).await?;
    }
}

/// The migrations in their order.
struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(first::First),
            Box::new(seals::Seals),
            Box::new(files::Files),
            Box::new(queue::Queue),
            Box::new(copies::Copies),
            Box::new(log::Log),
            Box::new(clients::Clients),
            Box::new(grants::Grants),
            Box::new(holders::Holders),
            Box::new(administrators::Administrators),
            Box::new(mandates::Mandates),
            Box::new(approvals::Approvals),
        ]
    }
}

impl From<DbErr> for MigrateError {
    fn from(error: DbErr) -> Self {
        Self::Database(error.to_string())
    }
}
