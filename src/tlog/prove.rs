//! Roots and proofs made out of tiles (RFC 9162, 2.1.3.1 and 2.1.4.1). Nothing is believed of a tile: whoever fetched tiles from
//! elsewhere checks what comes of them against a checkpoint.

use std::{collections::BTreeSet, iter, ops::Range};

use crate::{
    Hash, Tile,
    reader::{TileReader, Tree, TreeFault, place},
    subtree::{growth, path, perfect},
};

/// The root of the tree of `size`.
///
/// # Errors
/// [`TreeFault`] when a tile is not there or is malformed.
pub fn root_at<R: TileReader>(reader: &mut R, size: u64) -> Result<Hash, TreeFault<R::Error>> {
    Tree::new(reader, size).hash(0..size)
}

/// The hashes that prove leaf `index` to be in the tree of `size`: its sibling first, the root's child last.
///
/// # Errors
/// [`TreeFault::Beyond`] when there is no such leaf, else as [`root_at`].
pub fn inclusion_proof<R: TileReader>(reader: &mut R, index: u64, size: u64) -> Result<Vec<Hash>, TreeFault<R::Error>> {
    if index >= size {
        return Err(TreeFault::Beyond { asked: index, size });
    }
    hashes(reader, size, path(index, size))
}

/// The hashes that prove the tree of `new` leaves to begin with the tree of `old`. Empty where the old tree is empty or the same.
///
/// # Errors
/// [`TreeFault::Beyond`] when `old` is more than `new`, else as [`root_at`].
pub fn consistency_proof<R: TileReader>(reader: &mut R, old: u64, new: u64) -> Result<Vec<Hash>, TreeFault<R::Error>> {
    if old > new {
        return Err(TreeFault::Beyond { asked: old, size: new });
    }
    hashes(reader, new, growth(old, new))
}

/// The tiles that [`root_at`] will read: for whoever fetches them first.
pub fn root_tiles(size: u64) -> BTreeSet<Tile> {
    tiles(size, iter::once(0..size))
}

/// The tiles that [`inclusion_proof`] will read.
pub fn inclusion_tiles(index: u64, size: u64) -> BTreeSet<Tile> {
    tiles(size, path(index, size))
}

/// The tiles that [`consistency_proof`] will read.
pub fn consistency_tiles(old: u64, new: u64) -> BTreeSet<Tile> {
    tiles(new, growth(old, new))
}

fn hashes<R: TileReader>(reader: &mut R, size: u64, subtrees: Vec<Range<u64>>) -> Result<Vec<Hash>, TreeFault<R::Error>> {
    let mut tree = Tree::new(reader, size);
    subtrees.into_iter().map(|leaves| tree.hash(leaves)).collect()
}

fn tiles(size: u64, subtrees: impl IntoIterator<Item = Range<u64>>) -> BTreeSet<Tile> {
    subtrees.into_iter().flat_map(perfect).filter_map(|subtree| Some(place(subtree, size)?.0)).collect()
}
