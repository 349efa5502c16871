//! A logical copy of all tables as lines of JSON: from either database into either.
//!
//! ```text
//! {"format":"zhengzhao-backup","version":1,"tables":["authority",…]}
//! {"table":"authority","row":{"code":"…","name":"…",…}}
//! {"end":true,"rows":1234}
//! ```
//! Bytes are base64, ids their usual text, times microseconds. The last line tells a whole file from one cut off. Opaque keys depend
//! on the index key, which must be kept beside the copy.

use std::io::{BufRead, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use migrations::{Kind, Table, tables};
use sea_orm::{QueryResult, Value};
use serde_json::{Map, Value as Json, json};
use thiserror::Error;
use uuid::Uuid;

use super::decode::Reader;
use super::error::Fault;
use super::identity::IDENTITY;
use super::session::Session;
use super::sql::Sql;
use super::{Store, StoreError};
use crate::fresh::Tags;

const FORMAT: &str = "zhengzhao-backup";
const VERSION: u64 = 1;
/// Rows read or written by one statement.
const CHUNK: usize = 500;

#[derive(Debug, Error)]
pub enum BackupError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the copy could not be read or written: {0}")]
    File(#[from] std::io::Error),
    #[error("line {line}: {reason}")]
    Line { line: usize, reason: String },
    #[error("the table {table} holds rows already: a copy is restored into an empty database only")]
    NotEmpty { table: &'static str },
    #[error("the copy ends before its last line, it is cut off")]
    CutOff,
}

impl Store {
    /// Writes all tables, as they are at one moment; how many rows they have.
    ///
    /// # Errors
    /// The database, or what is written to.
    pub async fn export(&self, writer: &mut (dyn Write + Send)) -> Result<u64, BackupError> {
        let (shared, failed) = (&tokio::sync::Mutex::new(writer), &std::sync::Mutex::new(None));
        let exported = self.snapshot(|session| async move {
            let mut writer = shared.lock().await;
            dump(&session, &mut **writer).await.map_err(|error| set_aside(error, failed))
        });
        told(exported.await, failed)
    }

    /// Reads a copy into an empty, migrated database: all of it or nothing; how many rows it has.
    ///
    /// # Errors
    /// A database that is not empty; a copy that is damaged, cut off or of another version; the database.
    pub async fn import(&self, reader: &mut (dyn BufRead + Send)) -> Result<u64, BackupError> {
        let (shared, failed) = (&tokio::sync::Mutex::new(reader), &std::sync::Mutex::new(None));
        let imported = self.write(Tags::Everything, |session| async move {
            // A second run would find the reader spent and end with "cut off": nothing is written then either.
            let mut reader = shared.lock().await;
            restore(&session, &mut **reader).await.map_err(|error| set_aside(error, failed))
        });
        told(imported.await, failed)
    }
}

/// Transactions end with a [`Fault`]; the reason itself waits beside it.
fn set_aside(error: BackupError, failed: &std::sync::Mutex<Option<BackupError>>) -> Fault {
    let told = error.to_string();
    if let Ok(mut failed) = failed.lock() {
        *failed = Some(error);
    }
    Fault::nonsense(told)
}

fn told(outcome: Result<u64, Fault>, failed: &std::sync::Mutex<Option<BackupError>>) -> Result<u64, BackupError> {
    let aside = failed.lock().ok().and_then(|mut failed| failed.take());
    outcome.map_err(|fault| aside.unwrap_or_else(|| BackupError::Store(fault.into())))
}

async fn dump(session: &Session, writer: &mut (dyn Write + Send)) -> Result<u64, BackupError> {
    let tables = tables();
    let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
    line(writer, &json!({"format": FORMAT, "version": VERSION, "tables": names}))?;
    let mut rows = 0;
    for table in &tables {
        let mut after: Option<Vec<Value>> = None;
        loop {
            let found = session.all(select(table, after.as_deref())).await.map_err(StoreError::from)?;
            for row in &found {
                let (row, key) = encoded(table, row).map_err(StoreError::from)?;
                after = Some(key);
                if !is_identity(table, &row) {
                    line(writer, &json!({"table": table.name, "row": row}))?;
                    rows += 1;
                }
            }
            if found.len() < CHUNK {
                break;
            }
        }
    }
    line(writer, &json!({"end": true, "rows": rows}))?;
    writer.flush()?;
    Ok(rows)
}

/// What is restored is another database: see [`super::identity`].
fn is_identity(table: &Table, row: &Map<String, Json>) -> bool {
    table.name == "revision" && row.get("name").is_some_and(|name| name == IDENTITY)
}

fn line(writer: &mut (dyn Write + Send), value: &Json) -> Result<(), BackupError> {
    writeln!(writer, "{value}")?;
    Ok(())
}

/// The next rows in the order of the key.
fn select(table: &Table, after: Option<&[Value]>) -> Sql {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    let key = table.key.join(", ");
    let mut sql = Sql::new("SELECT ");
    sql.push(&names.join(", ")).push(" FROM ").push(table.name);
    if let Some(after) = after {
        sql.push(&format!(" WHERE ({key}) > (")).binds(after.to_vec()).push(")");
    }
    sql.push(&format!(" ORDER BY {key} LIMIT ")).bind(CHUNK as i64);
    sql
}

/// A row as JSON, and the values of its key.
fn encoded(table: &Table, row: &QueryResult) -> Result<(Map<String, Json>, Vec<Value>), Fault> {
    let mut reader = Reader::new(row);
    let mut json = Map::new();
    let mut key = vec![None; table.key.len()];
    for column in &table.columns {
        let (value, bound) = match column.kind {
            Kind::Text => {
                let value: Option<String> = reader.value()?;
                (json!(value), Value::String(value))
            }
            Kind::Integer => {
                let value: Option<i64> = reader.value()?;
                (json!(value), Value::BigInt(value))
            }
            Kind::Uuid => {
                let value: Option<Uuid> = reader.value()?;
                (json!(value.map(|id| id.to_string())), Value::Uuid(value))
            }
            Kind::Bytes => {
                let value: Option<Vec<u8>> = reader.value()?;
                (json!(value.as_ref().map(|bytes| STANDARD.encode(bytes))), Value::Bytes(value))
            }
        };
        json.insert(column.name.to_owned(), value);
        if let Some(place) = table.key.iter().position(|name| *name == column.name) {
            key[place] = Some(bound);
        }
    }
    Ok((json, key.into_iter().flatten().collect()))
}

async fn restore(session: &Session, reader: &mut (dyn BufRead + Send)) -> Result<u64, BackupError> {
    let tables = tables();
    empty(session, &tables).await?;
    let mut lines = Lines { reader, line: 0 };
    let head = lines.next()?.ok_or(BackupError::CutOff)?;
    if head["format"] != FORMAT || head["version"] != VERSION {
        return Err(lines.fault(format!("this is no copy of format {FORMAT}, version {VERSION}")));
    }
    let mut rows = 0;
    let mut waiting: (Option<&Table>, Vec<Vec<Value>>) = (None, Vec::new());
    while let Some(line) = lines.next()? {
        if line["end"] == true {
            flush(session, &mut waiting).await?;
            if line["rows"] != rows {
                return Err(lines.fault(format!("{} rows were written, {rows} were read", line["rows"])));
            }
            return if lines.next()?.is_none() { Ok(rows) } else { Err(lines.fault("nothing may follow the last line".into())) };
        }
        let name = line["table"].as_str().unwrap_or_default();
        let table = tables.iter().find(|table| table.name == name).ok_or_else(|| lines.fault(format!("no table is named {name:?}")))?;
        let row = decoded(table, &line["row"]).map_err(|reason| lines.fault(reason))?;
        if waiting.0.is_none_or(|before| before.name != table.name) || waiting.1.len() >= CHUNK {
            flush(session, &mut waiting).await?;
            waiting.0 = Some(table);
        }
        waiting.1.push(row);
        rows += 1;
    }
    Err(BackupError::CutOff)
}

/// Nothing is overwritten: only the row that the migration made goes, and the identity.
async fn empty(session: &Session, tables: &[Table]) -> Result<(), BackupError> {
    let clear = Sql::new("DELETE FROM revision WHERE name = 'registry' AND value = 0");
    session.run(clear).await.map_err(StoreError::from)?;
    let mut clear = Sql::new("DELETE FROM revision WHERE name = ");
    clear.bind(super::sql::text(IDENTITY));
    session.run(clear).await.map_err(StoreError::from)?;
    for table in tables {
        let mut sql = Sql::new("SELECT 1 FROM ");
        sql.push(table.name).push(" LIMIT 1");
        if session.first(sql).await.map_err(StoreError::from)?.is_some() {
            return Err(BackupError::NotEmpty { table: table.name });
        }
    }
    Ok(())
}

async fn flush(session: &Session, waiting: &mut (Option<&Table>, Vec<Vec<Value>>)) -> Result<(), BackupError> {
    let Some(table) = waiting.0 else { return Ok(()) };
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    session.insert(table.name, &names, std::mem::take(&mut waiting.1)).await.map_err(|fault| BackupError::Store(fault.into()))
}

fn decoded(table: &Table, row: &Json) -> Result<Vec<Value>, String> {
    let row = row.as_object().ok_or("a row is an object")?;
    if row.len() != table.columns.len() {
        return Err(format!("a row of {} has {} columns, not {}", table.name, table.columns.len(), row.len()));
    }
    let value = |column: &migrations::Column| {
        let wrong = || format!("{}.{} is missing or of the wrong kind", table.name, column.name);
        let found = row.get(column.name).ok_or_else(wrong)?;
        let absent = found.is_null() && column.nullable;
        Ok(match column.kind {
            Kind::Text if absent => Value::String(None),
            Kind::Integer if absent => Value::BigInt(None),
            Kind::Uuid if absent => Value::Uuid(None),
            Kind::Bytes if absent => Value::Bytes(None),
            Kind::Text => super::sql::text(found.as_str().ok_or_else(wrong)?),
            Kind::Integer => found.as_i64().ok_or_else(wrong)?.into(),
            Kind::Uuid => found.as_str().and_then(|id| id.parse::<Uuid>().ok()).ok_or_else(wrong)?.into(),
            Kind::Bytes => found.as_str().and_then(|bytes| STANDARD.decode(bytes).ok()).ok_or_else(wrong)?.into(),
        })
    };
    table.columns.iter().map(value).collect()
}

struct Lines<'a> {
    reader: &'a mut (dyn BufRead + Send),
    line: usize,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<Option<Json>, BackupError> {
        let mut text = String::new();
        if self.reader.read_line(&mut text)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        serde_json::from_str(&text).map(Some).map_err(|error| self.fault(error.to_string()))
    }

    fn fault(&self, reason: String) -> BackupError {
        BackupError::Line { line: self.line, reason }
    }
}
