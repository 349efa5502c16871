//! What issuing many cannot be faster than: signing alone, and COPY of the same rows alone.

use std::time::Instant;

use sqlx::{Connection as _, PgConnection};

use crate::bench::BenchError;
use crate::bench::data;
use crate::bench::load::as_f64;
use crate::bench::place::{About, Folder};
use crate::bench::world::World;
use crate::hub::Hub;
use crate::store::{Store, StoreSettings};

/// Certificates of one measurement.
const COUNT: u64 = 4000;
/// Empty tables like the hub's, indexes and all.
const SCRATCH: &str = "bench_scratch";
const TABLES: [&str; 6] =
    ["certificate", "certificate_version", "certificate_event", "certificate_index", "certificate_holder", "attachment"];

/// Microseconds a certificate.
#[derive(Debug, Clone, Copy)]
pub struct Alone {
    pub sign: f64,
    pub copy: f64,
}

/// Measures both, one after the other.
///
/// # Errors
/// Certificates that cannot be made, or the database.
pub async fn alone(folder: &Folder, about: &About) -> Result<Alone, BenchError> {
    let hub = Hub::open(folder.hub_settings(&about.database)?).await?;
    let sample = data::sample(&hub, folder, World::new(about.seed + 1, COUNT, about.day))?;
    let began = Instant::now();
    for (standing, signer) in &sample {
        signer.sign(standing.version.row.statement.as_bytes())?;
    }
    let sign = began.elapsed();
    let lines = hub.store.lines(sample.into_iter().map(|(standing, _)| standing).collect())?;
    scratch(&about.database).await?;
    let separator = if about.database.contains('?') { '&' } else { '?' };
    let url = format!("{}{separator}options=-csearch_path%3D{SCRATCH}", about.database);
    let store = Store::open(&StoreSettings { url, ..hub.settings.store.clone() }).await?;
    store.ping().await?;
    let began = Instant::now();
    store.load(&lines).await?;
    let copy = began.elapsed();
    store.close().await?;
    hub.store.close().await?;
    let each = |whole: std::time::Duration| whole.as_secs_f64() * 1e6 / as_f64(COUNT);
    Ok(Alone { sign: each(sign), copy: each(copy) })
}

async fn scratch(database: &str) -> Result<(), BenchError> {
    let broken = |error: sqlx::Error| BenchError::Database(error.to_string());
    let mut connection = PgConnection::connect(database).await.map_err(broken)?;
    let mut statements = format!("DROP SCHEMA IF EXISTS {SCRATCH} CASCADE; CREATE SCHEMA {SCRATCH};");
    for table in TABLES {
        statements += &format!("CREATE TABLE {SCRATCH}.{table} (LIKE public.{table} INCLUDING ALL);");
    }
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(&mut connection).await.map_err(broken)?;
    connection.close().await.map_err(broken)
}
