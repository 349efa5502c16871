//! What waits for a second person's approval, and what became of it.

use sea_orm_migration::prelude::*;

use crate::ddl;
use crate::table::{Kind, Table};

pub(crate) struct Approvals;

impl MigrationName for Approvals {
    fn name(&self) -> &str {
        "m20261123_000012_approvals"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Approvals {
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
        // `arguments` is JSON, as it was asked; `basis` is what it was asked upon; `outcome` says why it was refused or failed.
        Table::new("approval_request", &["id"])
            .uuid(&["id"])
            .text(&["action", "mutation", "arguments", "basis", "state", "asked_by", "person"])
            .optional(Kind::Text, &["reason"])
            .integer(&["asked_at", "until"])
            .optional(Kind::Text, &["decided_by", "outcome"])
            .optional(Kind::Integer, &["decided_at"])
            .index(&["state", "id"]),
    ]
}
