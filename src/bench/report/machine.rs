//! What it was measured on.

use super::{BenchError, broken, connect, told};
use sqlx::Connection as _;

/// Settings of PostgreSQL that decide how fast it may be.
const SETTINGS: [&str; 6] = ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "jit", "max_parallel_workers_per_gather"];

pub(super) async fn machine(server: &str) -> Result<Vec<(String, String)>, BenchError> {
    let mut rows = Vec::new();
    let mut add = |name: &str, value: Option<String>| rows.extend(value.map(|value| (name.to_owned(), value)));
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| Some(line.strip_prefix("model name")?.split_once(':')?.1.trim().to_owned()));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    add("processor", model.map(|model| format!("{model}, {cores} cores")));
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes: Option<f64> = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse().ok());
    add("memory", kilobytes.map(|kilobytes| format!("{:.0} GB", kilobytes / 1e6)));
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    add("system", release.lines().find_map(|line| Some(line.strip_prefix("PRETTY_NAME=")?.trim_matches('"').to_owned())));
    add("kernel", told("uname", &["-sr"]));
    add(
        "zhengzhao",
        Some(format!("{} ({})", env!("CARGO_PKG_VERSION"), if cfg!(debug_assertions) { "a debug build" } else { "a release build" })),
    );
    let mut connection = connect(server).await?;
    let (version,): (String,) = sqlx::query_as("SHOW server_version").fetch_one(&mut connection).await.map_err(broken)?;
    add("PostgreSQL", Some(version));
    for name in SETTINGS {
        let (value,): (String,) =
            sqlx::query_as("SELECT current_setting($1)").bind(name).fetch_one(&mut connection).await.map_err(broken)?;
        add(&format!("PostgreSQL: {name}"), Some(value));
    }
    connection.close().await.map_err(broken)?;
    add("Redis", told("redis-server", &["--version"]).map(|line| line.split_whitespace().nth(2).unwrap_or_default().to_owned()));
    add("wrk", told("wrk", &["-v"]).map(|line| line.split(" Copyright").next().unwrap_or_default().to_owned()));
    Ok(rows)
}
