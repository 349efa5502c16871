//! Values in memory, each with what it depends on.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::{Ledger, Stamp, Tag};

/// What an entry weighs beside its value: keys, tags and the cache's own book-keeping, roundly.
const OVERHEAD: u64 = 200;

/// A bounded cache whose values are answered while the [`Ledger`] says that they hold.
pub struct Kept<K, V> {
    ledger: Arc<Ledger>,
    cache: Cache<K, Arc<Entry<V>>, ByWeight>,
    lifetime: Duration,
}

struct Entry<V> {
    value: V,
    stamp: Stamp,
    tags: Box<[Tag]>,
    until: Option<DateTime<Utc>>,
    /// Age of the ledger at which the entry ends, whatever was announced.
    dies: u64,
    weight: u64,
}

#[derive(Clone)]
struct ByWeight;

impl<K, V> Weighter<K, Arc<Entry<V>>> for ByWeight {
    fn weight(&self, _: &K, entry: &Arc<Entry<V>>) -> u64 {
        entry.weight
    }
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    /// At most about `weight` in all; nothing is answered that was kept more than `lifetime` ago.
    pub fn new(ledger: Arc<Ledger>, weight: u64, lifetime: Duration) -> Self {
        let items = usize::try_from(weight / 2048).unwrap_or(usize::MAX).clamp(16, 1 << 20);
        Self { ledger, cache: Cache::with_weighter(items, weight, ByWeight), lifetime }
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// See [`Ledger::stamp`].
    pub fn stamp(&self) -> Option<Stamp> {
        self.ledger.stamp()
    }

    /// The value, where it still holds at `now`.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q, now: DateTime<Utc>) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let entry = self.cache.get(&Borrowed(key))?;
        let alive = self.ledger.age() < entry.dies && entry.until.is_none_or(|until| now < until);
        (alive && self.ledger.holds(entry.stamp, &entry.tags)).then(|| entry.value.clone())
    }

    /// Keeps a value that was read behind `stamp` and depends on these tags, until `until` at the latest; false where it does not hold
    /// any more. `weight` is its size in bytes.
    pub fn keep(&self, key: K, value: V, stamp: Stamp, tags: &[Tag], until: Option<DateTime<Utc>>, weight: usize) -> bool {
        self.keep_for(self.lifetime, key, value, stamp, tags, until, weight)
    }

    #[expect(clippy::too_many_arguments, reason = "an entry has these parts, and is made in two places")]
    pub(super) fn keep_for(
        &self,
        life: Duration,
        key: K,
        value: V,
        stamp: Stamp,
        tags: &[Tag],
        until: Option<DateTime<Utc>>,
        weight: usize,
    ) -> bool {
        if !self.ledger.holds(stamp, tags) {
            return false;
        }
        let dies = self.ledger.age().saturating_add(u64::try_from(life.as_nanos()).unwrap_or(u64::MAX));
        let weight = (weight as u64).saturating_add(size_of_val(tags) as u64).saturating_add(OVERHEAD);
        self.cache.insert(key, Arc::new(Entry { value, stamp, tags: tags.into(), until, dies, weight }));
        true
    }

    pub(super) fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// What all entries weigh, in bytes.
    pub fn weight(&self) -> u64 {
        self.cache.weight()
    }

    pub fn len(&self) -> usize {
        self.cache.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cache.is_empty()
    }
}

impl<K, V> fmt::Debug for Kept<K, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Kept").finish_non_exhaustive()
    }
}

/// Lets a key be looked up by what it lends.
#[derive(Hash)]
struct Borrowed<'a, Q: ?Sized>(&'a Q);

impl<Q: Eq + Hash + ?Sized, K: Borrow<Q>> quick_cache::Equivalent<K> for Borrowed<'_, Q> {
    fn equivalent(&self, key: &K) -> bool {
        self.0 == key.borrow()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::fresh::Source;

    fn kept(weight: u64, lifetime: Duration) -> Kept<String, u32> {
        let ledger = Arc::new(Ledger::new(Duration::from_secs(60), false));
        ledger.renew(Source::Database, Instant::now());
        Kept::new(ledger, weight, lifetime)
    }

    #[test]
    fn a_value_ends_at_its_boundary_and_at_its_age() {
        let kept = kept(1 << 20, Duration::from_millis(30));
        let now = DateTime::UNIX_EPOCH;
        let until = now + Duration::from_secs(1);
        assert!(kept.keep("a".into(), 1, kept.stamp().expect("serves"), &[Tag(1)], Some(until), 10));
        assert_eq!(kept.get("a", until - Duration::from_micros(1)), Some(1));
        assert_eq!(kept.get("a", until), None, "the next day has begun");
        assert_eq!(kept.get("b", now), None);
        std::thread::sleep(Duration::from_millis(31));
        assert_eq!(kept.get("a", now), None, "nothing lives longer, whatever was announced");
    }

    #[test]
    fn what_changes_while_it_is_read_is_not_kept() {
        let kept = kept(1 << 20, Duration::from_secs(60));
        let stamp = kept.stamp().expect("serves");
        kept.ledger.changed(kept.ledger.next(), &Tag(1).into());
        assert!(!kept.keep("a".into(), 1, stamp, &[Tag(1)], None, 10));
        assert_eq!(kept.get("a", Utc::now()), None);
        assert!(kept.keep("a".into(), 2, kept.stamp().expect("serves"), &[Tag(1)], None, 10));
        assert_eq!(kept.get("a", Utc::now()), Some(2));
    }

    #[test]
    fn memory_is_bounded() {
        let kept = kept(1 << 20, Duration::from_secs(60));
        for number in 0..20_000 {
            kept.keep(number.to_string(), number, kept.stamp().expect("serves"), &[Tag(1)], None, 1000);
        }
        assert!(kept.weight() <= 1 << 20, "{}", kept.weight());
        assert!((500..1000).contains(&kept.len()), "{}", kept.len());
        let none = self::kept(0, Duration::from_secs(60));
        none.keep("a".into(), 1, none.stamp().expect("serves"), &[Tag(1)], None, 0);
        assert_eq!((none.get("a", Utc::now()), none.len()), (None, 0), "no memory, nothing kept");
    }
}
