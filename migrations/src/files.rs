//! Faces of types, and the files made of certificates.

use sea_orm_migration::prelude::*;

use crate::ddl;
use crate::table::Table;

pub(crate) struct Files;

impl MigrationName for Files {
    fn name(&self) -> &str {
        "m20261122_000003_files"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Files {
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
        // Never overwritten: files name the digest of the template they were laid out with. The newest of a type counts.
        Table::new("type_face", &["type_name", "digest"])
            .text(&["type_name", "digest", "source", "registered_by"])
            .integer(&["registered_at"])
            .index(&["type_name", "registered_at"]),
        // Written once for each version and format, and never changed.
        Table::new("certificate_file", &["version_id", "format"])
            .uuid(&["version_id"])
            .text(&["format", "digest", "face", "seal"])
            .integer(&["made_at"])
            .bytes(&["bytes"]),
    ]
}
