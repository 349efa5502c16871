//! Medians, and lines for people.

use serde::{Deserialize, Serialize};

/// One workload on one server; times in microseconds, memory in megabytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Measured {
    pub target: String,
    pub workload: String,
    pub title: String,
    pub per_second: f64,
    pub p50: f64,
    pub p99: f64,
    /// Processor time of the server for one request.
    pub server: Option<f64>,
    /// Processor time of PostgreSQL for one request.
    pub database: Option<f64>,
    pub memory: Option<f64>,
    pub database_memory: Option<f64>,
    /// Transactions of PostgreSQL for one request, where they were counted.
    #[serde(default)]
    pub transactions: Option<f64>,
    /// Of a body.
    pub bytes: u64,
    pub requests: u64,
    /// How many answers were compared with the world.
    pub deep: u64,
}

/// One entry a server and workload, in the order in which they were first measured.
pub(super) fn medians(measured: Vec<Measured>) -> Vec<Measured> {
    let mut groups: Vec<Vec<Measured>> = Vec::new();
    for one in measured {
        match groups.iter_mut().find(|group| (&group[0].target, &group[0].workload) == (&one.target, &one.workload)) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups.into_iter().filter_map(median).collect()
}

fn median(group: Vec<Measured>) -> Option<Measured> {
    let of = |value: fn(&Measured) -> Option<f64>| {
        let mut values: Vec<f64> = group.iter().filter_map(value).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let (requests, deep) = (group.iter().map(|one| one.requests).sum(), group.iter().map(|one| one.deep).sum());
    let first = group.first()?.clone();
    Some(Measured {
        per_second: of(|one| Some(one.per_second))?,
        p50: of(|one| Some(one.p50))?,
        p99: of(|one| Some(one.p99))?,
        server: of(|one| one.server),
        database: of(|one| one.database),
        memory: of(|one| one.memory),
        database_memory: of(|one| one.database_memory),
        requests,
        deep,
        ..first
    })
}

pub(super) fn lines(measured: &[Measured]) -> Vec<String> {
    let cell = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.0}"));
    let mut lines = vec![format!(
        "{:<10} {:<9} {:>9} {:>9} {:>9} {:>11} {:>11} {:>7} {:>7} {:>8} {:>8}",
        "", "server", "req/s", "p50 µs", "p99 µs", "CPU server", "CPU PG", "MB", "PG MB", "bytes", "checked"
    )];
    let mut sorted: Vec<&Measured> = measured.iter().collect();
    sorted.sort_by(|one, other| one.workload.cmp(&other.workload));
    for one in sorted {
        lines.push(format!(
            "{:<10} {:<9} {:>9.0} {:>9.0} {:>9.0} {:>11} {:>11} {:>7} {:>7} {:>8} {:>8}",
            one.workload,
            one.target,
            one.per_second,
            one.p50,
            one.p99,
            cell(one.server),
            cell(one.database),
            cell(one.memory),
            cell(one.database_memory),
            one.bytes,
            one.deep
        ));
    }
    lines
}
