//! The transparency log: events get a number and a salt, and what follows from them is kept as files are served.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::ddl;
use crate::table::{Column, Kind, Table};

pub(crate) struct Log;

impl MigrationName for Log {
    fn name(&self) -> &str {
        "m20261123_000006_log"
    }
}

const EVENTS: &str = "access_event";
/// What hides an event behind its commitment, and goes with it when it is erased.
const SALT: &str = "salt";
/// The digest of what a command wrote.
const WROTE: &str = "wrote";

#[async_trait::async_trait]
impl MigrationTrait for Log {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let bytes = if manager.get_database_backend() == DatabaseBackend::Postgres { "BYTEA" } else { "BLOB" };
        connection.execute_unprepared(&format!("ALTER TABLE {EVENTS} ADD COLUMN {SALT} {bytes}")).await?;
        // Named `hash` when nobody wrote it.
        connection.execute_unprepared(&format!("ALTER TABLE {EVENTS} RENAME COLUMN hash TO {WROTE}")).await?;
        // Few events have no number yet, and each number is one event's.
        connection.execute_unprepared(&format!("CREATE INDEX {EVENTS}_unlogged ON {EVENTS} (id) WHERE seq IS NULL")).await?;
        connection.execute_unprepared(&format!("CREATE UNIQUE INDEX {EVENTS}_seq ON {EVENTS} (seq) WHERE seq IS NOT NULL")).await?;
        for table in tables() {
            for statement in ddl::create(&table, manager.get_database_backend()) {
                connection.execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for table in tables() {
            connection.execute_unprepared(&format!("DROP TABLE {}", table.name)).await?;
        }
        for index in ["unlogged", "seq"] {
            connection.execute_unprepared(&format!("DROP INDEX {EVENTS}_{index}")).await?;
        }
        connection.execute_unprepared(&format!("ALTER TABLE {EVENTS} RENAME COLUMN {WROTE} TO hash")).await?;
        connection.execute_unprepared(&format!("ALTER TABLE {EVENTS} DROP COLUMN {SALT}")).await.map(drop)
    }
}

pub(crate) fn tables() -> Vec<Table> {
    vec![
        // `level` -1: entries. The widest that was written; narrower ones are its beginning.
        Table::new("log_tile", &["level", "place"]).integer(&["level", "place", "width"]).bytes(&["bytes"]),
        // What was signed of the tree: its note.
        Table::new("log_checkpoint", &["size"]).integer(&["size", "at"]).text(&["root", "note"]),
    ]
}

/// What it adds to tables that were there.
pub(crate) fn extend(tables: &mut [Table]) {
    for table in tables.iter_mut().filter(|table| table.name == EVENTS) {
        for column in table.columns.iter_mut().filter(|column| column.name == "hash") {
            column.name = WROTE;
        }
        table.columns.push(Column { name: SALT, kind: Kind::Bytes, nullable: true });
    }
}
