//! The one place that all statements pass through: each on its own, or within a transaction.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, QueryResult, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::Store;
use super::changes::raise;
use super::connection::{Database, Inner};
use super::error::{Attempts, Fault};
use super::heard::Heard;
use super::pool::{Connection, Pool, Prepared};
use super::sql::{Dialect, Parameter, Sql};
use crate::fresh::Tags;

/// Most parameters of one statement; SQLite takes 32,766.
const PARAMETERS: usize = 20_000;
/// Most rows of one statement on PostgreSQL, where their number is no matter but their size is.
const ROWS: usize = 1000;

#[derive(Clone)]
pub(super) struct Session {
    inner: Arc<Inner>,
    transaction: Option<Transaction>,
    heard: Option<Heard>,
}

#[derive(Clone)]
enum Transaction {
    Postgres(Arc<Mutex<Connection>>),
    Sqlite(Arc<DatabaseTransaction>),
}

impl Session {
    pub(super) fn pool(inner: &Arc<Inner>, heard: Option<Heard>) -> Self {
        Self { inner: inner.clone(), transaction: None, heard }
    }

    fn within(inner: &Arc<Inner>, transaction: Transaction) -> Self {
        Self { inner: inner.clone(), transaction: Some(transaction), heard: None }
    }

    /// All rows.
    pub(super) async fn all(&self, sql: Sql) -> Result<Vec<QueryResult>, Fault> {
        self.counted();
        if let Some(heard) = &self.heard {
            heard.lock().unwrap_or_else(PoisonError::into_inner).push(sql.clone());
        }
        match (&self.transaction, &self.inner.database) {
            (Some(Transaction::Postgres(connection)), _) => connection.lock().await.all(&Prepared::new(sql)).await,
            (Some(Transaction::Sqlite(transaction)), _) => Ok(transaction.query_all_raw(statement(sql)?).await?),
            (None, Database::Postgres(pool)) => {
                let statement = Prepared::new(sql);
                let mut attempts = Attempts::default();
                loop {
                    let mut connection = pool.take().await?;
                    match connection.all(&statement).await {
                        Ok(rows) => return Ok(rows),
                        // A statement of its own may meet writers as well, where the isolation is strict.
                        Err(fault) => again(pool, connection, &mut attempts, fault).await?,
                    }
                }
            }
            (None, Database::Sqlite { reader, .. }) => {
                let statement = statement(sql)?;
                let mut attempts = Attempts::default();
                loop {
                    match reader.query_all_raw(statement.clone()).await {
                        Ok(rows) => return Ok(rows),
                        Err(error) => attempts.pause(error.into()).await?,
                    }
                }
            }
        }
    }

    /// The first row.
    pub(super) async fn first(&self, sql: Sql) -> Result<Option<QueryResult>, Fault> {
        Ok(self.all(sql).await?.into_iter().next())
    }

    /// How many rows were written.
    pub(super) async fn run(&self, sql: Sql) -> Result<u64, Fault> {
        self.counted();
        match &self.transaction {
            Some(Transaction::Postgres(connection)) => connection.lock().await.run(&Prepared::new(sql)).await,
            Some(Transaction::Sqlite(transaction)) => Ok(transaction.execute_raw(statement(sql)?).await?.rows_affected()),
            None => Err(Fault::nonsense("a write outside a transaction")),
        }
    }

    /// The connection of a transaction on PostgreSQL, for what only its driver can; let go before the transaction ends.
    pub(super) async fn connection(&self) -> Result<OwnedMutexGuard<Connection>, Fault> {
        match &self.transaction {
            Some(Transaction::Postgres(connection)) => Ok(connection.clone().lock_owned().await),
            _ => Err(Fault::nonsense("the driver outside a transaction on PostgreSQL")),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.inner.dialect
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
        let most = match self.inner.dialect {
            Dialect::Sqlite => (PARAMETERS / columns.len().max(1)).max(1),
            Dialect::Postgres => ROWS,
        };
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut sql = insertion(self.inner.dialect, table, columns, rows.by_ref().take(most).collect());
            sql.push(tail);
            self.run(sql).await?;
        }
        Ok(())
    }

    fn counted(&self) {
        self.inner.statements.fetch_add(1, Ordering::Relaxed);
    }
}

/// One statement for these rows. PostgreSQL is given a column as an array, so that there is one text whatever their number.
fn insertion(dialect: Dialect, table: &str, columns: &[&str], rows: Vec<Vec<Value>>) -> Sql {
    let mut sql = Sql::new("INSERT INTO ");
    sql.push(table).push(" (").push(&columns.join(", ")).push(")");
    match dialect {
        Dialect::Sqlite => {
            sql.push(" VALUES ");
            for (place, row) in rows.into_iter().enumerate() {
                sql.push(if place == 0 { "(" } else { ", (" }).binds(row).push(")");
            }
        }
        Dialect::Postgres => {
            let mut turned: Vec<Vec<Value>> = columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
            for row in rows {
                for (column, value) in turned.iter_mut().zip(row) {
                    column.push(value);
                }
            }
            sql.push(" SELECT * FROM unnest(");
            for (place, column) in turned.into_iter().enumerate() {
                sql.push(if place == 0 { "" } else { ", " }).array(column);
            }
            sql.push(")");
        }
    }
    sql
}

/// A statement for sea-orm, that is for SQLite.
fn statement(sql: Sql) -> Result<Statement, Fault> {
    let (text, parameters) = sql.finish(Dialect::Sqlite);
    let values = parameters.into_iter().map(|parameter| match parameter {
        Parameter::One(value) => Ok(value),
        Parameter::Array(_) => Err(Fault::nonsense("an array for SQLite")),
    });
    Ok(Statement::from_sql_and_values(DbBackend::Sqlite, text, values.collect::<Result<Vec<_>, Fault>>()?))
}

/// Waits where the database asks for another try, or gets rid of connections that are dead; else gives the fault back.
async fn again(pool: &Arc<Pool>, connection: Connection, attempts: &mut Attempts, fault: Fault) -> Result<(), Fault> {
    drop(connection);
    if matches!(fault, Fault::Lost(_)) && attempts.renews() {
        pool.forget();
        return Ok(());
    }
    attempts.pause(fault).await
}

impl Store {
    /// Runs `work` in a transaction, again and again while the database asks for it. `work` computes nothing that may not be
    /// computed twice, and drops its session when it ends. What it changes of what is served from memory (`tags`) is announced
    /// before and after.
    pub(super) async fn write<T, F, Fut>(&self, tags: Tags, work: F) -> Result<T, Fault>
    where
        F: Fn(Session) -> Fut,
        Fut: Future<Output = Result<T, Fault>>,
    {
        let change = self.changes.begin(tags).await;
        let (work, raises) = (&work, change.raises);
        let raising = |session: Session| async move {
            let value = work(session.clone()).await?;
            if raises {
                raise(&session).await?;
            }
            Ok(value)
        };
        let outcome = self.transact(raising).await;
        self.changes.end(change, &outcome).await;
        outcome
    }

    async fn transact<T, F, Fut>(&self, work: F) -> Result<T, Fault>
    where
        F: Fn(Session) -> Fut,
        Fut: Future<Output = Result<T, Fault>>,
    {
        match &self.inner.database {
            Database::Postgres(pool) => self.on_postgres(pool, "BEGIN", &work).await,
            Database::Sqlite { writer, turn, .. } => {
                let mut attempts = Attempts::default();
                loop {
                    let turn = turn.lock().await;
                    let outcome = self.on_sqlite(writer, Some(SqliteTransactionMode::Immediate), &work).await;
                    drop(turn);
                    match outcome {
                        Ok(value) => return Ok(value),
                        Err(fault) => attempts.pause(fault).await?,
                    }
                }
            }
        }
    }

    /// Runs `work` on one unchanging view of the whole database.
    pub(super) async fn snapshot<T, F, Fut>(&self, work: F) -> Result<T, Fault>
    where
        F: Fn(Session) -> Fut,
        Fut: Future<Output = Result<T, Fault>>,
    {
        match &self.inner.database {
            Database::Postgres(pool) => self.on_postgres(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ", &work).await,
            Database::Sqlite { reader, .. } => self.on_sqlite(reader, None, &work).await,
        }
    }

    /// Inserts rows that nothing else goes with and nobody keeps, so that nothing is announced: on PostgreSQL one statement, which is a
    /// transaction of its own. Their keys are new, so that after a broken connection a key that exists says that the rows are there.
    pub(super) async fn insert_alone(&self, table: &str, columns: &[&str], rows: Vec<Vec<Value>>) -> Result<(), Fault> {
        let Database::Postgres(pool) = &self.inner.database else {
            return self
                .write(Tags::none(), |session| {
                    let rows = rows.clone();
                    async move { session.insert(table, columns, rows).await }
                })
                .await;
        };
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let statement = Prepared::new(insertion(Dialect::Postgres, table, columns, rows.by_ref().take(ROWS).collect()));
            self.inner.statements.fetch_add(1, Ordering::Relaxed);
            let mut attempts = Attempts::default();
            loop {
                let mut connection = pool.take().await?;
                match connection.alone(&statement).await {
                    Ok(_) => break,
                    Err(Fault::Unique(_)) if attempts.renewed() => break,
                    Err(fault) => again(pool, connection, &mut attempts, fault).await?,
                }
            }
        }
        Ok(())
    }

    async fn on_postgres<T, F, Fut>(&self, pool: &Arc<Pool>, begin: &'static str, work: &F) -> Result<T, Fault>
    where
        F: Fn(Session) -> Fut,
        Fut: Future<Output = Result<T, Fault>>,
    {
        let mut attempts = Attempts::default();
        loop {
            let mut connection = pool.take().await?;
            if let Err(fault) = connection.begin(begin).await {
                again(pool, connection, &mut attempts, fault).await?;
                continue;
            }
            let shared = Arc::new(Mutex::new(connection));
            let outcome = work(Session::within(&self.inner, Transaction::Postgres(shared.clone()))).await;
            let Some(connection) = Arc::into_inner(shared) else { return Err(outlived()) };
            let mut connection = connection.into_inner();
            let fault = match outcome {
                // Whether a commit whose answer is lost was made, nobody knows: that is told, not tried again.
                Ok(value) => match connection.commit().await {
                    Ok(()) => return Ok(value),
                    Err(Fault::Lost(detail)) => return Err(super::StoreError::Unavailable(detail).into()),
                    Err(fault) => fault,
                },
                Err(fault) => {
                    // What made the transaction fail is told; a rollback that fails as well adds nothing, the connection is dropped.
                    let _ = connection.rollback().await;
                    fault
                }
            };
            again(pool, connection, &mut attempts, fault).await?;
        }
    }

    async fn on_sqlite<T, F, Fut>(&self, database: &DatabaseConnection, mode: Option<SqliteTransactionMode>, work: &F) -> Result<T, Fault>
    where
        F: Fn(Session) -> Fut,
        Fut: Future<Output = Result<T, Fault>>,
    {
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..Default::default() };
        let transaction = Arc::new(database.begin_with_options(options).await?);
        let value = work(Session::within(&self.inner, Transaction::Sqlite(transaction.clone()))).await;
        let Some(transaction) = Arc::into_inner(transaction) else { return Err(outlived()) };
        match value {
            Ok(value) => {
                transaction.commit().await?;
                Ok(value)
            }
            Err(fault) => {
                // As on PostgreSQL.
                let _ = transaction.rollback().await;
                Err(fault)
            }
        }
    }
}

fn outlived() -> Fault {
    Fault::nonsense("a session outlived its transaction")
}
