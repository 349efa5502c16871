//! Renewing the lease under which a process serves from memory.

use std::sync::{PoisonError, Weak};
use std::time::{Duration, Instant};

use chrono::Utc;

use super::{ANNOUNCEMENTS, Changes, WRITES, Way};
use crate::fresh::{Source, Tags};
use crate::store::connection::Inner;
use crate::store::decode::Reader;
use crate::store::error::Fault;
use crate::store::redis::{Kind, tail};
use crate::store::sql::{Sql, text};
use crate::store::{Store, StoreError};

/// How long the row `announcements` is taken for; it counts as ours for half of it, so that clocks and slow commits do no harm.
const TERM: Duration = Duration::from_secs(10);

impl Store {
    /// Begins to serve from memory, until the store's last clone is dropped: takes the row that says how changes are announced, looks
    /// twice a lease whether anybody wrote otherwise, and listens to the other replicas.
    pub fn follow_changes(&self) {
        let (inner, changes) = (std::sync::Arc::downgrade(&self.inner), std::sync::Arc::downgrade(&self.changes));
        if let Way::Redis(redis) = &self.changes.way {
            tokio::spawn(tail(redis.as_ref().clone(), changes.clone()));
        }
        tokio::spawn(watch(inner, changes, (self.changes.ledger.lease() / 2).max(Duration::from_millis(10))));
    }

    /// Does any hub announce its changes, so that it may serve from memory?
    pub(super) async fn is_heard(&self) -> Result<bool, StoreError> {
        let mut sql = Sql::new("SELECT 1 FROM lease WHERE name = ");
        sql.bind(text(ANNOUNCEMENTS)).push(" AND until > ").bind(Utc::now().timestamp_micros());
        sql.push(" AND owner <> ").bind(text("several"));
        Ok(self.reading().first(sql).await?.is_some())
    }

    /// Gives up the row, so that a hub that starts now need not wait for its end.
    pub(in crate::store) async fn leave(&self) -> Result<(), StoreError> {
        self.changes.ledger.lapse(Source::Database);
        let held = self.changes.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (held, &self.changes.way, self.changes.owner()) {
            // Others share the row of the other ways.
            (Some(_), Way::Alone, Some(owner)) => self.release_lease(ANNOUNCEMENTS, &owner).await,
            _ => Ok(()),
        }
    }
}

async fn watch(inner: Weak<Inner>, changes: Weak<Changes>, pause: Duration) {
    let mut ticks = tokio::time::interval(pause);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut seen = Seen::default();
    loop {
        ticks.tick().await;
        let (Some(inner), Some(changes)) = (inner.upgrade(), changes.upgrade()) else { return };
        let store = Store { inner, changes, heard: None };
        match look(&store, &mut seen).await {
            Ok(()) => seen.failing = false,
            Err(error) => {
                if !std::mem::replace(&mut seen.failing, true) {
                    tracing::warn!(%error, "could not look for changes by others: nothing is served from memory meanwhile");
                }
            }
        }
    }
}

#[derive(Default)]
struct Seen {
    /// `writes`, when it was looked at last.
    writes: Option<i64>,
    failing: bool,
    /// Another process announces in another way.
    kept_out: bool,
}

async fn look(store: &Store, seen: &mut Seen) -> Result<(), StoreError> {
    let changes = &store.changes;
    let Some(owner) = changes.owner() else { return Ok(()) };
    if !hold(store, &owner, seen).await? || matches!(changes.way, Way::Unheard) {
        return Ok(());
    }
    let sent = Instant::now();
    let writes = writes(store).await?;
    if seen.writes != Some(writes) {
        forget(changes).await?;
        seen.writes = Some(writes);
    }
    changes.ledger.renew(Source::Database, sent);
    Ok(())
}

/// Takes the row `announcements`, or renews it in good time; false: another way is in use.
async fn hold(store: &Store, owner: &str, seen: &mut Seen) -> Result<bool, StoreError> {
    let held = || store.changes.held.lock().unwrap_or_else(PoisonError::into_inner);
    let sent = Instant::now();
    if held().is_some_and(|until| sent + TERM / 4 < until) {
        return Ok(true);
    }
    let taken = store.take_lease(ANNOUNCEMENTS, owner, TERM).await?;
    *held() = taken.then(|| sent + TERM / 2);
    if !taken {
        store.changes.ledger.lapse(Source::Database);
        // What the others write is not heard here from now on.
        seen.writes = None;
    }
    if std::mem::replace(&mut seen.kept_out, !taken) == taken {
        if taken {
            tracing::info!("changes are announced: this hub may serve from memory");
        } else {
            tracing::warn!(
                "another hub on this database announces its changes otherwise ([cache], [redis]): nothing is served from memory"
            );
        }
    }
    Ok(taken)
}

async fn writes(store: &Store) -> Result<i64, Fault> {
    let mut sql = Sql::new("SELECT until FROM lease WHERE name = ");
    sql.bind(text(WRITES));
    store.reading().first(sql).await?.map_or(Ok(0), |row| Reader::new(&row).integer())
}

/// Somebody wrote who announced nothing: whatever is in memory may be old.
async fn forget(changes: &Changes) -> Result<(), Fault> {
    let at = match &changes.way {
        Way::Redis(redis) => redis
            .announce(Kind::Changed, changes.writer, 0, &Tags::Everything)
            .await
            .map_err(|error| Fault::Store(StoreError::Unavailable(format!("Redis: {error}"))))?,
        _ => changes.own_position(),
    };
    changes.ledger.changed(at, &Tags::Everything);
    Ok(())
}
