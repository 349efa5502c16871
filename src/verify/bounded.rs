//! A bounded map that threads share: of too many, the one goes that was not used longest.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicU64, Ordering},
    },
};

pub(crate) struct Bounded<K, V> {
    capacity: usize,
    entries: RwLock<HashMap<K, Entry<V>>>,
    /// Counts uses: the order in which entries were used last.
    uses: AtomicU64,
}

struct Entry<V> {
    value: Arc<V>,
    used: AtomicU64,
}

impl<K: Eq + Hash + Clone, V> Bounded<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, entries: RwLock::default(), uses: AtomicU64::new(0) }
    }

    pub(crate) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<Arc<V>>
    where
        K: Borrow<Q>,
    {
        let entries = self.read();
        let entry = entries.get(key)?;
        entry.used.store(self.next_use(), Ordering::Relaxed);
        Some(entry.value.clone())
    }

    /// Puts in, or replaces.
    pub(crate) fn insert(&self, key: K, value: Arc<V>) {
        if self.capacity == 0 {
            return;
        }
        let entry = Entry { value, used: AtomicU64::new(self.next_use()) };
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= self.capacity && !entries.contains_key(&key) {
            let oldest = entries.iter().min_by_key(|(_, entry)| entry.used.load(Ordering::Relaxed)).map(|(key, _)| key.clone());
            oldest.and_then(|oldest| entries.remove(&oldest));
        }
        entries.insert(key, entry);
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(crate) fn len(&self) -> usize {
        self.read().len()
    }

    fn next_use(&self) -> u64 {
        self.uses.fetch_add(1, Ordering::Relaxed)
    }

    /// A thread that panicked left every entry whole.
    fn read(&self) -> RwLockReadGuard<'_, HashMap<K, Entry<V>>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_longest_goes() {
        let map = Bounded::new(2);
        map.insert(1, Arc::new("one"));
        map.insert(2, Arc::new("two"));
        assert_eq!(map.get(&1).as_deref(), Some(&"one"));
        map.insert(3, Arc::new("three"));
        assert_eq!((map.len(), map.get(&2), map.get(&3).as_deref()), (2, None, Some(&"three")));
        map.insert(3, Arc::new("another"));
        assert_eq!((map.get(&1).is_some(), map.get(&3).as_deref()), (true, Some(&"another")));
        let nothing = Bounded::new(0);
        nothing.insert(1, Arc::new(()));
        assert_eq!(nothing.len(), 0);
    }
}
