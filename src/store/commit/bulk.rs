//! The same transaction as [`super::write`] for many first versions on PostgreSQL: every table by COPY, everything else by one
//! statement whatever the number of rows.
//!
//! COPY checks keys as INSERT does: the first row that exists already ends the transaction with a unique violation, and
//! [`super::taken`] tells whose row it was.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use sea_orm::sqlx::{self, PgConnection};
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::copy::Part;
use super::ready::Ready;
use super::rules::{self, Held};
use super::write::{self, EVENT, HOLDER, IDEMPOTENCY, RECORD, VERSION};
use crate::fresh::Tags;
use crate::store::commands::NewVersion;
use crate::store::error::Fault;
use crate::store::session::Session;
use crate::store::sql::{Dialect, text};
use crate::store::{Store, StoreError, access, attachments, outbox};

/// Fewer rows than this are sooner inserted.
const WORTH_COPYING: usize = 16;

impl Store {
    /// Are these rows better copied? Successors replace rows one by one, and go the other way.
    pub(super) fn copies(&self, ready: &[Ready], now: &[usize]) -> bool {
        self.inner.dialect == Dialect::Postgres
            && now.len() >= WORTH_COPYING
            && now.iter().filter_map(|place| ready.get(*place)).all(|row| row.new.succeeds.is_none())
    }

    /// Writes these rows, or none; again while the database asks for it.
    pub(super) async fn bulk(&self, changed: Tags, ready: &[Ready], now: &[usize]) -> Result<(), Fault> {
        let rows: Vec<(usize, &Ready)> = now.iter().filter_map(|place| Some((*place, ready.get(*place)?))).collect();
        let parts = parts(&rows)?;
        let write = async |session: Session| {
            let mut connection = session.connection().await?;
            let statements = written(connection.driver()?, &rows, &parts).await?;
            self.inner.statements.fetch_add(statements, Ordering::Relaxed);
            Ok(())
        };
        self.write(changed, write).await
    }
}

impl Store {
    /// Writes first versions by COPY and nothing else: no rule is looked at, no guard locked, no reservation counted. How long
    /// PostgreSQL takes for it, commit included: what no batch can be faster than.
    ///
    /// # Errors
    /// The database; rows that exist already.
    pub async fn copy_alone(&self, new: Vec<NewVersion>) -> Result<Duration, StoreError> {
        let ready = new.into_iter().map(|new| self.ready(new)).collect::<Result<Vec<_>, _>>()?;
        let rows: Vec<(usize, &Ready)> = ready.iter().enumerate().collect();
        let parts = parts(&rows)?;
        let began = Instant::now();
        self.write(Tags::none(), async |session: Session| {
            let mut connection = session.connection().await?;
            for part in &parts {
                part.copy(connection.driver()?).await?;
            }
            Ok(())
        })
        .await?;
        Ok(began.elapsed())
    }
}

/// All that is copied, made before the transaction begins. Keys first: a retry is told its first result, and not that its
/// number is taken.
fn parts(rows: &[(usize, &Ready)]) -> Result<Vec<Part>, Fault> {
    let parts = [
        Part::new("idempotency", &IDEMPOTENCY, &write::keys(rows)),
        Part::new("certificate", &RECORD, &write::each(rows, write::record)),
        Part::new("certificate_version", &VERSION, &write::each(rows, write::version)),
        Part::new("certificate_event", &EVENT, &write::events(rows)),
        Part::new("certificate_index", &write::index_columns(), &write::each(rows, write::entry)),
        Part::new("certificate_holder", &HOLDER, &write::holding(rows)),
        Part::new("outbox", &outbox::COLUMNS, &write::messages(rows)),
        Part::new("access_event", &access::COLUMNS, &write::each(rows, write::audited)),
    ];
    parts.into_iter().collect()
}

/// Writes the rows; with how many statements.
async fn written(connection: &mut PgConnection, rows: &[(usize, &Ready)], parts: &[Part]) -> Result<u64, Fault> {
    let mut statements = rule(connection, rows).await?;
    for part in parts {
        statements += part.copy(connection).await?;
    }
    statements += photos(connection, rows).await?;
    statements += used(connection, rows).await?;
    Ok(statements + raised(connection, rows).await?)
}

/// Locks the holders' guards in the order of their keys, as every writer does, then looks at what they have.
async fn rule(connection: &mut PgConnection, rows: &[(usize, &Ready)]) -> Result<u64, Fault> {
    let holders: Vec<&str> = rules::holders(rows).into_iter().collect();
    if holders.is_empty() {
        return Ok(0);
    }
    // Writing them, and not only locking them, makes a stricter isolation see the clash.
    let known: Vec<String> = sqlx::query_scalar(
        "UPDATE holder_guard SET n = n + 1 WHERE holder_key IN \
         (SELECT holder_key FROM holder_guard WHERE holder_key = ANY($1::text[]) ORDER BY holder_key FOR UPDATE) RETURNING holder_key",
    )
    .bind(&holders)
    .persistent(false)
    .fetch_all(&mut *connection)
    .await?;
    let known: HashSet<String> = known.into_iter().collect();
    let guards = holders.iter().filter(|holder| !known.contains(**holder));
    let guards: Vec<Vec<Value>> = guards.map(|holder| vec![text(holder), 1i64.into()]).collect();
    // Who inserts second finds the guard when he runs again.
    let inserted = Part::new("holder_guard", &["holder_key", "n"], &guards)?.copy(connection).await.map_err(Fault::raced)?;
    let types: Vec<&str> = rules::types(rows).into_iter().collect();
    let sql = format!("{} h.holder_key = ANY($1::text[]) AND h.type_name = ANY($2::text[])", rules::select());
    let found = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(&holders).bind(&types).persistent(false).fetch_all(&mut *connection).await?;
    let held = found.into_iter().map(|row| Held::read(&QueryResult::from(row))).collect::<Result<Vec<_>, _>>()?;
    rules::judge(rows, &held)?;
    Ok(2 + inserted)
}

/// Photos that are not there yet, in the order of their names.
async fn photos(connection: &mut PgConnection, rows: &[(usize, &Ready)]) -> Result<u64, Fault> {
    let apart = attachments::in_order(write::apart(rows));
    if apart.is_empty() {
        return Ok(0);
    }
    let names: Vec<&str> = apart.iter().map(|(one, _)| one.name.as_str()).collect();
    let contents: Vec<&[u8]> = apart.iter().map(|(one, _)| one.bytes.as_slice()).collect();
    let times: Vec<i64> = apart.iter().map(|(_, at)| *at).collect();
    sqlx::query(
        "INSERT INTO attachment (digest, bytes, created_at) SELECT * FROM unnest($1::text[], $2::bytea[], $3::bigint[]) \
         ON CONFLICT DO NOTHING",
    )
    .bind(names)
    .bind(contents)
    .bind(times)
    .persistent(false)
    .execute(connection)
    .await?;
    Ok(1)
}

/// Counts the numbers used of each reservation.
async fn used(connection: &mut PgConnection, rows: &[(usize, &Ready)]) -> Result<u64, Fault> {
    let counts: BTreeMap<Uuid, i64> = write::reserved(rows);
    if counts.is_empty() {
        return Ok(0);
    }
    let (ids, counts): (Vec<Uuid>, Vec<i64>) = counts.into_iter().unzip();
    sqlx::query(
        "UPDATE reservation SET used = used + given.count FROM unnest($1::uuid[], $2::bigint[]) AS given (id, count) \
         WHERE reservation.id = given.id",
    )
    .bind(ids)
    .bind(counts)
    .persistent(false)
    .execute(connection)
    .await?;
    Ok(1)
}

/// Raises the counters that numbers of these rows lie ahead of.
async fn raised(connection: &mut PgConnection, rows: &[(usize, &Ready)]) -> Result<u64, Fault> {
    let counters = write::raised(rows);
    if counters.is_empty() {
        return Ok(0);
    }
    let (scopes, next): (Vec<String>, Vec<i64>) = counters.into_iter().unzip();
    sqlx::query(
        "INSERT INTO counter (scope, next) SELECT * FROM unnest($1::text[], $2::bigint[]) \
         ON CONFLICT (scope) DO UPDATE SET next = excluded.next WHERE counter.next < excluded.next",
    )
    .bind(scopes)
    .bind(next)
    .persistent(false)
    .execute(connection)
    .await?;
    Ok(1)
}
