//! Sessions of people who signed in. Whoever opens a session and whoever ends sessions of the same account wait for one another at the
//! account's row, so that none outlives its end.

use chrono::{DateTime, TimeDelta, Utc};
use model::actor::Department;
use uuid::Uuid;

use super::administrators::{AdministratorRow, decoded, selected};
use super::commands::AccessEvent;
use super::decode::Reader;
use super::departments::read_amount;
use super::error::Fault;
use super::session::Session;
use super::sql::{Sql, optional_text, text};
use super::{Store, StoreError, access};
use crate::fresh::{Tag, Tags};
use crate::limits::Limit;

/// How somebody proved himself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Password,
    Certificate,
}

impl Way {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Certificate => "certificate",
        }
    }
}

/// Why a session was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedWhy {
    SignedOut,
    /// By himself from another session, or by an administrator.
    Ended,
    Disabled,
    /// The password, the TOTP secret or the certificate was changed.
    Changed,
}

impl EndedWhy {
    const ALL: [Self; 4] = [Self::SignedOut, Self::Ended, Self::Disabled, Self::Changed];

    const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signedOut",
            Self::Ended => "ended",
            Self::Disabled => "disabled",
            Self::Changed => "changed",
        }
    }
}

/// A session of somebody who signed in.
#[derive(Debug, Clone)]
pub struct SessionRow {
    pub id: Uuid,
    pub name: String,
    pub way: Way,
    /// From where, as far as that is known.
    pub address: Option<String>,
    pub opened_at: DateTime<Utc>,
    pub used_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub ended: Option<(DateTime<Utc>, EndedWhy)>,
}

/// What was looked at when somebody proved himself, and must still be so.
#[derive(Clone, Copy)]
pub enum Proven<'a> {
    /// The hash of the password, and the step of the code: no earlier one counts again.
    Password { hash: &'a str, step: i64 },
    /// The certificate, and what was signed with it: it counts once.
    Signature { certificate: &'a [u8], digest: &'a str, until: DateTime<Utc> },
}

const SESSION: [&str; 8] = ["id", "hash", "name", "way", "address", "opened_at", "used_at", "until"];
const SESSION_READ: &str = "s.id, s.name, s.way, s.address, s.opened_at, s.used_at, s.until, s.ended_at, s.ended_why";

impl Store {
    /// Opens a session for somebody who proved himself, with its event; false, and nothing written, where what he proved himself with was
    /// used already, or is not his any more.
    ///
    /// # Errors
    /// The database.
    pub async fn open_session(&self, hash: &str, row: &SessionRow, proven: Proven<'_>, event: &AccessEvent) -> Result<bool, StoreError> {
        let opened = self.write(Tag::token(hash).into(), |session| async move {
            let at = event.at.timestamp_micros();
            let mut sql = Sql::new("UPDATE administrator SET last_sign_in_at = ");
            sql.bind(at);
            match proven {
                Proven::Password { hash, step } => {
                    sql.push(", totp_step = ").bind(step).push(" WHERE totp_step < ").bind(step);
                    sql.push(" AND password = ").bind(text(hash));
                }
                Proven::Signature { certificate, .. } => {
                    sql.push(" WHERE certificate = ").bind(certificate.to_vec());
                }
            }
            sql.push(" AND disabled_at IS NULL AND name = ").bind(text(&row.name));
            if session.run(sql).await? == 0 {
                return Ok(false);
            }
            if let Proven::Signature { digest, until, .. } = proven {
                let used = vec![text(digest), until.timestamp_micros().into()];
                session.insert("administrator_challenge", &["digest", "until"], vec![used]).await?;
                let mut past = Sql::new("DELETE FROM administrator_challenge WHERE until < ");
                past.bind(at);
                session.run(past).await?;
            }
            let values = vec![
                row.id.into(),
                text(hash),
                text(&row.name),
                text(row.way.as_str()),
                optional_text(row.address.as_deref()),
                row.opened_at.timestamp_micros().into(),
                row.used_at.timestamp_micros().into(),
                row.until.timestamp_micros().into(),
            ];
            session.insert("administrator_session", &SESSION, vec![values]).await?;
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            Ok(true)
        });
        match opened.await {
            Ok(opened) => Ok(opened),
            Err(Fault::Unique(_)) => Ok(false),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Spends a code of somebody whose password has that hash; false where it was spent, or the password is another.
    ///
    /// # Errors
    /// The database.
    pub async fn use_totp(&self, name: &str, hash: &str, step: i64) -> Result<bool, StoreError> {
        let used = self.write(Tags::none(), |session| async move {
            let mut sql = Sql::new("UPDATE administrator SET totp_step = ");
            sql.bind(step).push(" WHERE totp_step < ").bind(step).push(" AND password = ").bind(text(hash));
            sql.push(" AND disabled_at IS NULL AND name = ").bind(text(name));
            Ok::<_, Fault>(session.run(sql).await? > 0)
        });
        Ok(used.await?)
    }

    /// The session of that token's digest, over or not, with its account and department, and what that may take.
    ///
    /// # Errors
    /// The database.
    pub async fn session_by(&self, hash: &str) -> Result<Option<(SessionRow, AdministratorRow, Option<(Department, Limit)>)>, StoreError> {
        let mut sql = selected(SESSION_READ);
        sql.push(", d.name, d.division, d.rate, d.daily FROM administrator_session s JOIN administrator a ON a.name = s.name");
        sql.push(" LEFT JOIN department d ON d.code = a.department WHERE s.hash = ").bind(text(hash));
        let Some(row) = self.reading().first(sql).await? else { return Ok(None) };
        let mut reader = Reader::new(&row);
        let (session, administrator) = (decoded_session(&mut reader)?, decoded(&mut reader)?);
        let (name, division): (Option<String>, Option<String>) = (reader.value()?, reader.value()?);
        let limit = Limit { rate: read_amount(&mut reader)?, daily: read_amount(&mut reader)? };
        let department = administrator.department.clone().zip(name);
        let department = department.map(|(code, name)| (Department { code, name, division }, limit));
        Ok(Some((session, administrator, department)))
    }

    /// Writes down that a session was used: nobody need hear of it.
    ///
    /// # Errors
    /// The database.
    pub async fn touch_session(&self, id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
        let touched = self.write(Tags::none(), |session| async move {
            let at = at.timestamp_micros();
            let mut sql = Sql::new("UPDATE administrator_session SET used_at = ");
            sql.bind(at).push(" WHERE id = ").bind(id).push(" AND ended_at IS NULL AND used_at < ").bind(at);
            session.run(sql).await
        });
        Ok(touched.await.map(drop)?)
    }

    /// The sessions of an account, or of all, that are not over at `now`, newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn sessions(
        &self,
        name: Option<&str>,
        now: DateTime<Utc>,
        idle: TimeDelta,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(SESSION_READ).push(" FROM administrator_session s WHERE s.ended_at IS NULL AND s.until > ").bind(now.timestamp_micros());
        sql.push(" AND s.used_at > ").bind((now - idle).timestamp_micros());
        if let Some(name) = name {
            sql.push(" AND s.name = ").bind(text(name));
        }
        sql.push(" ORDER BY s.id DESC LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| decoded_session(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }

    /// A session, by its id.
    ///
    /// # Errors
    /// The database.
    pub async fn session_of(&self, id: Uuid) -> Result<Option<SessionRow>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(SESSION_READ).push(" FROM administrator_session s WHERE s.id = ").bind(id);
        Ok(self.reading().first(sql).await?.map(|row| decoded_session(&mut Reader::new(&row))).transpose()?)
    }

    /// Ends one session of an account, or all of them, at once and on every replica; how many.
    ///
    /// # Errors
    /// The database.
    pub async fn end_sessions(&self, name: &str, one: Option<Uuid>, why: EndedWhy, event: &AccessEvent) -> Result<u64, StoreError> {
        let ended = self.write(Tag::administrator(name).into(), |session| async move {
            let mut turn = Sql::new("UPDATE administrator SET name = name WHERE name = ");
            turn.bind(text(name));
            session.run(turn).await?;
            let ended = end(&session, name, one, why, event.at).await?;
            if ended > 0 {
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            }
            Ok::<_, Fault>(ended)
        });
        Ok(ended.await?)
    }
}

pub(super) async fn end(session: &Session, name: &str, one: Option<Uuid>, why: EndedWhy, at: DateTime<Utc>) -> Result<u64, Fault> {
    let mut sql = Sql::new("UPDATE administrator_session SET ended_at = ");
    sql.bind(at.timestamp_micros()).push(", ended_why = ").bind(text(why.as_str()));
    sql.push(" WHERE ended_at IS NULL AND name = ").bind(text(name));
    if let Some(id) = one {
        sql.push(" AND id = ").bind(id);
    }
    session.run(sql).await
}

fn decoded_session(reader: &mut Reader<'_>) -> Result<SessionRow, Fault> {
    let (id, name) = (reader.uuid()?, reader.text()?);
    let way = match reader.text()?.as_str() {
        "password" => Way::Password,
        "certificate" => Way::Certificate,
        other => return Err(Fault::nonsense(format!("nobody signs in by {other:?}"))),
    };
    let address = reader.value()?;
    let (opened_at, used_at, until) = (reader.time()?, reader.time()?, reader.time()?);
    let (ended_at, ended_why): (_, Option<String>) = (reader.optional_time()?, reader.value()?);
    let known = |why: String| EndedWhy::ALL.into_iter().find(|known| known.as_str() == why).unwrap_or(EndedWhy::Ended);
    Ok(SessionRow { id, name, way, address, opened_at, used_at, until, ended: ended_at.zip(ended_why.map(known)) })
}
