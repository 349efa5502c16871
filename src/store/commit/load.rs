//! Many certificates at once into an empty PostgreSQL: COPY in place of INSERT, with the very values that a commit writes.
//!
//! For data that nobody else writes meanwhile: no rule is checked, no key is looked up, and what is unique is proved only when
//! the indexes are built again.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use sea_orm::sqlx::postgres::PgPoolOptions;
use sea_orm::sqlx::{self, PgPool};

use super::copy::{END, HEADER, row};
use super::ready::Ready;
use super::write::{EVENT, HOLDER, RECORD, VERSION, entry, event_values, holding, index_columns, record, version};
use crate::fresh::Tags;
use crate::store::commands::Standing;
use crate::store::rows::Attachment;
use crate::store::sql::{Dialect, Sql, text};
use crate::store::{Store, StoreError, attachments};

/// The tables that are loaded, and those that a load begins anew.
const LOADED: [&str; 5] = ["certificate", "certificate_version", "certificate_event", "certificate_index", "certificate_holder"];
const BESIDE: [&str; 6] = ["counter", "reservation", "idempotency", "outbox", "access_event", "holder_guard"];

/// Rows in the binary form of COPY, by table.
#[derive(Debug, Default)]
pub struct Lines {
    tables: [Vec<u8>; 5],
    certificates: usize,
    /// By name: many certificates of made-up people share one photo.
    attachments: BTreeMap<String, (Attachment, i64)>,
}

impl Lines {
    pub fn certificates(&self) -> usize {
        self.certificates
    }

    /// Puts other rows behind these.
    pub fn extend(&mut self, other: Self) {
        for (own, other) in self.tables.iter_mut().zip(other.tables) {
            own.extend(other);
        }
        self.certificates += other.certificates;
        self.attachments.extend(other.attachments);
    }
}

impl Store {
    /// Encodes certificates; what keeps a processor busy, so not on a thread that answers requests.
    ///
    /// # Errors
    /// A value that does not fit its column.
    pub fn lines(&self, standing: Vec<Standing>) -> Result<Lines, StoreError> {
        let mut lines = Lines::default();
        for Standing { version: new, since } in standing {
            let ready = Ready::new(new, &self.inner.key)?;
            let [records, versions, events, entries, held] = &mut lines.tables;
            row(records, &record(&ready))?;
            row(versions, &version(&ready))?;
            for event in [&ready.new.event].into_iter().chain(&since) {
                row(events, &event_values(event))?;
            }
            row(entries, &entry(&ready))?;
            holding(&[(0, &ready)]).iter().try_for_each(|values| row(held, values))?;
            let at = ready.new.row.updated_at.timestamp_micros();
            lines.attachments.extend(ready.new.attachments.into_iter().map(|one| (one.name.clone(), (one, at))));
            lines.certificates += 1;
        }
        Ok(lines)
    }

    /// Writes encoded certificates in one transaction.
    ///
    /// # Errors
    /// The database.
    pub async fn load(&self, lines: &Lines) -> Result<(), StoreError> {
        let apart: Vec<(&Attachment, i64)> = lines.attachments.values().map(|(one, at)| (one, *at)).collect();
        let apart = &apart;
        self.write(Tags::none(), |session| async move { attachments::put(&session, apart.clone()).await }).await?;
        let index = index_columns();
        let columns: [&[&str]; 5] = [&RECORD, &VERSION, &EVENT, &index, &HOLDER];
        let mut transaction = self.pool()?.begin().await.map_err(broken)?;
        for ((table, columns), rows) in LOADED.iter().zip(columns).zip(&lines.tables) {
            let statement = format!("COPY {table} ({}) FROM STDIN (FORMAT binary)", columns.join(", "));
            let mut copy = transaction.copy_in_raw(&statement).await.map_err(broken)?;
            let sent = async {
                copy.send(HEADER).await?;
                for part in rows.chunks(1 << 20) {
                    copy.send(part).await?;
                }
                copy.send(END.to_be_bytes().as_slice()).await.map(drop)
            };
            match sent.await {
                Ok(()) => copy.finish().await.map_err(broken)?,
                Err(error) => {
                    // What broke it off is told; that the rest is taken back adds nothing.
                    let _ = copy.abort("broken off").await;
                    return Err(broken(error));
                }
            };
        }
        transaction.commit().await.map_err(broken)
    }

    /// Removes every certificate and what commands left beside them, and drops the indexes that a load can build afterwards.
    /// Returns the statements that build them.
    ///
    /// # Errors
    /// The database.
    pub async fn begin_load(&self) -> Result<Vec<String>, StoreError> {
        let pool = &self.pool()?;
        let all = LOADED.iter().chain(&BESIDE).copied().collect::<Vec<_>>().join(", ");
        run(pool, format!("TRUNCATE {all}")).await?;
        // What any hub still has in memory is gone.
        self.write(Tags::Everything, |_| async { Ok(()) }).await?;
        let found: Vec<(String, String)> = sqlx::query_as(
            "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = current_schema() AND i.tablename = ANY($1) \
             AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname) ORDER BY i.tablename, i.indexname",
        )
        .bind(LOADED.map(str::to_owned).to_vec())
        .fetch_all(pool)
        .await
        .map_err(broken)?;
        for (name, _) in &found {
            run(pool, format!("DROP INDEX {name}")).await?;
        }
        Ok(found.into_iter().map(|(_, definition)| definition).collect())
    }

    /// Builds the indexes, two at a time, says where the counters go on, and measures the tables for the planner.
    ///
    /// # Errors
    /// The database; two certificates with one number or identifier among them.
    pub async fn end_load(&self, indexes: &[String], counters: &[(String, i64)]) -> Result<(), StoreError> {
        let pool = &self.pool()?;
        let build = |share: Vec<String>| async move {
            let mut connection = pool.acquire().await.map_err(broken)?;
            for statement in ["SET maintenance_work_mem = '512MB'", "SET max_parallel_maintenance_workers = 0"] {
                sqlx::query(statement).execute(&mut *connection).await.map_err(broken)?;
            }
            for statement in share {
                let existing = statement.replacen("INDEX ", "INDEX IF NOT EXISTS ", 1);
                sqlx::query(sqlx::AssertSqlSafe(existing)).execute(&mut *connection).await.map_err(broken)?;
            }
            // With settings of its own it goes back to nobody.
            connection.close().await.map_err(broken)
        };
        let share = |turn: usize| indexes.iter().skip(turn).step_by(2).cloned().collect::<Vec<_>>();
        try_join_all([build(share(0)), build(share(1))]).await?;
        self.write(Tags::Everything, |session| async move {
            session.run(Sql::new("DELETE FROM counter")).await?;
            let rows = counters.iter().map(|(scope, next)| vec![text(scope), (*next).into()]).collect();
            session.insert("counter", &["scope", "next"], rows).await
        })
        .await?;
        for table in LOADED {
            run(pool, format!("VACUUM (FREEZE, ANALYZE) {table}")).await?;
        }
        run(pool, "CHECKPOINT".to_owned()).await
    }

    /// Are there certificates?
    ///
    /// # Errors
    /// The database.
    pub async fn has_certificates(&self) -> Result<bool, StoreError> {
        Ok(self.reading().first(Sql::new("SELECT 1 FROM certificate_version LIMIT 1")).await?.is_some())
    }

    /// Connections of the driver's own, for as long as a load takes: it sends statements that are not the store's.
    fn pool(&self) -> Result<PgPool, StoreError> {
        match self.inner.dialect {
            Dialect::Postgres => PgPoolOptions::new().max_connections(2).connect_lazy(&self.inner.url).map_err(broken),
            Dialect::Sqlite => Err(StoreError::Address("many certificates at once go into PostgreSQL only".into())),
        }
    }
}

async fn run(pool: &PgPool, statement: String) -> Result<(), StoreError> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(pool).await.map(drop).map_err(broken)
}

fn broken(error: sqlx::Error) -> StoreError {
    StoreError::Database(error.to_string())
}
