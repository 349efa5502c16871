//! The samples of `docs/log.md`, which people try their own programs on: they are what this code writes, and they hold. Written anew with
//! `UPDATE=1 cargo test -p tlog samples`.

use std::{env, fs, path::Path};

use tlog::{Checkpoint, Commitment, Edge, Receipt, Salt, Trust, VerifierKey, inclusion_proof, verify_receipt};

use crate::reference::{Memory, ORIGIN, Signer, commitment, log_signer};

/// An event with a made-up person, as the hub might write it.
const EVENT: &str = r#"{"at":"2026-11-22T08:00:00Z","by":"91990000MA00000015","certificate":"0192f0c1-0000-7000-8000-000000000001","kind":"QUERY","purpose":"990000-0001"}"#;
const SIZE: u64 = 1000;
const INDEX: u64 = 618;

fn receipt() -> Receipt {
    let salt = Salt([0x5a; 32]);
    let ours = Commitment::to(&salt, EVENT.as_bytes());
    let entries: Vec<Commitment> = (0..SIZE).map(|index| if index == INDEX { ours } else { commitment(index) }).collect();
    let (mut edge, mut log) = (Edge::new(), Memory::default());
    let growth = edge.append(&entries);
    log.tiles.extend(growth.tiles);
    let (signer, witness) = (log_signer(), Signer::new("witness.example.org", 2));
    let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size: SIZE, root: growth.root, extensions: Vec::new() };
    let mut signed = checkpoint.sign(&signer.key, |text| signer.sign(text)).unwrap();
    signed.add(&witness.key, witness.sign(signed.note().text().as_bytes()).unwrap()).unwrap();
    let path = inclusion_proof(&mut log, INDEX, SIZE).unwrap();
    Receipt { v: 1, leaf: ours.leaf(), index: INDEX, tree_size: SIZE, path, checkpoint: signed.to_string(), salt }
}

#[test]
fn the_samples_are_what_is_written_and_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/samples/log");
    let receipt = serde_json::to_string_pretty(&receipt()).unwrap() + "\n";
    let key = format!("{}\n", log_signer().key);
    let files = [("receipt.json", receipt.as_str()), ("event.json", EVENT), ("log.vkey", &key)];
    for (name, text) in files {
        if env::var_os("UPDATE").is_some() {
            fs::write(folder.join(name), text).unwrap();
        }
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), text, "{name}: UPDATE=1 writes it anew");
    }
    let key: VerifierKey = key.trim().parse().unwrap();
    let receipt = Receipt::from_json(receipt.as_bytes()).unwrap();
    assert_eq!(verify_receipt(&receipt, EVENT.as_bytes(), &Trust::of_log(ORIGIN, vec![key])).unwrap().index, INDEX);
}
