//! Proofs checked (RFC 9162, 2.1.3.2 and 2.1.4.2), strictly: as many hashes as the sizes ask for, none more.

use serde::Serialize;

use crate::{
    Hash,
    subtree::{growth, path},
};

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "fault", rename_all = "camelCase")]
pub enum ProofFault {
    /// The tree has no such leaf.
    #[error("a tree of {size} leaves has no leaf {index}")]
    Beyond {
        /// The leaf.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// The tree that is said to be newer is smaller.
    #[error("a tree of {new} leaves cannot have grown from one of {old}")]
    Shrunk {
        /// Leaves of the older tree.
        old: u64,
        /// Leaves of the newer tree.
        new: u64,
    },
    /// Too many hashes or too few.
    #[error("the proof must have {expected} hashes, it has {found}")]
    Length {
        /// How many the sizes ask for.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The hashes lead to another root. Of two trees it is the root of the newer one.
    #[error("the proof leads to the root {computed}, not to {claimed}")]
    Root {
        /// Where they lead.
        computed: Hash,
        /// Where they should.
        claimed: Hash,
    },
    /// The hashes lead to another root of the older tree.
    #[error("the proof leads to the older root {computed}, not to {claimed}")]
    OldRoot {
        /// Where they lead.
        computed: Hash,
        /// Where they should.
        claimed: Hash,
    },
}

/// Checks that `proof` proves the leaf with hash `leaf` to be number `index` of the tree of `size` leaves whose root is `root`.
///
/// # Errors
/// [`ProofFault`] says why it does not.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, root: &Hash, proof: &[Hash]) -> Result<(), ProofFault> {
    if index >= size {
        return Err(ProofFault::Beyond { index, size });
    }
    length(path(index, size).len(), proof)?;
    let mut climb = Climb { number: index, last: size - 1 };
    let computed =
        proof.iter().fold(*leaf, |below, sibling| if climb.is_right() { Hash::node(sibling, &below) } else { Hash::node(&below, sibling) });
    if computed == *root { Ok(()) } else { Err(ProofFault::Root { computed, claimed: *root }) }
}

/// Checks that `proof` proves the tree of `new` leaves with root `new_root` to begin with the tree of `old` leaves with root
/// `old_root`. Every tree begins with the empty one, and with itself; there is nothing to hand in then.
///
/// # Errors
/// [`ProofFault`] says why it does not.
pub fn verify_consistency(old: u64, new: u64, old_root: &Hash, new_root: &Hash, proof: &[Hash]) -> Result<(), ProofFault> {
    if old > new {
        return Err(ProofFault::Shrunk { old, new });
    }
    length(growth(old, new).len(), proof)?;
    if old == 0 {
        let computed = Hash::of_empty_tree();
        same(computed, *old_root, |computed, claimed| ProofFault::OldRoot { computed, claimed })?;
        // Of an empty tree that stayed empty.
        return if new == 0 { same(computed, *new_root, |computed, claimed| ProofFault::Root { computed, claimed }) } else { Ok(()) };
    }
    // A tree of a power of two is a node of every tree that begins with it, so its root need not be handed in.
    let mut climb = Climb { number: old - 1, last: new - 1 };
    climb.rise(climb.number.trailing_ones());
    let (first, rest) = match proof.split_first() {
        Some((first, rest)) if !old.is_power_of_two() => (first, rest),
        _ => (old_root, proof),
    };
    let (mut old_computed, mut new_computed) = (*first, *first);
    for hash in rest {
        if climb.is_right() {
            old_computed = Hash::node(hash, &old_computed);
            new_computed = Hash::node(hash, &new_computed);
        } else {
            new_computed = Hash::node(&new_computed, hash);
        }
    }
    same(old_computed, *old_root, |computed, claimed| ProofFault::OldRoot { computed, claimed })?;
    same(new_computed, *new_root, |computed, claimed| ProofFault::Root { computed, claimed })
}

/// The way up: number of the node at hand within its level, and of the last one there (fn and sn of the standard).
struct Climb {
    number: u64,
    last: u64,
}

impl Climb {
    /// Whether the next hash stands to the left; then goes up past all levels at which the node has no sibling.
    fn is_right(&mut self) -> bool {
        let right = self.number & 1 == 1 || self.number == self.last;
        if right && self.number & 1 == 0 {
            // A last node without a sibling rises to where it is a right one.
            self.rise(self.number.trailing_zeros());
        }
        self.rise(1);
        right
    }

    fn rise(&mut self, levels: u32) {
        self.number = self.number.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }
}

fn length(expected: usize, proof: &[Hash]) -> Result<(), ProofFault> {
    if proof.len() == expected { Ok(()) } else { Err(ProofFault::Length { expected, found: proof.len() }) }
}

fn same(computed: Hash, claimed: Hash, fault: fn(Hash, Hash) -> ProofFault) -> Result<(), ProofFault> {
    if computed == claimed { Ok(()) } else { Err(fault(computed, claimed)) }
}
