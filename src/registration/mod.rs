//! Registering types and authorities on a running hub.
//!
//! ```text
//! file ─▶ resolve (all faults at once) ─▶ compare with what is registered ─▶ read every stored certificate with it
//!      ─▶ store (digest, state, slots, revision, in one transaction) ─▶ swap the registry; other replicas follow the revision
//! ```
//! A faulty file changes nothing. Work that runs finishes on the registry it started with.

mod authorities;
mod error;
mod faces;
mod load;
mod readable;
mod types;

use std::sync::Arc;

use arc_swap::ArcSwap;
use model::registry::Registry;
use tokio::sync::Mutex;

pub use authorities::{AuthorityInput, Signers};
pub use error::RegistrationError;
pub use faces::FaceOutcome;
pub use load::load;
pub use types::Outcome;

use crate::faces::Typesetters;
use crate::journal::Journal;
use crate::store::Store;

/// The use cases of administrators.
pub struct Registration {
    store: Store,
    registry: Arc<ArcSwap<Registry>>,
    audit: Journal,
    signers: Signers,
    /// Tries templates of faces.
    typesetters: Arc<Typesetters>,
    /// One registration at a time in this process; the store's revision guards against other processes.
    turn: Mutex<()>,
}

impl Registration {
    pub fn new(store: Store, registry: Arc<ArcSwap<Registry>>, audit: Journal, signers: Signers, typesetters: Arc<Typesetters>) -> Self {
        Self { store, registry, audit, signers, typesetters, turn: Mutex::new(()) }
    }

    /// Takes over what another replica has registered.
    ///
    /// # Errors
    /// The store does not answer, or holds a file that does not read.
    pub async fn follow(&self) -> Result<(), RegistrationError> {
        if self.store.registry_revision().await? == self.registry.load().revision() {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let known = self.registry.load_full();
        self.registry.store(Arc::new(load(&self.store, &known).await?));
        Ok(())
    }
}
