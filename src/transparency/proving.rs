//! What the log answers: its files, and a proof for one event.

use std::str::FromStr;

use tlog::{Commitment, Hash, Receipt, Resource, Salt, inclusion_proof, inclusion_tiles};
use uuid::Uuid;

use super::{LogError, Transparency, text_of};
use crate::store::commands::AccessEvent;

/// An event, and the proof that it is in the log.
#[derive(Debug, Clone)]
pub struct Proved {
    pub event: AccessEvent,
    /// The very text that the log commits to.
    pub text: String,
    pub receipt: Receipt,
}

impl Transparency {
    /// A file of the log by its path (C2SP tlog-tiles), as `tile/0/x001/067.p/5`; None where there is none.
    ///
    /// # Errors
    /// The database.
    pub async fn served(&self, path: &str) -> Result<Option<Vec<u8>>, LogError> {
        match Resource::from_str(path) {
            Ok(Resource::Checkpoint) => Ok(self.checkpoint().await?.map(|newest| newest.note.into_bytes())),
            Ok(Resource::Tile(tile)) => self.tile(tile).await,
            Ok(Resource::Bundle(bundle)) => self.bundle(bundle).await,
            Err(_) => Ok(None),
        }
    }

    /// The proof for an event against the newest checkpoint; None for one that is not known, has no number yet, or was erased.
    ///
    /// # Errors
    /// The database, or a log that does not fit together.
    pub async fn receipt(&self, event: Uuid) -> Result<Option<Proved>, LogError> {
        let Some(logged) = self.store.logged_event(event).await? else { return Ok(None) };
        let Some(salt) = logged.event.salt.map(Salt) else { return Ok(None) };
        let Some(newest) = self.store.log_checkpoint().await? else { return Ok(None) };
        let text = text_of(&logged.event).map_err(LogError::Broken)?;
        let leaf: Hash = Commitment::to(&salt, text.as_bytes()).leaf();
        let mut tiles = self.tiles(inclusion_tiles(logged.seq, newest.size)).await?;
        let path = inclusion_proof(&mut tiles, logged.seq, newest.size).map_err(|fault| LogError::Broken(fault.to_string()))?;
        let receipt =
            Receipt { v: tlog::receipt::VERSION, leaf, index: logged.seq, tree_size: newest.size, path, checkpoint: newest.note, salt };
        Ok(Some(Proved { event: logged.event, text, receipt }))
    }
}
