//! What the fuzz targets were given and have found, replayed through the same functions, within bounds of time and memory.

mod entries;
#[path = "../processor/mod.rs"]
mod processor;

use std::{fs, path::Path};

use entries::{ENTRIES, files, matrix};

/// One input at the most, unoptimised.
const SECONDS: u64 = 2;
/// The whole process at its peak.
const MEGABYTES: u64 = 400;

#[test]
fn the_corpus_is_read_within_its_bounds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let mut seeds = files(&matrix().join("cases"));
    seeds.extend(files(&matrix().join("parts")));
    seeds.extend(files(&matrix().join("trust/revocations")));
    for entry in &ENTRIES {
        let of_kind = seeds.iter().filter(|(name, _)| entry.seeds.iter().any(|ending| name.ends_with(ending)));
        let mut inputs: Vec<(String, Vec<u8>)> = of_kind.cloned().collect();
        inputs.extend(files(&corpus.join(entry.name)));
        assert!(!inputs.is_empty(), "{} has nothing to read", entry.name);
        for (name, bytes) in inputs {
            let begin = processor::used();
            (entry.run)(&bytes);
            let took = processor::used() - begin;
            assert!(took.as_secs() < SECONDS, "{} {name} took {took:?}", entry.name);
        }
    }
    if let Some(peak) = peak_megabytes() {
        assert!(peak < MEGABYTES, "{peak} MB at the peak");
    }
}

/// Where the system tells.
fn peak_megabytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? / 1024)
}
