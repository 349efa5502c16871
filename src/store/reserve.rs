//! Numbers, reserved before anything is signed.

use std::collections::{BTreeMap, HashMap};

use chrono::Utc;
use uuid::Uuid;

use super::commands::Reservation;
use super::decode::Reader;
use super::error::Fault;
use super::session::Session;
use super::sql::{Dialect, Sql, text};
use super::{Store, StoreError};
use crate::fresh::Tags;

/// Most scopes of one transaction.
const SCOPES: usize = 1000;

impl Store {
    /// Reserves `count` numbers of a scope, counted from 1, in a short transaction of its own. No two reservations overlap; what is
    /// not used stays on record as a gap.
    ///
    /// # Errors
    /// The database.
    pub async fn reserve(&self, scope: &str, count: u32) -> Result<Reservation, StoreError> {
        let reserved = self.reserve_all(&[(scope.to_owned(), count)].into()).await?;
        Ok(reserved.into_iter().next().ok_or_else(|| Fault::nonsense("nothing was reserved"))?)
    }

    /// As [`Self::reserve`] for many scopes at once, in the order of their names: four statements whatever their number.
    ///
    /// # Errors
    /// The database.
    pub async fn reserve_all(&self, wanted: &BTreeMap<String, u32>) -> Result<Vec<Reservation>, StoreError> {
        let wanted: Vec<(Uuid, &str, i64)> =
            wanted.iter().map(|(scope, count)| (Uuid::now_v7(), scope.as_str(), i64::from(*count))).collect();
        let mut reserved = Vec::new();
        for wanted in wanted.chunks(SCOPES) {
            let firsts = self.write(Tags::none(), |session| reserve(session, wanted, self.inner.dialect)).await?;
            reserved.extend(wanted.iter().zip(firsts).map(|((id, scope, count), first)| Reservation {
                id: *id,
                scope: (*scope).to_owned(),
                first,
                count: u32::try_from(*count).unwrap_or(u32::MAX),
            }));
        }
        Ok(reserved)
    }
}

impl Store {
    /// Lets counters go on at these numbers, where they have not come so far. What is passed over is no gap: others have it.
    ///
    /// # Errors
    /// The database.
    pub async fn raise_counters(&self, next: &BTreeMap<String, i64>) -> Result<(), StoreError> {
        Ok(self.write(Tags::none(), |session| async move { raise(&session, next).await }).await?)
    }
}

/// Raises counters that have not come so far, in the order of their names.
pub(super) async fn raise(session: &Session, next: &BTreeMap<String, i64>) -> Result<(), Fault> {
    let next: Vec<(&String, &i64)> = next.iter().collect();
    for next in next.chunks(SCOPES) {
        let mut sql = Sql::new("INSERT INTO counter (scope, next) VALUES ");
        for (place, (scope, next)) in next.iter().enumerate() {
            sql.push(if place == 0 { "(" } else { ", (" }).bind(text(scope)).push(", ").bind(**next).push(")");
        }
        sql.push(" ON CONFLICT (scope) DO UPDATE SET next = excluded.next WHERE counter.next < excluded.next");
        session.run(sql).await?;
    }
    Ok(())
}

/// Raises the counters; the first number of each.
async fn reserve(session: Session, wanted: &[(Uuid, &str, i64)], dialect: Dialect) -> Result<Vec<i64>, Fault> {
    let mut raise = Sql::new("UPDATE counter SET next = counter.next + given.column2 FROM (VALUES ");
    for (place, (_, scope, count)) in wanted.iter().enumerate() {
        raise.push(if place == 0 { "(" } else { ", (" }).bind(text(scope)).push(", ").bind(*count).push(")");
    }
    raise.push(") AS given WHERE counter.scope = given.column1");
    let known = counters(&session, wanted, dialect).await?;
    if !known.is_empty() {
        session.run(raise).await?;
    }
    // Whoever inserts second finds the row when he runs again.
    let missing = wanted.iter().filter(|(_, scope, _)| !known.contains_key(*scope));
    let missing = missing.map(|(_, scope, count)| vec![text(scope), (count + 1).into()]).collect();
    session.insert("counter", &["scope", "next"], missing).await.map_err(Fault::raced)?;
    let firsts: Vec<i64> = wanted.iter().map(|(_, scope, _)| known.get(*scope).copied().unwrap_or(1)).collect();
    let at = Utc::now().timestamp_micros();
    let row = |((id, scope, count), first): (&(Uuid, &str, i64), &i64)| {
        vec![(*id).into(), text(scope), (*first).into(), (*count).into(), 0i64.into(), at.into()]
    };
    let rows = wanted.iter().zip(&firsts).map(row).collect();
    session.insert("reservation", &["id", "scope", "first", "count", "used", "reserved_at"], rows).await?;
    Ok(firsts)
}

/// The next number of each counter that exists, locked in the order of their names; SQLite has one writer and no such locks.
async fn counters(session: &Session, wanted: &[(Uuid, &str, i64)], dialect: Dialect) -> Result<HashMap<String, i64>, Fault> {
    let mut sql = Sql::new("SELECT scope, next FROM counter WHERE scope IN ");
    sql.list(wanted.iter().map(|(_, scope, _)| text(scope))).push(" ORDER BY scope");
    if dialect == Dialect::Postgres {
        sql.push(" FOR UPDATE");
    }
    let rows = session.all(sql).await?;
    let next = |row| {
        let mut reader = Reader::new(row);
        Ok((reader.text()?, reader.integer()?))
    };
    rows.iter().map(next).collect()
}
