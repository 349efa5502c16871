//! `wrk` on a constant answer, and `pgbench` with the statements of the bare handler.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use super::bare::{HELD, POINT, page, slot};
use crate::bench::BenchError;
use crate::bench::workloads::{officer, officer_before};
use crate::bench::world::{CATEGORIES, IdOf, World, mix};
use crate::store::Store;

/// Keys that pgbench draws from.
const KEYS: u32 = 50_000;

/// Requests a second that `wrk` gets out of a constant answer of this size.
///
/// # Errors
/// No `wrk`, or an answer that it counts as an error.
pub async fn wrk(address: SocketAddr, size: u64, connections: usize, length: Duration) -> Result<f64, BenchError> {
    let mut command = Command::new("wrk");
    command.args(["-t1", &format!("-c{connections}"), &format!("-d{}s", length.as_secs().max(1))]);
    command.arg(format!("http://{address}/constant/{size}"));
    let told = output("wrk", command).await?;
    let found = told.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:")?.trim().parse().ok());
    match found.filter(|_| !told.contains("Non-2xx") && !told.contains("Socket errors")) {
        Some(found) => Ok(found),
        None => Err(BenchError::tool("wrk", told)),
    }
}

/// Transactions a second of W1 to W3 by `pgbench`, prepared; each finds its key in a table first, since pgbench draws numbers only.
///
/// # Errors
/// No `pgbench`, or the database.
pub async fn pgbench(
    database: &str,
    world: &World,
    store: &Store,
    registry: &model::registry::Registry,
    connections: usize,
    length: Duration,
) -> Result<Vec<(&'static str, f64)>, BenchError> {
    keys(database, world, store).await?;
    let key = |column: &str| format!("(SELECT {column} FROM bench_key WHERE n = :n)");
    let page = page(&slot(registry, "categoryCode")?).replace("$1", &key("category")).replace("$2", &key("after"));
    let scripts = [("W1", POINT.replace("$1", &key("id"))), ("W2", HELD.replace("$1", &key("holder"))), ("W3", page)];
    let mut found = Vec::new();
    for (name, statement) in scripts {
        let file = std::env::temp_dir().join(format!("zhengzhao-bench-{}-{name}.sql", std::process::id()));
        std::fs::write(&file, format!("\\set n random(1, {KEYS})\n{statement};\n")).map_err(|error| BenchError::file(&file, error))?;
        let mut command = Command::new("pgbench");
        command.args(["-n", "-M", "prepared", "-j", "1", "-c", &connections.to_string(), "-T", &length.as_secs().max(1).to_string()]);
        command.arg("-f").arg(&file).arg(database);
        let told = output("pgbench", command).await;
        // A file of ours in the folder for such files: left behind it harms nobody.
        let _ = std::fs::remove_file(&file);
        let told = told?;
        let tps = told.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
        found.push((name, tps.ok_or_else(|| BenchError::tool("pgbench", told))?));
    }
    Ok(found)
}

async fn output(name: &'static str, mut command: Command) -> Result<String, BenchError> {
    let done = tokio::task::spawn_blocking(move || command.output()).await.map_err(|error| BenchError::tool(name, error))?;
    let done = done.map_err(|error| BenchError::tool(name, error))?;
    if !done.status.success() {
        return Err(BenchError::tool(name, String::from_utf8_lossy(&done.stderr)));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

async fn keys(database: &str, world: &World, store: &Store) -> Result<(), BenchError> {
    let broken = |error: sqlx::Error| BenchError::Database(error.to_string());
    let mut connection = PgConnection::connect(database).await.map_err(broken)?;
    for statement in [
        "DROP TABLE IF EXISTS bench_key",
        "CREATE TABLE bench_key (n integer PRIMARY KEY, id uuid NOT NULL, holder text NOT NULL, category text NOT NULL, after uuid NOT NULL)",
    ] {
        sqlx::query(statement).execute(&mut connection).await.map_err(broken)?;
    }
    let mut chance = world.chance(mix(world.seed));
    let numbers: Vec<i32> = (1..=KEYS).filter_map(|n| i32::try_from(n).ok()).collect();
    let (mut ids, mut holders, mut categories, mut afters): (Vec<Uuid>, Vec<String>, Vec<&str>, Vec<Uuid>) = Default::default();
    for _ in &numbers {
        let (one, before) = (officer(world, &mut chance), officer_before(world, &mut chance));
        ids.push(world.id(one.t, IdOf::Version));
        holders.push(store.opaque(&world.person(one).number));
        categories.push(CATEGORIES[before.place.category]);
        afters.push(world.id(before.t, IdOf::Version));
    }
    sqlx::query("INSERT INTO bench_key SELECT * FROM UNNEST($1::int4[], $2::uuid[], $3::text[], $4::text[], $5::uuid[])")
        .bind(numbers)
        .bind(ids)
        .bind(holders)
        .bind(categories)
        .bind(afters)
        .execute(&mut connection)
        .await
        .map_err(broken)?;
    sqlx::query("ANALYZE bench_key").execute(&mut connection).await.map_err(broken)?;
    connection.close().await.map_err(broken)
}
