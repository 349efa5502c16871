//! The transparency log in the database: events without a number, tiles, checkpoints.

use chrono::{DateTime, Utc};
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::access;
use super::commands::AccessEvent;
use super::decode::Reader;
use super::error::Fault;
use super::session::Session;
use super::sql::{Dialect, Sql, text};
use super::{Store, StoreError};
use crate::fresh::Tags;

/// A file of the log: the hashes of a tile, or a bundle of entries where `level` is [`ENTRIES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogTile {
    pub level: i16,
    pub place: u64,
    /// How many hashes or entries it has.
    pub width: u16,
    pub bytes: Vec<u8>,
}

/// The level under which bundles of entries are kept.
pub const ENTRIES: i16 = -1;

/// The tree as it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogCheckpoint {
    pub size: u64,
    /// Hex.
    pub root: String,
    /// The signed note, as it is served.
    pub note: String,
    pub at: DateTime<Utc>,
}

/// An event with its number.
#[derive(Debug, Clone)]
pub struct LoggedEvent {
    pub event: AccessEvent,
    pub seq: u64,
}

/// What one round adds.
#[derive(Debug, Clone)]
pub struct LogGrowth {
    /// The size before; else somebody else wrote, and nothing is written.
    pub before: u64,
    /// Event and salt, in the order of their numbers, which begin with `before`.
    pub events: Vec<(Uuid, [u8; 32])>,
    pub tiles: Vec<LogTile>,
    pub checkpoint: LogCheckpoint,
}

/// Rows of one statement.
const ROWS: usize = 512;
/// Checkpoints that are kept besides the newest: whoever has seen one of them can be shown that the log has grown out of it from its tiles
/// anyway.
const KEPT: u64 = 1000;

impl Store {
    /// Events without a number, in the order of their ids, which is about that of their making.
    ///
    /// # Errors
    /// The database.
    pub async fn unlogged(&self, limit: u32) -> Result<Vec<AccessEvent>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&access::COLUMNS.join(", ")).push(" FROM access_event WHERE seq IS NULL ORDER BY id LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| access::decoded(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }

    /// When the oldest event without a number was made.
    ///
    /// # Errors
    /// The database.
    pub async fn oldest_unlogged(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = self.reading().first(Sql::new("SELECT at FROM access_event WHERE seq IS NULL ORDER BY id LIMIT 1")).await?;
        Ok(row.as_ref().map(|row| Reader::new(row).time()).transpose()?)
    }

    /// Numbered events from `from` on.
    ///
    /// # Errors
    /// The database.
    pub async fn logged(&self, from: u64, limit: u32) -> Result<Vec<LoggedEvent>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&access::COLUMNS.join(", ")).push(", seq FROM access_event WHERE seq >= ").bind(number(from));
        sql.push(" ORDER BY seq LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(logged).collect::<Result<_, Fault>>()?)
    }

    /// One event with its number; None where it has none yet.
    ///
    /// # Errors
    /// The database.
    pub async fn logged_event(&self, id: Uuid) -> Result<Option<LoggedEvent>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&access::COLUMNS.join(", ")).push(", seq FROM access_event WHERE seq IS NOT NULL AND id = ").bind(id);
        let row = self.reading().first(sql).await?;
        Ok(row.as_ref().map(logged).transpose()?)
    }

    /// The newest checkpoint.
    ///
    /// # Errors
    /// The database.
    pub async fn log_checkpoint(&self) -> Result<Option<LogCheckpoint>, StoreError> {
        let row = self.reading().first(Sql::new("SELECT size, root, note, at FROM log_checkpoint ORDER BY size DESC LIMIT 1")).await?;
        Ok(row.as_ref().map(|row| checkpoint(&mut Reader::new(row))).transpose()?)
    }

    /// The widest that was written at this place.
    ///
    /// # Errors
    /// The database.
    pub async fn log_tile(&self, level: i16, place: u64) -> Result<Option<LogTile>, StoreError> {
        let mut sql = Sql::new("SELECT width, bytes FROM log_tile WHERE level = ");
        sql.bind(i64::from(level)).push(" AND place = ").bind(number(place));
        let row = self.reading().first(sql).await?;
        let read = |row| {
            let mut reader = Reader::new(row);
            let width = reader.value::<i64>()?;
            Ok::<_, Fault>(LogTile { level, place, width: u16::try_from(width).unwrap_or_default(), bytes: reader.value()? })
        };
        Ok(row.as_ref().map(read).transpose()?)
    }

    /// The signed statements of these versions and of the changes of their status.
    ///
    /// # Errors
    /// The database.
    pub async fn statements_of(&self, versions: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>, StoreError> {
        let mut found = Vec::new();
        for (table, key) in [("certificate_version", "id"), ("certificate_event", "version_id")] {
            let mut sql = Sql::new("SELECT ");
            sql.push(key).push(", statement FROM ").push(table).push(" WHERE statement IS NOT NULL AND ").push(key).push(" IN ");
            sql.list(versions.iter().map(|id| Value::from(*id)));
            for row in &self.reading().all(sql).await? {
                let mut reader = Reader::new(row);
                found.push((reader.uuid()?, reader.value()?));
            }
        }
        Ok(found)
    }

    /// Versions of certificates that no event tells of, at most so many. Looks at every version.
    ///
    /// # Errors
    /// The database.
    pub async fn unaccounted(&self, limit: u32) -> Result<Vec<Uuid>, StoreError> {
        let mut sql = Sql::new("SELECT id FROM certificate_version WHERE id NOT IN (SELECT version_id FROM access_event");
        sql.push(" WHERE version_id IS NOT NULL AND kind IN ('issue', 'amend', 'renew')) ORDER BY id LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| Reader::new(row).uuid()).collect::<Result<_, Fault>>()?)
    }

    /// Numbers events and writes what follows from it, all or nothing. False: the log has grown meanwhile, and nothing was written.
    ///
    /// # Errors
    /// The database.
    pub async fn grow_log(&self, growth: &LogGrowth) -> Result<bool, StoreError> {
        Ok(self.write(Tags::none(), |session| grow(session, growth)).await?)
    }
}

async fn grow(session: Session, growth: &LogGrowth) -> Result<bool, Fault> {
    let newest = session.first(Sql::new("SELECT size FROM log_checkpoint ORDER BY size DESC LIMIT 1")).await?;
    let newest = newest.as_ref().map(|row| Reader::new(row).value::<i64>()).transpose()?.unwrap_or_default();
    if newest != number(growth.before) {
        return Ok(false);
    }
    let LogCheckpoint { size, root, note, at } = &growth.checkpoint;
    let row = vec![number(*size).into(), text(root), text(note), at.timestamp_micros().into()];
    // Of two who write at once one has this key, and the other looks again.
    session.insert("log_checkpoint", &["size", "root", "note", "at"], vec![row]).await.map_err(Fault::raced)?;
    let mut seq = growth.before;
    for part in growth.events.chunks(ROWS) {
        let numbered = session.run(numbering(session.dialect(), part, seq)).await?;
        if numbered != part.len() as u64 {
            return Err(Fault::nonsense(format!(
                "{} of {} events have a number already, or are gone",
                part.len() as u64 - numbered,
                part.len()
            )));
        }
        seq += part.len() as u64;
    }
    let rows = growth.tiles.iter().map(|tile| {
        vec![i64::from(tile.level).into(), number(tile.place).into(), i64::from(tile.width).into(), Value::Bytes(Some(tile.bytes.clone()))]
    });
    for row in rows {
        let mut sql = Sql::new("INSERT INTO log_tile (level, place, width, bytes) VALUES (");
        sql.binds(row).push(") ON CONFLICT (level, place) DO UPDATE SET width = excluded.width, bytes = excluded.bytes");
        session.run(sql).await?;
    }
    let mut sql =
        Sql::new("DELETE FROM log_checkpoint WHERE size IN (SELECT size FROM log_checkpoint ORDER BY size DESC LIMIT 100 OFFSET ");
    sql.bind(number(KEPT)).push(")");
    session.run(sql).await?;
    Ok(true)
}

/// Gives these events their numbers, where they have none.
fn numbering(dialect: Dialect, events: &[(Uuid, [u8; 32])], first: u64) -> Sql {
    let rows = events.iter().zip(first..).map(|((id, salt), seq)| (*id, number(seq), Value::Bytes(Some(salt.to_vec()))));
    let mut sql = Sql::new("WITH given (id, seq, salt) AS (");
    match dialect {
        Dialect::Postgres => {
            let (mut ids, mut numbers, mut salts): (Vec<Value>, Vec<Value>, Vec<Value>) = Default::default();
            for (id, seq, salt) in rows {
                ids.push(id.into());
                numbers.push(seq.into());
                salts.push(salt);
            }
            sql.push("SELECT * FROM unnest(").array(ids).push(", ").array(numbers).push(", ").array(salts).push(")");
        }
        Dialect::Sqlite => {
            for (place, (id, seq, salt)) in rows.enumerate() {
                sql.push(if place == 0 { "VALUES (" } else { ", (" }).binds([id.into(), seq.into(), salt]).push(")");
            }
        }
    }
    sql.push(") UPDATE access_event SET seq = given.seq, salt = given.salt FROM given");
    sql.push(" WHERE access_event.id = given.id AND access_event.seq IS NULL");
    sql
}

fn logged(row: &QueryResult) -> Result<LoggedEvent, Fault> {
    let mut reader = Reader::new(row);
    let event = access::decoded(&mut reader)?;
    let seq = u64::try_from(reader.value::<i64>()?).unwrap_or_default();
    Ok(LoggedEvent { event, seq })
}

fn checkpoint(reader: &mut Reader<'_>) -> Result<LogCheckpoint, Fault> {
    let size = u64::try_from(reader.value::<i64>()?).unwrap_or_default();
    Ok(LogCheckpoint { size, root: reader.text()?, note: reader.text()?, at: reader.time()? })
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
