//! The register of seals (印章登记).

use sea_orm_migration::prelude::*;

use crate::ddl;
use crate::table::{Kind, Table};

pub(crate) struct Seals;

impl MigrationName for Seals {
    fn name(&self) -> &str {
        "m20261122_000002_seals"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Seals {
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
        Table::new("seal", &["id"])
            .uuid(&["id"])
            .text(&["code", "authority", "name", "shape"])
            // Millimetres.
            .integer(&["width", "height"])
            .bytes(&["picture", "seal"])
            .text(&["types", "custodian"])
            .integer(&["valid_from", "valid_to"])
            .text(&["status"])
            .optional(Kind::Text, &["reason"])
            .integer(&["changed_at", "uses", "registered_at"])
            .text(&["registered_by"])
            .unique(&["code"])
            .index(&["authority", "id"]),
        Table::new("seal_use", &["id"])
            .uuid(&["id", "seal_id", "version_id"])
            .integer(&["at"])
            .text(&["actor", "format", "digest"])
            .index(&["seal_id", "id"])
            .index(&["version_id"]),
    ]
}
