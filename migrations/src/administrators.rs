//! Accounts of people, their sessions, and of each token whose it is.

use sea_orm_migration::prelude::*;

use crate::ddl;
use crate::table::{Column, Kind, Table};

pub(crate) struct Administrators;

impl MigrationName for Administrators {
    fn name(&self) -> &str {
        "m20261123_000010_administrators"
    }
}

const TOKENS: &str = "token";
/// The account of whoever has the token.
const PERSON: &str = "person";

#[async_trait::async_trait]
impl MigrationTrait for Administrators {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(&format!("ALTER TABLE {TOKENS} ADD COLUMN {PERSON} TEXT")).await?;
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
        connection.execute_unprepared(&format!("ALTER TABLE {TOKENS} DROP COLUMN {PERSON}")).await.map(drop)
    }
}

pub(crate) fn tables() -> Vec<Table> {
    vec![
        // `department` is a credit code; `totp` is sealed; of codes no step up to `totp_step` counts any more.
        Table::new("administrator", &["name"])
            .text(&["name", "display_name", "role", "types", "authorities"])
            .optional(Kind::Text, &["department", "password"])
            .optional(Kind::Bytes, &["totp"])
            .integer(&["totp_step"])
            .optional(Kind::Bytes, &["certificate"])
            .integer(&["created_at"])
            .text(&["created_by"])
            .optional(Kind::Integer, &["disabled_at", "last_sign_in_at"]),
        Table::new("administrator_session", &["id"])
            .uuid(&["id"])
            .text(&["hash", "name", "way"])
            .optional(Kind::Text, &["address"])
            .integer(&["opened_at", "used_at", "until"])
            .optional(Kind::Integer, &["ended_at"])
            .optional(Kind::Text, &["ended_why"])
            .unique(&["hash"])
            .index(&["name", "id"]),
        // Challenges that were answered; each until it would be refused by its time.
        Table::new("administrator_challenge", &["digest"]).text(&["digest"]).integer(&["until"]).index(&["until"]),
    ]
}

/// What it adds to tables that were there.
pub(crate) fn extend(tables: &mut [Table]) {
    for table in tables.iter_mut().filter(|table| table.name == TOKENS) {
        table.columns.push(Column { name: PERSON, kind: Kind::Text, nullable: true });
    }
}
