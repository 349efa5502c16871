//! DDL of a table, for each database.

use sea_orm_migration::sea_orm::DbBackend;

use crate::table::{Column, Index, Kind, Table};

/// `CREATE TABLE` and its indexes.
pub(crate) fn create(table: &Table, backend: DbBackend) -> Vec<String> {
    let columns = table.columns.iter().map(|one| column(one, backend)).collect::<Vec<_>>().join(", ");
    let key = table.key.join(", ");
    // Without a row id of its own a small SQLite table is its primary key; tables with bytes are better off with one.
    let without = backend == DbBackend::Sqlite && table.columns.iter().all(|column| column.kind != Kind::Bytes);
    let tail = if without { " WITHOUT ROWID" } else { "" };
    let mut statements = vec![format!("CREATE TABLE {} ({columns}, PRIMARY KEY ({key})){tail}", table.name)];
    statements.extend(table.indexes.iter().map(|one| index(table, one)));
    statements
}

fn column(column: &Column, backend: DbBackend) -> String {
    let null = if column.nullable { "" } else { " NOT NULL" };
    format!("{} {}{null}", column.name, kind(column.kind, backend))
}

/// How a database calls it.
pub(crate) const fn kind(kind: Kind, backend: DbBackend) -> &'static str {
    match (kind, backend) {
        (Kind::Text, DbBackend::Postgres) => "text COLLATE \"C\"",
        (Kind::Text, _) => "text",
        (Kind::Integer, DbBackend::Postgres) => "bigint",
        (Kind::Integer, _) => "integer",
        (Kind::Uuid, DbBackend::Postgres) => "uuid",
        (Kind::Bytes, DbBackend::Postgres) => "bytea",
        (Kind::Uuid | Kind::Bytes, _) => "blob",
    }
}

fn index(table: &Table, index: &Index) -> String {
    let (unique, letter) = if index.unique { ("UNIQUE ", "u") } else { ("", "i") };
    let name = format!("{letter}_{}_{}", table.name, index.columns.join("_"));
    format!("CREATE {unique}INDEX {name} ON {} ({})", table.name, index.columns.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_compares_by_bytes_and_names_fit() {
        for table in crate::tables() {
            for statement in create(&table, DbBackend::Postgres) {
                let name = statement.split(' ').nth(if statement.starts_with("CREATE UNIQUE") { 3 } else { 2 }).unwrap();
                assert!(name.len() <= 63, "{name} is longer than PostgreSQL keeps");
                assert_eq!(statement.matches(" text").count(), statement.matches(" text COLLATE \"C\"").count());
            }
        }
    }

    #[test]
    fn keys_and_indexes_name_columns_of_their_table() {
        for table in crate::tables() {
            let known = |name: &&str| table.columns.iter().any(|column| column.name == *name);
            assert!(table.key.iter().all(known), "{}", table.name);
            assert!(table.indexes.iter().all(|index| index.columns.iter().all(known)), "{}", table.name);
            let key_is_whole = table.key.iter().all(|name| table.columns.iter().any(|column| column.name == *name && !column.nullable));
            assert!(key_is_whole, "{}", table.name);
        }
    }
}
