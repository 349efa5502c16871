//! What a log keeps while it writes: the frontier, and the tiles at the right edge that are not full yet. At most 64 KiB.

use crate::{
    Bundle, Commitment, Frontier, Hash, Tile,
    bundle::{BundleFault, read_bundle, write_bundle},
    reader::{TileReader, Tree, TreeFault},
    tile::{LEVELS, WIDTH},
};

/// The tree up to where it was written, ready to grow.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    frontier: Frontier,
    /// The hashes of the last tile of each level, fewer than 256.
    levels: [Vec<Hash>; LEVELS as usize],
    /// The entries of the last bundle, fewer than 256.
    entries: Vec<Commitment>,
}

/// What appending made: files to write before the checkpoint of this size is shown to anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// Leaves of the tree now.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// The bundles that became full, and the last one as far as it goes.
    pub bundles: Vec<(Bundle, Vec<u8>)>,
    /// The tiles that became full, and the last one of each level that grew.
    pub tiles: Vec<(Tile, Vec<u8>)>,
}

/// Why a log cannot go on from what is stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EdgeFault<E> {
    /// A tile.
    #[error(transparent)]
    Tile(#[from] TreeFault<E>),
    /// The last bundle.
    #[error(transparent)]
    Bundle(#[from] BundleFault),
    /// The last bundle is not there.
    #[error("{0} is missing")]
    Missing(Bundle),
    /// The last bundle is not that of the last tile.
    #[error("entry {index} in {bundle} does not hash to what its tile has")]
    Entry {
        /// The first entry that does not.
        index: u64,
        /// Its bundle.
        bundle: Bundle,
    },
    /// The tiles are not those of the checkpoint.
    #[error("the tiles of {size} leaves come to the root {computed}, the checkpoint has {claimed}: tiles or checkpoint were altered")]
    Root {
        /// Leaves of the tree.
        size: u64,
        /// What the tiles come to.
        computed: Hash,
        /// What the checkpoint has.
        claimed: Hash,
    },
}

impl Edge {
    /// The edge of a log that begins.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up a log where its last checkpoint left it: `size` and `root` are the checkpoint's, `last_bundle` are the bytes of
    /// the bundle at the edge ([`Bundle::of_tree`] of `size / 256`), None where the last one is full. It reads the tiles that
    /// [`crate::root_tiles`] names.
    ///
    /// # Errors
    /// [`EdgeFault`] when what is stored is not the tree of the checkpoint: nothing may be appended then.
    pub fn load<R: TileReader>(reader: &mut R, size: u64, root: &Hash, last_bundle: Option<&[u8]>) -> Result<Self, EdgeFault<R::Error>> {
        let mut tree = Tree::new(reader, size);
        let peaks = tree.peaks(0..size)?;
        let mut levels: [Vec<Hash>; LEVELS as usize] = Default::default();
        for (level, hashes) in (0..LEVELS).zip(&mut levels) {
            let last = size >> (8 * level) >> 8;
            if let Some(tile) = Tile::of_tree(level, last, size) {
                hashes.clone_from(tree.tile(tile)?);
            }
        }
        let frontier = Frontier::from_peaks(size, peaks).unwrap_or_default();
        let computed = frontier.root();
        if computed != *root {
            return Err(EdgeFault::Root { size, computed, claimed: *root });
        }
        let entries = match Bundle::of_tree(size / u64::from(WIDTH), size) {
            Some(bundle) => entries(bundle, last_bundle, &levels)?,
            None => Vec::new(),
        };
        Ok(Self { frontier, levels, entries })
    }

    /// Leaves of the tree.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Appends `entries` in their order; the first gets the number [`Self::size`].
    pub fn append(&mut self, entries: &[Commitment]) -> Growth {
        let (mut tiles, mut bundles, mut grown) = (Vec::new(), Vec::new(), [false; LEVELS as usize]);
        for entry in entries {
            let leaf = self.frontier.size();
            self.entries.push(*entry);
            if self.entries.len() == usize::from(WIDTH) {
                bundles.extend(Bundle::of_tree(leaf >> 8, leaf.saturating_add(1)).map(|bundle| (bundle, write_bundle(&self.entries))));
                self.entries.clear();
            }
            let levels = &mut self.levels;
            self.frontier.append_telling(entry.leaf(), |height, hash| {
                let level = height / 8;
                if height % 8 != 0 {
                    return;
                }
                let (Some(hashes), Some(grown)) = (levels.get_mut(usize::from(level)), grown.get_mut(usize::from(level))) else { return };
                hashes.push(hash);
                *grown = hashes.len() < usize::from(WIDTH);
                if !*grown {
                    let index = leaf >> height >> 8;
                    tiles.extend(Tile::of_tree(level, index, leaf.saturating_add(1)).map(|tile| (tile, write_tile(hashes))));
                    hashes.clear();
                }
            });
        }
        let size = self.size();
        if !entries.is_empty() {
            bundles.extend(Bundle::of_tree(size >> 8, size).map(|bundle| (bundle, write_bundle(&self.entries))));
        }
        for (level, (hashes, grown)) in (0..LEVELS).zip(self.levels.iter().zip(grown)) {
            if grown {
                tiles.extend(Tile::of_tree(level, size >> (8 * level) >> 8, size).map(|tile| (tile, write_tile(hashes))));
            }
        }
        tiles.sort_by_key(|(tile, _)| *tile);
        Growth { size, root: self.root(), bundles, tiles }
    }
}

fn write_tile(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The entries of the last bundle, which must be those whose hashes the last tile has.
fn entries<E>(bundle: Bundle, bytes: Option<&[u8]>, levels: &[Vec<Hash>]) -> Result<Vec<Commitment>, EdgeFault<E>> {
    let found = read_bundle(bundle, bytes.ok_or(EdgeFault::Missing(bundle))?)?;
    let leaves = levels.iter().flatten();
    match (bundle.first()..).zip(found.iter().zip(leaves)).find(|(_, (entry, leaf))| entry.leaf() != **leaf) {
        Some((index, _)) => Err(EdgeFault::Entry { index, bundle }),
        None => Ok(found),
    }
}
