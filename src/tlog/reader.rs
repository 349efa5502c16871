//! Where tiles come from, and the hash of any part of the tree out of them.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    convert::Infallible,
    fmt,
    ops::Range,
};

use crate::{
    Hash, Tile, TileLength,
    frontier::fold,
    subtree::{Subtree, perfect},
    tile::WIDTH,
};

/// Hands out tiles: from files, a table, HTTP.
pub trait TileReader {
    /// Why nothing could be read at all; a tile that is not there is no error.
    type Error: fmt::Display;

    /// The bytes of a tile, or None where there is no such tile. Asked for a partial tile, whoever has only the full one gives
    /// so many of its first hashes.
    ///
    /// # Errors
    /// Whatever kept the reader from looking.
    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// Tiles that were fetched before, for instance those that [`crate::inclusion_tiles`] named.
impl TileReader for BTreeMap<Tile, Vec<u8>> {
    type Error = Infallible;

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.get(&tile).cloned())
    }
}

/// Why tiles gave no hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeFault<E> {
    /// The reader failed.
    #[error("{tile} could not be read: {error}")]
    Read {
        /// Which tile.
        tile: Tile,
        /// What the reader said.
        error: E,
    },
    /// A tile is not there.
    #[error("{0} is missing")]
    Missing(Tile),
    /// A tile has a wrong length.
    #[error(transparent)]
    Length(#[from] TileLength),
    /// What was asked is not in a tree of that size.
    #[error("a tree of {size} leaves has no {asked}")]
    Beyond {
        /// The leaf or the smaller size that was asked for.
        asked: u64,
        /// Leaves of the tree.
        size: u64,
    },
}

/// The tree of `size`, each of whose tiles is read once.
pub(crate) struct Tree<'r, R> {
    reader: &'r mut R,
    size: u64,
    tiles: BTreeMap<Tile, Vec<Hash>>,
}

impl<'r, R: TileReader> Tree<'r, R> {
    pub(crate) fn new(reader: &'r mut R, size: u64) -> Self {
        Self { reader, size, tiles: BTreeMap::new() }
    }

    /// The hash of the subtree above `leaves`.
    pub(crate) fn hash(&mut self, leaves: Range<u64>) -> Result<Hash, TreeFault<R::Error>> {
        Ok(fold(&self.peaks(leaves)?).unwrap_or_else(Hash::of_empty_tree))
    }

    /// The hashes of the perfect subtrees above `leaves`.
    pub(crate) fn peaks(&mut self, leaves: Range<u64>) -> Result<Vec<Hash>, TreeFault<R::Error>> {
        perfect(leaves).into_iter().map(|subtree| self.of_subtree(subtree)).collect()
    }

    fn of_subtree(&mut self, subtree: Subtree) -> Result<Hash, TreeFault<R::Error>> {
        let beyond = TreeFault::Beyond { asked: subtree.index << subtree.height, size: self.size };
        let Some((tile, hashes)) = place(subtree, self.size) else { return Err(beyond) };
        let whole = self.tile(tile)?;
        whole.get(hashes).and_then(|part| Hash::above(part.to_vec())).ok_or(beyond)
    }

    /// The hashes of a tile.
    pub(crate) fn tile(&mut self, tile: Tile) -> Result<&Vec<Hash>, TreeFault<R::Error>> {
        match self.tiles.entry(tile) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let bytes = self.reader.tile(tile).map_err(|error| TreeFault::Read { tile, error })?;
                Ok(place.insert(tile.hashes(&bytes.ok_or(TreeFault::Missing(tile))?)?))
            }
        }
    }
}

/// In which tile of the tree of `size` the hashes stand above which a perfect subtree lies, and which of them.
pub(crate) fn place(subtree: Subtree, size: u64) -> Option<(Tile, Range<usize>)> {
    let (level, height) = (subtree.height / 8, subtree.height % 8);
    let first = subtree.index << height;
    let start = (first % u64::from(WIDTH)) as usize;
    Some((Tile::of_tree(level, first / u64::from(WIDTH), size)?, start..start + (1 << height)))
}
