//! Audits: an honest log is sound at every size, and whatever is altered is found, with its place.

use proptest::prelude::*;
use tlog::{
    Bundle, Commitment, Hash, Tile, Trust,
    audit::{Finding, MAX_FINDINGS, Which},
    write_bundle,
};

use crate::reference::{Memory, Signer, commitment, log_signer, trust};

fn tile(level: u8, index: u64, size: u64) -> Tile {
    Tile::of_tree(level, index, size).unwrap()
}

fn flip(bytes: &mut [u8], bit: usize) {
    bytes[bit / 8] ^= 1 << (bit % 8);
}

#[test]
fn an_honest_log_is_sound() {
    for sizes in [&[0][..], &[1], &[0, 1, 2], &[255, 256, 257], &[3, 3, 300, 512, 512, 700], &[65_535, 65_536, 66_000]] {
        let size = *sizes.last().unwrap();
        let report = Memory::grown(sizes.iter().copied()).audit();
        assert!(report.is_sound(), "{sizes:?} {report:?}");
        assert_eq!((report.size, report.leaves, report.events, report.checkpoints), (Some(size), size, size, sizes.len() as u64));
    }
}

#[test]
fn an_altered_event_is_named() {
    let mut log = Memory::grown([10, 700]);
    log.events.get_mut(&300).unwrap().1[3] ^= 1;
    log.events.get_mut(&600).unwrap().0.0[3] ^= 1;
    // Erased: nothing is wrong with that.
    log.events.remove(&301);
    let report = log.audit();
    assert_eq!(report.findings, [Finding::Event { index: 300 }, Finding::Event { index: 600 }]);
    assert_eq!(report.events, 699);
}

#[test]
fn an_altered_entry_is_named() {
    let mut log = Memory::grown([10, 700]);
    let bundle = Bundle::of_tree(1, 700).unwrap();
    log.bundles.get_mut(&bundle).unwrap()[34 * 44 + 7] ^= 1;
    let findings = log.audit().findings;
    assert_eq!(findings, [Finding::Leaf { index: 300, bundle, tile: tile(0, 1, 700) }, Finding::Event { index: 300 }]);
}

#[test]
fn an_altered_leaf_hash_is_found_in_its_tile_above_it_and_by_checkpoints() {
    let mut log = Memory::grown([10, 600, 700]);
    let root = log.edge.root();
    log.tiles.get_mut(&tile(0, 1, 700)).unwrap()[32 * 44] ^= 1;
    let findings = log.audit().findings;
    let [Finding::Leaf { index: 300, .. }, Finding::Tile { tile: lower, above, place: 1 }, earlier, latest] = &findings[..] else {
        panic!("{findings:?}")
    };
    assert_eq!((*lower, *above), (tile(0, 1, 700), tile(1, 0, 700)));
    assert!(matches!(earlier, Finding::Root { which: Which::Earlier(1), size: 600, .. }));
    assert!(matches!(latest, Finding::Root { which: Which::Latest, size: 700, claimed, .. } if *claimed == root));
}

#[test]
fn an_altered_upper_tile_is_found_from_below_and_above() {
    let mut log = Memory::grown([66_000]);
    log.tiles.get_mut(&tile(1, 0, 66_000)).unwrap()[32 * 7] ^= 1;
    let expected = [
        Finding::Tile { tile: tile(0, 7, 66_000), above: tile(1, 0, 66_000), place: 7 },
        Finding::Tile { tile: tile(1, 0, 66_000), above: tile(2, 0, 66_000), place: 0 },
    ];
    assert_eq!(log.audit().findings, expected);
    let mut log = Memory::grown([66_000]);
    log.tiles.get_mut(&tile(2, 0, 66_000)).unwrap()[0] ^= 1;
    assert_eq!(log.audit().findings, expected[1..]);
}

#[test]
fn what_is_missing_or_malformed_is_named() {
    let whole = Memory::grown([10, 300, 700]);
    let mut log = whole.clone();
    log.tiles.remove(&tile(0, 0, 700));
    assert_eq!(log.audit().findings, [Finding::TileMissing { tile: tile(0, 0, 700) }], "its entries stand in for it");
    let bundle = Bundle::of_tree(0, 700).unwrap();
    log.bundles.remove(&bundle);
    let findings = log.audit().findings;
    assert_eq!(findings.len(), 5, "{findings:?}");
    assert_eq!(findings[1], Finding::BundleMissing { bundle });
    for (finding, which, size) in [(2, Which::Earlier(0), 10), (3, Which::Earlier(1), 300), (4, Which::Latest, 700)] {
        assert_eq!(findings[finding], Finding::Unproved { which, size, from: 0 });
    }
    let mut log = whole;
    log.bundles.get_mut(&bundle).unwrap().pop();
    log.tiles.get_mut(&tile(1, 0, 700)).unwrap().push(0);
    let findings = log.audit().findings;
    assert!(matches!(findings[..], [Finding::BundleMalformed { .. }, Finding::TileMalformed(_)]), "{findings:?}");
}

#[test]
fn a_log_that_was_rewritten_contradicts_what_it_signed() {
    // Entry 20 is replaced in everything: bundles, tiles, a new checkpoint. What was signed before remains.
    let mut log = Memory::grown([10, 30]);
    let mut other = Memory::default();
    let entries: Vec<Commitment> = (0..40).map(|index| if index == 20 { commitment(999) } else { commitment(index) }).collect();
    let growth = other.edge.append(&entries);
    log.tiles = growth.tiles.into_iter().collect();
    log.bundles = growth.bundles.into_iter().collect();
    log.events.clear();
    log.checkpoints.push(log_signer().checkpoint(40, growth.root).to_string().into_bytes());
    let findings = log.audit().findings;
    let [Finding::Root { which: Which::Earlier(1), size: 30, .. }, Finding::Inconsistent { older: 30, newer: 40 }] = findings[..] else {
        panic!("{findings:?}")
    };
}

#[test]
fn two_faces_of_one_size_contradict_each_other() {
    let mut log = Memory::grown([30, 40]);
    log.checkpoints.insert(1, log_signer().checkpoint(40, Hash::leaf(b"another")).to_string().into_bytes());
    let findings = log.audit().findings;
    assert!(
        matches!(findings[..], [Finding::Root { which: Which::Earlier(1), .. }, Finding::Inconsistent { older: 40, newer: 40 }]),
        "{findings:?}"
    );
}

#[test]
fn a_log_that_was_set_back_is_ahead_of_itself() {
    let mut log = Memory::grown([30, 40]);
    log.checkpoints.swap(0, 1);
    log.tiles.extend(Memory::grown([30]).tiles);
    let findings = log.audit().findings;
    assert_eq!(findings, [Finding::Ahead { which: Which::Earlier(0), size: 40, latest: 30 }]);
}

#[test]
fn checkpoints_of_others_and_out_of_order_are_named() {
    let mut log = Memory::grown([30, 20 + 20, 50]);
    log.checkpoints.swap(0, 1);
    log.checkpoints.insert(0, b"nothing".to_vec());
    log.checkpoints.insert(1, Signer::new("other.example", 9).checkpoint(5, Hash::leaf(b"x")).to_string().into_bytes());
    let findings = log.audit().findings;
    let [
        Finding::Checkpoint { which: Which::Earlier(0), .. },
        Finding::Checkpoint { which: Which::Earlier(1), .. },
        Finding::Order { which: Which::Earlier(3), size: 30, after: 40 },
    ] = findings[..]
    else {
        panic!("{findings:?}")
    };
    assert_eq!(findings[2].to_string(), "earlier checkpoint 3 is of 30 leaves and comes after one of 40: hand them in by size");
}

#[test]
fn a_newest_checkpoint_that_is_not_trusted_is_named_and_the_rest_still_walked() {
    let mut log = Memory::grown([10, 50]);
    let stranger = Trust::of_log("other.example/log", vec![log_signer().key]);
    let latest = log.latest().to_vec();
    let report = tlog::audit(&mut log, &latest, Vec::new(), &stranger).unwrap();
    assert!(matches!(report.findings[..], [Finding::Checkpoint { which: Which::Latest, .. }]));
    assert_eq!((report.leaves, report.checkpoints), (50, 0));
    let report = tlog::audit(&mut log, b"nothing", Vec::new(), &trust()).unwrap();
    assert_eq!((report.size, report.leaves, report.is_sound()), (None, 0, false));
}

#[test]
fn an_audit_of_nothing_ends() {
    let mut log = Memory::default();
    let vast = log_signer().checkpoint(u64::MAX, Hash::leaf(b"x")).to_string().into_bytes();
    let report = tlog::audit(&mut log, &vast, vec![vast.clone(); 3], &trust()).unwrap();
    assert!(report.ended_early && !report.is_sound());
    assert!(report.findings.len() < MAX_FINDINGS + 4);
    // So does one of checkpoints without end.
    let report = tlog::audit(&mut log, &vast, std::iter::repeat(b"nothing".to_vec()), &trust()).unwrap();
    assert!(report.ended_early);
}

#[test]
fn a_report_is_json() {
    let mut log = Memory::grown([10, 30]);
    log.bundles.clear();
    log.checkpoints[0] = b"nothing".to_vec();
    let json = serde_json::to_value(log.audit()).unwrap();
    assert_eq!(json["findings"][0]["finding"], "checkpoint");
    assert_eq!(json["findings"][0]["which"]["earlier"], 0);
    assert_eq!(json["findings"][1]["bundle"], "tile/entries/000.p/30");
}

/// What an audit of this size reads: the final tiles and bundles.
fn files(log: &Memory, size: u64) -> (Vec<Tile>, Vec<Bundle>) {
    let tiles = log.tiles.keys().copied().filter(|tile| Tile::of_tree(tile.level(), tile.index(), size) == Some(*tile)).collect();
    let bundles = log.bundles.keys().copied().filter(|bundle| Bundle::of_tree(bundle.index(), size) == Some(*bundle)).collect();
    (tiles, bundles)
}

#[test]
fn every_altered_bit_of_a_small_log_is_found() {
    let whole = Memory::grown([3, 7]);
    let (tiles, bundles) = files(&whole, 7);
    for tile in tiles {
        for bit in 0..whole.tiles[&tile].len() * 8 {
            let mut log = whole.clone();
            flip(log.tiles.get_mut(&tile).unwrap(), bit);
            let findings = log.audit().findings;
            assert!(matches!(findings[0], Finding::Leaf { index, .. } if index == bit as u64 / 256), "{findings:?}");
        }
    }
    for bundle in bundles {
        for bit in 0..whole.bundles[&bundle].len() * 8 {
            let mut log = whole.clone();
            flip(log.bundles.get_mut(&bundle).unwrap(), bit);
            assert!(!log.audit().is_sound());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn any_altered_bit_of_a_large_log_is_found(which in any::<prop::sample::Index>(), bit in any::<prop::sample::Index>(), size in 1..1500_u64) {
        let mut log = Memory::grown([size / 2, size]);
        let (tiles, bundles) = files(&log, size);
        let which = which.index(tiles.len() + bundles.len());
        let bytes = match tiles.get(which) {
            Some(tile) => log.tiles.get_mut(tile).unwrap(),
            None => log.bundles.get_mut(&bundles[which - tiles.len()]).unwrap(),
        };
        let bit = bit.index(bytes.len() * 8);
        flip(bytes, bit);
        prop_assert!(!log.audit().is_sound());
    }

    #[test]
    fn whoever_rewrites_everything_is_found_by_what_was_signed(index in 0..400_u64, size in 400..900_u64) {
        let mut log = Memory::grown([400, size]);
        let entries: Vec<Commitment> = (0..size).map(|number| commitment(if number == index { number + size } else { number })).collect();
        let mut forged = Memory::default();
        let growth = forged.edge.append(&entries);
        log.tiles = growth.tiles.into_iter().collect();
        log.bundles = growth.bundles.into_iter().collect();
        prop_assert_eq!(&log.bundles[&Bundle::of_tree(0, size).unwrap()], &write_bundle(&entries[..256]));
        log.events.clear();
        *log.checkpoints.last_mut().unwrap() = log_signer().checkpoint(size, growth.root).to_string().into_bytes();
        let findings = log.audit().findings;
        let named = matches!(findings[..], [Finding::Root { which: Which::Earlier(0), size: 400, .. }, Finding::Inconsistent { older: 400, .. }]);
        prop_assert!(named, "{:?}", findings);
    }
}
