//! Departments (用证部门): who stands behind client systems and tokens.

use chrono::{DateTime, Utc};
use sea_orm::Value;
use serde::{Deserialize, Serialize};

use super::commands::AccessEvent;
use super::decode::Reader;
use super::error::Fault;
use super::sql::{Sql, optional_text, text};
use super::{Store, StoreError, access};
use crate::fresh::Tag;

/// A department as it is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepartmentRow {
    /// Credit code (GB 32100).
    pub code: String,
    pub name: String,
    /// Code of the table `AuthorityLevel`.
    pub level: Option<String>,
    /// Six digits (GB/T 2260).
    pub division: Option<String>,
    pub contacts: Vec<Contact>,
    /// Requests a second of all its clients together; None: what the hub is configured for.
    pub rate: Option<u32>,
    /// Requests a day of all its clients together; None: what the hub is configured for.
    pub daily: Option<u32>,
    pub updated_at: DateTime<Utc>,
}

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

pub(super) const COLUMNS: [&str; 8] = ["code", "name", "level", "division", "contacts", "rate", "daily", "updated_at"];

impl Store {
    /// Writes a department, in the place of the one with its code, and the event.
    ///
    /// # Errors
    /// The database.
    pub async fn put_department(&self, department: &DepartmentRow, event: &AccessEvent) -> Result<(), StoreError> {
        let row = encoded(department)?;
        let put = self.write(Tag::department(&department.code).into(), |session| {
            let row = row.clone();
            async move {
                let mut delete = Sql::new("DELETE FROM department WHERE code = ");
                delete.bind(text(&department.code));
                session.run(delete).await?;
                session.insert("department", &COLUMNS, vec![row]).await.map_err(Fault::raced)?;
                session.insert("access_event", &access::COLUMNS, vec![access::encoded(event)]).await
            }
        });
        Ok(put.await?)
    }

    /// All departments, by code.
    ///
    /// # Errors
    /// The database.
    pub async fn departments(&self) -> Result<Vec<DepartmentRow>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&COLUMNS.join(", ")).push(" FROM department ORDER BY code");
        let rows = self.reading().all(sql).await?;
        Ok(rows.iter().map(|row| decoded(&mut Reader::new(row))).collect::<Result<_, Fault>>()?)
    }

    /// The department of that credit code.
    ///
    /// # Errors
    /// The database.
    pub async fn department(&self, code: &str) -> Result<Option<DepartmentRow>, StoreError> {
        let mut sql = Sql::new("SELECT ");
        sql.push(&COLUMNS.join(", ")).push(" FROM department WHERE code = ").bind(text(code));
        let row = self.reading().first(sql).await?;
        Ok(row.map(|row| decoded(&mut Reader::new(&row))).transpose()?)
    }
}

fn encoded(department: &DepartmentRow) -> Result<Vec<Value>, Fault> {
    let contacts = serde_json::to_string(&department.contacts).map_err(|error| Fault::nonsense(error.to_string()))?;
    Ok(vec![
        text(&department.code),
        text(&department.name),
        optional_text(department.level.as_deref()),
        optional_text(department.division.as_deref()),
        text(&contacts),
        amount(department.rate),
        amount(department.daily),
        department.updated_at.timestamp_micros().into(),
    ])
}

pub(super) fn decoded(reader: &mut Reader<'_>) -> Result<DepartmentRow, Fault> {
    Ok(DepartmentRow {
        code: reader.text()?,
        name: reader.text()?,
        level: reader.value()?,
        division: reader.value()?,
        contacts: serde_json::from_str(&reader.text()?).map_err(|error| Fault::nonsense(error.to_string()))?,
        rate: read_amount(reader)?,
        daily: read_amount(reader)?,
        updated_at: reader.time()?,
    })
}

pub(super) fn amount(number: Option<u32>) -> Value {
    Value::BigInt(number.map(i64::from))
}

pub(super) fn read_amount(reader: &mut Reader<'_>) -> Result<Option<u32>, Fault> {
    let number: Option<i64> = reader.value()?;
    number.map(|number| u32::try_from(number).map_err(|_| Fault::nonsense(format!("{number} requests")))).transpose()
}
