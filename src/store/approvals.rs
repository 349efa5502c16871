//! What waits for a second person's approval, and what became of it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::commands::AccessEvent;
use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, optional_text, text};
use super::{Store, StoreError, access};
use crate::fresh::Tags;

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalState {
    Waiting,
    /// Approved, and being carried out: what stays so was broken off.
    Approved,
    Done,
    /// Approved, and it could not be done.
    Failed,
    Refused,
}

impl ApprovalState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Approved, Self::Done, Self::Failed, Self::Refused];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
        }
    }
}

/// Something that was asked for and waits for a second person, or did.
#[derive(Debug, Clone)]
pub struct ApprovalRow {
    pub id: Uuid,
    pub action: String,
    /// The mutation, and its arguments as JSON: what is carried out.
    pub mutation: String,
    pub arguments: String,
    /// What it was asked upon: where this has changed, it is carried out no more.
    pub basis: String,
    pub state: ApprovalState,
    /// Name of the token or account, and of the person.
    pub asked_by: String,
    pub person: String,
    pub reason: Option<String>,
    pub asked_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// The other person.
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was refused, or failed.
    pub outcome: Option<String>,
}

const COLUMNS: [&str; 14] = [
    "id",
    "action",
    "mutation",
    "arguments",
    "basis",
    "state",
    "asked_by",
    "person",
    "reason",
    "asked_at",
    "until",
    "decided_by",
    "decided_at",
    "outcome",
];
/// Of these a new one has a value.
const NEW: usize = 11;

impl Store {
    /// Puts a request before the others, with its event.
    ///
    /// # Errors
    /// The database.
    pub async fn put_approval(&self, row: &ApprovalRow, event: &AccessEvent) -> Result<(), StoreError> {
        let put = self.write(Tags::none(), |session| async move {
            let values = vec![
                row.id.into(),
                text(&row.action),
                text(&row.mutation),
                text(&row.arguments),
                text(&row.basis),
                text(row.state.as_str()),
                text(&row.asked_by),
                text(&row.person),
                optional_text(row.reason.as_deref()),
                row.asked_at.timestamp_micros().into(),
                row.until.timestamp_micros().into(),
            ];
            session.insert("approval_request", &COLUMNS[..NEW], vec![values]).await?;
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await
        });
        Ok(put.await?)
    }

    /// Decides a request that waits, with its event; false where it does not wait any more, or is past.
    ///
    /// # Errors
    /// The database.
    pub async fn decide_approval(
        &self,
        id: Uuid,
        state: ApprovalState,
        by: &str,
        outcome: Option<&str>,
        event: &AccessEvent,
    ) -> Result<bool, StoreError> {
        let decided = self.write(Tags::none(), |session| async move {
            let at = event.at.timestamp_micros();
            let mut sql = Sql::new("UPDATE approval_request SET state = ");
            sql.bind(text(state.as_str())).push(", decided_by = ").bind(text(by)).push(", decided_at = ").bind(at);
            sql.push(", outcome = ").bind(optional_text(outcome)).push(" WHERE id = ").bind(id);
            sql.push(" AND state = ").bind(text(ApprovalState::Waiting.as_str())).push(" AND until > ").bind(at);
            if session.run(sql).await? == 0 {
                return Ok(false);
            }
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            Ok::<_, Fault>(true)
        });
        Ok(decided.await?)
    }

    /// Writes down how something that was approved ended.
    ///
    /// # Errors
    /// The database.
    pub async fn finish_approval(&self, id: Uuid, state: ApprovalState, outcome: Option<&str>) -> Result<(), StoreError> {
        let finished = self.write(Tags::none(), |session| async move {
            let mut sql = Sql::new("UPDATE approval_request SET state = ");
            sql.bind(text(state.as_str())).push(", outcome = ").bind(optional_text(outcome)).push(" WHERE id = ").bind(id);
            sql.push(" AND state = ").bind(text(ApprovalState::Approved.as_str()));
            session.run(sql).await
        });
        Ok(finished.await.map(drop)?)
    }

    /// A request.
    ///
    /// # Errors
    /// The database.
    pub async fn approval(&self, id: Uuid) -> Result<Option<ApprovalRow>, StoreError> {
        let mut sql = selected();
        sql.push(" WHERE id = ").bind(id);
        Ok(self.reading().first(sql).await?.map(|row| decoded(&mut Reader::new(&row))).transpose()?)
    }

    /// The newest requests, newest first; `waiting`: those alone that wait at that moment.
    ///
    /// # Errors
    /// The database.
    pub async fn approvals(&self, waiting: Option<DateTime<Utc>>, limit: u32) -> Result<Vec<ApprovalRow>, StoreError> {
        let mut sql = selected();
        if let Some(now) = waiting {
            sql.push(" WHERE state = ").bind(text(ApprovalState::Waiting.as_str())).push(" AND until > ").bind(now.timestamp_micros());
        }
        sql.push(" ORDER BY id DESC LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| decoded(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }
}

fn selected() -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(&COLUMNS.join(", ")).push(" FROM approval_request");
    sql
}

fn decoded(reader: &mut Reader<'_>) -> Result<ApprovalRow, Fault> {
    Ok(ApprovalRow {
        id: reader.uuid()?,
        action: reader.text()?,
        mutation: reader.text()?,
        arguments: reader.text()?,
        basis: reader.text()?,
        state: {
            let state = reader.text()?;
            let known = ApprovalState::ALL.into_iter().find(|known| known.as_str() == state);
            known.ok_or_else(|| Fault::nonsense(format!("no request stands at {state:?}")))?
        },
        asked_by: reader.text()?,
        person: reader.text()?,
        reason: reader.value()?,
        asked_at: reader.time()?,
        until: reader.time()?,
        decided_by: reader.value()?,
        decided_at: reader.optional_time()?,
        outcome: reader.value()?,
    })
}
