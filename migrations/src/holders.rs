//! What holders do: sessions that a portal opens for them, use codes (用证码), and freezing on loss (挂失).
//!
//! Holders are known by their opaque keys alone.

use sea_orm_migration::prelude::*;

use crate::ddl;
use crate::table::{Kind, Table};

pub(crate) struct Holders;

impl MigrationName for Holders {
    fn name(&self) -> &str {
        "m20261123_000009_holders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Holders {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for table in tables() {
            for statement in ddl::create(&table, manager.get_database_backend()) {
                connection.execute_unprepared(&statement).await?;
            }
        }
        // Who read a certificate: few events name one, and holders ask for theirs.
        let index = "CREATE INDEX access_event_version ON access_event (version_id, id) WHERE version_id IS NOT NULL";
        connection.execute_unprepared(index).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared("DROP INDEX access_event_version").await?;
        for table in tables() {
            connection.execute_unprepared(&format!("DROP TABLE {}", table.name)).await?;
        }
        Ok(())
    }
}

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("holder_session", &["hash"])
            .text(&["hash", "holder_key", "opened_by"])
            .integer(&["opened_at", "until"])
            .optional(Kind::Integer, &["ended_at"])
            .index(&["holder_key"]),
        // `fields` is a list as JSON; `once` 1: spent by the first use.
        Table::new("use_code", &["id"])
            .uuid(&["id"])
            .text(&["hash", "holder_key", "department", "type_name", "fields"])
            .integer(&["once", "uses", "made_at", "until"])
            .optional(Kind::Integer, &["used_at", "withdrawn_at"])
            .unique(&["hash"])
            .index(&["holder_key", "id"]),
        Table::new("holder_freeze", &["holder_key"]).text(&["holder_key", "reason", "frozen_by"]).integer(&["frozen_at"]),
    ]
}
