//! Access events: who did or read what. Unnumbered here; a sequencer numbers and hashes them later.

use sea_orm::Value;

use crate::fresh::Tags;

use super::commands::AccessEvent;
use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, optional_text, text};
use super::{Store, StoreError};

pub(super) const COLUMNS: [&str; 13] =
    ["id", "at", "actor", "role", "kind", "type_name", "version_id", "purpose", "outcome", "count", "wrote", "rules", "salt"];

impl Store {
    /// Appends events, in one transaction.
    ///
    /// # Errors
    /// The database.
    pub async fn append_access(&self, events: &[AccessEvent]) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        Ok(self.insert_alone("access_event", &COLUMNS, events.iter().map(encoded).collect()).await?)
    }

    /// Appends events of which some may have been written by an attempt whose answer was lost.
    ///
    /// # Errors
    /// The database.
    pub async fn append_late(&self, events: &[AccessEvent]) -> Result<(), StoreError> {
        let rows: Vec<_> = events.iter().map(encoded).collect();
        Ok(self
            .write(Tags::none(), |session| {
                let rows = rows.clone();
                async move { session.insert_absent("access_event", &COLUMNS, rows).await }
            })
            .await?)
    }

    /// The newest events, newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn access_events(&self, limit: u32) -> Result<Vec<AccessEvent>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&COLUMNS.join(", ")).push(" FROM access_event ORDER BY id DESC LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| decoded(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }
}

pub(super) fn encoded(event: &AccessEvent) -> Vec<Value> {
    vec![
        event.id.into(),
        event.at.timestamp_micros().into(),
        text(&event.actor),
        text(&event.role),
        text(&event.kind),
        optional_text(event.type_name.as_deref()),
        Value::Uuid(event.version_id),
        optional_text(event.purpose.as_deref()),
        text(&event.outcome),
        i64::from(event.count).into(),
        optional_text(event.wrote.as_deref()),
        optional_text(event.rules.as_deref()),
        Value::Bytes(event.salt.map(|salt| salt.to_vec())),
    ]
}

pub(super) fn decoded(reader: &mut Reader<'_>) -> Result<AccessEvent, Fault> {
    Ok(AccessEvent {
        id: reader.uuid()?,
        at: reader.time()?,
        actor: reader.text()?,
        role: reader.text()?,
        kind: reader.text()?,
        type_name: reader.value()?,
        version_id: reader.value()?,
        purpose: reader.value()?,
        outcome: reader.text()?,
        count: reader.small()?,
        wrote: reader.value()?,
        rules: reader.value()?,
        salt: reader.value::<Option<Vec<u8>>>()?.and_then(|salt| salt.try_into().ok()),
    })
}
