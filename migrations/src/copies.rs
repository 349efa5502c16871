//! Copies of certificates for one use (加注件).

use sea_orm_migration::prelude::*;

use crate::ddl;
use crate::table::Table;

pub(crate) struct Copies;

impl MigrationName for Copies {
    fn name(&self) -> &str {
        "m20261122_000005_copies"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Copies {
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
        // The statement says for what, for whom and until when; never changed.
        Table::new("usage_copy", &["id"])
            .uuid(&["id", "version_id"])
            .bytes(&["statement", "signature"])
            .text(&["signer", "actor"])
            .integer(&["made_at"])
            .index(&["version_id", "id"]),
    ]
}
