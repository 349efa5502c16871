//! Readers are handed what nobody wrote. Nothing may panic, and what is read is written back alike.

use std::{collections::BTreeMap, convert::Infallible};

use proptest::prelude::*;
use tlog::{
    Bundle, Checkpoint, Promise, Promised, Receipt, Resource, SignedCheckpoint, Tile, TileReader, Trust, VerifierKey, audit::Log,
    consistency_proof, inclusion_proof, note::Note, read_bundle, root_at, verify_receipt, write_bundle,
};

use crate::reference::{Memory, log_signer, trust};

/// A checkpoint with bytes of it replaced, cut and doubled.
fn bent(seed: &[u8]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let seed = seed.to_vec();
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..6).prop_map(move |changes| {
        let mut bytes = seed.clone();
        for (place, value, how) in changes {
            let place = place.index(bytes.len().max(1));
            match how {
                0 if place < bytes.len() => bytes[place] = value,
                1 => bytes.insert(place, value),
                2 if place < bytes.len() => _ = bytes.remove(place),
                _ => bytes = [&bytes[..place], &bytes[place / 2..]].concat(),
            }
        }
        bytes
    })
}

fn checkpoint() -> Vec<u8> {
    Memory::grown([9]).latest().to_vec()
}

/// Tiles and bundles of whatever bytes.
struct Hostile(Vec<Vec<u8>>, usize);

impl Hostile {
    fn next(&mut self) -> Option<Vec<u8>> {
        self.1 += 1;
        self.0.get(self.1 % (self.0.len() + 1)).cloned()
    }
}

impl TileReader for Hostile {
    type Error = Infallible;

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, Infallible> {
        // Every other one has the length it must have.
        let bytes = self.next();
        Ok(if self.1.is_multiple_of(2) { bytes.map(|bytes| vec![bytes.len() as u8; usize::from(tile.width()) * 32]) } else { bytes })
    }
}

impl Log for Hostile {
    fn bundle(&mut self, bundle: Bundle) -> Result<Option<Vec<u8>>, Infallible> {
        let bytes = self.next();
        Ok(if self.1.is_multiple_of(3) { bytes.map(|bytes| vec![bytes.len() as u8; usize::from(bundle.width()) * 34]) } else { bytes })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn notes_and_checkpoints(bytes in bent(&checkpoint())) {
        if let Ok(note) = Note::read(&bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes.clone());
        }
        if let Ok(signed) = SignedCheckpoint::read(&bytes) {
            prop_assert_eq!(signed.checkpoint().to_string(), signed.note().text());
            prop_assert_eq!(signed.verify(&trust()).is_ok(), signed.note().text().as_bytes() == &checkpoint()[..signed.note().text().len()]
                && signed.note().verified_by(&trust().log_keys).is_ok_and(|keys| !keys.is_empty()));
        }
    }

    #[test]
    fn any_text(text in "\\PC{0,40}(\n\\PC{0,20}){0,6}\n?") {
        _ = Checkpoint::from_text(&text);
        _ = Note::read(text.as_bytes());
        _ = text.parse::<VerifierKey>();
        _ = Receipt::from_json(text.as_bytes());
        _ = Promised::from_json(text.as_bytes());
        if let Ok(promise) = Promise::from_text(&text) {
            prop_assert_eq!(promise.to_string(), text.clone());
        }
        if let Ok(note) = Note::new(&text) {
            prop_assert_eq!(note.text(), text);
        }
    }

    #[test]
    fn paths(path in "(tile|checkpoint|/|entries|x|[0-9]{1,3}|\\.p/|\\PC){0,10}") {
        match path.parse() {
            Ok(Resource::Checkpoint) => prop_assert_eq!(path, "checkpoint"),
            Ok(Resource::Tile(tile)) => prop_assert_eq!(tile.path(), path),
            Ok(Resource::Bundle(bundle)) => prop_assert_eq!(bundle.path(), path),
            Err(_) => {}
        }
    }

    #[test]
    fn paths_of_tiles_are_read_back(level in 0..8_u8, part in any::<u64>(), size in 1..=u64::MAX) {
        let tiles = (size >> (8 * level)).div_ceil(256);
        if let Some(tile) = Tile::of_tree(level, part % tiles.max(1), size) {
            prop_assert_eq!(tile.path().parse(), Ok(Resource::Tile(tile)));
        }
        let bundle = Bundle::of_tree(part % size.div_ceil(256), size).unwrap();
        prop_assert_eq!(bundle.path().parse(), Ok(Resource::Bundle(bundle)));
        prop_assert_eq!(Tile::of_tree(level, tiles, size), None);
    }

    #[test]
    fn bundles(bytes in prop::collection::vec(any::<u8>(), 0..200), size in 1..300_u64) {
        let bundle = Bundle::of_tree((size - 1) / 256, size).unwrap();
        if let Ok(entries) = read_bundle(bundle, &bytes) {
            prop_assert_eq!(write_bundle(&entries), bytes);
        }
    }

    #[test]
    fn receipts(json in bent(&serde_json::to_vec(&receipt()).unwrap())) {
        if let Ok(receipt) = Receipt::from_json(&json) {
            _ = verify_receipt(&receipt, b"event", &trust());
            prop_assert!(receipt.included(&Trust::default()).is_err());
        }
    }

    #[test]
    fn trees_of_hostile_tiles(tiles in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70), 0..5), size in any::<u64>(), part in any::<u64>(), small in 0..64_u32) {
        let (size, mut log) = (size >> small, Hostile(tiles, 0));
        _ = root_at(&mut log, size);
        _ = inclusion_proof(&mut log, part, size);
        _ = consistency_proof(&mut log, part, size);
        let latest = log_signer().checkpoint(size, tlog::Hash::of_empty_tree()).to_string().into_bytes();
        let report = tlog::audit(&mut log, &latest, [checkpoint()], &trust()).unwrap();
        prop_assert!(!report.is_sound());
        prop_assert!(root_at(&mut BTreeMap::new(), size).is_err() || size == 0);
    }
}

fn receipt() -> Receipt {
    let mut log = Memory::grown([9]);
    Receipt {
        v: 1,
        leaf: crate::reference::commitment(4).leaf(),
        index: 4,
        tree_size: 9,
        path: inclusion_proof(&mut log, 4, 9).unwrap(),
        checkpoint: String::from_utf8(checkpoint()).unwrap(),
        salt: crate::reference::salt(4),
    }
}
