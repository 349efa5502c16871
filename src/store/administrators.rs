//! Accounts of people who sign in.

use chrono::{DateTime, Utc};
use model::actor::{Actor, Department, Granted, Person, Role};
use sea_orm::Value;
use uuid::Uuid;

use super::commands::AccessEvent;
use super::decode::Reader;
use super::error::Fault;
use super::signed_in::{EndedWhy, end};
use super::sql::{Sql, optional_text, text};
use super::{Store, StoreError, access};
use crate::fresh::Tag;

/// Somebody who signs in.
#[derive(Clone)]
pub struct AdministratorRow {
    /// Stands in the log.
    pub name: String,
    pub display_name: String,
    pub role: Role,
    /// Types by GraphQL name.
    pub types: Granted,
    /// Authorities (credit codes) in whose name he may issue.
    pub authorities: Granted,
    /// Credit code of a registered department.
    pub department: Option<String>,
    /// argon2id in PHC form.
    pub password: Option<String>,
    /// Sealed: see [`Store::open_totp`].
    pub totp: Option<Vec<u8>>,
    /// DER of a certificate whose key signs him in.
    pub certificate: Option<Vec<u8>>,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub disabled_at: Option<DateTime<Utc>>,
    pub last_sign_in_at: Option<DateTime<Utc>>,
}

/// What of an account was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdministratorFault {
    NameTaken,
    NotFound,
}

const COLUMNS: [&str; 13] = [
    "name",
    "display_name",
    "role",
    "types",
    "authorities",
    "department",
    "password",
    "totp",
    "certificate",
    "created_at",
    "created_by",
    "disabled_at",
    "last_sign_in_at",
];
/// Tells challenges of this hub from others.
const CHALLENGE: &str = "sign-in challenge";

impl AdministratorRow {
    /// Who calls in this person's session.
    pub fn actor(&self, department: Option<Department>, session: Uuid) -> Actor {
        let actor = Actor::new(self.role, self.name.as_str(), department, self.types.clone(), self.authorities.clone());
        let person = Person { name: self.name.as_str().into(), session: Some(session.to_string().into()) };
        Actor { person: Some(person), ..actor }
    }
}

impl Store {
    /// Seals the secret of an account's codes.
    pub fn seal_totp(&self, name: &str, secret: &[u8]) -> Vec<u8> {
        self.inner.key.sealed(&format!("totp {name}"), rand::random(), secret)
    }

    /// The secret of an account's codes; None: it was sealed under another key, or changed.
    pub fn open_totp(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.inner.key.opened(&format!("totp {name}"), sealed)
    }

    /// What shows that a challenge is this hub's own, on every replica.
    pub fn challenge_mac(&self, parts: &[&[u8]]) -> [u8; 16] {
        self.inner.key.mac(CHALLENGE, parts)
    }

    /// Makes an account, with its event.
    ///
    /// # Errors
    /// The database. That the name is taken is an answer.
    pub async fn put_administrator(
        &self,
        row: &AdministratorRow,
        event: &AccessEvent,
    ) -> Result<Result<(), AdministratorFault>, StoreError> {
        let values = encoded(row)?;
        let columns: Vec<&str> = COLUMNS.into_iter().chain(["totp_step"]).collect();
        let put = self.write(Tag::administrator(&row.name).into(), |session| {
            let (values, columns) = (values.clone(), &columns);
            async move {
                session.insert("administrator", columns, vec![values]).await?;
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await
            }
        });
        match put.await {
            Ok(()) => Ok(Ok(())),
            Err(Fault::Unique(_)) => Ok(Err(AdministratorFault::NameTaken)),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Gives an account another password (argon2id); its sessions end.
    ///
    /// # Errors
    /// The database. That there is no such account is an answer.
    pub async fn set_password(&self, name: &str, hash: &str, event: &AccessEvent) -> Result<Result<(), AdministratorFault>, StoreError> {
        let mut sql = Sql::new("UPDATE administrator SET password = ");
        sql.bind(text(hash)).push(" WHERE name = ").bind(text(name));
        self.change(name, sql, EndedWhy::Changed, event).await
    }

    /// Gives an account another secret of codes, sealed; its sessions end.
    ///
    /// # Errors
    /// The database. That there is no such account is an answer.
    pub async fn set_totp(&self, name: &str, sealed: &[u8], event: &AccessEvent) -> Result<Result<(), AdministratorFault>, StoreError> {
        let mut sql = Sql::new("UPDATE administrator SET totp_step = 0, totp = ");
        sql.bind(sealed.to_vec()).push(" WHERE name = ").bind(text(name));
        self.change(name, sql, EndedWhy::Changed, event).await
    }

    /// Registers the certificate that signs somebody in, or takes it away; his sessions end.
    ///
    /// # Errors
    /// The database. That there is no such account is an answer.
    pub async fn set_certificate(
        &self,
        name: &str,
        der: Option<&[u8]>,
        event: &AccessEvent,
    ) -> Result<Result<(), AdministratorFault>, StoreError> {
        let mut sql = Sql::new("UPDATE administrator SET certificate = ");
        sql.bind(Value::Bytes(der.map(<[u8]>::to_vec))).push(" WHERE name = ").bind(text(name));
        self.change(name, sql, EndedWhy::Changed, event).await
    }

    /// Disables an account, with its sessions and tokens, or lets it in again.
    ///
    /// # Errors
    /// The database. That there is none of which it is not so already is an answer.
    pub async fn set_disabled(
        &self,
        name: &str,
        disabled: bool,
        event: &AccessEvent,
    ) -> Result<Result<(), AdministratorFault>, StoreError> {
        let mut sql = Sql::new("UPDATE administrator SET disabled_at = ");
        sql.bind(Value::BigInt(disabled.then(|| event.at.timestamp_micros()))).push(" WHERE disabled_at IS ");
        sql.push(if disabled { "NULL" } else { "NOT NULL" }).push(" AND name = ").bind(text(name));
        self.change(name, sql, EndedWhy::Disabled, event).await
    }

    /// One statement that changes an account, or none; its sessions end with it.
    async fn change(&self, name: &str, sql: Sql, why: EndedWhy, event: &AccessEvent) -> Result<Result<(), AdministratorFault>, StoreError> {
        let changed = self.write(Tag::administrator(name).into(), |session| {
            let sql = sql.clone();
            async move {
                if session.run(sql).await? == 0 {
                    return Ok(Err(AdministratorFault::NotFound));
                }
                end(&session, name, None, why, event.at).await?;
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
                Ok(Ok(()))
            }
        });
        Ok(changed.await?)
    }

    /// An account, disabled or not.
    ///
    /// # Errors
    /// The database.
    pub async fn administrator(&self, name: &str) -> Result<Option<AdministratorRow>, StoreError> {
        let mut sql = selected("");
        sql.push(" FROM administrator a WHERE a.name = ").bind(text(name));
        Ok(self.reading().first(sql).await?.map(|row| decoded(&mut Reader::new(&row))).transpose()?)
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// The database.
    pub async fn administrators(&self) -> Result<Vec<AdministratorRow>, StoreError> {
        let mut sql = selected("");
        sql.push(" FROM administrator a ORDER BY a.name");
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| decoded(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }
}

/// `SELECT` of these columns and those of an account.
pub(super) fn selected(before: &str) -> Sql {
    let mut sql = Sql::new("SELECT ");
    let before = Some(before.to_owned()).filter(|before| !before.is_empty());
    let columns: Vec<String> = before.into_iter().chain(COLUMNS.iter().map(|column| format!("a.{column}"))).collect();
    sql.push(&columns.join(", "));
    sql
}

fn encoded(row: &AdministratorRow) -> Result<Vec<Value>, Fault> {
    let nonsense = |error: serde_json::Error| Fault::nonsense(error.to_string());
    let json = |granted: &Granted| serde_json::to_string(granted).map_err(nonsense);
    let Ok(serde_json::Value::String(role)) = serde_json::to_value(row.role) else {
        return Err(Fault::nonsense("a role without a name"));
    };
    let time = |at: Option<DateTime<Utc>>| Value::BigInt(at.map(|at| at.timestamp_micros()));
    Ok(vec![
        text(&row.name),
        text(&row.display_name),
        text(&role),
        text(&json(&row.types)?),
        text(&json(&row.authorities)?),
        optional_text(row.department.as_deref()),
        optional_text(row.password.as_deref()),
        Value::Bytes(row.totp.clone()),
        Value::Bytes(row.certificate.clone()),
        row.created_at.timestamp_micros().into(),
        text(&row.created_by),
        time(row.disabled_at),
        time(row.last_sign_in_at),
        0i64.into(),
    ])
}

pub(super) fn decoded(reader: &mut Reader<'_>) -> Result<AdministratorRow, Fault> {
    let nonsense = |error: serde_json::Error| Fault::nonsense(error.to_string());
    Ok(AdministratorRow {
        name: reader.text()?,
        display_name: reader.text()?,
        role: serde_json::from_value(serde_json::Value::String(reader.text()?)).map_err(nonsense)?,
        types: serde_json::from_str(&reader.text()?).map_err(nonsense)?,
        authorities: serde_json::from_str(&reader.text()?).map_err(nonsense)?,
        department: reader.value()?,
        password: reader.value()?,
        totp: reader.value()?,
        certificate: reader.value()?,
        created_at: reader.time()?,
        created_by: reader.text()?,
        disabled_at: reader.optional_time()?,
        last_sign_in_at: reader.optional_time()?,
    })
}
