//! Keys met often, with the tables of their multiples.

use std::{fmt, sync::Arc};

use super::PreparedKey;
use crate::bounded::Bounded;

/// A bounded table of keys, to be shared between threads. A key gets in when it is asked to be learnt, never by itself: making
/// its table takes half a millisecond, which belongs where nobody waits. Of too many, the one goes that was not used longest.
///
/// It holds no more than its capacity times [`PreparedKey::TABLE_SIZE`] bytes: 53 MB for 1,000 keys.
pub struct KnownKeys {
    keys: Bounded<[u8; 64], PreparedKey>,
}

impl KnownKeys {
    /// A table for `capacity` keys.
    pub fn new(capacity: usize) -> Self {
        Self { keys: Bounded::new(capacity) }
    }

    /// The same key with its table, if it was learnt.
    pub fn get(&self, key: &PreparedKey) -> Option<Arc<PreparedKey>> {
        self.keys.get(key.coordinates())
    }

    /// The same key with its table, made now unless it is known.
    pub fn learn(&self, key: &PreparedKey) -> Arc<PreparedKey> {
        if let Some(known) = self.get(key) {
            return known;
        }
        // Made before it is put in: nobody waits for it.
        let known = Arc::new(key.with_table());
        self.keys.insert(*key.coordinates(), known.clone());
        known
    }

    /// How many keys are known.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for KnownKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KnownKeys").field("capacity", &self.keys.capacity()).field("len", &self.len()).finish()
    }
}
