//! Leases: one process at a time does a job.

use std::time::Duration;

use chrono::Utc;

use super::error::Fault;
use super::session::Session;
use super::sql::{Sql, text};
use super::{Store, StoreError};
use crate::fresh::Tags;

impl Store {
    /// Takes or renews a lease for `ttl`; false while another owner has it. Clocks of the replicas are taken to agree within less
    /// than `ttl`.
    ///
    /// # Errors
    /// The database.
    pub async fn take_lease(&self, name: &str, owner: &str, ttl: Duration) -> Result<bool, StoreError> {
        Ok(self.write(Tags::none(), |session| take(session, name, owner, ttl)).await?)
    }

    /// Gives a lease back before its time.
    ///
    /// # Errors
    /// The database.
    pub async fn release_lease(&self, name: &str, owner: &str) -> Result<(), StoreError> {
        let release = self.write(Tags::none(), |session| async move {
            let mut sql = Sql::new("DELETE FROM lease WHERE name = ");
            sql.bind(text(name)).push(" AND owner = ").bind(text(owner));
            session.run(sql).await.map(drop)
        });
        Ok(release.await?)
    }
}

async fn take(session: Session, name: &str, owner: &str, ttl: Duration) -> Result<bool, Fault> {
    let now = Utc::now().timestamp_micros();
    let until = now.saturating_add(i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX));
    let mut sql = Sql::new("UPDATE lease SET owner = ");
    sql.bind(text(owner)).push(", until = ").bind(until).push(" WHERE name = ").bind(text(name));
    sql.push(" AND (owner = ").bind(text(owner)).push(" OR until <= ").bind(now).push(")");
    if session.run(sql).await? > 0 {
        return Ok(true);
    }
    let mut held = Sql::new("SELECT 1 FROM lease WHERE name = ");
    held.bind(text(name));
    if session.first(held).await?.is_some() {
        return Ok(false);
    }
    session.insert("lease", &["name", "owner", "until"], vec![vec![text(name), text(owner), until.into()]]).await.map_err(Fault::raced)?;
    Ok(true)
}
