//! A status event on a current version.

use uuid::Uuid;

use super::commands::{CommitFault, StatusChange};
use super::commit::{EVENT, event_values};
use super::decode::Reader;
use super::error::Fault;
use super::session::Session;
use super::sql::{Sql, text};
use super::{OPEN, Store, StoreError, access, outbox};
use crate::fresh::Tag;

impl Store {
    /// Writes a status event where the expected one is still the last, and the version still current.
    ///
    /// # Errors
    /// The database. A conflict is no error but the inner answer.
    pub async fn change_status(&self, change: StatusChange) -> Result<Result<(), CommitFault>, StoreError> {
        match self.write(Tag::record(change.record_id).into(), |session| write(session, &change)).await {
            Ok(()) => Ok(Ok(())),
            Err(Fault::Rows(faults)) => match faults.into_iter().next() {
                Some((_, fault)) => Ok(Err(fault)),
                None => Err(StoreError::Database("a refusal without a reason".into())),
            },
            Err(fault) => Err(fault.into()),
        }
    }
}

async fn write(session: Session, change: &StatusChange) -> Result<(), Fault> {
    let event = &change.event;
    let at = event.at.timestamp_micros();
    let mut version = Sql::new("UPDATE certificate_version SET event_status = ");
    version.bind(text(event.status.as_str())).push(", status_scheme = ").bind(text(&event.scheme));
    version
        .push(", status_code = ")
        .bind(text(&event.code))
        .push(", event_seq = ")
        .bind(i64::from(event.seq))
        .push(", updated_at = ")
        .bind(at);
    version.push(" WHERE id = ").bind(change.version_id).push(" AND record_id = ").bind(change.record_id);
    version.push(" AND event_seq = ").bind(i64::from(change.expected_seq)).push(" AND known_to = ").bind(OPEN);
    if session.run(version).await? == 0 {
        return Err(Fault::Rows(vec![(0, overtaken(&session, change.record_id).await?)]));
    }
    let mut index = Sql::new("UPDATE certificate_index SET event_status = ");
    index.bind(text(event.status.as_str())).push(", status_code = ").bind(text(&event.code));
    index.push(", updated = ").bind(at).push(", known_from = ").bind(at).push(" WHERE id = ").bind(change.version_id);
    session.run(index).await?;
    session.insert("certificate_event", &EVENT, vec![event_values(event)]).await.map_err(Fault::raced)?;
    session.insert("outbox", &outbox::COLUMNS, change.outbox.iter().map(outbox::encoded).collect()).await?;
    session.insert("access_event", &access::COLUMNS, vec![access::encoded(&change.audit)]).await
}

/// What is current instead.
pub(super) async fn overtaken(session: &Session, record_id: Uuid) -> Result<CommitFault, Fault> {
    let mut sql = Sql::new("SELECT current_id FROM certificate WHERE id = ");
    sql.bind(record_id);
    Ok(match session.first(sql).await? {
        Some(row) => CommitFault::Superseded { current: Reader::new(&row).uuid()? },
        None => CommitFault::NotFound,
    })
}
