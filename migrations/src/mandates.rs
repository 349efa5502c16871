//! Agents (代理人): whom a holder appointed, for which types, until when; and what was done under that mandate.

use sea_orm_migration::prelude::*;

use crate::ddl;
use crate::table::{Column, Kind, Table};

pub(crate) struct Mandates;

impl MigrationName for Mandates {
    fn name(&self) -> &str {
        "m20261123_000011_mandates"
    }
}

/// What may rest on a mandate.
const UNDER: [&str; 2] = ["holder_session", "use_code"];
const MANDATE: &str = "mandate_id";

#[async_trait::async_trait]
impl MigrationTrait for Mandates {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let (connection, backend) = (manager.get_connection(), manager.get_database_backend());
        for table in tables() {
            for statement in ddl::create(&table, backend) {
                connection.execute_unprepared(&statement).await?;
            }
        }
        let kind = ddl::kind(Kind::Uuid, backend);
        for table in UNDER {
            connection.execute_unprepared(&format!("ALTER TABLE {table} ADD COLUMN {MANDATE} {kind}")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for table in UNDER {
            connection.execute_unprepared(&format!("ALTER TABLE {table} DROP COLUMN {MANDATE}")).await?;
        }
        for table in tables() {
            connection.execute_unprepared(&format!("DROP TABLE {}", table.name)).await?;
        }
        Ok(())
    }
}

pub(crate) fn tables() -> Vec<Table> {
    vec![
        // Both are known by their opaque keys; `types` is a list as JSON, `agent_name` what the holder calls his agent.
        Table::new("mandate", &["id"])
            .uuid(&["id"])
            .text(&["holder_key", "agent_key", "agent_name", "types"])
            .integer(&["made_at", "until"])
            .optional(Kind::Integer, &["withdrawn_at"])
            .index(&["holder_key", "id"])
            .index(&["agent_key", "holder_key"]),
    ]
}

/// What it adds to tables that were there.
pub(crate) fn extend(tables: &mut [Table]) {
    for table in tables.iter_mut().filter(|table| UNDER.contains(&table.name)) {
        table.columns.push(Column { name: MANDATE, kind: Kind::Uuid, nullable: true });
    }
}
