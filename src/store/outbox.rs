//! Follow-ups of commands, written in their transaction.

use sea_orm::Value;

use super::commands::OutboxMessage;
use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, text};
use super::{Store, StoreError};

pub(super) const COLUMNS: [&str; 6] = ["id", "kind", "version_id", "at", "attempts", "lease_until"];

impl Store {
    /// The oldest follow-ups that are not done.
    ///
    /// # Errors
    /// The database.
    pub async fn outbox_pending(&self, limit: u32) -> Result<Vec<OutboxMessage>, StoreError> {
        let mut sql = Sql::new("SELECT id, kind, version_id, at FROM outbox WHERE done_at IS NULL ORDER BY at, id LIMIT ");
        sql.bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        let messages = rows.iter().map(|row| {
            let mut reader = Reader::new(row);
            Ok(OutboxMessage { id: reader.uuid()?, kind: reader.text()?, version_id: reader.uuid()?, at: reader.time()? })
        });
        Ok(messages.collect::<Result<_, Fault>>()?)
    }
}

pub(super) fn encoded(message: &OutboxMessage) -> Vec<Value> {
    vec![message.id.into(), text(&message.kind), message.version_id.into(), message.at.timestamp_micros().into(), 0i64.into(), 0i64.into()]
}
