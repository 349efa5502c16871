//! Everything from nothing: databases of several sizes, all rounds, limits and peers, and the page that tells it.

mod chart;
mod flame;
mod machine;
mod page;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::{Connection as _, PgConnection};

use super::endure::{Endured, endure};
use super::load::process::Tree;
use super::load::served::{Served, free_address};
use super::load::{Pressure, press};
use super::place::Folder;
use super::run::{self, FRESH, LOAD, Memory, Outcome, SERVERS};
use super::seen::{Seen, seen};
use super::start::{Started, start};
use super::{BenchError, data, workloads};

/// Types of the hubs whose start is measured.
const TYPES: [usize; 2] = [30, 1000];
/// What was found so far, in the report's folder.
const FOUND: &str = "found.json";
const FLAMES: [&str; 2] = ["W1", "W3"];

#[derive(Debug, Clone)]
pub struct Settings {
    /// Address of a PostgreSQL server; databases are made there.
    pub server: String,
    /// Where everything is kept.
    pub folder: PathBuf,
    /// Certificates of each database, ascending. The last one up to a million is measured in full.
    pub sizes: Vec<u64>,
    pub seed: u64,
    pub connections: usize,
    pub length: Duration,
    pub rounds: usize,
    pub minutes: f64,
    pub peers: Option<PathBuf>,
    pub redis: Option<String>,
    /// What `cargo bench -p verify` told, to be put on the page.
    pub sm2: Option<PathBuf>,
    /// The page; pictures lie in a folder of its name beside it.
    pub page: PathBuf,
    /// Takes what an earlier report in this folder found, and measures what is missing.
    pub resume: bool,
    /// Databases larger than the one measured in full get only the indexes that the workloads read.
    pub lean: bool,
}

/// What the page is written from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Found {
    pub machine: Vec<(String, String)>,
    pub outcomes: Vec<Outcome>,
    /// Seconds that each load took, where it was made here, and gigabytes of its database.
    pub loads: BTreeMap<u64, (Option<f64>, f64)>,
    pub endured: Option<Endured>,
    pub seen: Option<Seen>,
    pub started: Vec<Started>,
    /// What is in W1 and W3, by share: words and percent.
    pub flames: Vec<(String, Vec<(String, f64)>)>,
    pub sm2: String,
}

/// Does it all and writes the page. What an earlier, broken-off report has loaded is used again.
///
/// # Errors
/// Anything that does not do its work.
pub async fn report(settings: &Settings, tell: impl Fn(String)) -> Result<Found, BenchError> {
    let folder = Folder::open(&settings.folder)?;
    let full = settings.sizes.iter().copied().filter(|size| *size <= 1_000_000).max().or(settings.sizes.first().copied());
    let earlier = if settings.resume { known(&folder)? } else { None };
    let mut found = Found { machine: machine::machine(&settings.server).await?, ..earlier.unwrap_or_default() };
    found.sm2 = settings.sm2.as_ref().and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    let mut pictures = BTreeMap::new();
    for size in &settings.sizes {
        if found.outcomes.iter().any(|outcome| outcome.certificates == *size) {
            tell(format!("{size} certificates: measured before"));
            continue;
        }
        let (database, place) = (in_database(&settings.server, &format!("bench_{size}")), folder.file(&size.to_string()));
        make(&settings.server, &format!("bench_{size}")).await?;
        unpin(&database).await?;
        let began = std::time::Instant::now();
        let known = Folder::open(&place)?.about()?.is_some_and(|about| about.loaded);
        let indexes = if settings.lean && Some(*size) > full { data::Indexes::Read } else { data::Indexes::All };
        data::fill(&place, &database, *size, settings.seed, indexes, &tell).await?;
        let took = (!known).then(|| began.elapsed().as_secs_f64());
        found.loads.insert(*size, (took, gigabytes(&database).await?));
        let whole = Some(*size) == full;
        if let Some(peers) = settings.peers.as_ref().filter(|_| whole) {
            tell("the peers' tables".into());
            tables(&database, peers).await?;
        }
        tell(format!("rounds over {size} certificates"));
        // Statistics read all there is, and so grow with it.
        let growing = || ["W1", "W2", "W3", "W5"].map(str::to_owned).to_vec();
        let rounds = run::Settings {
            folder: place.clone(),
            only: if whole { Vec::new() } else { growing() },
            connections: settings.connections,
            length: settings.length,
            rounds: settings.rounds,
            hub: None,
            hub_pid: None,
            peers: settings.peers.clone().filter(|_| whole),
            redis: settings.redis.clone(),
            transactions: true,
        };
        found.outcomes.push(run::run(&rounds, &tell).await?);
        found.outcomes.sort_by_key(|outcome| outcome.certificates);
        if whole {
            full_run(settings, &place, &mut found, &mut pictures, &tell).await?;
        }
        keep(&folder, &found)?;
        page::write(&settings.page, &found, &pictures)?;
    }
    for types in TYPES.into_iter().filter(|types| !found.started.iter().any(|known| known.types == *types)).collect::<Vec<_>>() {
        tell(format!("start with {types} types"));
        let name = format!("bench_start_{types}");
        make(&settings.server, &name).await?;
        let database = in_database(&settings.server, &name);
        unpin(&database).await?;
        found.started.push(start(&settings.folder, &database, types, &Memory::Shared.sections(settings.redis.as_deref())).await?);
    }
    keep(&folder, &found)?;
    page::write(&settings.page, &found, &pictures)?;
    tell(format!("{}", settings.page.display()));
    Ok(found)
}

/// What is measured at one size only.
async fn full_run(
    settings: &Settings,
    place: &Path,
    found: &mut Found,
    pictures: &mut BTreeMap<String, String>,
    tell: &impl Fn(String),
) -> Result<(), BenchError> {
    let drawn: Vec<String> = found.flames.iter().map(|(name, _)| name.clone()).collect();
    for name in FLAMES.into_iter().filter(|name| !drawn.iter().any(|drawn| drawn == name)) {
        match flames(settings, place, name).await {
            Ok(folded) => {
                pictures.insert(page::flame_of(name), flame::svg(&folded, &format!("{name}: the hub's processor time")));
                found.flames.push((name.to_owned(), page::parts(&folded)));
            }
            Err(error) => tell(format!("no flame graph of {name}: {error}")),
        }
    }
    unpin(&Folder::open(place)?.loaded()?.database).await?;
    let memory = Memory::Shared.sections(settings.redis.as_deref());
    if found.seen.is_none() {
        tell("a change, seen by another replica".into());
        found.seen = Some(seen(place, 20, &memory).await?);
    }
    if found.endured.is_none() {
        tell(format!("{} minutes of the mixture", settings.minutes));
        found.endured = Some(endure(place, settings.minutes, settings.connections, &memory, tell).await?);
    }
    Ok(())
}

async fn flames(settings: &Settings, place: &Path, name: &str) -> Result<flame::Folded, BenchError> {
    let folder = Folder::open(place)?;
    let about = folder.loaded()?;
    let world = about.world();
    Tree(std::process::id()).pin(LOAD)?;
    let program = std::env::current_exe().map_err(|error| BenchError::tool("this program", error))?;
    let address = free_address()?;
    let configuration = folder.configuration(&about.database, &address.to_string(), &Memory::Tokens.sections(None))?;
    let hub = Served::hub(&program, &configuration, address, Some(SERVERS)).await?;
    let all = workloads::all(&about, folder.take_fresh(FRESH)?)?;
    let workload = all.iter().find(|workload| workload.name() == name).ok_or_else(|| BenchError::tool("the bench", name))?;
    let pressure = Pressure { address, connections: settings.connections, seed: 1 };
    press(workload.as_ref(), &world, &pressure, Duration::from_secs(2)).await?;
    let length = Duration::from_secs(6);
    let (folded, pressed) = tokio::join!(flame::record(hub.tree(), length), press(workload.as_ref(), &world, &pressure, length * 3 / 2));
    pressed?;
    folded
}

/// Loading, starting and two replicas may use every core.
async fn unpin(database: &str) -> Result<(), BenchError> {
    Tree(std::process::id()).unpin()?;
    run::postmaster(database).await?.map_or(Ok(()), Tree::unpin)
}

/// What an earlier report found; None: there was none.
fn known(folder: &Folder) -> Result<Option<Found>, BenchError> {
    let file = folder.file(FOUND);
    match std::fs::read(&file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(BenchError::file(&file, error)),
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| BenchError::file(&file, error.into())),
    }
}

fn keep(folder: &Folder, found: &Found) -> Result<(), BenchError> {
    let file = folder.file(FOUND);
    let text = serde_json::to_vec_pretty(found).map_err(|error| BenchError::file(&file, error.into()))?;
    std::fs::write(&file, text).map_err(|error| BenchError::file(&file, error))
}

fn in_database(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').map_or((server, String::new()), |(address, options)| (address, format!("?{options}")));
    let base = address.rsplit_once('/').filter(|(base, _)| base.contains("://") && !base.ends_with('/')).map_or(address, |(base, _)| base);
    format!("{base}/{name}{options}")
}

async fn connect(url: &str) -> Result<PgConnection, BenchError> {
    PgConnection::connect(url).await.map_err(broken)
}

fn broken(error: sqlx::Error) -> BenchError {
    BenchError::Database(error.to_string())
}

async fn make(server: &str, name: &str) -> Result<(), BenchError> {
    let mut connection = connect(server).await?;
    let there: Option<(i32,)> =
        sqlx::query_as("SELECT 1 FROM pg_database WHERE datname = $1").bind(name).fetch_optional(&mut connection).await.map_err(broken)?;
    if there.is_none() {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.map_err(broken)?;
    }
    connection.close().await.map_err(broken)
}

async fn gigabytes(database: &str) -> Result<f64, BenchError> {
    let mut connection = connect(database).await?;
    let (bytes,): (f64,) =
        sqlx::query_as("SELECT pg_database_size(current_database())::float8").fetch_one(&mut connection).await.map_err(broken)?;
    connection.close().await.map_err(broken)?;
    Ok(bytes / 1e9)
}

/// Makes the peers' tables, once.
async fn tables(database: &str, peers: &Path) -> Result<(), BenchError> {
    let file = peers.join("tables.sql");
    let statements = std::fs::read_to_string(&file).map_err(|error| BenchError::file(&file, error))?;
    let mut connection = connect(database).await?;
    let there: Option<(i32,)> =
        sqlx::query_as("SELECT 1 FROM pg_tables WHERE schemaname = 'peer'").fetch_optional(&mut connection).await.map_err(broken)?;
    if there.is_none() {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(&mut connection).await.map_err(broken)?;
    }
    connection.close().await.map_err(broken)
}

/// What a program says of itself, in one line.
fn told(program: &str, arguments: &[&str]) -> Option<String> {
    let done = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(if done.stdout.is_empty() { &done.stderr } else { &done.stdout }).into_owned();
    text.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
}
