//! Departments, their client systems, what these prove themselves with, and which signed requests were used already.

use sea_orm_migration::prelude::*;

use crate::ddl;
use crate::table::{Kind, Table};

pub(crate) struct Clients;

impl MigrationName for Clients {
    fn name(&self) -> &str {
        "m20261123_000007_clients"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Clients {
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
        Table::new("department", &["code"])
            .text(&["code", "name"])
            .optional(Kind::Text, &["level", "division"])
            .text(&["contacts"])
            // Requests a second, requests a day.
            .optional(Kind::Integer, &["rate", "daily"])
            .integer(&["updated_at"]),
        Table::new("client", &["id"])
            .text(&["id", "department", "name", "role", "types", "authorities", "admitted_for", "documents"])
            .optional(Kind::Integer, &["rate", "daily", "ends_at"])
            .integer(&["reviewed_at", "registered_at"])
            .text(&["registered_by"])
            .optional(Kind::Integer, &["last_used_at", "revoked_at"])
            .optional(Kind::Text, &["revoked_why"])
            .index(&["department", "id"]),
        Table::new("client_credential", &["id"])
            .uuid(&["id"])
            .text(&["client_id"])
            // One of the two: the hash of a secret, a certificate.
            .optional(Kind::Text, &["secret_hash"])
            .optional(Kind::Bytes, &["certificate"])
            .integer(&["created_at"])
            .text(&["created_by"])
            .optional(Kind::Integer, &["expires_at", "last_used_at", "revoked_at"])
            .optional(Kind::Text, &["revoked_why"])
            .index(&["client_id", "id"]),
        // Signed requests that were used; each until it would be refused by its time.
        Table::new("client_assertion", &["client_id", "digest"]).text(&["client_id", "digest"]).integer(&["until"]).index(&["until"]),
    ]
}
