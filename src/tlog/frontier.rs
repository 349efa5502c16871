//! The right edge of a growing tree: all that appending needs, at most 64 hashes.

use crate::Hash;

/// The hashes of the perfect subtrees that a tree of `size` is made of, the largest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

/// A frontier put together of hashes that are not as many as the size has binary ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the frontier of a tree of {size} leaves has {} hashes, {found} were given", .size.count_ones())]
pub struct NotAFrontier {
    /// Leaves of the tree.
    pub size: u64,
    /// How many hashes were given.
    pub found: usize,
}

impl Frontier {
    /// The frontier of the tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts together what [`Self::size`] and [`Self::peaks`] gave once.
    ///
    /// # Errors
    /// [`NotAFrontier`] when the number of hashes is not that of the size.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Result<Self, NotAFrontier> {
        if peaks.len() == size.count_ones() as usize { Ok(Self { size, peaks }) } else { Err(NotAFrontier { size, found: peaks.len() }) }
    }

    /// Leaves of the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hashes, of the largest subtree first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends a leaf by its hash.
    pub fn append(&mut self, leaf: Hash) {
        self.append_telling(leaf, |_, _| {});
    }

    /// Appends a leaf and tells each subtree that it completes, by height, from the leaf itself (0) up.
    pub(crate) fn append_telling(&mut self, leaf: Hash, mut completed: impl FnMut(u8, Hash)) {
        let mut hash = leaf;
        completed(0, hash);
        for height in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = Hash::node(&left, &hash);
                completed(height as u8 + 1, hash);
            }
        }
        self.peaks.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        fold(&self.peaks).unwrap_or_else(Hash::of_empty_tree)
    }
}

/// The hash above perfect subtrees that lie side by side, the largest first. None of none.
pub(crate) fn fold(peaks: &[Hash]) -> Option<Hash> {
    peaks.iter().rev().copied().reduce(|right, left| Hash::node(&left, &right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frontier_goes_on_where_it_was_put_away() {
        let mut whole = Frontier::new();
        for leaf in 0..100_u8 {
            let mut again = Frontier::from_peaks(whole.size(), whole.peaks().to_vec()).unwrap();
            whole.append(Hash::leaf(&[leaf]));
            again.append(Hash::leaf(&[leaf]));
            assert_eq!(whole, again);
        }
        assert_eq!(Frontier::from_peaks(6, vec![whole.root()]), Err(NotAFrontier { size: 6, found: 1 }));
        assert_eq!(NotAFrontier { size: 6, found: 1 }.to_string(), "the frontier of a tree of 6 leaves has 2 hashes, 1 were given");
    }

    #[test]
    fn each_subtree_is_told_once() {
        let mut frontier = Frontier::new();
        let mut told = Vec::new();
        for leaf in 0..8_u8 {
            frontier.append_telling(Hash::leaf(&[leaf]), |height, _| told.push(height));
        }
        assert_eq!(told, [0, 0, 1, 0, 0, 1, 2, 0, 0, 1, 0, 0, 1, 2, 3]);
    }
}
