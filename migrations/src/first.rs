//! The first schema.

use sea_orm_migration::prelude::*;

use crate::ddl;
use crate::table::{Kind, Table};

/// Slots of the index by family, in the order of their columns.
const SLOTS: [&str; 16] = ["t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "d1", "d2", "d3", "d4", "n1", "n2", "n3", "n4"];

pub(crate) struct First;

impl MigrationName for First {
    fn name(&self) -> &str {
        "m20261122_000001_first"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for First {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for table in tables() {
            for statement in ddl::create(&table, manager.get_database_backend()) {
                connection.execute_unprepared(&statement).await?;
            }
        }
        connection.execute_unprepared("INSERT INTO revision (name, value) VALUES ('registry', 0)").await?;
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
    let mut tables = catalogue();
    tables.extend(certificates());
    tables.extend(operation());
    tables
}

/// Authorities and types.
fn catalogue() -> Vec<Table> {
    vec![
        Table::new("authority", &["code"])
            .text(&["code", "name"])
            .optional(Kind::Text, &["level", "division", "parent"])
            .integer(&["updated_at"]),
        // Never overwritten: statements name the digest of the file they were made under.
        Table::new("type_file", &["digest"]).text(&["digest", "source"]),
        Table::new("certificate_type", &["name", "version"])
            .text(&["name", "version", "digest", "state", "slots", "file"])
            .integer(&["registered_at"])
            .text(&["registered_by"]),
        Table::new("revision", &["name"]).text(&["name"]).integer(&["value"]),
    ]
}

/// Records, versions, events, and the index over current versions.
fn certificates() -> Vec<Table> {
    vec![
        Table::new("certificate", &["id"])
            .uuid(&["id"])
            .text(&["type_name", "issuer", "number_key"])
            .uuid(&["current_id"])
            .integer(&["current_version"])
            .unique(&["type_name", "issuer", "number_key"]),
        Table::new("certificate_version", &["id"])
            .uuid(&["id", "record_id"])
            .text(&["type_name", "type_version", "schema_digest", "identifier"])
            .integer(&["version"])
            .text(&["number", "issuer", "issued_on", "valid_from", "valid_to", "event_status", "status_scheme", "status_code"])
            .integer(&["event_seq", "updated_at"])
            .optional(Kind::Uuid, &["previous_id"])
            .bytes(&["statement", "signature"])
            .text(&["signer"])
            .integer(&["known_from", "known_to"])
            .unique(&["identifier"])
            .index(&["record_id", "version"])
            .index(&["previous_id"])
            .index(&["type_name", "id"]),
        Table::new("certificate_event", &["id"])
            .uuid(&["id", "version_id", "record_id"])
            .integer(&["seq"])
            .text(&["operation"])
            .optional(Kind::Text, &["operation_code"])
            .text(&["scheme", "code", "status"])
            .optional(Kind::Text, &["reason"])
            .text(&["actor"])
            .integer(&["at"])
            .optional(Kind::Bytes, &["statement", "signature"])
            .optional(Kind::Text, &["signer"])
            .integer(&["known_from", "known_to"])
            .unique(&["version_id", "seq"])
            .index(&["record_id", "at"]),
        index(),
        Table::new("certificate_holder", &["id", "position"])
            .uuid(&["id", "record_id"])
            .integer(&["position"])
            .text(&["holder_key", "type_name"])
            .index(&["holder_key", "type_name", "id"])
            .index(&["holder_key", "id"]),
        // Photos that statements name by digest; written once.
        Table::new("attachment", &["digest"]).text(&["digest"]).bytes(&["bytes"]).integer(&["created_at"]),
        Table::new("signer", &["id"]).text(&["id"]).bytes(&["chain"]),
    ]
}

/// One row per current version; no column is null, so that a page behind a row is one row comparison on both databases.
fn index() -> Table {
    let table = Table::new("certificate_index", &["id"])
        .uuid(&["id", "record_id"])
        .text(&["type_name", "number_key", "issuer", "issued_on", "valid_from", "valid_to", "event_status", "status_code"])
        .integer(&["updated"])
        .text(&SLOTS[..12])
        .integer(&SLOTS[12..])
        .integer(&["known_from", "known_to"]);
    let table = table
        .index(&["type_name", "id"])
        .index(&["type_name", "number_key", "id"])
        .index(&["number_key", "id"])
        .index(&["type_name", "issuer", "id"])
        .index(&["type_name", "issued_on", "id"])
        .index(&["type_name", "valid_from", "id"])
        .index(&["type_name", "valid_to", "id"])
        .index(&["type_name", "event_status", "id"])
        .index(&["type_name", "status_code", "id"])
        .index(&["type_name", "updated", "id"])
        .index(&["updated", "id"]);
    [
        &["type_name", "t1", "id"],
        &["type_name", "t2", "id"],
        &["type_name", "t3", "id"],
        &["type_name", "t4", "id"],
        &["type_name", "t5", "id"],
        &["type_name", "t6", "id"],
        &["type_name", "t7", "id"],
        &["type_name", "t8", "id"],
        &["type_name", "d1", "id"],
        &["type_name", "d2", "id"],
        &["type_name", "d3", "id"],
        &["type_name", "d4", "id"],
        &["type_name", "n1", "id"],
        &["type_name", "n2", "id"],
        &["type_name", "n3", "id"],
        &["type_name", "n4", "id"],
    ]
    .into_iter()
    .fold(table, |table, columns| table.index(columns))
}

/// What commands and jobs need beside the certificates.
fn operation() -> Vec<Table> {
    vec![
        Table::new("idempotency", &["actor", "key"])
            .text(&["actor", "key", "digest"])
            .uuid(&["version_id"])
            .integer(&["created_at"])
            .index(&["created_at"]),
        Table::new("counter", &["scope"]).text(&["scope"]).integer(&["next"]),
        Table::new("reservation", &["id"]).uuid(&["id"]).text(&["scope"]).integer(&["first", "count", "used", "reserved_at"]),
        // Rows are locked in the order of their keys, so that rules across a holder's certificates see each other.
        Table::new("holder_guard", &["holder_key"]).text(&["holder_key"]).integer(&["n"]),
        Table::new("outbox", &["id"])
            .uuid(&["id"])
            .text(&["kind"])
            .uuid(&["version_id"])
            .integer(&["at", "attempts", "lease_until"])
            .optional(Kind::Text, &["lease_owner"])
            .optional(Kind::Integer, &["done_at"])
            .index(&["done_at", "at"]),
        // `seq` and `hash` are given later, by the sequencer. Keys go up with time, and every read writes here: no index more.
        Table::new("access_event", &["id"])
            .uuid(&["id"])
            .integer(&["at"])
            .text(&["actor", "role", "kind"])
            .optional(Kind::Text, &["type_name"])
            .optional(Kind::Uuid, &["version_id"])
            .optional(Kind::Text, &["purpose"])
            .text(&["outcome"])
            .integer(&["count"])
            .optional(Kind::Integer, &["seq"])
            .optional(Kind::Text, &["hash"]),
        Table::new("token", &["hash"])
            .text(&["hash", "name", "role", "types", "authorities"])
            .optional(Kind::Text, &["department_code", "department_name"])
            .integer(&["created_at"])
            .optional(Kind::Integer, &["expires_at", "revoked_at"])
            .index(&["name"]),
    ]
}
