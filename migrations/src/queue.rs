//! What waits for an officer's seal, and what became of it.

use sea_orm_migration::prelude::*;

use crate::ddl;
use crate::table::{Kind, Table};

pub(crate) struct Queue;

impl MigrationName for Queue {
    fn name(&self) -> &str {
        "m20261122_000004_queue"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Queue {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            for statement in ddl::create(&table, manager.get_database_backend()) {
                manager.get_connection().execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.get_connection().execute_unprepared(&format!("DROP TABLE {}", table.name)).await?;
        }
        Ok(())
    }
}

pub(crate) fn tables() -> Vec<Table> {
    vec![
        Table::new("sealing_queue", &["version_id"])
            .uuid(&["version_id"])
            .text(&["type_name", "issuer", "state"])
            .integer(&["entered_at"])
            .optional(Kind::Integer, &["decided_at"])
            .optional(Kind::Text, &["officer", "reason"])
            .index(&["state", "version_id"]),
    ]
}
