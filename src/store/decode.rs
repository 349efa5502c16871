//! Rows of the database → rows of the program.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{QueryResult, TryGetable};
use uuid::Uuid;
use verify::status::CertificateStatus;

use super::error::Fault;
use super::rows::{CertificateRow, EventRow};

/// Reads a row's columns in their order.
pub(super) struct Reader<'a> {
    row: &'a QueryResult,
    next: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(row: &'a QueryResult) -> Self {
        Self { row, next: 0 }
    }

    pub(super) fn value<T: TryGetable>(&mut self) -> Result<T, Fault> {
        let place = self.next;
        self.next += 1;
        Ok(self.row.try_get_by_index(place)?)
    }

    pub(super) fn text(&mut self) -> Result<String, Fault> {
        self.value()
    }

    pub(super) fn shared(&mut self) -> Result<Arc<str>, Fault> {
        Ok(self.text()?.into())
    }

    pub(super) fn uuid(&mut self) -> Result<Uuid, Fault> {
        self.value()
    }

    pub(super) fn integer(&mut self) -> Result<i64, Fault> {
        self.value()
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
        self.text()?.parse().map_err(|error: verify::status::UnknownStatus| Fault::nonsense(error.to_string()))
    }

    /// Absent is the empty text.
    pub(super) fn optional_date(&mut self) -> Result<Option<NaiveDate>, Fault> {
        let found = self.text()?;
        if found.is_empty() { Ok(None) } else { date(&found).map(Some) }
    }

    /// UTF-8 kept as bytes. Bytes that are no UTF-8 any more were tampered with: they are handed on with the place marked, so
    /// that verification fails on the signature instead of finding nothing to judge.
    pub(super) fn statement(&mut self) -> Result<Option<Arc<str>>, Fault> {
        let Some(bytes) = self.value::<Option<Vec<u8>>>()? else { return Ok(None) };
        Ok(Some(String::from_utf8_lossy(&bytes).into()))
    }
}

pub(super) fn date(text: &str) -> Result<NaiveDate, Fault> {
    text.parse().map_err(|_| Fault::nonsense(format!("{text:?} is no date")))
}

fn time(micros: i64) -> Result<DateTime<Utc>, Fault> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| Fault::nonsense(format!("{micros} is no time")))
}

/// The columns of [`certificate`], of a version `v`, where `current` is the column of the current version's id.
pub(super) fn certificate_columns(current: &str) -> String {
    format!(
        "v.id, v.record_id, v.type_name, v.type_version, v.schema_digest, v.identifier, v.version, v.number, v.issuer, v.issued_on, v.valid_from, \
         v.valid_to, v.event_status, v.status_scheme, v.status_code, v.event_seq, v.updated_at, {current}, v.previous_id, v.statement, v.signature, v.signer"
    )
}

pub(super) fn certificate(reader: &mut Reader<'_>) -> Result<CertificateRow, Fault> {
    Ok(CertificateRow {
        id: reader.uuid()?,
        record_id: reader.uuid()?,
        type_name: reader.shared()?,
        type_version: reader.text()?,
        schema_digest: reader.text()?,
        identifier: reader.text()?,
        version: reader.small()?,
        number: reader.text()?,
        issuer: reader.text()?,
        issued_on: date(&reader.text()?)?,
        valid_from: reader.optional_date()?,
        valid_to: reader.optional_date()?,
        event_status: reader.status()?,
        status_scheme: reader.text()?,
        status_code: reader.text()?,
        event_seq: reader.small()?,
        updated_at: reader.time()?,
        current_id: reader.uuid()?,
        previous_id: reader.value()?,
        statement: reader.statement()?.unwrap_or_else(|| "".into()),
        signature: reader.value::<Vec<u8>>()?.into(),
        signer: reader.shared()?,
    })
}

/// The columns of [`event`], of an event `e`.
pub(super) const EVENT_COLUMNS: &str = "e.id, e.version_id, e.record_id, e.seq, e.operation, e.operation_code, e.scheme, e.code, e.status, e.reason, e.actor, \
     e.at, e.statement, e.signature, e.signer";

pub(super) fn event(reader: &mut Reader<'_>) -> Result<EventRow, Fault> {
    Ok(EventRow {
        id: reader.uuid()?,
        version_id: reader.uuid()?,
        record_id: reader.uuid()?,
        seq: reader.small()?,
        operation: reader.text()?,
        operation_code: reader.value()?,
        scheme: reader.text()?,
        code: reader.text()?,
        status: reader.status()?,
        reason: reader.value()?,
        actor: reader.text()?,
        at: reader.time()?,
        statement: reader.statement()?,
        signature: reader.value::<Option<Vec<u8>>>()?.map(Into::into),
        signer: reader.value::<Option<String>>()?.map(Into::into),
    })
}
