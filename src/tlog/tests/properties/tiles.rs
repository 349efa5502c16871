//! What appending writes is what the definition of tiles says, however it is appended.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tlog::{Bundle, Edge, EdgeFault, Hash, Tile, TreeFault, grown_bundles, grown_tiles, read_bundle, root_at, root_tiles};

use crate::reference::{Memory, commitment, entries, mth};

#[test]
fn each_hash_of_each_tile_is_the_subtree_it_stands_for() {
    let size = 66_000;
    let (log, entries) = (Memory::grown([size]), entries(size));
    assert_eq!(log.tiles.keys().copied().collect::<Vec<_>>(), grown_tiles(0, size).collect::<Vec<_>>());
    for (tile, bytes) in &log.tiles {
        let span = 1_usize << (8 * tile.level());
        for (place, hash) in tile.hashes(bytes).unwrap().into_iter().enumerate() {
            let start = ((tile.index() as usize) * 256 + place) * span;
            // The definition is slow: of the tiles of leaves some, of all others all.
            if tile.level() > 0 || tile.index() % 16 == 1 {
                assert_eq!(hash, mth(&entries[start..start + span]), "{tile} {place}");
            }
        }
    }
    for (bundle, bytes) in &log.bundles {
        let first = bundle.first();
        let expected: Vec<_> = (first..first + u64::from(bundle.width())).map(commitment).collect();
        assert_eq!(read_bundle(*bundle, bytes), Ok(expected));
    }
    assert_eq!(log.bundles.keys().copied().collect::<Vec<_>>(), grown_bundles(0, size).collect::<Vec<_>>());
}

#[test]
fn an_edge_that_does_not_belong_to_its_checkpoint_is_refused() {
    let mut log = Memory::grown([700]);
    let (size, root) = (700, log.edge.root());
    let bundle = Bundle::of_tree(2, size).unwrap();
    let bytes = log.bundles[&bundle].clone();
    assert_eq!(Edge::load(&mut log, size, &root, Some(&bytes)).unwrap().root(), root);
    let other = Hash::of_empty_tree();
    let fault = Edge::load(&mut log, size, &other, Some(&bytes)).unwrap_err();
    assert_eq!(fault, EdgeFault::Root { size, computed: root, claimed: other });
    assert_eq!(Edge::load(&mut log, size, &root, None).unwrap_err(), EdgeFault::Missing(bundle));
    for byte in 2..34 {
        let mut altered = bytes.clone();
        altered[34 * 5 + byte] ^= 1;
        assert_eq!(Edge::load(&mut log, size, &root, Some(&altered)).unwrap_err(), EdgeFault::Entry { index: 517, bundle });
    }
    assert!(matches!(Edge::load(&mut log, size, &root, Some(&bytes[1..])), Err(EdgeFault::Bundle(_))));
    let tile = Tile::of_tree(0, 2, size).unwrap();
    log.tiles.remove(&tile);
    assert_eq!(Edge::load(&mut log, size, &root, Some(&bytes)).unwrap_err(), EdgeFault::Tile(TreeFault::Missing(tile)));
}

#[test]
fn a_reader_that_fails_is_named() {
    struct Failing;
    impl tlog::TileReader for Failing {
        type Error = &'static str;
        fn tile(&mut self, _: Tile) -> Result<Option<Vec<u8>>, Self::Error> {
            Err("the disk is gone")
        }
    }
    assert_eq!(root_at(&mut Failing, 3).unwrap_err().to_string(), "tile/0/000.p/3 could not be read: the disk is gone");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn growing_in_steps_writes_what_growing_at_once_writes(steps in prop::collection::vec(0..700_u64, 1..6)) {
        let (mut log, mut size) = (Memory::default(), 0);
        for step in &steps {
            let mut changed: BTreeMap<_, _> = log.tiles.clone();
            log.grow(size + step);
            changed.retain(|tile, bytes| log.tiles.get(tile) != Some(bytes));
            prop_assert_eq!(changed.len(), 0, "a file that was written never changes");
            let named: Vec<Tile> = grown_tiles(size, size + step).collect();
            prop_assert!(named.iter().all(|tile| log.tiles.contains_key(tile)));
            size += step;
            // What is stored is enough to go on from.
            let last = Bundle::of_tree(size / 256, size).map(|bundle| log.bundles[&bundle].clone());
            let root = log.edge.root();
            let mut fetched: BTreeMap<_, _> = root_tiles(size).into_iter().map(|tile| (tile, log.tiles[&tile].clone())).collect();
            let mut again = Edge::load(&mut fetched, size, &root, last.as_deref()).unwrap();
            let mut edge = log.edge.clone();
            prop_assert_eq!(edge.append(&[commitment(size)]), again.append(&[commitment(size)]));
        }
        let whole = Memory::grown([size]);
        prop_assert_eq!(log.edge.root(), mth(&entries(size)));
        for (tile, bytes) in &whole.tiles {
            prop_assert_eq!(log.tiles.get(tile), Some(bytes));
        }
        for (bundle, bytes) in &whole.bundles {
            prop_assert_eq!(log.bundles.get(bundle), Some(bytes));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn an_append_writes_the_tiles_that_are_named(old in 0..70_000_u64, more in 1..600_u64) {
        let mut edge = Edge::new();
        edge.append(&(0..old).map(|index| tlog::Commitment(*Hash::leaf(&index.to_be_bytes()).0.first_chunk().unwrap())).collect::<Vec<_>>());
        let growth = edge.append(&(0..more).map(commitment).collect::<Vec<_>>());
        let written: Vec<Tile> = growth.tiles.iter().map(|(tile, _)| *tile).collect();
        prop_assert_eq!(written, grown_tiles(old, old + more).collect::<Vec<_>>());
        let written: Vec<Bundle> = growth.bundles.iter().map(|(bundle, _)| *bundle).collect();
        prop_assert_eq!(written, grown_bundles(old, old + more).collect::<Vec<_>>());
        for (tile, bytes) in growth.tiles {
            prop_assert!(tile.hashes(&bytes).is_ok());
        }
    }
}
