//! Connections to PostgreSQL, kept open and handed out without being asked whether they still live.
//!
//! sqlx's own pool asks a connection before and after each use: two round trips beside the statement's one. Here nobody asks:
//! whoever finds his connection dead runs once more on a new one ([`Fault::Lost`]), so that a restart of PostgreSQL costs no error.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Connection as _, Error as SqlxError, Executor as _};
use sea_orm::{DbErr, QueryResult, RuntimeErr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::StoreError;
use super::connection::{PATIENCE, StoreSettings};
use super::error::Fault;
use super::sql::{Dialect, Parameter, Sql};

/// A connection older than this is replaced: what the server keeps for it grows with its age.
const LIFETIME: Duration = Duration::from_secs(30 * 60);
/// A connection that nobody has needed for so long is closed.
const IDLE: Duration = Duration::from_secs(10 * 60);
/// Statements that a connection keeps prepared. The hub writes a text for each shape of a question.
const PREPARED: usize = 1000;
/// How soon connecting is tried again while the server starts.
const PAUSE: Duration = Duration::from_millis(10);

pub(super) struct Pool {
    options: PgConnectOptions,
    /// Are statements prepared once and kept? Not behind a pooler that gives each transaction another connection.
    prepared: bool,
    most: u32,
    places: Arc<Semaphore>,
    /// The last one back is the first one out: its caches are warm, and those not needed grow old at the bottom.
    idle: Mutex<Vec<Open>>,
    closed: AtomicBool,
}

struct Open {
    connection: PgConnection,
    made: Instant,
    since: Instant,
}

impl Pool {
    /// Connects once, so that a wrong address shows.
    pub(super) async fn open(settings: &StoreSettings) -> Result<Arc<Self>, StoreError> {
        let hidden = |error: SqlxError| StoreError::Unavailable(error.to_string().replace(&settings.url, "…"));
        let options: PgConnectOptions = settings.url.parse().map_err(hidden)?;
        let capacity = if settings.statement_cache { PREPARED } else { 0 };
        // Neither statements nor values go to the log.
        let options = options.application_name("zhengzhao").statement_cache_capacity(capacity).disable_statement_logging();
        let most = settings.max_connections.max(1);
        let pool = Arc::new(Self {
            options,
            prepared: settings.statement_cache,
            most,
            places: Arc::new(Semaphore::new(most as usize)),
            idle: Mutex::default(),
            closed: AtomicBool::new(false),
        });
        drop(pool.take().await?);
        Ok(pool)
    }

    /// A connection, as soon as one is free.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Connection, Fault> {
        let deadline = Instant::now() + PATIENCE;
        let unavailable = |why: &str| Fault::from(StoreError::Unavailable(why.to_owned()));
        let place = match self.places.clone().try_acquire_owned() {
            Ok(place) => place,
            Err(_) => match tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned()).await {
                Ok(Ok(place)) => place,
                Ok(Err(_)) => return Err(unavailable("its connections are closed")),
                Err(_) => return Err(unavailable(&format!("none of {} connections was free within {} s", self.most, PATIENCE.as_secs()))),
            },
        };
        let open = match self.pop() {
            Some(open) => open,
            None => self.connect(deadline).await?,
        };
        Ok(Connection { pool: self.clone(), open: Some(open), place: Some(place), busy: false, transaction: false })
    }

    /// Forgets the connections that wait: one was found dead, and the others will be.
    pub(super) fn forget(&self) {
        let forgotten = std::mem::take(&mut *self.idle());
        drop(forgotten);
    }

    /// Waits for those in use, closes all.
    pub(super) async fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        // Whoever works longer than this loses his connection when he gives it back.
        let _ = tokio::time::timeout(PATIENCE, self.places.acquire_many(self.most)).await;
        self.places.close();
        let idle = std::mem::take(&mut *self.idle());
        for open in idle {
            let _ = open.connection.close().await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Open>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pop(&self) -> Option<Open> {
        let mut idle = self.idle();
        while let Some(open) = idle.pop() {
            if open.since.elapsed() < IDLE {
                return Some(open);
            }
        }
        None
    }

    fn put_back(&self, mut open: Open) {
        if self.closed.load(Ordering::Relaxed) || open.made.elapsed() > LIFETIME {
            return;
        }
        open.since = Instant::now();
        let mut idle = self.idle();
        idle.push(open);
        if idle.first().is_some_and(|oldest| oldest.since.elapsed() > IDLE) {
            idle.remove(0);
        }
    }

    /// Connects, again and again while the server starts.
    async fn connect(&self, deadline: Instant) -> Result<Open, Fault> {
        let mut pause = PAUSE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let error = match tokio::time::timeout(left, self.options.connect()).await {
                Ok(Ok(connection)) => return Ok(Open { connection, made: Instant::now(), since: Instant::now() }),
                Ok(Err(error)) => error,
                Err(_) => return Err(StoreError::Unavailable(format!("no connection within {} s", PATIENCE.as_secs())).into()),
            };
            let starting = match &error {
                // Nobody listens yet, or the one who listened has just gone.
                SqlxError::Io(_) => true,
                SqlxError::Database(error) => error.code().is_some_and(|code| matches!(&*code, "57P01" | "57P02" | "57P03" | "53300")),
                _ => false,
            };
            if !starting || Instant::now() + pause >= deadline {
                return Err(StoreError::Unavailable(error.to_string()).into());
            }
            tokio::time::sleep(pause).await;
            pause = (2 * pause).min(PATIENCE / 10);
        }
    }
}

/// A statement with its text and parameters, which may be sent more than once.
pub(super) struct Prepared {
    text: Arc<String>,
    parameters: Vec<Parameter>,
}

impl Prepared {
    pub(super) fn new(sql: Sql) -> Self {
        let (text, parameters) = sql.finish(Dialect::Postgres);
        Self { text: Arc::new(text), parameters }
    }

    fn arguments(&self) -> Result<PgArguments, Fault> {
        let mut arguments = PgArguments::default();
        for parameter in &self.parameters {
            parameter.add_to(&mut arguments)?;
        }
        Ok(arguments)
    }
}

/// A connection in use. Dropped, it goes back, or is brought in order first where something was left undone.
pub(super) struct Connection {
    pool: Arc<Pool>,
    open: Option<Open>,
    place: Option<OwnedSemaphorePermit>,
    /// An answer has not been read to its end: whoever waited for it went away.
    busy: bool,
    transaction: bool,
}

impl Connection {
    /// The rows of a statement. Outside a transaction, and where nothing stays prepared, it makes one: its two messages must meet
    /// the same connection of a pooler.
    pub(super) async fn all(&mut self, statement: &Prepared) -> Result<Vec<QueryResult>, Fault> {
        if self.pool.prepared || self.transaction {
            return self.rows(statement).await;
        }
        self.begin("BEGIN READ ONLY").await?;
        let rows = self.rows(statement).await?;
        self.commit().await?;
        Ok(rows)
    }

    async fn rows(&mut self, statement: &Prepared) -> Result<Vec<QueryResult>, Fault> {
        let arguments = statement.arguments()?;
        let query = sqlx::query_with(AssertSqlSafe(statement.text.clone()), arguments).persistent(self.pool.prepared);
        let outcome = query.fetch_all(self.begin_use()?).await;
        let rows = self.used(outcome, |inner| DbErr::Query(RuntimeErr::SqlxError(inner)))?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    /// How many rows a statement wrote.
    pub(super) async fn run(&mut self, statement: &Prepared) -> Result<u64, Fault> {
        let arguments = statement.arguments()?;
        let query = sqlx::query_with(AssertSqlSafe(statement.text.clone()), arguments).persistent(self.pool.prepared);
        let outcome = query.execute(self.begin_use()?).await;
        Ok(self.used(outcome, |inner| DbErr::Exec(RuntimeErr::SqlxError(inner)))?.rows_affected())
    }

    /// As [`Self::run`], for a statement that is a transaction of its own.
    pub(super) async fn alone(&mut self, statement: &Prepared) -> Result<u64, Fault> {
        if self.pool.prepared {
            return self.run(statement).await;
        }
        self.begin("BEGIN").await?;
        let written = self.run(statement).await?;
        self.commit().await?;
        Ok(written)
    }

    /// Begins a transaction by this text.
    pub(super) async fn begin(&mut self, text: &'static str) -> Result<(), Fault> {
        self.transaction = true;
        self.control(text).await
    }

    pub(super) async fn commit(&mut self) -> Result<(), Fault> {
        self.control("COMMIT").await?;
        self.transaction = false;
        Ok(())
    }

    pub(super) async fn rollback(&mut self) -> Result<(), Fault> {
        self.control("ROLLBACK").await?;
        self.transaction = false;
        Ok(())
    }

    async fn control(&mut self, text: &'static str) -> Result<(), Fault> {
        let outcome = self.begin_use()?.execute(text).await;
        self.used(outcome, |inner| DbErr::Exec(RuntimeErr::SqlxError(inner)))?;
        Ok(())
    }

    /// The driver's own connection, within a transaction: whatever happens to it is undone with that. Nothing run on it may stay
    /// prepared.
    pub(super) fn driver(&mut self) -> Result<&mut PgConnection, Fault> {
        if self.transaction { self.begin_use() } else { Err(Fault::nonsense("the driver outside a transaction")) }
    }

    fn begin_use(&mut self) -> Result<&mut PgConnection, Fault> {
        self.busy = true;
        match &mut self.open {
            Some(open) => Ok(&mut open.connection),
            None => Err(Fault::Lost("the connection broke in an earlier statement".into())),
        }
    }

    fn used<T>(&mut self, outcome: Result<T, SqlxError>, told: impl FnOnce(Arc<SqlxError>) -> DbErr) -> Result<T, Fault> {
        self.busy = false;
        outcome.map_err(|error| {
            let fault = Fault::from(told(Arc::new(error)));
            if fault.breaks() {
                self.open = None;
            }
            fault
        })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        if !self.busy && !self.transaction {
            self.pool.put_back(open);
            return;
        }
        let (pool, place) = (self.pool.clone(), self.place.take());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                // Reads what is left of the answer; outside a transaction it is but a warning.
                if open.connection.execute("ROLLBACK").await.is_ok() {
                    pool.put_back(open);
                }
                drop(place);
            });
        }
    }
}
