//! Stored statements of a type, for checking that they still read under a new version of it; and their index values.

use std::sync::Arc;

use model::plan::{Column, Value};
use sea_orm::QueryResult;
use uuid::Uuid;

use super::decode::Reader;
use super::error::Fault;
use super::index::{Lying, known, lying};
use super::sql::{Sql, text};
use super::{Store, StoreError};
use crate::fresh::Tags;

impl Store {
    /// Some statements of a type, newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn sample_statements(&self, type_name: &str, limit: u32) -> Result<Vec<Arc<str>>, StoreError> {
        let mut sql = Sql::new("SELECT id, statement FROM certificate_version WHERE type_name = ");
        sql.bind(text(type_name)).push(" ORDER BY id DESC LIMIT ").bind(i64::from(limit));
        Ok(self.reading().all(sql).await?.iter().map(|row| Ok(statement(row)?.1)).collect::<Result<_, Fault>>()?)
    }

    /// The statements of all versions of a type, in the order of their ids: the next `limit` behind `after`.
    ///
    /// # Errors
    /// The database.
    pub async fn each_statement(&self, type_name: &str, after: Option<Uuid>, limit: u32) -> Result<Vec<(Uuid, Arc<str>)>, StoreError> {
        let mut sql = Sql::new("SELECT id, statement FROM certificate_version WHERE type_name = ");
        sql.bind(text(type_name))
            .push(" AND id > ")
            .bind(after.unwrap_or_else(Uuid::nil))
            .push(" ORDER BY id LIMIT ")
            .bind(i64::from(limit));
        Ok(self.reading().all(sql).await?.iter().map(statement).collect::<Result<_, Fault>>()?)
    }

    /// Writes values of a current version into its index row; a version that is not current has none.
    ///
    /// # Errors
    /// The database; a value that does not fit its column.
    pub async fn put_slots(&self, id: Uuid, slots: &[(Column, Value)]) -> Result<(), StoreError> {
        if slots.is_empty() {
            return Ok(());
        }
        let mut sql = Sql::new("UPDATE certificate_index SET ");
        for (place, (column, value)) in slots.iter().enumerate() {
            let lying = lying(&self.inner.key, *column, value)?;
            sql.push(if place == 0 { "" } else { ", " }).push(known(*column)?).push(" = ").bind(Lying::into_sql(lying));
        }
        sql.push(" WHERE id = ").bind(id);
        // Searches are not kept; what is kept of a certificate does not show its index values.
        let put = self.write(Tags::none(), |session| {
            let sql = sql.clone();
            async move { session.run(sql).await.map(drop) }
        });
        Ok(put.await?)
    }
}

fn statement(row: &QueryResult) -> Result<(Uuid, Arc<str>), Fault> {
    let mut reader = Reader::new(row);
    Ok((reader.uuid()?, reader.statement()?.unwrap_or_else(|| "".into())))
}
