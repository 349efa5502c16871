//! A certificate's row as the database sent it: columns are read when they are asked for, and borrowed.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use sea_orm::QueryResult;
use sea_orm::sqlx::postgres::{PgRow, Postgres};
use sea_orm::sqlx::sqlite::{Sqlite, SqliteRow};
use sea_orm::sqlx::{Decode, Error as SqlxError, Row as _, TypeInfo as _, ValueRef as _};
use uuid::Uuid;
use verify::status::CertificateStatus;

use super::StoreError;
use super::decode::{COLUMNS, Shape, certificate_columns, date, optional_date, stated_number, status, time};
use super::error::Fault;
use super::rows::{Answered, CertificateRow};

/// What is read of each certificate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct With {
    /// The authority whose code is the certificate's issuer, by the same statement.
    pub issuer: bool,
    pub columns: Wanted,
}

/// Columns of a certificate. What was not wanted cannot be read from the [`Record`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wanted(u32);

impl Wanted {
    /// Which certificate of which type: always read.
    pub const NAMED: Self = Self(1 << place::ID | 1 << place::TYPE_NAME);
    pub const RECORD_ID: Self = Self(1 << place::RECORD_ID);
    pub const IDENTIFIER: Self = Self(1 << place::IDENTIFIER);
    pub const VERSION: Self = Self(1 << place::VERSION);
    pub const NUMBER: Self = Self(1 << place::NUMBER);
    pub const ISSUER: Self = Self(1 << place::ISSUER);
    pub const ISSUED_ON: Self = Self(1 << place::ISSUED_ON);
    pub const VALID_FROM: Self = Self(1 << place::VALID_FROM);
    pub const VALID_TO: Self = Self(1 << place::VALID_TO);
    /// What the answered status is derived from.
    pub const STATUS: Self = Self(1 << place::EVENT_STATUS | Self::VALID_FROM.0 | Self::VALID_TO.0);
    pub const STATUS_CODE: Self = Self(1 << place::STATUS_SCHEME | 1 << place::STATUS_CODE);
    pub const UPDATED_AT: Self = Self(1 << place::UPDATED_AT);
    pub const CURRENT_ID: Self = Self(1 << place::CURRENT_ID);
    pub const PREVIOUS_ID: Self = Self(1 << place::PREVIOUS_ID);
    pub const STATEMENT: Self = Self(1 << place::STATEMENT);
    pub const SIGNATURE: Self = Self(1 << place::SIGNATURE | 1 << place::SIGNER);

    /// These and those.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn has(self, place: usize) -> bool {
        self.0 & (1 << place) != 0
    }

    /// How many come before the column at `place`.
    const fn before(self, place: usize) -> usize {
        (self.0 & ((1 << place) - 1)).count_ones() as usize
    }
}

/// Every column.
impl Default for Wanted {
    fn default() -> Self {
        Self((1 << COLUMNS) - 1)
    }
}

/// One stored version of a certificate, with the status it has now: [`CertificateRow`] before anything is decoded. Cheap to clone.
///
/// Every accessor fails where the column holds what this program never wrote ([`StoreError::Database`]).
#[derive(Clone)]
pub struct Record(Arc<Inner>);

struct Inner {
    columns: Columns,
    /// Place of the certificate's first column.
    first: usize,
    with: With,
    /// The number where it stands in the statement alone.
    stated: OnceLock<Box<str>>,
}

/// An authority's columns; see [`super::AuthorityRow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthorityRef<'a> {
    pub code: &'a str,
    pub name: &'a str,
    pub level: Option<&'a str>,
    pub division: Option<&'a str>,
    pub parent: Option<&'a str>,
}

/// Places of the columns, in the order of [`certificate_columns`].
mod place {
    pub(super) const ID: usize = 0;
    pub(super) const RECORD_ID: usize = 1;
    pub(super) const TYPE_NAME: usize = 2;
    pub(super) const TYPE_VERSION: usize = 3;
    pub(super) const SCHEMA_DIGEST: usize = 4;
    pub(super) const IDENTIFIER: usize = 5;
    pub(super) const VERSION: usize = 6;
    pub(super) const NUMBER: usize = 7;
    pub(super) const ISSUER: usize = 8;
    pub(super) const ISSUED_ON: usize = 9;
    pub(super) const VALID_FROM: usize = 10;
    pub(super) const VALID_TO: usize = 11;
    pub(super) const EVENT_STATUS: usize = 12;
    pub(super) const STATUS_SCHEME: usize = 13;
    pub(super) const STATUS_CODE: usize = 14;
    pub(super) const EVENT_SEQ: usize = 15;
    pub(super) const UPDATED_AT: usize = 16;
    pub(super) const CURRENT_ID: usize = 17;
    pub(super) const PREVIOUS_ID: usize = 18;
    pub(super) const STATEMENT: usize = 19;
    pub(super) const SIGNATURE: usize = 20;
    pub(super) const SIGNER: usize = 21;
    /// The authority's columns follow those of the certificate.
    pub(super) const AUTHORITY: usize = super::COLUMNS;
}

impl Record {
    /// See [`CertificateRow::id`]; the other accessors likewise.
    pub fn id(&self) -> Result<Uuid, StoreError> {
        self.uuid(place::ID)
    }

    pub fn record_id(&self) -> Result<Uuid, StoreError> {
        self.uuid(place::RECORD_ID)
    }

    pub fn type_name(&self) -> Result<&str, StoreError> {
        self.text(place::TYPE_NAME)
    }

    pub fn type_version(&self) -> Result<&str, StoreError> {
        self.text(place::TYPE_VERSION)
    }

    pub fn schema_digest(&self) -> Result<&str, StoreError> {
        self.text(place::SCHEMA_DIGEST)
    }

    pub fn identifier(&self) -> Result<&str, StoreError> {
        self.text(place::IDENTIFIER)
    }

    pub fn version(&self) -> Result<i32, StoreError> {
        self.small(place::VERSION)
    }

    /// Where it tells something of a person it is read from the statement, the first time that it is asked for.
    pub fn number(&self) -> Result<&str, StoreError> {
        let number = self.text(place::NUMBER)?;
        if !number.is_empty() {
            return Ok(number);
        }
        if self.0.stated.get().is_none() {
            let stated = stated_number(&String::from_utf8_lossy(self.statement()?)).unwrap_or_default();
            // Whoever was quicker read the same.
            let _ = self.0.stated.set(stated.into());
        }
        Ok(self.0.stated.get().map_or("", |number| number))
    }

    pub fn issuer(&self) -> Result<&str, StoreError> {
        self.text(place::ISSUER)
    }

    /// ISO 8601, as all dates here.
    pub fn issued_on(&self) -> Result<&str, StoreError> {
        self.text(place::ISSUED_ON)
    }

    /// Empty where it is absent.
    pub fn valid_from(&self) -> Result<&str, StoreError> {
        self.text(place::VALID_FROM)
    }

    /// Empty where it is open-ended.
    pub fn valid_to(&self) -> Result<&str, StoreError> {
        self.text(place::VALID_TO)
    }

    pub fn event_status(&self) -> Result<CertificateStatus, StoreError> {
        Ok(status(self.text(place::EVENT_STATUS)?)?)
    }

    pub fn status_scheme(&self) -> Result<&str, StoreError> {
        self.text(place::STATUS_SCHEME)
    }

    pub fn status_code(&self) -> Result<&str, StoreError> {
        self.text(place::STATUS_CODE)
    }

    pub fn event_seq(&self) -> Result<i32, StoreError> {
        self.small(place::EVENT_SEQ)
    }

    pub fn updated_at(&self) -> Result<DateTime<Utc>, StoreError> {
        Ok(time(self.0.columns.integer(self.at(place::UPDATED_AT)?)?)?)
    }

    pub fn current_id(&self) -> Result<Uuid, StoreError> {
        self.uuid(place::CURRENT_ID)
    }

    pub fn previous_id(&self) -> Result<Option<Uuid>, StoreError> {
        Ok(self.0.columns.optional_uuid(self.at(place::PREVIOUS_ID)?)?)
    }

    /// The signed statement, byte for byte.
    pub fn statement(&self) -> Result<&[u8], StoreError> {
        Ok(self.0.columns.bytes(self.at(place::STATEMENT)?)?)
    }

    pub fn signature(&self) -> Result<&[u8], StoreError> {
        Ok(self.0.columns.bytes(self.at(place::SIGNATURE)?)?)
    }

    pub fn signer(&self) -> Result<&str, StoreError> {
        self.text(place::SIGNER)
    }

    /// The issuer; None where it was not asked for ([`With::issuer`]) or is not known.
    pub fn authority(&self) -> Result<Option<AuthorityRef<'_>>, StoreError> {
        if !self.0.with.issuer {
            return Ok(None);
        }
        let optional = |place| self.0.columns.optional_text(self.0.first + self.0.with.columns.before(place::AUTHORITY) + place);
        let Some(code) = optional(0)? else { return Ok(None) };
        let name = optional(1)?.ok_or_else(|| Fault::nonsense("an authority without a name"))?;
        Ok(Some(AuthorityRef { code, name, level: optional(2)?, division: optional(3)?, parent: optional(4)? }))
    }

    /// Everything decoded.
    ///
    /// # Errors
    /// As the accessors.
    pub fn to_row(&self) -> Result<CertificateRow, StoreError> {
        Ok(CertificateRow {
            id: self.id()?,
            record_id: self.record_id()?,
            type_name: self.type_name()?.into(),
            type_version: self.type_version()?.into(),
            schema_digest: self.schema_digest()?.into(),
            identifier: self.identifier()?.into(),
            version: self.version()?,
            number: self.number()?.into(),
            issuer: self.issuer()?.into(),
            issued_on: date(self.issued_on()?)?,
            valid_from: optional_date(self.valid_from()?)?,
            valid_to: optional_date(self.valid_to()?)?,
            event_status: self.event_status()?,
            status_scheme: self.status_scheme()?.into(),
            status_code: self.status_code()?.into(),
            event_seq: self.event_seq()?,
            updated_at: self.updated_at()?,
            current_id: self.current_id()?,
            previous_id: self.previous_id()?,
            statement: String::from_utf8_lossy(self.statement()?).into(),
            signature: self.signature()?.into(),
            signer: self.signer()?.into(),
        })
    }

    /// Where a column stands in the row.
    fn at(&self, place: usize) -> Result<usize, Fault> {
        let wanted = self.0.with.columns;
        if wanted.has(place) { Ok(self.0.first + wanted.before(place)) } else { Err(Fault::nonsense("a column that was not read")) }
    }

    fn text(&self, place: usize) -> Result<&str, StoreError> {
        Ok(self.0.columns.text(self.at(place)?)?)
    }

    fn uuid(&self, place: usize) -> Result<Uuid, StoreError> {
        Ok(self.0.columns.uuid(self.at(place)?)?)
    }

    fn small(&self, place: usize) -> Result<i32, StoreError> {
        let number = self.0.columns.integer(self.at(place)?)?;
        Ok(i32::try_from(number).map_err(|_| Fault::nonsense(format!("{number} is no 32-bit integer")))?)
    }
}

/// Personal values are no business of a log.
impl std::fmt::Debug for Record {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Record").field(&self.id()).finish()
    }
}

impl Answered for Record {
    fn named(&self) -> Option<(&str, Uuid)> {
        Some((self.type_name().ok()?, self.id().ok()?))
    }
}

impl Shape for Record {
    fn columns(current: &str, with: With) -> String {
        let all = certificate_columns(current);
        let wanted = all.split(", ").enumerate().filter(|(place, _)| with.columns.has(*place));
        let mut columns = wanted.map(|(_, column)| column).collect::<Vec<_>>().join(", ");
        if with.issuer {
            columns.push_str(", a.code, a.name, a.level, a.division, a.parent");
        }
        columns
    }

    fn current(with: With) -> bool {
        with.columns.has(place::CURRENT_ID)
    }

    fn joined(with: With) -> &'static str {
        if with.issuer { " LEFT JOIN authority a ON a.code = v.issuer" } else { "" }
    }

    fn read(row: QueryResult, first: usize, with: With) -> Result<Self, Fault> {
        Ok(Self(Arc::new(Inner { columns: Columns::of(row)?, first, with, stated: OnceLock::new() })))
    }
}

enum Columns {
    Sent(QueryResult),
    /// A row of SQLite's changes when it is read, and must not be read by two threads: it is copied.
    Copied(Box<[Cell]>),
}

enum Cell {
    Null,
    Integer(i64),
    Text(Box<str>),
    Bytes(Box<[u8]>),
}

impl Columns {
    fn of(row: QueryResult) -> Result<Self, Fault> {
        match row.try_as_sqlite_row() {
            Some(row) => (0..row.len()).map(|place| cell(row, place)).collect::<Result<_, _>>().map(Self::Copied),
            None => Ok(Self::Sent(row)),
        }
    }

    fn text(&self, place: usize) -> Result<&str, Fault> {
        self.optional_text(place)?.ok_or_else(|| misread(place, "a text"))
    }

    fn optional_text(&self, place: usize) -> Result<Option<&str>, Fault> {
        match self {
            Self::Sent(row) => sent(row, place),
            Self::Copied(cells) => match cells.get(place) {
                Some(Cell::Text(text)) => Ok(Some(text)),
                Some(Cell::Null) => Ok(None),
                _ => Err(misread(place, "a text")),
            },
        }
    }

    fn bytes(&self, place: usize) -> Result<&[u8], Fault> {
        match self {
            Self::Sent(row) => sent(row, place)?.ok_or_else(|| misread(place, "bytes")),
            Self::Copied(cells) => match cells.get(place) {
                Some(Cell::Bytes(bytes)) => Ok(bytes),
                _ => Err(misread(place, "bytes")),
            },
        }
    }

    fn integer(&self, place: usize) -> Result<i64, Fault> {
        match self {
            Self::Sent(row) => sent(row, place)?.ok_or_else(|| misread(place, "an integer")),
            Self::Copied(cells) => match cells.get(place) {
                Some(Cell::Integer(number)) => Ok(*number),
                _ => Err(misread(place, "an integer")),
            },
        }
    }

    fn uuid(&self, place: usize) -> Result<Uuid, Fault> {
        self.optional_uuid(place)?.ok_or_else(|| misread(place, "a UUID"))
    }

    fn optional_uuid(&self, place: usize) -> Result<Option<Uuid>, Fault> {
        match self {
            Self::Sent(row) => sent(row, place),
            Self::Copied(cells) => match cells.get(place) {
                Some(Cell::Bytes(bytes)) => Uuid::from_slice(bytes).map(Some).map_err(|_| misread(place, "a UUID")),
                Some(Cell::Null) => Ok(None),
                _ => Err(misread(place, "a UUID")),
            },
        }
    }
}

/// The statement named the columns, and their types are the schema's: they are not compared again for each value.
fn sent<'r, T>(row: &'r QueryResult, place: usize) -> Result<Option<T>, Fault>
where
    Option<T>: Decode<'r, Postgres>,
{
    let row: &PgRow = row.try_as_pg_row().ok_or_else(|| Fault::nonsense("a row of neither database"))?;
    row.try_get_unchecked(place).map_err(unread)
}

fn cell(row: &SqliteRow, place: usize) -> Result<Cell, Fault> {
    let value = row.try_get_raw(place).map_err(unread)?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    let kind: Cow<'_, _> = value.type_info();
    let unfit = |error| Fault::nonsense(format!("column {place}: {error}"));
    Ok(match kind.name() {
        "INTEGER" => Cell::Integer(Decode::<Sqlite>::decode(value).map_err(unfit)?),
        "TEXT" => Cell::Text(Decode::<Sqlite>::decode(value).map_err(unfit)?),
        // Nothing else was ever written; what it is, its reader refuses.
        _ => Cell::Bytes(Decode::<Sqlite>::decode(value).map_err(unfit)?),
    })
}

fn misread(place: usize, what: &str) -> Fault {
    Fault::nonsense(format!("column {place} is not {what}"))
}

fn unread(error: SqlxError) -> Fault {
    Fault::nonsense(error.to_string())
}
