//! Agents' mandates: whom a holder appointed, for which types, until when. Both are known by their opaque keys.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::commands::AccessEvent;
use super::decode::Reader;
use super::error::Fault;
use super::holders::frozen;
use super::session::Session;
use super::sql::{Sql, text};
use super::{Store, StoreError, access};
use crate::fresh::Tags;

/// A holder's appointment of an agent.
#[derive(Debug, Clone)]
pub struct MandateRow {
    pub id: Uuid,
    pub holder_key: String,
    pub agent_key: String,
    /// What the holder calls his agent.
    pub agent_name: String,
    pub types: Vec<String>,
    pub made_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub withdrawn_at: Option<DateTime<Utc>>,
}

const COLUMNS: [&str; 7] = ["id", "holder_key", "agent_key", "agent_name", "types", "made_at", "until"];

impl Store {
    /// Writes a mandate, with its access event; false, and nothing written, where the holder is frozen.
    ///
    /// # Errors
    /// The database.
    pub async fn put_mandate(&self, row: &MandateRow, event: &AccessEvent) -> Result<bool, StoreError> {
        let types = serde_json::to_string(&row.types).map_err(|error| Fault::nonsense(error.to_string()))?;
        let put = self.write(Tags::none(), |session| {
            let types = types.clone();
            async move {
                if frozen(&session, &row.holder_key).await? {
                    return Ok(false);
                }
                let values = vec![
                    row.id.into(),
                    text(&row.holder_key),
                    text(&row.agent_key),
                    text(&row.agent_name),
                    text(&types),
                    row.made_at.timestamp_micros().into(),
                    row.until.timestamp_micros().into(),
                ];
                session.insert("mandate", &COLUMNS, vec![values]).await?;
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
                Ok(true)
            }
        });
        Ok(put.await?)
    }

    /// The mandates that a holder gave, those that hold now before the others, newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn mandates(&self, holder_key: &str, now: DateTime<Utc>, limit: u32) -> Result<Vec<MandateRow>, StoreError> {
        let mut sql = selected();
        sql.push(" WHERE holder_key = ").bind(text(holder_key)).push(" ORDER BY CASE WHEN withdrawn_at IS NULL AND until > ");
        sql.bind(now.timestamp_micros()).push(" THEN 0 ELSE 1 END, id DESC LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| mandate(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }

    /// The newest mandate of this agent for this holder that holds now.
    ///
    /// # Errors
    /// The database.
    pub async fn mandate_for(&self, agent_key: &str, holder_key: &str, now: DateTime<Utc>) -> Result<Option<MandateRow>, StoreError> {
        let mut sql = selected();
        sql.push(" WHERE agent_key = ").bind(text(agent_key)).push(" AND holder_key = ").bind(text(holder_key));
        sql.push(" AND withdrawn_at IS NULL AND until > ").bind(now.timestamp_micros()).push(" ORDER BY id DESC LIMIT 1");
        Ok(self.reading().first(sql).await?.map(|row| mandate(&mut Reader::new(&row))).transpose()?)
    }

    /// Is anybody of this key an agent now?
    ///
    /// # Errors
    /// The database.
    pub async fn is_agent(&self, key: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut sql = Sql::new("SELECT 1 FROM mandate WHERE agent_key = ");
        sql.bind(text(key)).push(" AND withdrawn_at IS NULL AND until > ").bind(now.timestamp_micros()).push(" LIMIT 1");
        Ok(self.reading().first(sql).await?.is_some())
    }

    /// A mandate.
    ///
    /// # Errors
    /// The database.
    pub async fn mandate(&self, id: Uuid) -> Result<Option<MandateRow>, StoreError> {
        let mut sql = selected();
        sql.push(" WHERE id = ").bind(id);
        Ok(self.reading().first(sql).await?.map(|row| mandate(&mut Reader::new(&row))).transpose()?)
    }

    /// Withdraws a mandate: what rests on it, sessions and use codes, ends in one step with the access event. False where it is not this
    /// holder's, or withdrawn already.
    ///
    /// # Errors
    /// The database.
    pub async fn withdraw_mandate(&self, holder_key: &str, id: Uuid, event: &AccessEvent) -> Result<bool, StoreError> {
        // Its sessions, whatever their tokens: they are few, and this is rare.
        let withdrawn = self.write(Tags::Everything, |session| async move {
            // Whoever opens a session or makes a code for this holder waits for this, or this for him.
            frozen(&session, holder_key).await?;
            let at = event.at.timestamp_micros();
            let mut sql = Sql::new("UPDATE mandate SET withdrawn_at = ");
            sql.bind(at).push(" WHERE id = ").bind(id).push(" AND holder_key = ").bind(text(holder_key)).push(" AND withdrawn_at IS NULL");
            if session.run(sql).await? == 0 {
                return Ok(false);
            }
            end(&session, at, |sql| _ = sql.push(" = ").bind(id)).await?;
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            Ok(true)
        });
        Ok(withdrawn.await?)
    }
}

/// Ends the sessions and use codes of the mandates that `which` names.
pub(super) async fn end(session: &Session, at: i64, which: impl Fn(&mut Sql)) -> Result<(), Fault> {
    for (table, column) in [("holder_session", "ended_at"), ("use_code", "withdrawn_at")] {
        let mut sql = Sql::new("UPDATE ");
        sql.push(table).push(" SET ").push(column).push(" = ").bind(at);
        sql.push(" WHERE ").push(column).push(" IS NULL AND mandate_id");
        which(&mut sql);
        session.run(sql).await?;
    }
    Ok(())
}

/// The agent of a mandate that holds now, for whoever writes on it.
pub(super) async fn agent(session: &Session, id: Uuid, now: DateTime<Utc>) -> Result<Option<String>, Fault> {
    let mut sql = Sql::new("SELECT agent_key FROM mandate WHERE id = ");
    sql.bind(id).push(" AND withdrawn_at IS NULL AND until > ").bind(now.timestamp_micros());
    session.first(sql).await?.map(|row| Reader::new(&row).text()).transpose()
}

fn selected() -> Sql {
    Sql::new("SELECT id, holder_key, agent_key, agent_name, types, made_at, until, withdrawn_at FROM mandate")
}

fn mandate(reader: &mut Reader<'_>) -> Result<MandateRow, Fault> {
    Ok(MandateRow {
        id: reader.uuid()?,
        holder_key: reader.text()?,
        agent_key: reader.text()?,
        agent_name: reader.text()?,
        types: types(&reader.text()?)?,
        made_at: reader.time()?,
        until: reader.time()?,
        withdrawn_at: reader.optional_time()?,
    })
}

/// A list of types as it is stored.
pub(super) fn types(json: &str) -> Result<Vec<String>, Fault> {
    serde_json::from_str(json).map_err(|error| Fault::nonsense(error.to_string()))
}
