//! Rows of the database → rows of the program.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sqlx::{Decode, Postgres, Row as _};
use sea_orm::{QueryResult, TryGetable};
use uuid::Uuid;
use verify::status::CertificateStatus;

use super::error::Fault;
use super::record::With;
use super::rows::{CertificateRow, EventRow};

/// What the rows of a statement over certificates become.
pub(super) trait Shape: Clone {
    /// The columns of a version `v`, where `current` is the column of the current version's id.
    fn columns(current: &str, with: With) -> String;

    /// Is the current version's id among them?
    fn current(with: With) -> bool;

    /// What is joined to `v` for these columns.
    fn joined(with: With) -> &'static str;

    /// A row whose columns of the certificate begin at `first`.
    fn read(row: QueryResult, first: usize, with: With) -> Result<Self, Fault>;
}

/// Reads a row's columns in their order.
pub(super) struct Reader<'a> {
    row: &'a QueryResult,
    next: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(row: &'a QueryResult) -> Self {
        Self::at(row, 0)
    }

    /// Begins at this column.
    pub(super) fn at(row: &'a QueryResult, next: usize) -> Self {
        Self { row, next }
    }

    /// The column that is read next.
    pub(super) fn place(&self) -> usize {
        self.next
    }

    pub(super) fn value<T: TryGetable>(&mut self) -> Result<T, Fault> {
        let place = self.next;
        self.next += 1;
        Ok(self.row.try_get_by_index(place)?)
    }

    /// As [`Self::value`] for a column whose type the schema fixes: the database's name of the type is not looked at again.
    fn known<T>(&mut self) -> Result<Option<T>, Fault>
    where
        Option<T>: TryGetable + for<'r> Decode<'r, Postgres>,
    {
        let place = self.next;
        self.next += 1;
        match self.row.try_as_pg_row() {
            Some(row) => row.try_get_unchecked(place).map_err(|error| Fault::nonsense(error.to_string())),
            None => Ok(self.row.try_get_by_index(place)?),
        }
    }

    fn there<T>(&mut self) -> Result<T, Fault>
    where
        Option<T>: TryGetable + for<'r> Decode<'r, Postgres>,
    {
        let place = self.next;
        self.known()?.ok_or_else(|| Fault::nonsense(format!("column {place} is empty")))
    }

    pub(super) fn text(&mut self) -> Result<String, Fault> {
        self.there()
    }

    pub(super) fn shared(&mut self) -> Result<Arc<str>, Fault> {
        Ok(self.text()?.into())
    }

    pub(super) fn uuid(&mut self) -> Result<Uuid, Fault> {
        self.there()
    }

    pub(super) fn integer(&mut self) -> Result<i64, Fault> {
        self.there()
    }

    pub(super) fn small(&mut self) -> Result<i32, Fault> {
        let number = self.integer()?;
        i32::try_from(number).map_err(|_| Fault::nonsense(format!("{number} is no 32-bit integer")))
    }

    pub(super) fn time(&mut self) -> Result<DateTime<Utc>, Fault> {
        let micros = self.integer()?;
        time(micros)
    }

    pub(super) fn optional_time(&mut self) -> Result<Option<DateTime<Utc>>, Fault> {
        self.value::<Option<i64>>()?.map(time).transpose()
    }

    pub(super) fn status(&mut self) -> Result<CertificateStatus, Fault> {
        status(&self.text()?)
    }

    /// Absent is the empty text.
    pub(super) fn optional_date(&mut self) -> Result<Option<NaiveDate>, Fault> {
        optional_date(&self.text()?)
    }

    /// UTF-8 kept as bytes. Bytes that are no UTF-8 any more were tampered with: they are handed on with the place marked, so
    /// that verification fails on the signature instead of finding nothing to judge.
    pub(super) fn statement(&mut self) -> Result<Option<Arc<str>>, Fault> {
        let Some(bytes) = self.known::<Vec<u8>>()? else { return Ok(None) };
        Ok(Some(String::from_utf8_lossy(&bytes).into()))
    }
}

pub(super) fn date(text: &str) -> Result<NaiveDate, Fault> {
    text.parse().map_err(|_| Fault::nonsense(format!("{text:?} is no date")))
}

pub(super) fn optional_date(text: &str) -> Result<Option<NaiveDate>, Fault> {
    if text.is_empty() { Ok(None) } else { date(text).map(Some) }
}

pub(super) fn status(text: &str) -> Result<CertificateStatus, Fault> {
    text.parse().map_err(|error: verify::status::UnknownStatus| Fault::nonsense(error.to_string()))
}

pub(super) fn time(micros: i64) -> Result<DateTime<Utc>, Fault> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| Fault::nonsense(format!("{micros} is no time")))
}

/// How many columns [`certificate_columns`] are.
pub(super) const COLUMNS: usize = 22;

/// The columns of [`certificate_as_it_lies`], of a version `v`, where `current` is the column of the current version's id.
pub(super) fn certificate_columns(current: &str) -> String {
    format!(
        "v.id, v.record_id, v.type_name, v.type_version, v.schema_digest, v.identifier, v.version, v.number, v.issuer, v.issued_on, v.valid_from, \
         v.valid_to, v.event_status, v.status_scheme, v.status_code, v.event_seq, v.updated_at, {current}, v.previous_id, v.statement, v.signature, v.signer"
    )
}

impl Shape for CertificateRow {
    fn columns(current: &str, _: With) -> String {
        certificate_columns(current)
    }

    fn current(_: With) -> bool {
        true
    }

    fn joined(_: With) -> &'static str {
        ""
    }

    fn read(row: QueryResult, first: usize, _: With) -> Result<Self, Fault> {
        as_written(certificate_as_it_lies(&mut Reader::at(&row, first)))
    }
}

/// Reads what can be read; what cannot is named, and has some other value in the row.
pub(super) fn certificate_as_it_lies(reader: &mut Reader<'_>) -> (CertificateRow, Nonsense) {
    let mut nonsense = Nonsense::default();
    let mut row = CertificateRow {
        id: nonsense.or_default("id", reader.uuid()),
        record_id: nonsense.or_default("recordId", reader.uuid()),
        type_name: nonsense.or_default("typeName", reader.shared()),
        type_version: nonsense.or_default("typeVersion", reader.text()),
        schema_digest: nonsense.or_default("schemaDigest", reader.text()),
        identifier: nonsense.or_default("identifier", reader.text()),
        version: nonsense.or_default("version", reader.small()),
        number: nonsense.or_default("number", reader.text()),
        issuer: nonsense.or_default("issuer", reader.text()),
        issued_on: nonsense.or_default("issuedOn", reader.text().and_then(|text| date(&text))),
        valid_from: nonsense.or_default("validFrom", reader.optional_date()),
        valid_to: nonsense.or_default("validTo", reader.optional_date()),
        event_status: nonsense.status(reader.status()),
        status_scheme: nonsense.or_default("statusScheme", reader.text()),
        status_code: nonsense.or_default("statusCode", reader.text()),
        event_seq: nonsense.or_default("eventSeq", reader.small()),
        updated_at: nonsense.or_default("updatedAt", reader.time()),
        current_id: nonsense.or_default("currentId", reader.uuid()),
        previous_id: nonsense.or_default("previousId", reader.value()),
        statement: nonsense.or_default("statement", reader.statement()).unwrap_or_default(),
        signature: nonsense.or_default("signature", reader.value::<Vec<u8>>()).into(),
        signer: nonsense.or_default("signer", reader.shared()),
    };
    if row.number.is_empty() {
        row.number = stated_number(&row.statement).unwrap_or_default();
    }
    (row, nonsense)
}

/// A number that tells something of a person stands in the statement alone.
pub(super) fn stated_number(statement: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Stated {
        number: String,
    }
    serde_json::from_str::<Stated>(statement).ok().map(|stated| stated.number)
}

/// Members of a row whose columns hold what this program never wrote.
#[derive(Debug, Default)]
pub(super) struct Nonsense {
    pub(super) members: Vec<&'static str>,
    first: Option<Fault>,
}

impl Nonsense {
    pub(super) fn or_default<T: Default>(&mut self, member: &'static str, value: Result<T, Fault>) -> T {
        value.unwrap_or_else(|fault| {
            self.members.push(member);
            self.first.get_or_insert(fault);
            T::default()
        })
    }

    fn status(&mut self, value: Result<CertificateStatus, Fault>) -> CertificateStatus {
        self.or_default("status", value.map(Some)).unwrap_or(CertificateStatus::Other)
    }
}

fn as_written<T>((row, nonsense): (T, Nonsense)) -> Result<T, Fault> {
    nonsense.first.map_or(Ok(row), Err)
}

/// The columns of [`event`], of an event `e`.
pub(super) const EVENT_COLUMNS: &str = "e.id, e.version_id, e.record_id, e.seq, e.operation, e.operation_code, e.scheme, e.code, e.status, e.reason, e.actor, \
     e.at, e.statement, e.signature, e.signer";

pub(super) fn event(reader: &mut Reader<'_>) -> Result<EventRow, Fault> {
    as_written(event_as_it_lies(reader))
}

/// As [`certificate_as_it_lies`].
pub(super) fn event_as_it_lies(reader: &mut Reader<'_>) -> (EventRow, Nonsense) {
    let mut nonsense = Nonsense::default();
    let row = EventRow {
        id: nonsense.or_default("id", reader.uuid()),
        version_id: nonsense.or_default("versionId", reader.uuid()),
        record_id: nonsense.or_default("recordId", reader.uuid()),
        seq: nonsense.or_default("seq", reader.small()),
        operation: nonsense.or_default("operation", reader.text()),
        operation_code: nonsense.or_default("operationCode", reader.value()),
        scheme: nonsense.or_default("scheme", reader.text()),
        code: nonsense.or_default("code", reader.text()),
        status: nonsense.status(reader.status()),
        reason: nonsense.or_default("reason", reader.value()),
        actor: nonsense.or_default("actor", reader.text()),
        at: nonsense.or_default("at", reader.time()),
        statement: nonsense.or_default("statement", reader.statement()),
        signature: nonsense.or_default("signature", reader.value::<Option<Vec<u8>>>()).map(Into::into),
        signer: nonsense.or_default("signer", reader.value::<Option<String>>()).map(Into::into),
    };
    (row, nonsense)
}
