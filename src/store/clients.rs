//! Client systems of departments, what they prove themselves with, and which signed requests were used.

use chrono::{DateTime, Months, Utc};
use model::actor::{Actor, Department, Granted, Role};
use sea_orm::Value;
use uuid::Uuid;

use super::commands::AccessEvent;
use super::decode::Reader;
use super::departments::{self, DepartmentRow, amount, read_amount};
use super::error::Fault;
use super::session::Session;
use super::sql::{Sql, optional_text, text};
use super::{Store, StoreError, access};
use crate::fresh::{Tag, Tags};

/// A system of a department that calls the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// `client_id` of OAuth; stands in the log.
    pub id: String,
    /// Credit code of its department.
    pub department: String,
    pub name: String,
    pub role: Role,
    /// Types by GraphQL name.
    pub types: Granted,
    /// Authorities (credit codes) in whose name it may issue.
    pub authorities: Granted,
    /// What it was admitted for.
    pub admitted_for: String,
    /// References of the documents it was admitted with.
    pub documents: Vec<String>,
    /// Requests a second; None: what the hub is configured for.
    pub rate: Option<u32>,
    /// Requests a day; None: what the hub is configured for.
    pub daily: Option<u32>,
    /// From then on it may nothing.
    pub ends_at: Option<DateTime<Utc>>,
    /// When it was admitted, or looked at again.
    pub reviewed_at: DateTime<Utc>,
    pub registered_at: DateTime<Utc>,
    pub registered_by: String,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub revoked_why: Option<String>,
}

/// Whether a client may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientState {
    Active,
    /// Past its end date.
    Ended,
    /// Nobody has reviewed it for a year.
    Lapsed,
    Revoked,
}

/// How long a review lasts.
const REVIEW_MONTHS: u32 = 12;

impl ClientRow {
    /// When its review lapses.
    pub fn review_due(&self) -> DateTime<Utc> {
        self.reviewed_at.checked_add_months(Months::new(REVIEW_MONTHS)).unwrap_or(self.reviewed_at)
    }

    /// When it ends by itself: by its end date or its review.
    pub fn ends(&self) -> DateTime<Utc> {
        let due = self.review_due();
        self.ends_at.map_or(due, |ends| ends.min(due))
    }

    pub fn state(&self, now: DateTime<Utc>) -> ClientState {
        match () {
            () if self.revoked_at.is_some() => ClientState::Revoked,
            () if self.ends_at.is_some_and(|ends| ends <= now) => ClientState::Ended,
            () if self.review_due() <= now => ClientState::Lapsed,
            () => ClientState::Active,
        }
    }

    /// Who calls when it calls.
    pub fn actor(&self, department: &DepartmentRow) -> Actor {
        let department = Department { code: department.code.clone(), name: department.name.clone(), division: department.division.clone() };
        Actor::new(self.role, self.id.as_str(), Some(department), self.types.clone(), self.authorities.clone())
    }
}

/// What a client proves itself with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    pub id: Uuid,
    pub client: String,
    pub proof: Proof,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub revoked_why: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub enum Proof {
    /// argon2id in PHC form; the secret itself is nowhere.
    Secret(String),
    /// DER of an X.509 certificate with an SM2 key.
    Certificate(Vec<u8>),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Secret(_) => "Secret(…)",
            Self::Certificate(_) => "Certificate(…)",
        })
    }
}

impl CredentialRow {
    pub fn is_usable(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    pub const fn is_secret(&self) -> bool {
        matches!(self.proof, Proof::Secret(_))
    }
}

/// Why a client or what it proves itself with was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientFault {
    /// A client has that id.
    IdTaken,
    /// No such client or credential, or one that was revoked.
    NotFound,
    /// It has as many of this kind as it may have at once.
    TooMany,
    /// This signed request was used already.
    Replayed,
}

/// What makes a signed request one of a kind, and until when it must be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedAssertion {
    /// SM3 (hex) of its `jti`.
    pub digest: String,
    pub until: DateTime<Utc>,
}

const COLUMNS: [&str; 17] = [
    "id",
    "department",
    "name",
    "role",
    "types",
    "authorities",
    "admitted_for",
    "documents",
    "rate",
    "daily",
    "ends_at",
    "reviewed_at",
    "registered_at",
    "registered_by",
    "last_used_at",
    "revoked_at",
    "revoked_why",
];
const CREDENTIAL: [&str; 10] = [
    "id",
    "client_id",
    "secret_hash",
    "certificate",
    "created_at",
    "created_by",
    "expires_at",
    "last_used_at",
    "revoked_at",
    "revoked_why",
];

impl Store {
    /// Registers a client with what it proves itself with, and the event.
    ///
    /// # Errors
    /// The database. [`ClientFault::IdTaken`] is an answer.
    pub async fn put_client(
        &self,
        client: &ClientRow,
        credentials: &[CredentialRow],
        event: &AccessEvent,
    ) -> Result<Result<(), ClientFault>, StoreError> {
        let row = encoded(client)?;
        let put = self.write(Tag::client(&client.id).into(), |session| {
            let row = row.clone();
            async move {
                session.insert("client", &COLUMNS, vec![row]).await?;
                session.insert("client_credential", &CREDENTIAL, credentials.iter().map(encoded_credential).collect()).await?;
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await
            }
        });
        match put.await {
            Ok(()) => Ok(Ok(())),
            Err(Fault::Unique(_)) => Ok(Err(ClientFault::IdTaken)),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Writes down that a client was reviewed; it must not be revoked.
    ///
    /// # Errors
    /// The database. That there is no such client is an answer.
    pub async fn review_client(&self, id: &str, event: &AccessEvent) -> Result<Result<(), ClientFault>, StoreError> {
        let mut sql = Sql::new("UPDATE client SET reviewed_at = ");
        sql.bind(event.at.timestamp_micros()).push(" WHERE revoked_at IS NULL AND id = ").bind(text(id));
        self.change_client(id, sql, event).await
    }

    /// Revokes a client for ever; its tokens end with it.
    ///
    /// # Errors
    /// The database. That there is no such client is an answer.
    pub async fn revoke_client(&self, id: &str, why: &str, event: &AccessEvent) -> Result<Result<(), ClientFault>, StoreError> {
        let mut sql = Sql::new("UPDATE client SET revoked_at = ");
        sql.bind(event.at.timestamp_micros()).push(", revoked_why = ").bind(text(why));
        sql.push(" WHERE revoked_at IS NULL AND id = ").bind(text(id));
        self.change_client(id, sql, event).await
    }

    /// Revokes one thing that a client proves itself with; the tokens that it got by it end with it.
    ///
    /// # Errors
    /// The database. That there is none is an answer.
    pub async fn revoke_credential(
        &self,
        client: &str,
        id: Uuid,
        why: &str,
        event: &AccessEvent,
    ) -> Result<Result<(), ClientFault>, StoreError> {
        let mut sql = Sql::new("UPDATE client_credential SET revoked_at = ");
        sql.bind(event.at.timestamp_micros()).push(", revoked_why = ").bind(text(why));
        sql.push(" WHERE revoked_at IS NULL AND id = ").bind(id).push(" AND client_id = ").bind(text(client));
        self.change_client(client, sql, event).await
    }

    /// One statement that changes a row of this client, or none.
    async fn change_client(&self, id: &str, sql: Sql, event: &AccessEvent) -> Result<Result<(), ClientFault>, StoreError> {
        let changed = self.write(Tag::client(id).into(), |session| {
            let sql = sql.clone();
            async move {
                if session.run(sql).await? == 0 {
                    return Ok(Err(ClientFault::NotFound));
                }
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
                Ok(Ok(()))
            }
        });
        Ok(changed.await?)
    }

    /// Gives a client something more to prove itself with, where it has fewer than `most` of that kind in use.
    ///
    /// # Errors
    /// The database. That there is no such client, or that it has enough, is an answer.
    pub async fn put_credential(
        &self,
        credential: &CredentialRow,
        most: usize,
        event: &AccessEvent,
    ) -> Result<Result<(), ClientFault>, StoreError> {
        let put = self.write(Tag::client(&credential.client).into(), |session| async move {
            // Whoever adds at the same time waits here.
            let mut lock = Sql::new("UPDATE client SET id = id WHERE revoked_at IS NULL AND id = ");
            lock.bind(text(&credential.client));
            if session.run(lock).await? == 0 {
                return Ok(Err(ClientFault::NotFound));
            }
            let known = credentials(&session, &credential.client).await?;
            let alike = known.iter().filter(|known| known.is_usable(event.at) && known.is_secret() == credential.is_secret());
            if alike.count() >= most {
                return Ok(Err(ClientFault::TooMany));
            }
            session.insert("client_credential", &CREDENTIAL, vec![encoded_credential(credential)]).await?;
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            Ok(Ok(()))
        });
        Ok(put.await?)
    }

    /// Writes down that a client has proved itself and gets a token; a signed request counts once.
    ///
    /// # Errors
    /// The database. [`ClientFault::Replayed`] is an answer.
    pub async fn use_credential(
        &self,
        client: &str,
        credential: Uuid,
        assertion: Option<&UsedAssertion>,
        event: &AccessEvent,
    ) -> Result<Result<(), ClientFault>, StoreError> {
        let at = event.at.timestamp_micros();
        // When it was used last is told, and decides nothing: nobody need hear of it.
        let used = self.write(Tags::none(), |session| async move {
            if let Some(assertion) = assertion {
                let row = vec![text(client), text(&assertion.digest), assertion.until.timestamp_micros().into()];
                session.insert("client_assertion", &["client_id", "digest", "until"], vec![row]).await?;
                let mut past = Sql::new("DELETE FROM client_assertion WHERE until < ");
                past.bind(at);
                session.run(past).await?;
            }
            let mut sql = Sql::new("UPDATE client SET last_used_at = ");
            sql.bind(at).push(" WHERE id = ").bind(text(client));
            session.run(sql).await?;
            let mut sql = Sql::new("UPDATE client_credential SET last_used_at = ");
            sql.bind(at).push(" WHERE id = ").bind(credential);
            session.run(sql).await?;
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await
        });
        match used.await {
            Ok(()) => Ok(Ok(())),
            Err(Fault::Unique(_)) => Ok(Err(ClientFault::Replayed)),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The clients of a department, or all, by id.
    ///
    /// # Errors
    /// The database.
    pub async fn clients(&self, department: Option<&str>) -> Result<Vec<ClientRow>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&COLUMNS.join(", ")).push(" FROM client");
        if let Some(department) = department {
            sql.push(" WHERE department = ").bind(text(department));
        }
        sql.push(" ORDER BY id");
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| decoded(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }

    /// A client and its department, whether it still may anything or not.
    ///
    /// # Errors
    /// The database.
    pub async fn client(&self, id: &str) -> Result<Option<(ClientRow, DepartmentRow)>, StoreError> {
        let row = self.reading().first(with_department(id)).await?;
        Ok(row.map(|row| read_both(&mut Reader::new(&row))).transpose()?)
    }

    /// A client and its department, where what it proved itself with is in use at that moment; one statement.
    ///
    /// # Errors
    /// The database.
    pub async fn client_by(
        &self,
        id: &str,
        credential: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Option<(ClientRow, DepartmentRow)>, StoreError> {
        let mut sql = with_department(id);
        sql.push(" AND EXISTS (SELECT 1 FROM client_credential k WHERE k.client_id = c.id AND k.revoked_at IS NULL AND k.id = ");
        sql.bind(credential).push(" AND (k.expires_at IS NULL OR k.expires_at > ").bind(now.timestamp_micros()).push("))");
        let row = self.reading().first(sql).await?;
        Ok(row.map(|row| read_both(&mut Reader::new(&row))).transpose()?)
    }

    /// Everything that a client was ever given to prove itself with, in the order of making.
    ///
    /// # Errors
    /// The database.
    pub async fn credentials(&self, client: &str) -> Result<Vec<CredentialRow>, StoreError> {
        Ok(credentials(&self.reading(), client).await?)
    }
}

async fn credentials(session: &Session, client: &str) -> Result<Vec<CredentialRow>, Fault> {
    let mut sql = Sql::new("SELECT ");
    sql.push(&CREDENTIAL.join(", ")).push(" FROM client_credential WHERE client_id = ").bind(text(client)).push(" ORDER BY id");
    session.all(sql).await?.iter().map(|row| decoded_credential(&mut Reader::new(row))).collect()
}

fn with_department(id: &str) -> Sql {
    let mut sql = Sql::new("SELECT ");
    let columns = COLUMNS.iter().map(|column| format!("c.{column}"));
    let columns: Vec<_> = columns.chain(departments::COLUMNS.iter().map(|column| format!("d.{column}"))).collect();
    sql.push(&columns.join(", ")).push(" FROM client c JOIN department d ON d.code = c.department WHERE c.id = ").bind(text(id));
    sql
}

fn read_both(reader: &mut Reader<'_>) -> Result<(ClientRow, DepartmentRow), Fault> {
    Ok((decoded(reader)?, departments::decoded(reader)?))
}

fn encoded(client: &ClientRow) -> Result<Vec<Value>, Fault> {
    let Ok(serde_json::Value::String(role)) = serde_json::to_value(client.role) else {
        return Err(Fault::nonsense("a role without a name"));
    };
    Ok(vec![
        text(&client.id),
        text(&client.department),
        text(&client.name),
        text(&role),
        text(&json(&client.types)?),
        text(&json(&client.authorities)?),
        text(&client.admitted_for),
        text(&json(&client.documents)?),
        amount(client.rate),
        amount(client.daily),
        time(client.ends_at),
        client.reviewed_at.timestamp_micros().into(),
        client.registered_at.timestamp_micros().into(),
        text(&client.registered_by),
        time(client.last_used_at),
        time(client.revoked_at),
        optional_text(client.revoked_why.as_deref()),
    ])
}

fn decoded(reader: &mut Reader<'_>) -> Result<ClientRow, Fault> {
    Ok(ClientRow {
        id: reader.text()?,
        department: reader.text()?,
        name: reader.text()?,
        role: serde_json::from_value(serde_json::Value::String(reader.text()?)).map_err(nonsense)?,
        types: serde_json::from_str(&reader.text()?).map_err(nonsense)?,
        authorities: serde_json::from_str(&reader.text()?).map_err(nonsense)?,
        admitted_for: reader.text()?,
        documents: serde_json::from_str(&reader.text()?).map_err(nonsense)?,
        rate: read_amount(reader)?,
        daily: read_amount(reader)?,
        ends_at: reader.optional_time()?,
        reviewed_at: reader.time()?,
        registered_at: reader.time()?,
        registered_by: reader.text()?,
        last_used_at: reader.optional_time()?,
        revoked_at: reader.optional_time()?,
        revoked_why: reader.value()?,
    })
}

fn encoded_credential(credential: &CredentialRow) -> Vec<Value> {
    let (hash, certificate) = match &credential.proof {
        Proof::Secret(hash) => (Some(hash.as_str()), None),
        Proof::Certificate(der) => (None, Some(der.clone())),
    };
    vec![
        credential.id.into(),
        text(&credential.client),
        optional_text(hash),
        Value::Bytes(certificate),
        credential.created_at.timestamp_micros().into(),
        text(&credential.created_by),
        time(credential.expires_at),
        time(credential.last_used_at),
        time(credential.revoked_at),
        optional_text(credential.revoked_why.as_deref()),
    ]
}

fn decoded_credential(reader: &mut Reader<'_>) -> Result<CredentialRow, Fault> {
    Ok(CredentialRow {
        id: reader.uuid()?,
        client: reader.text()?,
        proof: match (reader.value::<Option<String>>()?, reader.value::<Option<Vec<u8>>>()?) {
            (Some(hash), None) => Proof::Secret(hash),
            (None, Some(der)) => Proof::Certificate(der),
            _ => return Err(Fault::nonsense("a credential is a secret or a certificate")),
        },
        created_at: reader.time()?,
        created_by: reader.text()?,
        expires_at: reader.optional_time()?,
        last_used_at: reader.optional_time()?,
        revoked_at: reader.optional_time()?,
        revoked_why: reader.value()?,
    })
}

fn time(at: Option<DateTime<Utc>>) -> Value {
    Value::BigInt(at.map(|at| at.timestamp_micros()))
}

fn json(value: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(nonsense)
}

fn nonsense(error: serde_json::Error) -> Fault {
    Fault::nonsense(error.to_string())
}
