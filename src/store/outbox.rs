//! Follow-ups of commands, written in their transaction.

use chrono::{DateTime, Utc};
use sea_orm::Value;
use uuid::Uuid;

use super::commands::OutboxMessage;
use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, text};
use super::{Store, StoreError};
use crate::fresh::Tags;

/// Most follow-ups of one statement.
const MOST: usize = 500;

pub(super) const COLUMNS: [&str; 6] = ["id", "kind", "version_id", "at", "attempts", "lease_until"];

impl Store {
    /// The oldest follow-ups that are not done and not put off.
    ///
    /// # Errors
    /// The database.
    pub async fn outbox_pending(&self, limit: u32) -> Result<Vec<OutboxMessage>, StoreError> {
        let mut sql = Sql::new("SELECT id, kind, version_id, at FROM outbox WHERE done_at IS NULL AND lease_until <= ");
        sql.bind(Utc::now().timestamp_micros()).push(" ORDER BY at, id LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        let messages = rows.iter().map(|row| {
            let mut reader = Reader::new(row);
            Ok(OutboxMessage { id: reader.uuid()?, kind: reader.text()?, version_id: reader.uuid()?, at: reader.time()? })
        });
        Ok(messages.collect::<Result<_, Fault>>()?)
    }

    /// Strikes out follow-ups that are done.
    ///
    /// # Errors
    /// The database.
    pub async fn outbox_done(&self, ids: &[Uuid]) -> Result<(), StoreError> {
        let done = self.write(Tags::none(), |session| async move {
            for ids in ids.chunks(MOST) {
                let mut sql = Sql::new("DELETE FROM outbox WHERE id IN ");
                sql.list(ids.iter().map(|id| Value::from(*id)));
                session.run(sql).await?;
            }
            Ok(())
        });
        Ok(done.await?)
    }

    /// Puts a follow-up off that could not be done now.
    ///
    /// # Errors
    /// The database.
    pub async fn outbox_later(&self, id: Uuid, until: DateTime<Utc>) -> Result<(), StoreError> {
        let put_off = self.write(Tags::none(), |session| async move {
            let mut sql = Sql::new("UPDATE outbox SET attempts = attempts + 1, lease_until = ");
            sql.bind(until.timestamp_micros()).push(" WHERE id = ").bind(id);
            session.run(sql).await.map(drop)
        });
        Ok(put_off.await?)
    }
}

pub(super) fn encoded(message: &OutboxMessage) -> Vec<Value> {
    vec![message.id.into(), text(&message.kind), message.version_id.into(), message.at.timestamp_micros().into(), 0i64.into(), 0i64.into()]
}
