//! The transparency log of this hub: every access event gets a number and a place in a Merkle tree whose root is signed, so that none can
//! be taken out or altered afterwards unseen.
//!
//! ```text
//! access events without a number ─▶ salts, commitments ─▶ tiles, bundles, signed checkpoint ─▶ one transaction
//! event ─▶ receipt (proof against the newest checkpoint)              /log/… ─▶ tiles, bundles, checkpoint as they are kept
//! ```
//! Of all replicas one numbers at a time. Where the signer `log` has no key there is no log, and [`Transparency::is_kept`] says so.

mod error;
mod event;
mod keeping;
mod proving;
mod verifying;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tlog::{Edge, VerifierKey};
use tokio::sync::Mutex;
use verify::chain::X509;

pub use error::LogError;
pub use event::text_of;
pub use verifying::{Database, Fetched, log_key};

use crate::sign::{KeyRing, Signer};
use crate::store::{LogCheckpoint, Store};

/// How long events may wait for their number before answers about persons stop, where nothing else is configured.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// Keeps the log and answers for it.
#[derive(Debug)]
pub struct Transparency {
    store: Store,
    keys: Arc<KeyRing>,
    /// Which log it is, as every checkpoint says: the hub's address without its scheme, and `/log`.
    origin: String,
    patience: Duration,
    /// The right edge of the tree as this process wrote it last; None: to be read again.
    edge: Mutex<Option<Edge>>,
}

impl Transparency {
    /// `public_url` is where outsiders reach the hub.
    pub fn new(store: Store, keys: Arc<KeyRing>, public_url: &str, patience: Duration) -> Self {
        let host = public_url.split_once("://").map_or(public_url, |(_, host)| host).trim_end_matches('/');
        Self { store, keys, origin: format!("{host}/log"), patience, edge: Mutex::new(None) }
    }

    /// Which log it is.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Is there a key to sign checkpoints with?
    pub fn is_kept(&self) -> bool {
        self.keys.log().is_some()
    }

    /// Since when events wait for their number, where that is longer than it may be: the log cannot be written, or nobody can sign it.
    ///
    /// # Errors
    /// The database.
    pub async fn overdue(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, LogError> {
        if !self.is_kept() {
            return Ok(None);
        }
        let oldest = self.store.oldest_unlogged().await?;
        Ok(oldest.filter(|oldest| (now - *oldest).to_std().is_ok_and(|waited| waited > self.patience)))
    }

    /// The newest checkpoint; None before the first event.
    ///
    /// # Errors
    /// The database.
    pub async fn checkpoint(&self) -> Result<Option<LogCheckpoint>, LogError> {
        Ok(self.store.log_checkpoint().await?)
    }

    fn signer(&self) -> Result<(VerifierKey, Arc<dyn Signer>), LogError> {
        let signer = self.keys.log().ok_or(LogError::NoKey)?;
        let own = signer.chain().first().and_then(|der| X509::from_der(der).ok()).ok_or(LogError::NoKey)?;
        let key = VerifierKey::new(&self.origin, own.prepared_key().coordinates()).map_err(|fault| LogError::Broken(fault.to_string()))?;
        Ok((key, signer))
    }
}
