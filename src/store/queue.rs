//! What waits for an officer's seal.

use chrono::{DateTime, Utc};
use model::actor::Granted;
use sea_orm::Value;
use uuid::Uuid;

use super::access;
use super::commands::AccessEvent;
use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, text};
use super::{Store, StoreError};
use crate::fresh::Tags;

/// Where a version stands with its officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueState {
    Waiting,
    Sealed,
    Refused,
}

impl QueueState {
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Sealed, Self::Refused];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Sealed => "SEALED",
            Self::Refused => "REFUSED",
        }
    }

    fn of(text: &str) -> Result<Self, Fault> {
        let known = Self::ALL.into_iter().find(|state| state.as_str() == text);
        known.ok_or_else(|| Fault::nonsense(format!("{text:?} is no state of the sealing queue")))
    }
}

/// One version of a certificate in the queue.
#[derive(Debug, Clone)]
pub struct QueueRow {
    pub version_id: Uuid,
    pub type_name: String,
    /// Credit code of the issuing authority.
    pub issuer: String,
    pub state: QueueState,
    pub entered_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Who sealed or refused it.
    pub officer: Option<String>,
    /// Why it was refused.
    pub reason: Option<String>,
}

const COLUMNS: [&str; 8] = ["version_id", "type_name", "issuer", "state", "entered_at", "decided_at", "officer", "reason"];

impl Store {
    /// Puts versions into the queue; those that are there stay as they are.
    ///
    /// # Errors
    /// The database.
    pub async fn enqueue(&self, rows: &[QueueRow]) -> Result<(), StoreError> {
        let rows: Vec<Vec<Value>> = rows.iter().map(encoded).collect();
        let put = self.write(Tags::none(), |session| {
            let rows = rows.clone();
            async move { session.insert_absent("sealing_queue", &COLUMNS, rows).await }
        });
        Ok(put.await?)
    }

    /// Those in this state that wait for somebody who may act for these authorities and types, oldest first, behind `after`.
    ///
    /// # Errors
    /// The database.
    pub async fn queued(
        &self,
        state: QueueState,
        authorities: &Granted,
        types: &Granted,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<QueueRow>, StoreError> {
        let mut sql = selected();
        sql.push(" WHERE state = ").bind(text(state.as_str()));
        for (column, granted) in [("issuer", authorities), ("type_name", types)] {
            if let Granted::Only(names) = granted {
                if names.is_empty() {
                    return Ok(Vec::new());
                }
                sql.push(" AND ").push(column).push(" IN ").list(names.iter().map(|name| text(name)));
            }
        }
        if let Some(after) = after {
            sql.push(" AND version_id > ").bind(after);
        }
        sql.push(" ORDER BY version_id LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| decoded(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }

    /// Where a version stands; None where it never was in the queue.
    ///
    /// # Errors
    /// The database.
    pub async fn in_queue(&self, version_id: Uuid) -> Result<Option<QueueRow>, StoreError> {
        let mut sql = selected();
        sql.push(" WHERE version_id = ").bind(version_id);
        let row = self.reading().first(sql).await?;
        Ok(row.map(|row| decoded(&mut Reader::new(&row))).transpose()?)
    }

    /// Writes an officer's decision with its access event; false where it is sealed already.
    ///
    /// # Errors
    /// The database.
    pub async fn decide(&self, decided: &QueueRow, event: &AccessEvent) -> Result<bool, StoreError> {
        let decision = self.write(Tags::none(), |session| async move {
            session
                .insert_absent("sealing_queue", &COLUMNS, vec![encoded(&QueueRow { state: QueueState::Waiting, ..decided.clone() })])
                .await?;
            let mut sql = Sql::new("UPDATE sealing_queue SET state = ");
            sql.bind(text(decided.state.as_str())).push(", decided_at = ").bind(decided.decided_at.map(|at| at.timestamp_micros()));
            sql.push(", officer = ").bind(decided.officer.clone()).push(", reason = ").bind(decided.reason.clone());
            sql.push(" WHERE version_id = ").bind(decided.version_id).push(" AND state <> ").bind(text(QueueState::Sealed.as_str()));
            let changed = session.run(sql).await?;
            if changed > 0 {
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            }
            Ok(changed)
        });
        Ok(decision.await? > 0)
    }
}

fn selected() -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(&COLUMNS.join(", ")).push(" FROM sealing_queue");
    sql
}

fn encoded(row: &QueueRow) -> Vec<Value> {
    vec![
        row.version_id.into(),
        text(&row.type_name),
        text(&row.issuer),
        text(row.state.as_str()),
        row.entered_at.timestamp_micros().into(),
        row.decided_at.map(|at| at.timestamp_micros()).into(),
        row.officer.clone().into(),
        row.reason.clone().into(),
    ]
}

fn decoded(reader: &mut Reader<'_>) -> Result<QueueRow, Fault> {
    Ok(QueueRow {
        version_id: reader.uuid()?,
        type_name: reader.text()?,
        issuer: reader.text()?,
        state: QueueState::of(&reader.text()?)?,
        entered_at: reader.time()?,
        decided_at: reader.value::<Option<i64>>()?.and_then(DateTime::from_timestamp_micros),
        officer: reader.value()?,
        reason: reader.value()?,
    })
}
