//! W8 for minutes: is memory flat, and is there no error?

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::BenchError;
use super::load::process::{Tree, resident_of};
use super::load::served::{Served, free_address};
use super::load::{Pressure, as_f64, press};
use super::place::Folder;
use super::run::{FRESH, LOAD, SERVERS, postmaster};
use super::workloads;

/// One look.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Sample {
    pub seconds: f64,
    /// Megabytes of resident memory.
    pub hub: f64,
    pub database: f64,
    pub per_second: f64,
    pub p99: f64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Endured {
    pub requests: u64,
    pub checked: u64,
    pub samples: Vec<Sample>,
}

impl Endured {
    /// Mean memory of the hub in the last fifth against that in the second: the first is for warming up.
    pub fn growth(&self) -> Option<f64> {
        let fifth = self.samples.len() / 5;
        let mean = |part: &[Sample]| {
            Some(part.iter().map(|sample| sample.hub).sum::<f64>() / as_f64(part.len() as u64)).filter(|mean| *mean > 0.0)
        };
        let (early, late) = (self.samples.get(fifth..2 * fifth)?, self.samples.get(4 * fifth..)?);
        Some(mean(late)? / mean(early)?)
    }
}

/// Runs the mixture on a hub of its own.
///
/// # Errors
/// The first wrong answer, or a server that does not start.
pub async fn endure(
    folder: &std::path::Path,
    minutes: f64,
    connections: usize,
    extra: &str,
    tell: impl Fn(String),
) -> Result<Endured, BenchError> {
    let folder = Folder::open(folder)?;
    let about = folder.loaded()?;
    let world = about.world();
    let postgres = postmaster(&about.database).await?;
    Tree(std::process::id()).pin(LOAD)?;
    let program: PathBuf = std::env::current_exe().map_err(|error| BenchError::tool("this program", error))?;
    let address = free_address()?;
    let configuration = folder.configuration(&about.database, &address.to_string(), extra)?;
    let hub = Served::hub(&program, &configuration, address, Some(SERVERS)).await?;
    let all = workloads::all(&about, folder.take_fresh(FRESH)?)?;
    let mixed = all.iter().find(|workload| workload.name() == "W8").ok_or_else(|| BenchError::tool("the bench", "W8 is missing"))?;
    let (began, whole) = (Instant::now(), Duration::from_secs_f64(minutes.clamp(0.01, 600.0) * 60.0));
    let slice = (whole / 60).clamp(Duration::from_millis(200), Duration::from_secs(10));
    let mut endured = Endured::default();
    while began.elapsed() < whole {
        let pressure = Pressure { address, connections, seed: endured.samples.len() as u64 };
        let counted = press(mixed.as_ref(), &world, &pressure, slice).await?;
        endured.requests += counted.requests;
        endured.checked += counted.deep;
        let sample = Sample {
            seconds: began.elapsed().as_secs_f64(),
            hub: as_f64(resident_of(hub.tree().0)) / 1024.0,
            database: postgres.map_or(0.0, |tree| as_f64(tree.resident()) / 1024.0),
            per_second: counted.per_second(),
            p99: counted.quantile(0.99),
        };
        endured.samples.push(sample);
        tell(format!(
            "{:>5.0} s  {:>7.0} req/s  p99 {:>7.0} µs  hub {:>6.1} MB  PostgreSQL {:>7.1} MB",
            sample.seconds, sample.per_second, sample.p99, sample.hub, sample.database
        ));
    }
    Ok(endured)
}
