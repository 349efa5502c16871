//! The register of seals (印章登记), and the one question that whoever makes a file asks: may this authority's seal be put to it now?
//!
//! ```text
//! register: picture drawn or given ─▶ SESeal (GB/T 38540) signed by its maker ─▶ ACTIVE ⇄ SUSPENDED
//!                                                                                  └──▶ DESTROYED ◀──┘
//! seal_for(authority, type, at) ─▶ SealInUse ─▶ (a file is signed) ─▶ record_use ─▶ the file leaves
//! ```
//! Recording a use succeeds only while the seal is active, in the transaction that records it: a file signed with a seal that was
//! suspended meanwhile never leaves.

mod error;
mod picture;
mod register;
mod using;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use lru::LruCache;
use model::registry::Registry;
use uuid::Uuid;

pub use error::{SealRefusal, SealingError};
pub use register::{SealInput, SealShape};
pub use using::{SealInUse, SealUse};

use crate::sign::KeyRing;
use crate::sign::pdf::SealPicture;
use crate::store::Store;

/// Pictures that are kept decoded: a megabyte each.
const PICTURES: NonZeroUsize = NonZeroUsize::new(32).unwrap();

/// The register, and the seals in use.
pub struct Sealing {
    store: Store,
    registry: Arc<ArcSwap<Registry>>,
    keys: Arc<KeyRing>,
    /// By the seal's id: a registered picture never changes.
    pictures: Mutex<LruCache<Uuid, Arc<SealPicture>>>,
}

impl Sealing {
    pub fn new(store: Store, registry: Arc<ArcSwap<Registry>>, keys: Arc<KeyRing>) -> Self {
        Self { store, registry, keys, pictures: Mutex::new(LruCache::new(PICTURES)) }
    }
}
