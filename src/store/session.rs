//! The one place that all statements pass through: on a pool, or within a transaction.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, IsolationLevel, QueryResult, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value,
};

use super::Store;
use super::connection::Inner;
use super::error::{Attempts, Fault};
use super::sql::{Dialect, Sql};

/// Most parameters of one statement; SQLite takes 32,766, PostgreSQL 65,535.
const PARAMETERS: usize = 20_000;

#[derive(Clone)]
pub(super) struct Session {
    inner: Arc<Inner>,
    transaction: Option<Arc<DatabaseTransaction>>,
}

impl Session {
    pub(super) fn pool(inner: &Arc<Inner>) -> Self {
        Self { inner: inner.clone(), transaction: None }
    }

    /// All rows.
    pub(super) async fn all(&self, sql: Sql) -> Result<Vec<QueryResult>, Fault> {
        let statement = self.statement(sql);
        if let Some(transaction) = &self.transaction {
            return Ok(transaction.query_all_raw(statement).await?);
        }
        let mut attempts = Attempts::default();
        loop {
            // A statement of its own may meet writers as well, where the isolation is strict.
            match self.inner.reader.query_all_raw(statement.clone()).await {
                Ok(rows) => return Ok(rows),
                Err(error) => attempts.pause(error.into()).await?,
            }
        }
    }

    /// The first row.
    pub(super) async fn first(&self, sql: Sql) -> Result<Option<QueryResult>, Fault> {
        Ok(self.all(sql).await?.into_iter().next())
    }

    /// How many rows were written.
    pub(super) async fn run(&self, sql: Sql) -> Result<u64, Fault> {
        let Some(transaction) = &self.transaction else { return Err(Fault::nonsense("a write outside a transaction")) };
        Ok(transaction.execute_raw(self.statement(sql)).await?.rows_affected())
    }

    /// Inserts rows, many in a statement.
    pub(super) async fn insert(&self, table: &str, columns: &[&str], rows: Vec<Vec<Value>>) -> Result<(), Fault> {
        self.insert_with(table, columns, rows, "").await
    }

    /// As [`Self::insert`]; a row whose key exists is left out.
    pub(super) async fn insert_absent(&self, table: &str, columns: &[&str], rows: Vec<Vec<Value>>) -> Result<(), Fault> {
        self.insert_with(table, columns, rows, " ON CONFLICT DO NOTHING").await
    }

    async fn insert_with(&self, table: &str, columns: &[&str], rows: Vec<Vec<Value>>, tail: &str) -> Result<(), Fault> {
        let most = (PARAMETERS / columns.len().max(1)).max(1);
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut sql = Sql::new("INSERT INTO ");
            sql.push(table).push(" (").push(&columns.join(", ")).push(") VALUES ");
            for (place, row) in rows.by_ref().take(most).enumerate() {
                sql.push(if place == 0 { "(" } else { ", (" }).binds(row).push(")");
            }
            sql.push(tail);
            self.run(sql).await?;
        }
        Ok(())
    }

    fn statement(&self, sql: Sql) -> Statement {
        self.inner.statements.fetch_add(1, Ordering::Relaxed);
        let (text, values) = sql.finish(self.inner.dialect);
        Statement::from_sql_and_values(self.inner.dialect.backend(), text, values)
    }
}

impl Store {
    /// Runs `work` in a transaction, again and again while the database asks for it. `work` computes nothing that may not be
    /// computed twice, and drops its session when it ends.
    pub(super) async fn write<T, F, Fut>(&self, work: F) -> Result<T, Fault>
    where
        F: Fn(Session) -> Fut,
        Fut: Future<Output = Result<T, Fault>>,
    {
        let mut attempts = Attempts::default();
        loop {
            let turn = match self.inner.dialect {
                Dialect::Sqlite => Some(self.inner.turn.lock().await),
                Dialect::Postgres => None,
            };
            let outcome = self
                .once(&work, TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() })
                .await;
            drop(turn);
            match outcome {
                Ok(value) => return Ok(value),
                Err(fault) => attempts.pause(fault).await?,
            }
        }
    }

    /// Runs `work` on one unchanging view of the whole database.
    pub(super) async fn snapshot<T, F, Fut>(&self, work: F) -> Result<T, Fault>
    where
        F: Fn(Session) -> Fut,
        Fut: Future<Output = Result<T, Fault>>,
    {
        let isolation_level = (self.inner.dialect == Dialect::Postgres).then_some(IsolationLevel::RepeatableRead);
        let transaction = Arc::new(self.inner.reader.begin_with_config(isolation_level, None).await?);
        let value = work(Session { inner: self.inner.clone(), transaction: Some(transaction.clone()) }).await;
        finish(transaction, value).await
    }

    async fn once<T, F, Fut>(&self, work: &F, options: TransactionOptions) -> Result<T, Fault>
    where
        F: Fn(Session) -> Fut,
        Fut: Future<Output = Result<T, Fault>>,
    {
        let transaction = Arc::new(self.inner.writer.begin_with_options(options).await?);
        let value = work(Session { inner: self.inner.clone(), transaction: Some(transaction.clone()) }).await;
        finish(transaction, value).await
    }
}

async fn finish<T>(transaction: Arc<DatabaseTransaction>, value: Result<T, Fault>) -> Result<T, Fault> {
    let Some(transaction) = Arc::into_inner(transaction) else { return Err(Fault::nonsense("a session outlived its transaction")) };
    match value {
        Ok(value) => {
            transaction.commit().await?;
            Ok(value)
        }
        Err(fault) => {
            // What made the transaction fail is told; a rollback that fails as well adds nothing, the connection is dropped.
            let _ = transaction.rollback().await;
            Err(fault)
        }
    }
}
