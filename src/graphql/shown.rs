//! The types as each rights class sees them, worked out once.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use model::actor::Actor;
use model::grant::Rights;
use model::registry::Registry;

/// How many rights classes keep their types.
const CLASSES: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// By the registry's revision and the rights.
type Kept = LruCache<(u64, Arc<Rights>), Arc<Registry>>;

pub(super) struct Shown(Mutex<Kept>);

impl Default for Shown {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(CLASSES)))
    }
}

impl Shown {
    /// As this actor sees them; the registry itself for whom no grants apply.
    pub(super) fn to(&self, actor: &Actor, registry: &Arc<Registry>) -> Arc<Registry> {
        let Some(rights) = &actor.rights else { return registry.clone() };
        let key = (registry.revision(), rights.clone());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert(key, || Arc::new(registry.as_shown(rights))).clone()
    }
}
