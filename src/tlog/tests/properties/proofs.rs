//! Proofs for every leaf and every pair of sizes, and what becomes of them when a bit changes.

use std::cell::Cell;

use proptest::prelude::*;
use tlog::{
    Hash, ProofFault, Tile, TileReader, TreeFault, consistency_proof, consistency_tiles, inclusion_proof, inclusion_tiles, root_at,
    root_tiles, verify_consistency, verify_inclusion,
};

use crate::reference::{Memory, commitment, entries, mth, path, subproof};

/// Above two full tiles, so that every shape of a right edge occurs.
const SIZES: u64 = 600;

/// Every size on the way, so that every partial tile is there.
fn every_size() -> Memory {
    let mut log = Memory::default();
    (1..=SIZES).for_each(|size| log.grow(size));
    log
}

#[test]
fn every_leaf_of_every_size_is_proved_as_the_definition_says() {
    let (mut log, entries) = (every_size(), entries(SIZES));
    for size in 0..=SIZES {
        let entries = &entries[..size as usize];
        let root = mth(entries);
        assert_eq!(root_at(&mut log, size), Ok(root), "{size}");
        // All leaves of small trees, and those at edges of the large ones.
        let leaves = (0..size).filter(|index| size <= 48 || index % 101 == 0 || size - index < 3 || index.is_power_of_two());
        for index in leaves {
            let proof = inclusion_proof(&mut log, index, size).unwrap();
            assert_eq!(proof, path(index as usize, entries), "{index} of {size}");
            assert_eq!(verify_inclusion(&commitment(index).leaf(), index, size, &root, &proof), Ok(()), "{index} of {size}");
        }
        assert_eq!(inclusion_proof(&mut log, size, size), Err(TreeFault::Beyond { asked: size, size }));
    }
}

#[test]
fn every_pair_of_sizes_is_consistent_as_the_definition_says() {
    let (mut log, entries) = (every_size(), entries(SIZES));
    let roots: Vec<Hash> = (0..=SIZES).map(|size| root_at(&mut log, size).unwrap()).collect();
    for new in 0..=SIZES {
        let olds = (0..=new).filter(|old| new <= 48 || old % 113 == 0 || new - old < 3 || old.is_power_of_two());
        for old in olds {
            let proof = consistency_proof(&mut log, old, new).unwrap();
            if old > 0 {
                assert_eq!(proof, subproof(old as usize, &entries[..new as usize], true), "{old} to {new}");
            }
            assert_eq!(verify_consistency(old, new, &roots[old as usize], &roots[new as usize], &proof), Ok(()), "{old} to {new}");
        }
        assert_eq!(consistency_proof(&mut log, new + 1, new), Err(TreeFault::Beyond { asked: new + 1, size: new }));
    }
}

/// Flips each bit of each hash, drops each hash, doubles each, adds one.
fn altered(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut found = Vec::new();
    for place in 0..proof.len() {
        for bit in 0..256 {
            let mut other = proof.to_vec();
            other[place].0[bit / 8] ^= 1 << (bit % 8);
            found.push(other);
        }
        let without = [&proof[..place], &proof[place + 1..]].concat();
        let doubled = [&proof[..=place], &proof[place..]].concat();
        found.extend([without, doubled]);
    }
    found.push([proof, &[Hash::of_empty_tree()]].concat());
    found
}

fn flipped(hash: Hash, bit: usize) -> Hash {
    let mut other = hash;
    other.0[bit / 8] ^= 1 << (bit % 8);
    other
}

#[test]
fn no_altered_inclusion_proof_holds() {
    let mut log = every_size();
    for (index, size) in [(0, 1), (0, 2), (1, 3), (2, 3), (4, 7), (6, 7), (255, 257), (256, 257), (300, 599)] {
        let (leaf, root) = (commitment(index).leaf(), root_at(&mut log, size).unwrap());
        let proof = inclusion_proof(&mut log, index, size).unwrap();
        for other in altered(&proof) {
            let fault = verify_inclusion(&leaf, index, size, &root, &other).unwrap_err();
            assert!(matches!(fault, ProofFault::Length { .. }) == (other.len() != proof.len()), "{fault}");
        }
        for bit in 0..256 {
            assert!(matches!(verify_inclusion(&flipped(leaf, bit), index, size, &root, &proof), Err(ProofFault::Root { .. })));
            assert!(matches!(verify_inclusion(&leaf, index, size, &flipped(root, bit), &proof), Err(ProofFault::Root { .. })));
        }
        for other in (0..size + 2).filter(|other| *other != index) {
            assert!(verify_inclusion(&leaf, other, size, &root, &proof).is_err(), "{index} of {size} as {other}");
        }
        assert_eq!(verify_inclusion(&leaf, size, size, &root, &proof), Err(ProofFault::Beyond { index: size, size }));
    }
}

#[test]
fn no_altered_consistency_proof_holds() {
    let mut log = every_size();
    for (old, new) in [(0, 0), (0, 7), (7, 7), (1, 2), (3, 7), (4, 7), (6, 7), (256, 257), (255, 512), (300, 599)] {
        let (before, after) = (root_at(&mut log, old).unwrap(), root_at(&mut log, new).unwrap());
        let proof = consistency_proof(&mut log, old, new).unwrap();
        for other in altered(&proof) {
            assert!(verify_consistency(old, new, &before, &after, &other).is_err(), "{old} to {new}");
        }
        for bit in 0..256 {
            assert!(verify_consistency(old, new, &flipped(before, bit), &after, &proof).is_err(), "{old} to {new}");
            // Every tree begins with the empty one: of those nothing is claimed but that.
            assert_eq!(verify_consistency(old, new, &before, &flipped(after, bit), &proof).is_ok(), old == 0 && new > 0, "{old} to {new}");
        }
        assert_eq!(verify_consistency(new + 1, new, &after, &after, &proof), Err(ProofFault::Shrunk { old: new + 1, new }));
    }
}

/// A tree too large to exist, whose leaves are all alike: each subtree of a height has one hash.
struct Alike {
    of_height: Vec<Hash>,
    read: Cell<usize>,
}

impl Alike {
    fn new() -> Self {
        let mut of_height = vec![Hash::leaf(b"alike")];
        for height in 0..63 {
            of_height.push(Hash::node(&of_height[height], &of_height[height]));
        }
        Self { of_height, read: Cell::new(0) }
    }
}

impl TileReader for Alike {
    type Error = std::convert::Infallible;

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, Self::Error> {
        self.read.set(self.read.get() + 1);
        let hash = self.of_height[8 * usize::from(tile.level())];
        Ok(Some(hash.0.repeat(usize::from(tile.width()))))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn proofs_of_trees_of_any_size_hold(size in 1..=u64::MAX, part in any::<u64>(), small in 0..64_u32) {
        let (size, mut log) = ((size >> small).max(1), Alike::new());
        let index = part % size;
        let root = root_at(&mut log, size).unwrap();
        let proof = inclusion_proof(&mut log, index, size).unwrap();
        prop_assert!(proof.len() <= 64);
        prop_assert_eq!(verify_inclusion(&Hash::leaf(b"alike"), index, size, &root, &proof), Ok(()));
        let before = root_at(&mut log, index).unwrap();
        let grown = consistency_proof(&mut log, index, size).unwrap();
        prop_assert_eq!(verify_consistency(index, size, &before, &root, &grown), Ok(()));
        if let Some(hash) = grown.first() {
            let other = [&[flipped(*hash, 9)], &grown[1..]].concat();
            prop_assert!(verify_consistency(index, size, &before, &root, &other).is_err());
        }
    }

    #[test]
    fn the_tiles_named_are_the_tiles_read(size in 1..100_000_u64, part in any::<u64>()) {
        let index = part % size;
        let read = |run: &dyn Fn(&mut Alike)| { let mut log = Alike::new(); run(&mut log); log.read.get() };
        prop_assert_eq!(read(&|log| _ = root_at(log, size)), root_tiles(size).len());
        prop_assert_eq!(read(&|log| _ = inclusion_proof(log, index, size)), inclusion_tiles(index, size).len());
        prop_assert_eq!(read(&|log| _ = consistency_proof(log, index, size)), consistency_tiles(index, size).len());
    }

    #[test]
    fn foreign_proofs_never_panic_nor_hold(index in any::<u64>(), size in any::<u64>(), hashes in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let proof: Vec<Hash> = hashes.into_iter().map(Hash).collect();
        let hash = Hash::leaf(b"x");
        prop_assert!(verify_inclusion(&hash, index, size, &Hash::of_empty_tree(), &proof).is_err());
        prop_assert!(verify_consistency(index, size, &hash, &Hash::of_empty_tree(), &proof).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_hundred_thousand_leaves(sizes in prop::collection::btree_set(1..100_000_u64, 2..5), part in any::<u64>()) {
        let mut log = Alike::new();
        let mut frontier = tlog::Frontier::new();
        for size in 1..=sizes.last().copied().unwrap_or_default() {
            frontier.append(Hash::leaf(b"alike"));
            if sizes.contains(&size) {
                prop_assert_eq!(root_at(&mut log, size), Ok(frontier.root()));
                prop_assert!(inclusion_proof(&mut log, part % size, size).is_ok());
            }
        }
    }
}
