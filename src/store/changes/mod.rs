//! Who hears of a change before it is acknowledged.
//!
//! ```text
//! One replica       its own ledger hears of it                      ┐ while the process holds the row `announcements` in `lease`,
//! Redis             every replica's ledger, by a stream             │ which names the way in use: another process that would
//! Several, no Redis nobody need hear: nobody serves from memory     ┘ announce in another way does not get it
//! everybody else    raises the row `writes` in its transaction; whoever serves from memory looks there twice a lease
//! ```
//! [`Store::write`] is the one way to the database, and wants the tags of what it changes: no command can forget to announce.
//! A change is announced before its transaction, which bars its tags from every memory, and after it, which lifts the bar. So a
//! process that dies in between leaves nothing stale, and one that cannot reach Redis raises `writes` and waits a lease.

mod follow;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::error::Fault;
use super::redis::{Added, Kind, Redis, RedisSettings, Shelf};
use super::session::Session;
use super::sql::Sql;
use super::{Store, StoreError};
use crate::fresh::{Ledger, SecondLevel, Tags};
use crate::limits::Counters;

/// How many processes serve from one database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replicas {
    One,
    Several,
}

/// How this process hears of changes and tells them.
#[derive(Clone)]
pub struct ChangesSettings {
    pub replicas: Replicas,
    /// How long after an acknowledged change the old state may still be answered, at most.
    pub lease: Duration,
    pub redis: Option<RedisSettings>,
}

/// What is said of how long an acknowledged change may stay unseen, where nothing else is configured.
pub const LEASE: Duration = Duration::from_secs(1);

impl Default for ChangesSettings {
    /// Several replicas without Redis: nothing is served from memory.
    fn default() -> Self {
        Self { replicas: Replicas::Several, lease: LEASE, redis: None }
    }
}

pub(super) struct Changes {
    pub(super) ledger: Arc<Ledger>,
    /// This process, in announcements.
    pub(super) writer: u64,
    way: Way,
    count: AtomicU64,
    /// Until when the row `announcements` is surely ours.
    held: Mutex<Option<Instant>>,
    /// When `writes` was raised last.
    raised: Mutex<Option<Instant>>,
}

/// How changes are announced.
enum Way {
    /// A process that does not serve: nobody listens to it.
    Outside,
    Alone,
    Redis(Box<Redis>),
    /// Nobody keeps anything.
    Unheard,
}

/// A change that was announced and is not made yet. Dropped without an end, it bars its tags until the fence lapses.
pub(super) struct Change {
    tags: Tags,
    count: u64,
    announced: bool,
    pub(super) raises: bool,
    waits: bool,
}

impl Changes {
    /// For a process that does not serve.
    pub(super) fn outside(lease: Duration) -> Self {
        Self::new(Way::Outside, lease)
    }

    fn new(way: Way, lease: Duration) -> Self {
        let announcements = !matches!(way, Way::Alone);
        Self {
            ledger: Arc::new(Ledger::new(lease, announcements)),
            writer: rand::random(),
            way,
            count: AtomicU64::new(0),
            held: Mutex::default(),
            raised: Mutex::default(),
        }
    }

    /// What the row `announcements` says while this way is in use. Ways that are heard by one another share it.
    fn owner(&self) -> Option<String> {
        match &self.way {
            Way::Outside => None,
            Way::Alone => Some(format!("one {:016x}", self.writer)),
            Way::Redis(redis) => Some(redis.name().to_owned()),
            Way::Unheard => Some("several".to_owned()),
        }
    }

    fn held(&self) -> bool {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| Instant::now() < until)
    }

    pub(super) async fn begin(&self, tags: Tags) -> Change {
        let mut change = Change { tags, count: 0, announced: false, raises: false, waits: false };
        if change.tags.is_none() {
            return change;
        }
        change.count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let held = self.held();
        let mut at = self.own_position();
        if let (Way::Redis(redis), true) = (&self.way, held) {
            match redis.announce(Kind::Begun, self.writer, change.count, &change.tags).await {
                Ok(position) => (at, change.announced) = (position, true),
                Err(error) => {
                    tracing::warn!(%error, "a change could not be announced: its answer waits until no replica serves from memory");
                    change.waits = true;
                }
            }
        }
        change.raises = !held || change.waits;
        self.ledger.open(self.writer, change.count, at, &change.tags);
        change
    }

    /// Where it is not known whether the transaction was committed or rolled back, the bar lapses by itself.
    pub(super) async fn end<T>(&self, change: Change, outcome: &Result<T, Fault>) {
        let committed = outcome.is_ok();
        if change.tags.is_none() || matches!(outcome, Err(Fault::Store(_) | Fault::Lost(_))) {
            return;
        }
        let mut at = self.own_position();
        if let (Way::Redis(redis), true) = (&self.way, change.announced) {
            match redis.announce(Kind::Ended, self.writer, change.count, &change.tags).await {
                Ok(position) => at = position,
                // The other replicas' bars lapse by themselves.
                Err(error) => tracing::warn!(%error, "the end of a change could not be announced"),
            }
        }
        self.ledger.close(self.writer, change.count, at, &change.tags);
        if committed && change.raises {
            *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        if committed && change.waits {
            tokio::time::sleep(self.ledger.lease()).await;
        }
    }

    /// A position for a change that no stream numbers: above every stamp there is.
    fn own_position(&self) -> u64 {
        match self.way {
            Way::Alone => self.ledger.next(),
            _ => self.ledger.beyond(),
        }
    }
}

/// Tells whoever serves from memory that somebody wrote whom they do not hear. The last statement of a transaction, since all who
/// do so wait for one row.
pub(super) async fn raise(session: &Session) -> Result<(), Fault> {
    let raise = "INSERT INTO lease (name, owner, until) VALUES ('writes', '', 1) ON CONFLICT (name) DO UPDATE SET until = lease.until + 1";
    session.run(Sql::new(raise)).await.map(drop)
}

/// Rows of `lease` that are no leases of jobs: a counter, and which way of announcing is in use.
const WRITES: &str = "writes";
const ANNOUNCEMENTS: &str = "announcements";

impl Store {
    /// The same store for a process that does not serve, beside hubs with this lease.
    pub fn with_lease(self, lease: Duration) -> Self {
        Self { changes: Arc::new(Changes::outside(lease)), ..self }
    }

    /// The same store for a process that serves: see [`Self::follow_changes`].
    ///
    /// # Errors
    /// An address that is none of Redis. A Redis that is away is no error.
    pub fn serving(self, settings: &ChangesSettings) -> Result<Self, StoreError> {
        let way = match (&settings.redis, settings.replicas) {
            (Some(redis), _) => Way::Redis(Redis::new(redis, &self.inner.key)?.into()),
            (None, Replicas::One) => Way::Alone,
            (None, Replicas::Several) => Way::Unheard,
        };
        Ok(Self { changes: Arc::new(Changes::new(way, settings.lease)), ..self })
    }

    /// What has changed, and until when this process may serve from memory.
    pub fn ledger(&self) -> Arc<Ledger> {
        self.changes.ledger.clone()
    }

    /// Where replicas share answers, if they do.
    pub fn second_level(&self) -> Option<Arc<dyn SecondLevel>> {
        match &self.changes.way {
            Way::Redis(redis) => Some(Arc::new(Shelf::new(redis.as_ref().clone(), self.inner.clone()))),
            _ => None,
        }
    }

    /// Where replicas add up what they let in, if they do.
    pub fn counters(&self) -> Option<Arc<dyn Counters>> {
        match &self.changes.way {
            Way::Redis(redis) => Some(Arc::new(Added(redis.as_ref().clone()))),
            _ => None,
        }
    }

    /// Waits until no hub answers from memory what this process has changed past their announcements: a lease after its last change,
    /// or not at all where no hub serves from memory.
    ///
    /// # Errors
    /// The database.
    pub async fn settle(&self) -> Result<(), StoreError> {
        let raised = *self.changes.raised.lock().unwrap_or_else(PoisonError::into_inner);
        let left = raised.and_then(|raised| self.changes.ledger.lease().checked_sub(raised.elapsed()));
        if let Some(left) = left.filter(|left| !left.is_zero())
            && self.is_heard().await?
        {
            tokio::time::sleep(left).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
