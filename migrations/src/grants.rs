//! What departments may read, and what they ask to read; and of each access the rules that allowed it.

use sea_orm_migration::prelude::*;

use crate::ddl;
use crate::table::{Column, Kind, Table};

pub(crate) struct Grants;

impl MigrationName for Grants {
    fn name(&self) -> &str {
        "m20261123_000008_grants"
    }
}

const EVENTS: &str = "access_event";
/// Names of the grants on which a read rested.
const RULES: &str = "rules";

#[async_trait::async_trait]
impl MigrationTrait for Grants {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(&format!("ALTER TABLE {EVENTS} ADD COLUMN {RULES} TEXT")).await?;
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
        connection.execute_unprepared(&format!("ALTER TABLE {EVENTS} DROP COLUMN {RULES}")).await.map(drop)
    }
}

pub(crate) fn tables() -> Vec<Table> {
    vec![
        // `body` is the file. One that was replaced or withdrawn stays: `ended_at`.
        Table::new("access_grant", &["id"])
            .uuid(&["id"])
            .text(&["name", "department", "type_name", "body", "put_by"])
            .integer(&["put_at"])
            .optional(Kind::Text, &["ended_by", "reason"])
            .optional(Kind::Integer, &["ended_at"])
            .index(&["department", "id"])
            .index(&["name", "id"]),
        // `asked` and `granted` are files of grants: what was asked for, and what was granted of it.
        Table::new("access_request", &["id"])
            .uuid(&["id"])
            .text(&["department", "type_name", "asked", "state", "asked_by"])
            .integer(&["asked_at"])
            .optional(Kind::Text, &["decided_by", "reason", "granted"])
            .optional(Kind::Integer, &["decided_at"])
            .index(&["department", "id"])
            .index(&["state", "id"]),
    ]
}

/// What it adds to tables that were there.
pub(crate) fn extend(tables: &mut [Table]) {
    for table in tables.iter_mut().filter(|table| table.name == EVENTS) {
        table.columns.push(Column { name: RULES, kind: Kind::Text, nullable: true });
    }
}
