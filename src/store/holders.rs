//! Holders' sessions, use codes and freezes. A holder is known by the opaque key of his code.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::commands::AccessEvent;
use super::decode::Reader;
use super::error::Fault;
use super::session::Session;
use super::sql::{Sql, text};
use super::{Store, StoreError, access, mandates};
use crate::fresh::{Tag, Tags};

/// A session that a portal opened for a holder it had signed in.
#[derive(Debug, Clone)]
pub struct HolderSession {
    pub holder_key: String,
    /// An agent's: the mandate and its types.
    pub under: Option<(Uuid, Vec<String>)>,
    pub opened_by: String,
    pub opened_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

/// A holder's consent: these fields of this type, for this department, until then.
#[derive(Debug, Clone)]
pub struct UseCodeRow {
    pub id: Uuid,
    pub holder_key: String,
    /// Made by an agent under this mandate.
    pub mandate: Option<Uuid>,
    /// Credit code.
    pub department: String,
    pub type_name: String,
    pub fields: Vec<String>,
    /// Spent by the first use?
    pub once: bool,
    pub uses: u32,
    pub made_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// A freeze on loss.
#[derive(Debug, Clone)]
pub struct Freeze {
    pub reason: String,
    pub frozen_by: String,
    pub frozen_at: DateTime<Utc>,
}

const SESSION: [&str; 6] = ["hash", "holder_key", "opened_by", "opened_at", "until", "mandate_id"];
const CODE: [&str; 11] =
    ["id", "hash", "holder_key", "department", "type_name", "fields", "once", "uses", "made_at", "until", "mandate_id"];

impl Store {
    /// The key by which a holder of this code is known.
    pub fn holder_key(&self, code: &str) -> String {
        self.inner.key.holder(code)
    }

    /// Does anybody of this key hold, or did hold, a certificate?
    ///
    /// # Errors
    /// The database.
    pub async fn is_holder(&self, key: &str) -> Result<bool, StoreError> {
        let mut sql = Sql::new("SELECT 1 FROM certificate_holder WHERE holder_key = ");
        sql.bind(text(key)).push(" LIMIT 1");
        Ok(self.reading().first(sql).await?.is_some())
    }

    /// Opens a session, with its access event; false, and nothing written, where the holder or his agent is frozen, or the mandate holds
    /// no longer.
    ///
    /// # Errors
    /// The database.
    pub async fn put_holder_session(&self, hash: &str, row: &HolderSession, event: &AccessEvent) -> Result<bool, StoreError> {
        let put = self.write(Tag::token(hash).into(), |session| async move {
            let mandate = row.under.as_ref().map(|(id, _)| *id);
            let mut persons = vec![row.holder_key.clone()];
            if let Some(mandate) = mandate {
                let Some(agent) = mandates::agent(&session, mandate, row.opened_at).await? else { return Ok(false) };
                persons.push(agent);
            }
            // In one order, whoever acts for whom.
            persons.sort_unstable();
            for person in &persons {
                if frozen(&session, person).await? {
                    return Ok(false);
                }
            }
            // Once more, now that nobody can withdraw it.
            if let Some(mandate) = mandate
                && mandates::agent(&session, mandate, row.opened_at).await?.is_none()
            {
                return Ok(false);
            }
            let values = vec![
                text(hash),
                text(&row.holder_key),
                text(&row.opened_by),
                row.opened_at.timestamp_micros().into(),
                row.until.timestamp_micros().into(),
                mandate.into(),
            ];
            session.insert("holder_session", &SESSION, vec![values]).await?;
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            Ok(true)
        });
        Ok(put.await?)
    }

    /// The session of that token's digest, ended or not; None where the portal that opened it has no token any more.
    ///
    /// # Errors
    /// The database.
    pub async fn holder_session(&self, hash: &str, now: DateTime<Utc>) -> Result<Option<HolderSession>, StoreError> {
        let mut sql = Sql::new("SELECT s.holder_key, s.opened_by, s.opened_at, s.until, s.ended_at, s.mandate_id, m.types");
        sql.push(" FROM holder_session s LEFT JOIN mandate m ON m.id = s.mandate_id WHERE s.hash = ").bind(text(hash));
        sql.push(" AND EXISTS (SELECT 1 FROM token t LEFT JOIN administrator a ON a.name = t.person WHERE t.name = s.opened_by");
        sql.push(" AND t.revoked_at IS NULL AND a.disabled_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ");
        sql.bind(now.timestamp_micros()).push("))");
        let read = |row: sea_orm::QueryResult| {
            let mut reader = Reader::new(&row);
            let (holder_key, opened_by, opened_at, until) = (reader.text()?, reader.text()?, reader.time()?, reader.time()?);
            let (ended_at, mandate, types) = (reader.optional_time()?, reader.value::<Option<Uuid>>()?, reader.value::<Option<String>>()?);
            let under = match (mandate, types) {
                (Some(mandate), Some(types)) => Some((mandate, mandates::types(&types)?)),
                (None, _) => None,
                (Some(mandate), None) => return Err(Fault::nonsense(format!("mandate {mandate} is not there"))),
            };
            Ok::<_, Fault>(HolderSession { holder_key, under, opened_by, opened_at, until, ended_at })
        };
        Ok(self.reading().first(sql).await?.map(read).transpose()?)
    }

    /// Writes a use code, with its access event; false, and nothing written, where the holder is frozen or the mandate
    /// holds no longer.
    ///
    /// # Errors
    /// The database.
    pub async fn put_use_code(&self, hash: &str, row: &UseCodeRow, event: &AccessEvent) -> Result<bool, StoreError> {
        let fields = serde_json::to_string(&row.fields).map_err(|error| Fault::nonsense(error.to_string()))?;
        let put = self.write(Tags::none(), |session| {
            let fields = fields.clone();
            async move {
                if frozen(&session, &row.holder_key).await? {
                    return Ok(false);
                }
                if let Some(mandate) = row.mandate
                    && mandates::agent(&session, mandate, row.made_at).await?.is_none()
                {
                    return Ok(false);
                }
                let values = vec![
                    row.id.into(),
                    text(hash),
                    text(&row.holder_key),
                    text(&row.department),
                    text(&row.type_name),
                    text(&fields),
                    i64::from(row.once).into(),
                    i64::from(row.uses).into(),
                    row.made_at.timestamp_micros().into(),
                    row.until.timestamp_micros().into(),
                    row.mandate.into(),
                ];
                session.insert("use_code", &CODE, vec![values]).await?;
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
                Ok(true)
            }
        });
        Ok(put.await?)
    }

    /// Spends a use code: None where there is none for this department that holds now.
    ///
    /// # Errors
    /// The database.
    pub async fn spend_use_code(&self, hash: &str, department: &str, now: DateTime<Utc>) -> Result<Option<UseCodeRow>, StoreError> {
        let spent = self.write(Tags::none(), |session| async move {
            let now = now.timestamp_micros();
            let mut sql = Sql::new("UPDATE use_code SET uses = uses + 1, used_at = ");
            sql.bind(now).push(" WHERE hash = ").bind(text(hash)).push(" AND department = ").bind(text(department));
            sql.push(" AND withdrawn_at IS NULL AND until > ").bind(now).push(" AND (once = 0 OR used_at IS NULL)");
            sql.push(" AND NOT EXISTS (SELECT 1 FROM holder_freeze f WHERE f.holder_key = use_code.holder_key)");
            Ok::<_, Fault>(session.run(sql).await? > 0)
        });
        if !spent.await? {
            return Ok(None);
        }
        let mut sql = selected_codes();
        sql.push(" WHERE hash = ").bind(text(hash));
        Ok(self.reading().first(sql).await?.map(|row| code(&mut Reader::new(&row))).transpose()?)
    }

    /// A holder's newest use codes, newest first; of those made under `mandate`, where one is given.
    ///
    /// # Errors
    /// The database.
    pub async fn use_codes(&self, holder_key: &str, mandate: Option<Uuid>, limit: u32) -> Result<Vec<UseCodeRow>, StoreError> {
        let mut sql = selected_codes();
        sql.push(" WHERE holder_key = ").bind(text(holder_key));
        if let Some(mandate) = mandate {
            sql.push(" AND mandate_id = ").bind(mandate);
        }
        sql.push(" ORDER BY id DESC LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| code(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }

    /// Withdraws a holder's use code, one made under `mandate` where one is given; false where it is not his, or withdrawn already.
    ///
    /// # Errors
    /// The database.
    pub async fn withdraw_use_code(
        &self,
        holder_key: &str,
        mandate: Option<Uuid>,
        id: Uuid,
        event: &AccessEvent,
    ) -> Result<bool, StoreError> {
        let withdrawn = self.write(Tags::none(), |session| async move {
            let mut sql = Sql::new("UPDATE use_code SET withdrawn_at = ");
            sql.bind(event.at.timestamp_micros()).push(" WHERE id = ").bind(id).push(" AND holder_key = ").bind(text(holder_key));
            sql.push(" AND withdrawn_at IS NULL");
            if let Some(mandate) = mandate {
                sql.push(" AND mandate_id = ").bind(mandate);
            }
            if session.run(sql).await? == 0 {
                return Ok(false);
            }
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            Ok(true)
        });
        Ok(withdrawn.await?)
    }

    /// Freezes a holder: his sessions end, those of his agents and those in which he is an agent; use codes and the mandates he gave are
    /// withdrawn; in one step with the access event. False where he is frozen already.
    ///
    /// # Errors
    /// The database.
    pub async fn freeze(&self, holder_key: &str, reason: &str, by: &str, event: &AccessEvent) -> Result<bool, StoreError> {
        // Every session of his, whatever its token: they are few, and this is rare.
        let frozen = self.write(Tags::Everything, |session| async move {
            if frozen(&session, holder_key).await? {
                return Ok(false);
            }
            let at = event.at.timestamp_micros();
            let values = vec![text(holder_key), text(reason), text(by), at.into()];
            session.insert("holder_freeze", &["holder_key", "reason", "frozen_by", "frozen_at"], vec![values]).await?;
            for (table, column) in [("holder_session", "ended_at"), ("use_code", "withdrawn_at")] {
                let mut sql = Sql::new("UPDATE ");
                sql.push(table).push(" SET ").push(column).push(" = ").bind(at);
                sql.push(" WHERE ").push(column).push(" IS NULL AND holder_key = ").bind(text(holder_key));
                session.run(sql).await?;
            }
            // Whoever had the holder's session may have appointed himself.
            let mut sql = Sql::new("UPDATE mandate SET withdrawn_at = ");
            sql.bind(at).push(" WHERE withdrawn_at IS NULL AND holder_key = ").bind(text(holder_key));
            session.run(sql).await?;
            let as_agent = |sql: &mut Sql| {
                sql.push(" IN (SELECT id FROM mandate WHERE agent_key = ").bind(text(holder_key)).push(")");
            };
            mandates::end(&session, at, as_agent).await?;
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            Ok(true)
        });
        Ok(frozen.await?)
    }

    /// Lifts a freeze; false where there is none.
    ///
    /// # Errors
    /// The database.
    pub async fn unfreeze(&self, holder_key: &str, event: &AccessEvent) -> Result<bool, StoreError> {
        let lifted = self.write(Tags::Everything, |session| async move {
            let mut sql = Sql::new("DELETE FROM holder_freeze WHERE holder_key = ");
            sql.bind(text(holder_key));
            if session.run(sql).await? == 0 {
                return Ok(false);
            }
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            Ok(true)
        });
        Ok(lifted.await?)
    }

    /// The freeze of a holder.
    ///
    /// # Errors
    /// The database.
    pub async fn frozen(&self, holder_key: &str) -> Result<Option<Freeze>, StoreError> {
        let mut sql = Sql::new("SELECT reason, frozen_by, frozen_at FROM holder_freeze WHERE holder_key = ");
        sql.bind(text(holder_key));
        let read = |row: sea_orm::QueryResult| {
            let mut reader = Reader::new(&row);
            Ok::<_, Fault>(Freeze { reason: reader.text()?, frozen_by: reader.text()?, frozen_at: reader.time()? })
        };
        Ok(self.reading().first(sql).await?.map(read).transpose()?)
    }

    /// Is any holder of this record's current version frozen?
    ///
    /// # Errors
    /// The database.
    pub async fn is_of_frozen(&self, record_id: Uuid) -> Result<bool, StoreError> {
        let mut sql = Sql::new("SELECT 1 FROM certificate r JOIN certificate_holder h ON h.id = r.current_id");
        sql.push(" JOIN holder_freeze f ON f.holder_key = h.holder_key WHERE r.id = ").bind(record_id).push(" LIMIT 1");
        Ok(self.reading().first(sql).await?.is_some())
    }

    /// Is any holder of the certificate of this identifier frozen?
    ///
    /// # Errors
    /// The database.
    pub async fn presents_frozen(&self, identifier: &str) -> Result<bool, StoreError> {
        let mut sql = Sql::new("SELECT 1 FROM certificate_version v JOIN certificate_holder h ON h.id = v.id");
        sql.push(" JOIN holder_freeze f ON f.holder_key = h.holder_key WHERE v.identifier = ").bind(text(identifier)).push(" LIMIT 1");
        Ok(self.reading().first(sql).await?.is_some())
    }

    /// Is this event about a certificate of the holder's?
    ///
    /// # Errors
    /// The database.
    pub async fn is_about(&self, holder_key: &str, event: Uuid) -> Result<bool, StoreError> {
        let mut sql = Sql::new("SELECT 1 FROM access_event e JOIN certificate_holder h ON h.id = e.version_id WHERE e.id = ");
        sql.bind(event).push(" AND h.holder_key = ").bind(text(holder_key)).push(" LIMIT 1");
        Ok(self.reading().first(sql).await?.is_some())
    }

    /// The newest events about a holder's certificates, newest first, before the event `before`: those that name one certificate.
    ///
    /// # Errors
    /// The database.
    pub async fn events_about(&self, holder_key: &str, before: Option<Uuid>, limit: u32) -> Result<Vec<(AccessEvent, String)>, StoreError> {
        let columns = access::COLUMNS.map(|column| format!("e.{column}")).join(", ");
        let mut sql = Sql::new("SELECT v.identifier, ");
        sql.push(&columns).push(" FROM certificate_holder h JOIN certificate_version v ON v.id = h.id");
        // An earlier version may have been somebody else's.
        sql.push(" JOIN access_event e ON e.version_id = v.id WHERE h.holder_key = ");
        sql.bind(text(holder_key));
        if let Some(before) = before {
            sql.push(" AND e.id < ").bind(before);
        }
        sql.push(" ORDER BY e.id DESC LIMIT ").bind(i64::from(limit));
        let read = |row: &sea_orm::QueryResult| {
            let mut reader = Reader::new(row);
            let identifier = reader.text()?;
            Ok::<_, Fault>((access::decoded(&mut reader)?, identifier))
        };
        Ok(self.reading().all(sql).await?.iter().map(read).collect::<Result<_, Fault>>()?)
    }
}

/// Whether a holder is frozen, for whoever writes on it: who writes for a holder, and who freezes him, wait for one another.
pub(super) async fn frozen(session: &Session, holder_key: &str) -> Result<bool, Fault> {
    session.insert_absent("holder_guard", &["holder_key", "n"], vec![vec![text(holder_key), 1i64.into()]]).await?;
    let mut turn = Sql::new("UPDATE holder_guard SET n = n + 1 WHERE holder_key = ");
    turn.bind(text(holder_key));
    session.run(turn).await?;
    let mut sql = Sql::new("SELECT 1 FROM holder_freeze WHERE holder_key = ");
    sql.bind(text(holder_key));
    Ok(session.first(sql).await?.is_some())
}

fn selected_codes() -> Sql {
    Sql::new(
        "SELECT id, holder_key, mandate_id, department, type_name, fields, once, uses, made_at, until, used_at, withdrawn_at FROM use_code",
    )
}

fn code(reader: &mut Reader<'_>) -> Result<UseCodeRow, Fault> {
    Ok(UseCodeRow {
        id: reader.uuid()?,
        holder_key: reader.text()?,
        mandate: reader.value::<Option<Uuid>>()?,
        department: reader.text()?,
        type_name: reader.text()?,
        fields: serde_json::from_str(&reader.text()?).map_err(|error| Fault::nonsense(error.to_string()))?,
        once: reader.integer()? != 0,
        uses: u32::try_from(reader.integer()?).unwrap_or_default(),
        made_at: reader.time()?,
        until: reader.time()?,
        used_at: reader.optional_time()?,
        withdrawn_at: reader.optional_time()?,
    })
}
