//! Writing the log: events get their numbers, a round at a time.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rand::TryRng as _;
use rand::rngs::SysRng;
use tlog::{Bundle, Checkpoint, Commitment, Edge, Growth, Hash, LEVELS, Salt, Tile, WIDTH};

use super::{LogError, Transparency, text_of};
use crate::store::{ENTRIES, LogCheckpoint, LogGrowth, LogTile};

/// Events of one round.
const ROUND: u32 = 4096;
/// How long a replica that was killed keeps others from numbering.
const LEASE: Duration = Duration::from_secs(5);
const NAME: &str = "log";

impl Transparency {
    /// Numbers what has no number yet; how many. Nothing where another replica does it, or no log is kept.
    ///
    /// # Errors
    /// The database, the signer, or a log that does not fit together; then nothing is numbered.
    pub async fn round(&self, owner: &str, now: DateTime<Utc>) -> Result<u64, LogError> {
        let mut written = 0;
        while self.is_kept() {
            let events = self.store.unlogged(ROUND).await?;
            if events.is_empty() || !self.store.take_lease(NAME, owner, LEASE).await? {
                break;
            }
            let mut kept = self.edge.lock().await;
            // Taken away: a round that fails begins anew with what is stored.
            let mut edge = match kept.take() {
                Some(edge) if self.store.log_checkpoint().await?.map_or(0, |newest| newest.size) == edge.size() => edge,
                _ => self.stored_edge().await?,
            };
            let before = edge.size();
            // Events of before there was a log have none.
            let salts = events.iter().map(|event| event.salt.map_or_else(salt, Ok)).collect::<Result<Vec<_>, _>>()?;
            let commitments = events.iter().zip(&salts).map(|(event, salt)| {
                let text = text_of(event).map_err(LogError::Broken)?;
                Ok(Commitment::to(&Salt(*salt), text.as_bytes()))
            });
            let growth = edge.append(&commitments.collect::<Result<Vec<_>, LogError>>()?);
            let checkpoint = self.signed(growth.size, growth.root, now)?;
            let grown =
                LogGrowth { before, events: events.iter().map(|event| event.id).zip(salts).collect(), tiles: files(growth), checkpoint };
            if self.store.grow_log(&grown).await? {
                written += grown.events.len() as u64;
                *kept = Some(edge);
            }
        }
        Ok(written)
    }

    fn signed(&self, size: u64, root: Hash, at: DateTime<Utc>) -> Result<LogCheckpoint, LogError> {
        let (key, signer) = self.signer()?;
        let checkpoint = Checkpoint { origin: self.origin.clone(), size, root, extensions: Vec::new() };
        let signed = checkpoint.sign(&key, |text| signer.sign(text)).map_err(|fault| LogError::Broken(fault.to_string()))?;
        Ok(LogCheckpoint { size, root: root.to_string(), note: signed.to_string(), at })
    }

    /// The edge as the tables have it, held against the newest checkpoint.
    async fn stored_edge(&self) -> Result<Edge, LogError> {
        let Some(newest) = self.store.log_checkpoint().await? else { return Ok(Edge::new()) };
        let broken = |what: String| LogError::Broken(what);
        let root = newest.root.parse::<Hash>().map_err(|fault| broken(format!("{:?} is no root: {fault}", newest.root)))?;
        let tiles = (0..LEVELS).filter_map(|level| Tile::of_tree(level, newest.size >> (8 * u32::from(level)) >> 8, newest.size));
        let mut found = self.tiles(tiles).await?;
        let bundle = match Bundle::of_tree(newest.size / u64::from(WIDTH), newest.size) {
            Some(bundle) => self.bundle(bundle).await?,
            None => None,
        };
        Edge::load(&mut found, newest.size, &root, bundle.as_deref()).map_err(|fault| broken(fault.to_string()))
    }

    /// The bytes of these tiles, as wide as they are asked for.
    pub(super) async fn tiles(&self, wanted: impl IntoIterator<Item = Tile>) -> Result<BTreeMap<Tile, Vec<u8>>, LogError> {
        let mut found = BTreeMap::new();
        for tile in wanted {
            if let Some(bytes) = self.tile(tile).await? {
                found.insert(tile, bytes);
            }
        }
        Ok(found)
    }

    /// A tile; a narrower one is the beginning of what is kept.
    pub(super) async fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, LogError> {
        self.file(tile.level().into(), tile.index(), tile.width(), Hash::SIZE).await
    }

    /// A bundle of entries, likewise.
    pub(super) async fn bundle(&self, bundle: Bundle) -> Result<Option<Vec<u8>>, LogError> {
        self.file(ENTRIES, bundle.index(), bundle.width(), ENTRY).await
    }

    async fn file(&self, level: i16, place: u64, width: u16, each: usize) -> Result<Option<Vec<u8>>, LogError> {
        let kept = self.store.log_tile(level, place).await?.filter(|kept| kept.width >= width);
        Ok(kept.and_then(|kept| kept.bytes.get(..usize::from(width) * each).map(<[u8]>::to_vec)))
    }
}

/// Bytes of an entry in a bundle: its length, and the commitment.
const ENTRY: usize = 2 + 32;

fn salt() -> Result<[u8; 32], LogError> {
    let mut salt = [0; 32];
    SysRng.try_fill_bytes(&mut salt).map_err(|error| LogError::Random(error.to_string()))?;
    Ok(salt)
}

/// What is written of a round: of each place the widest.
fn files(growth: Growth) -> Vec<LogTile> {
    let tiles = growth.tiles.into_iter().map(|(tile, bytes)| LogTile {
        level: tile.level().into(),
        place: tile.index(),
        width: tile.width(),
        bytes,
    });
    let bundles =
        growth.bundles.into_iter().map(|(bundle, bytes)| LogTile { level: ENTRIES, place: bundle.index(), width: bundle.width(), bytes });
    tiles.chain(bundles).collect()
}
