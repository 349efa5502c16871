//! Grants, and requests for them. What was replaced or withdrawn stays, with who did it and why.

use chrono::{DateTime, Utc};
use model::grant::Grant;
use sea_orm::Value;
use uuid::Uuid;

use super::commands::AccessEvent;
use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, optional_text, text};
use super::{Store, StoreError, access};
use crate::fresh::{Tag, Tags};

/// A grant as it was put.
#[derive(Debug, Clone)]
pub struct GrantRow {
    pub id: Uuid,
    pub grant: Grant,
    pub put_by: String,
    pub put_at: DateTime<Utc>,
    pub ended: Option<Ended>,
}

/// A grant's end: it was replaced by one of its name, or withdrawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub at: DateTime<Utc>,
    pub by: String,
    pub reason: String,
}

/// What a department asked to read.
#[derive(Debug, Clone)]
pub struct AccessRequestRow {
    pub id: Uuid,
    /// As a grant: named after the request, of the department that asked.
    pub asked: Grant,
    pub asked_by: String,
    pub asked_at: DateTime<Utc>,
    pub decision: Option<Decision>,
}

#[derive(Debug, Clone)]
pub struct Decision {
    pub by: String,
    pub at: DateTime<Utc>,
    pub reason: String,
    /// What was granted, which may be less than was asked; None: refused.
    pub granted: Option<Grant>,
}

const COLUMNS: [&str; 7] = ["id", "name", "department", "type_name", "body", "put_by", "put_at"];
const REQUEST_COLUMNS: [&str; 7] = ["id", "department", "type_name", "asked", "state", "asked_by", "asked_at"];
const WAITING: &str = "WAITING";

impl Store {
    /// Puts a grant in the place of the one of its name, with its access event.
    ///
    /// # Errors
    /// The database.
    pub async fn put_grant(&self, row: &GrantRow, event: &AccessEvent) -> Result<(), StoreError> {
        let body = json(&row.grant)?;
        // A grant may pass from one department to another.
        let before = self.grant(&row.grant.name).await?;
        let mut tags = vec![Tag::grants(&row.grant.department)];
        tags.extend(before.map(|before| Tag::grants(&before.grant.department)));
        let put = self.write(tags.into_iter().collect(), |session| {
            let body = body.clone();
            async move {
                session.run(end(&row.grant.name, &row.put_by, "replaced", row.put_at)).await?;
                let values = encoded(row.id, &row.grant, &body, &row.put_by, row.put_at);
                session.insert("access_grant", &COLUMNS, vec![values]).await?;
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await
            }
        });
        Ok(put.await?)
    }

    /// Withdraws the grant of that name; false where none holds.
    ///
    /// # Errors
    /// The database.
    pub async fn withdraw_grant(&self, name: &str, by: &str, reason: &str, event: &AccessEvent) -> Result<bool, StoreError> {
        let Some(before) = self.grant(name).await? else { return Ok(false) };
        let withdrawn = self.write(Tag::grants(&before.grant.department).into(), |session| async move {
            if session.run(end(name, by, reason, event.at)).await? == 0 {
                return Ok(false);
            }
            session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
            Ok(true)
        });
        Ok(withdrawn.await?)
    }

    /// The grant of that name that has not been replaced or withdrawn.
    ///
    /// # Errors
    /// The database.
    pub async fn grant(&self, name: &str) -> Result<Option<GrantRow>, StoreError> {
        let mut sql = selected();
        sql.push(" WHERE ended_at IS NULL AND name = ").bind(text(name)).push(" ORDER BY id DESC LIMIT 1");
        Ok(self.reading().first(sql).await?.map(|row| decoded(&mut Reader::new(&row))).transpose()?)
    }

    /// The grants of a department, or all, in the order in which they were put; `ended` brings those as well that hold no more.
    ///
    /// # Errors
    /// The database.
    pub async fn grants(&self, department: Option<&str>, ended: bool) -> Result<Vec<GrantRow>, StoreError> {
        let mut sql = selected();
        sql.push(if ended { " WHERE 1 = 1" } else { " WHERE ended_at IS NULL" });
        if let Some(department) = department {
            sql.push(" AND department = ").bind(text(department));
        }
        sql.push(" ORDER BY id");
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| decoded(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }

    /// Puts a request before the owner, with its access event.
    ///
    /// # Errors
    /// The database.
    pub async fn put_access_request(&self, row: &AccessRequestRow, event: &AccessEvent) -> Result<(), StoreError> {
        let asked = json(&row.asked)?;
        let put = self.write(Tags::none(), |session| {
            let asked = asked.clone();
            async move {
                let values = vec![
                    row.id.into(),
                    text(&row.asked.department),
                    text(&row.asked.type_name),
                    text(&asked),
                    text(WAITING),
                    text(&row.asked_by),
                    row.asked_at.timestamp_micros().into(),
                ];
                session.insert("access_request", &REQUEST_COLUMNS, vec![values]).await?;
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await
            }
        });
        Ok(put.await?)
    }

    /// Requests of a department, or of all, newest first; `waiting` only those that nobody has decided.
    ///
    /// # Errors
    /// The database.
    pub async fn access_requests(&self, department: Option<&str>, waiting: bool, limit: u32) -> Result<Vec<AccessRequestRow>, StoreError> {
        let mut sql = selected_requests();
        sql.push(if waiting { " WHERE state = " } else { " WHERE state <> " }).bind(text(if waiting { WAITING } else { "" }));
        if let Some(department) = department {
            sql.push(" AND department = ").bind(text(department));
        }
        sql.push(" ORDER BY id DESC LIMIT ").bind(i64::from(limit));
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| decoded_request(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }

    /// The request of that id.
    ///
    /// # Errors
    /// The database.
    pub async fn access_request(&self, id: Uuid) -> Result<Option<AccessRequestRow>, StoreError> {
        let mut sql = selected_requests();
        sql.push(" WHERE id = ").bind(id);
        Ok(self.reading().first(sql).await?.map(|row| decoded_request(&mut Reader::new(&row))).transpose()?)
    }

    /// Decides a request that nobody has decided; false where somebody has. What is granted is put with it.
    ///
    /// # Errors
    /// The database.
    pub async fn decide_access(&self, id: Uuid, decision: &Decision, event: &AccessEvent) -> Result<bool, StoreError> {
        let granted = decision.granted.as_ref().map(json).transpose()?;
        let tags = decision.granted.iter().map(|grant| Tag::grants(&grant.department)).collect();
        let decided = self.write(tags, |session| {
            let granted = granted.clone();
            async move {
                let mut sql = Sql::new("UPDATE access_request SET state = ");
                sql.bind(text(if granted.is_some() { "GRANTED" } else { "REFUSED" }));
                sql.push(", decided_by = ").bind(text(&decision.by)).push(", reason = ").bind(text(&decision.reason));
                sql.push(", granted = ").bind(optional_text(granted.as_deref()));
                sql.push(", decided_at = ").bind(decision.at.timestamp_micros());
                sql.push(" WHERE id = ").bind(id).push(" AND state = ").bind(text(WAITING));
                if session.run(sql).await? == 0 {
                    return Ok(false);
                }
                if let (Some(grant), Some(body)) = (&decision.granted, &granted) {
                    let values = encoded(Uuid::now_v7(), grant, body, &decision.by, decision.at);
                    session.insert("access_grant", &COLUMNS, vec![values]).await?;
                }
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await?;
                Ok(true)
            }
        });
        Ok(decided.await?)
    }
}

fn encoded(id: Uuid, grant: &Grant, body: &str, by: &str, at: DateTime<Utc>) -> Vec<Value> {
    vec![id.into(), text(&grant.name), text(&grant.department), text(&grant.type_name), text(body), text(by), at.timestamp_micros().into()]
}

fn end(name: &str, by: &str, reason: &str, at: DateTime<Utc>) -> Sql {
    let mut sql = Sql::new("UPDATE access_grant SET ended_at = ");
    sql.bind(at.timestamp_micros()).push(", ended_by = ").bind(text(by)).push(", reason = ").bind(text(reason));
    sql.push(" WHERE ended_at IS NULL AND name = ").bind(text(name));
    sql
}

fn selected() -> Sql {
    Sql::new("SELECT id, body, put_by, put_at, ended_at, ended_by, reason FROM access_grant")
}

fn selected_requests() -> Sql {
    Sql::new("SELECT id, asked, asked_by, asked_at, decided_at, decided_by, reason, granted FROM access_request")
}

fn decoded(reader: &mut Reader<'_>) -> Result<GrantRow, Fault> {
    let (id, grant) = (reader.uuid()?, read(&reader.text()?)?);
    let (put_by, put_at) = (reader.text()?, reader.time()?);
    let ended = match (reader.optional_time()?, reader.value::<Option<String>>()?, reader.value::<Option<String>>()?) {
        (Some(at), by, reason) => Some(Ended { at, by: by.unwrap_or_default(), reason: reason.unwrap_or_default() }),
        (None, ..) => None,
    };
    Ok(GrantRow { id, grant, put_by, put_at, ended })
}

fn decoded_request(reader: &mut Reader<'_>) -> Result<AccessRequestRow, Fault> {
    let (id, asked) = (reader.uuid()?, read(&reader.text()?)?);
    let (asked_by, asked_at) = (reader.text()?, reader.time()?);
    let (at, by, reason) = (reader.optional_time()?, reader.value::<Option<String>>()?, reader.value::<Option<String>>()?);
    let granted = reader.value::<Option<String>>()?.map(|granted| read(&granted)).transpose()?;
    let decision = at.map(|at| Decision { by: by.unwrap_or_default(), at, reason: reason.unwrap_or_default(), granted });
    Ok(AccessRequestRow { id, asked, asked_by, asked_at, decision })
}

fn json(grant: &Grant) -> Result<String, StoreError> {
    Ok(serde_json::to_string(grant).map_err(|error| Fault::nonsense(error.to_string()))?)
}

fn read(body: &str) -> Result<Grant, Fault> {
    serde_json::from_str(body).map_err(|error| Fault::nonsense(error.to_string()))
}
