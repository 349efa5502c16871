//! A closed loop: as many connections as asked, each with one request under way, for a while; every answer is looked at.

mod connection;
pub mod process;
pub mod served;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::BenchError;
use super::workloads::{Call, Workload};
use super::world::{World, mix};
use connection::Connection;

/// One answer in so many is compared with the world, not only searched for errors.
const DEEP: u64 = 61;

/// Where and how hard.
#[derive(Debug, Clone)]
pub struct Pressure {
    pub address: SocketAddr,
    pub connections: usize,
    pub seed: u64,
}

/// What came of a round.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    pub requests: u64,
    /// Answers that were compared with the world.
    pub deep: u64,
    pub bytes: u64,
    pub seconds: f64,
    /// Sorted, in microseconds.
    latencies: Vec<u32>,
}

impl Counted {
    pub fn per_second(&self) -> f64 {
        as_f64(self.requests) / self.seconds.max(1e-9)
    }

    /// The latency in microseconds below which this share of the answers came.
    pub fn quantile(&self, share: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
        let place = (share * as_f64(self.latencies.len() as u64)) as usize;
        self.latencies.get(place.min(self.latencies.len().saturating_sub(1))).map_or(0.0, |micros| f64::from(*micros))
    }

    /// The mean size of a body.
    pub fn bytes_each(&self) -> u64 {
        self.bytes / self.requests.max(1)
    }
}

/// Microseconds, requests and bytes of one round never reach 2^52.
pub(super) fn as_f64(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let wide = number as f64;
    wide
}

/// Runs one workload for a while.
///
/// # Errors
/// The first answer that is not 200, holds errors, or is not the one that the world has; a connection that breaks.
pub async fn press(workload: &dyn Workload, world: &World, pressure: &Pressure, length: Duration) -> Result<Counted, BenchError> {
    let began = Instant::now();
    let until = began + length;
    let one = |number: usize| async move {
        let chance = StdRng::seed_from_u64(mix(pressure.seed ^ mix(number as u64 + 1)));
        one(workload, world, pressure.address, chance, until).await
    };
    let parts = try_join_all((0..pressure.connections).map(one)).await?;
    let mut all = Counted { seconds: began.elapsed().as_secs_f64(), ..Counted::default() };
    for part in parts {
        all.requests += part.requests;
        all.deep += part.deep;
        all.bytes += part.bytes;
        all.latencies.extend(part.latencies);
    }
    all.latencies.sort_unstable();
    Ok(all)
}

/// Asks once; the answer, which holds no errors.
///
/// # Errors
/// A connection that breaks, a status other than 200, an answer with errors.
pub async fn ask(address: SocketAddr, request: &[u8]) -> Result<serde_json::Value, BenchError> {
    let broken = |error: std::io::Error| BenchError::tool("the connection to the server", error);
    let mut connection = Connection::open(address).await.map_err(broken)?;
    let (status, body) = connection.ask(request).await.map_err(broken)?;
    let answer: serde_json::Value = serde_json::from_slice(body).map_err(|error| broken(error.into()))?;
    if status == 200 && answer.get("errors").is_none() {
        Ok(answer)
    } else {
        Err(BenchError::tool("the server", format!("{status}: {answer}")))
    }
}

async fn one(
    workload: &dyn Workload,
    world: &World,
    address: SocketAddr,
    mut chance: StdRng,
    until: Instant,
) -> Result<Counted, BenchError> {
    let broken = |error: std::io::Error| BenchError::tool("the connection to the server", error);
    let mut connection = Connection::open(address).await.map_err(broken)?;
    let mut counted = Counted::default();
    while Instant::now() < until {
        let Call { key, request } = workload.call(world, &mut chance);
        let began = Instant::now();
        let (status, body) = connection.ask(&request).await.map_err(broken)?;
        counted.latencies.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
        // Whole answers are long.
        let wrong = |detail: String| BenchError::Wrong { workload: workload.name().to_owned(), detail: detail.chars().take(500).collect() };
        if status != 200 || memchr::memmem::find(body, b"\"errors\"").is_some() {
            let head = String::from_utf8_lossy(&body[..body.len().min(600)]).into_owned();
            return Err(wrong(format!("status {status}: {head}")));
        }
        if counted.requests % DEEP == 0 {
            let answer = serde_json::from_slice(body).map_err(|error| wrong(error.to_string()))?;
            workload.check(world, &key, &answer).map_err(|detail| wrong(format!("{detail}: {answer}")))?;
            counted.deep += 1;
        }
        counted.bytes += body.len() as u64;
        counted.requests += 1;
    }
    Ok(counted)
}
