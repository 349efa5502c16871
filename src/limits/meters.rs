//! All meters of a hub, and what replicas tell one another of them.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use lru::LruCache;

use super::{Limit, Meter, Standing};

/// How often replicas add up.
pub(super) const EVERY: Duration = Duration::from_millis(200);
/// Meters that are remembered: more clients and departments than any hub has.
const MOST: NonZeroUsize = NonZeroUsize::new(20_000).unwrap();

/// Where replicas add up what each has let in.
pub trait Counters: Send + Sync {
    /// Adds to the counter of each name on that day; the sums, in the same order.
    fn add<'a>(&'a self, counts: &'a [(String, i64, u64)]) -> BoxFuture<'a, Result<Vec<u64>, String>>;
}

/// The meters.
pub struct Meters {
    known: Mutex<LruCache<String, Arc<Meter>>>,
    counters: Option<Arc<dyn Counters>>,
    /// The counters did not answer when they were asked last.
    away: AtomicBool,
}

impl Meters {
    /// Counts alone where there are no counters.
    pub fn new(counters: Option<Arc<dyn Counters>>) -> Self {
        Self { known: Mutex::new(LruCache::new(MOST)), counters, away: AtomicBool::new(false) }
    }

    /// The meter of that name, with this limit from now on; None where there is no limit.
    pub fn of(&self, kind: &'static str, name: &str, limit: Limit) -> Option<Arc<Meter>> {
        if limit.is_none() {
            return None;
        }
        let name = format!("{kind}:{name}");
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(meter) = known.get(&name) {
            meter.limit(limit);
            return Some(meter.clone());
        }
        let meter = Arc::new(Meter::new(&name, kind, limit, Instant::now()));
        known.put(name, meter.clone());
        Some(meter)
    }

    /// There are counters, and they do not answer: each replica lets in as much as all together should.
    pub fn counts_alone(&self) -> bool {
        self.away.load(Ordering::Relaxed)
    }

    /// Adds up with the other replicas; returns at once where there are none.
    pub async fn add_up(&self) {
        let Some(counters) = &self.counters else { return };
        let known: Vec<Arc<Meter>> =
            self.known.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(_, meter)| meter.clone()).collect();
        let (meters, counts): (Vec<_>, Vec<_>) = known
            .into_iter()
            .filter_map(|meter| {
                let (day, count) = meter.to_tell()?;
                let told = (meter.name().to_owned(), day, count);
                Some((meter, told))
            })
            .unzip();
        if meters.is_empty() {
            return;
        }
        let sums = counters.add(&counts).await.and_then(|sums| {
            if sums.len() == counts.len() { Ok(sums) } else { Err(format!("{} sums for {} counts", sums.len(), counts.len())) }
        });
        let away = sums.is_err();
        if self.away.swap(away, Ordering::Relaxed) != away {
            match &sums {
                Err(error) => {
                    tracing::error!(%error, "limits are counted by this replica alone: with several, more is let in than should be")
                }
                Ok(_) => tracing::info!("replicas count limits together again"),
            }
        }
        let sums = sums.map_or_else(|_| vec![None; meters.len()], |sums| sums.into_iter().map(Some).collect());
        for ((meter, (_, day, _)), sum) in meters.iter().zip(&counts).zip(sums) {
            meter.told(*day, sum);
        }
    }

    /// Adds up again and again, until the meters are dropped.
    pub fn keep_adding_up(self: &Arc<Self>) {
        if self.counters.is_none() {
            return;
        }
        let meters = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                let Some(meters) = meters.upgrade() else { return };
                meters.add_up().await;
            }
        });
    }
}

/// Takes one of each meter, or none of any; how the caller stands at each.
pub fn admit(meters: &[Arc<Meter>], now: Instant, wall: DateTime<Utc>) -> Vec<Standing> {
    let mut standings = Vec::with_capacity(meters.len());
    for (place, meter) in meters.iter().enumerate() {
        let standing = meter.take(now, wall);
        standings.push(standing);
        if standing.wait.is_some() {
            meters[..place].iter().for_each(|taken| taken.give_back());
            break;
        }
    }
    standings
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Counters of one process, which may be away.
    #[derive(Default)]
    struct Sums {
        sums: Mutex<HashMap<(String, i64), u64>>,
        away: AtomicBool,
    }

    impl Counters for Sums {
        fn add<'a>(&'a self, counts: &'a [(String, i64, u64)]) -> BoxFuture<'a, Result<Vec<u64>, String>> {
            Box::pin(async move {
                if self.away.load(Ordering::Relaxed) {
                    return Err("away".to_owned());
                }
                let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
                let add = |(name, day, count): &(String, i64, u64)| {
                    let sum = sums.entry((name.clone(), *day)).or_default();
                    *sum += count;
                    *sum
                };
                Ok(counts.iter().map(add).collect())
            })
        }
    }

    #[tokio::test]
    async fn replicas_share_a_limit_and_each_counts_alone_while_they_cannot() {
        let sums = Arc::new(Sums::default());
        let replica = || Meters::new(Some(sums.clone()));
        let (one, other) = (replica(), replica());
        let limit = Limit { rate: None, daily: Some(10) };
        let take = |meters: &Meters| admit(&[meters.of("client", "a", limit).unwrap()], Instant::now(), Utc::now())[0].wait.is_none();
        for _ in 0..6 {
            assert!(take(&one));
        }
        assert!(take(&other));
        one.add_up().await;
        other.add_up().await;
        // Seven of ten are gone.
        assert_eq!((0..10).filter(|_| take(&other)).count(), 3);
        sums.away.store(true, Ordering::Relaxed);
        one.add_up().await;
        other.add_up().await;
        assert!(!one.counts_alone() && other.counts_alone(), "known where there was something to tell");
        assert_eq!((0..10).filter(|_| take(&one)).count(), 4, "what was heard before counts on");
        sums.away.store(false, Ordering::Relaxed);
        other.add_up().await;
        one.add_up().await;
        assert!(!other.counts_alone() && !take(&one) && !take(&other));
        assert_eq!(sums.sums.lock().unwrap().values().copied().collect::<Vec<_>>(), [14], "nothing is told twice or lost");
    }

    #[test]
    fn who_is_refused_by_one_meter_takes_nothing_of_the_others() {
        let meters = Meters::new(None);
        let client = meters.of("client", "a", Limit { rate: Some(5), daily: Some(5) }).unwrap();
        let department = meters.of("department", "d", Limit { rate: None, daily: Some(1) }).unwrap();
        let both = [client.clone(), department];
        let now = Instant::now();
        assert!(admit(&both, now, Utc::now()).iter().all(|standing| standing.wait.is_none()));
        assert!(admit(&both, now, Utc::now())[1].wait.is_some());
        assert_eq!(admit(&[client], now, Utc::now())[0].left_today, 3);
        assert!(meters.of("client", "b", Limit::default()).is_none());
    }

    #[test]
    fn a_changed_limit_holds_at_once() {
        let meters = Meters::new(None);
        let now = Instant::now();
        let first = meters.of("client", "a", Limit { rate: None, daily: Some(1) }).unwrap();
        assert!(admit(std::slice::from_ref(&first), now, Utc::now())[0].wait.is_none());
        let again = meters.of("client", "a", Limit { rate: None, daily: Some(3) }).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(admit(&[first], now, Utc::now())[0].left_today, 1);
    }
}
