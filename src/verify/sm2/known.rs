//! Keys met often, with the tables of their multiples.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use super::PreparedKey;

/// A bounded table of keys, to be shared between threads. A key gets in when it is asked to be learnt, never by itself: making
/// its table takes half a millisecond, which belongs where nobody waits. Of too many, those go that were not used longest.
///
/// It holds no more than its capacity times [`PreparedKey::TABLE_SIZE`] bytes: 53 MB for 1,000 keys.
pub struct KnownKeys {
    capacity: usize,
    keys: RwLock<HashMap<[u8; 64], Known>>,
    /// Counts uses: the order in which keys were used last.
    uses: AtomicU64,
}

struct Known {
    key: Arc<PreparedKey>,
    used: AtomicU64,
}

impl KnownKeys {
    /// A table for `capacity` keys.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, keys: RwLock::default(), uses: AtomicU64::new(0) }
    }

    /// The same key with its table, if it was learnt.
    pub fn get(&self, key: &PreparedKey) -> Option<Arc<PreparedKey>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let known = keys.get(key.coordinates())?;
        known.used.store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Some(known.key.clone())
    }

    /// Makes the table of a key and keeps it; one that is known stays as it is.
    pub fn learn(&self, key: &PreparedKey) {
        if self.capacity == 0 || self.get(key).is_some() {
            return;
        }
        // Made before the lock is taken: nobody waits for it.
        let prepared = Arc::new(key.with_table());
        let used = AtomicU64::new(self.uses.fetch_add(1, Ordering::Relaxed));
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.contains_key(key.coordinates()) {
            return;
        }
        while keys.len() >= self.capacity {
            let Some(oldest) = keys.iter().min_by_key(|(_, known)| known.used.load(Ordering::Relaxed)).map(|(key, _)| *key) else { break };
            keys.remove(&oldest);
        }
        keys.insert(*key.coordinates(), Known { key: prepared, used });
    }

    /// How many keys are known.
    pub fn len(&self) -> usize {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether no key is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for KnownKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KnownKeys").field("capacity", &self.capacity).field("len", &self.len()).finish_non_exhaustive()
    }
}
