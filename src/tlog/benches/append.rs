//! What appending and proving cost: `cargo bench -p tlog`.

use std::{collections::BTreeMap, hint::black_box, time::Instant};

use tlog::{Commitment, Edge, Salt, Tile, inclusion_proof, verify_inclusion};

const LEAVES: usize = 1 << 17;

fn main() {
    let entries: Vec<Commitment> = (0..LEAVES as u64).map(|number| Commitment::to(&Salt([7; 32]), &number.to_be_bytes())).collect();
    let mut tiles: BTreeMap<Tile, Vec<u8>> = BTreeMap::new();
    for batch in [1, 16, 256] {
        let mut edge = Edge::new();
        let begin = Instant::now();
        for entries in entries.chunks(batch) {
            tiles.extend(black_box(edge.append(black_box(entries))).tiles);
        }
        println!("appended {batch:>3} at a time: {:.2} µs a leaf", begin.elapsed().as_secs_f64() * 1e6 / LEAVES as f64);
    }
    let (size, root) = (LEAVES as u64, tlog::root_at(&mut tiles, LEAVES as u64).expect("all tiles"));
    let begin = Instant::now();
    for index in (0..size).step_by(128) {
        let proof = inclusion_proof(&mut tiles, index, size).expect("all tiles");
        let leaf = entries[index as usize].leaf();
        verify_inclusion(&leaf, index, size, &root, &proof).expect("a proof");
    }
    println!("proved and verified: {:.1} µs a leaf", begin.elapsed().as_secs_f64() * 1e6 / (LEAVES / 128) as f64);
}
