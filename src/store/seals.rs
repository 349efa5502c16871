//! The register of seals (印章登记), and what each was used for.

use chrono::{DateTime, Utc};
use model::actor::Granted;
use sea_orm::Value;
use uuid::Uuid;

use super::commands::AccessEvent;
use super::decode::Reader;
use super::error::Fault;
use super::session::Session;
use super::sql::{Sql, optional_text, text};
use super::{SealRow, SealStatus, SealUseRow, Store, StoreError, access};
use crate::fresh::Tags;

const COLUMNS: [&str; 19] = [
    "id",
    "code",
    "authority",
    "name",
    "shape",
    "width",
    "height",
    "picture",
    "seal",
    "types",
    "custodian",
    "valid_from",
    "valid_to",
    "status",
    "reason",
    "changed_at",
    "uses",
    "registered_at",
    "registered_by",
];
const USE_COLUMNS: [&str; 7] = ["id", "seal_id", "version_id", "at", "actor", "format", "digest"];

/// Why a seal was not changed or used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealFault {
    /// A seal has that code.
    CodeTaken,
    /// No seal has that code or id.
    NotFound,
    /// It has another status than was asked for, by somebody who came first.
    Status(SealStatus),
}

impl Store {
    /// Registers a seal, with its access event.
    ///
    /// # Errors
    /// The database. [`SealFault::CodeTaken`] is an answer.
    pub async fn put_seal(&self, seal: &SealRow, event: &AccessEvent) -> Result<Result<(), SealFault>, StoreError> {
        let row = encoded(seal)?;
        let put = self.write(Tags::none(), |session| {
            let row = row.clone();
            async move {
                session.insert("seal", &COLUMNS, vec![row]).await?;
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await
            }
        });
        match put.await {
            Ok(()) => Ok(Ok(())),
            Err(Fault::Unique(_)) => Ok(Err(SealFault::CodeTaken)),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Gives a seal another status, where it has one of `from`, with its access event.
    ///
    /// # Errors
    /// The database. That there is none, or that it has another status, is an answer.
    pub async fn change_seal(
        &self,
        code: &str,
        from: &[SealStatus],
        to: SealStatus,
        reason: &str,
        event: &AccessEvent,
    ) -> Result<Result<(), SealFault>, StoreError> {
        let changed = self.write(Tags::none(), |session| async move {
            let mut sql = Sql::new("UPDATE seal SET status = ");
            sql.word(to.as_str()).push(", reason = ").bind(text(reason)).push(", changed_at = ").bind(event.at.timestamp_micros());
            sql.push(" WHERE code = ").bind(text(code)).push(" AND status IN ").list(from.iter().map(|status| text(status.as_str())));
            if session.run(sql).await? == 0 {
                return found_status(&session, "code", text(code)).await.map(Err);
            }
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            Ok(Ok(()))
        });
        Ok(changed.await?)
    }

    /// Writes what a seal was used for: only while it is active, so that nothing that was signed with a seal suspended meanwhile
    /// leaves the hub.
    ///
    /// # Errors
    /// The database. That the seal is not active any more is an answer.
    pub async fn put_seal_uses(&self, seal_id: Uuid, uses: &[SealUseRow]) -> Result<Result<(), SealFault>, StoreError> {
        let used = self.write(Tags::none(), |session| async move {
            let mut sql = Sql::new("UPDATE seal SET uses = uses + ");
            sql.bind(i64::try_from(uses.len()).unwrap_or(i64::MAX)).push(" WHERE id = ").bind(seal_id);
            sql.push(" AND status = ").word(SealStatus::Active.as_str());
            if session.run(sql).await? == 0 {
                return found_status(&session, "id", seal_id.into()).await.map(Err);
            }
            session.insert("seal_use", &USE_COLUMNS, uses.iter().map(|one| encoded_use(seal_id, one)).collect()).await?;
            Ok(Ok(()))
        });
        Ok(used.await?)
    }

    /// The seals of an authority, or all, in the order of their registration.
    ///
    /// # Errors
    /// The database.
    pub async fn seals(&self, authority: Option<&str>) -> Result<Vec<SealRow>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&COLUMNS.join(", ")).push(" FROM seal");
        if let Some(authority) = authority {
            sql.push(" WHERE authority = ").bind(text(authority));
        }
        sql.push(" ORDER BY id");
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| decoded(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }

    /// The seal of that code.
    ///
    /// # Errors
    /// The database.
    pub async fn seal(&self, code: &str) -> Result<Option<SealRow>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&COLUMNS.join(", ")).push(" FROM seal WHERE code = ").bind(text(code));
        let row = self.reading().first(sql).await?;
        Ok(row.map(|row| decoded(&mut Reader::new(&row))).transpose()?)
    }

    /// The newest uses of a seal, newest first; before the use `before`, if given.
    ///
    /// # Errors
    /// The database.
    pub async fn seal_uses(&self, seal_id: Uuid, before: Option<Uuid>, limit: u32) -> Result<Vec<SealUseRow>, StoreError> {
        let mut sql = Sql::new("SELECT u.id, u.version_id, u.at, u.actor, u.format, u.digest, v.identifier FROM seal_use u");
        sql.push(" LEFT JOIN certificate_version v ON v.id = u.version_id WHERE u.seal_id = ").bind(seal_id);
        if let Some(before) = before {
            sql.push(" AND u.id < ").bind(before);
        }
        sql.push(" ORDER BY u.id DESC LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        let uses = rows.iter().map(|row| {
            let mut reader = Reader::new(row);
            Ok(SealUseRow {
                id: reader.uuid()?,
                version_id: reader.uuid()?,
                at: reader.time()?,
                actor: reader.text()?,
                format: reader.text()?,
                digest: reader.text()?,
                identifier: reader.value()?,
            })
        });
        Ok(uses.collect::<Result<_, Fault>>()?)
    }
}

/// Why a statement on an active seal touched no row.
async fn found_status(session: &Session, column: &str, value: Value) -> Result<SealFault, Fault> {
    let mut sql = Sql::new("SELECT status FROM seal WHERE ");
    sql.push(column).push(" = ").bind(value);
    match session.first(sql).await? {
        Some(row) => Ok(SealFault::Status(status(&Reader::new(&row).text()?)?)),
        None => Ok(SealFault::NotFound),
    }
}

fn encoded(seal: &SealRow) -> Result<Vec<Value>, Fault> {
    let types = serde_json::to_string(&seal.types).map_err(|error| Fault::nonsense(error.to_string()))?;
    let micros = |time: DateTime<Utc>| Value::from(time.timestamp_micros());
    Ok(vec![
        seal.id.into(),
        text(&seal.code),
        text(&seal.authority),
        text(&seal.name),
        text(&seal.shape),
        i64::from(seal.width).into(),
        i64::from(seal.height).into(),
        seal.picture.clone().into(),
        seal.seal.clone().into(),
        text(&types),
        text(&seal.custodian),
        micros(seal.valid_from),
        micros(seal.valid_to),
        text(seal.status.as_str()),
        optional_text(seal.reason.as_deref()),
        micros(seal.changed_at),
        seal.uses.into(),
        micros(seal.registered_at),
        text(&seal.registered_by),
    ])
}

fn encoded_use(seal_id: Uuid, one: &SealUseRow) -> Vec<Value> {
    vec![
        one.id.into(),
        seal_id.into(),
        one.version_id.into(),
        one.at.timestamp_micros().into(),
        text(&one.actor),
        text(&one.format),
        text(&one.digest),
    ]
}

fn decoded(reader: &mut Reader<'_>) -> Result<SealRow, Fault> {
    Ok(SealRow {
        id: reader.uuid()?,
        code: reader.text()?,
        authority: reader.text()?,
        name: reader.text()?,
        shape: reader.text()?,
        width: millimetres(reader.integer()?)?,
        height: millimetres(reader.integer()?)?,
        picture: reader.value()?,
        seal: reader.value()?,
        types: serde_json::from_str::<Granted>(&reader.text()?).map_err(|error| Fault::nonsense(error.to_string()))?,
        custodian: reader.text()?,
        valid_from: reader.time()?,
        valid_to: reader.time()?,
        status: status(&reader.text()?)?,
        reason: reader.value()?,
        changed_at: reader.time()?,
        uses: reader.integer()?,
        registered_at: reader.time()?,
        registered_by: reader.text()?,
    })
}

fn millimetres(number: i64) -> Result<u32, Fault> {
    u32::try_from(number).map_err(|_| Fault::nonsense(format!("{number} millimetres")))
}

fn status(name: &str) -> Result<SealStatus, Fault> {
    SealStatus::of(name).ok_or_else(|| Fault::nonsense(format!("{name:?} is no status of a seal")))
}
