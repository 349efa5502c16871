//! Rounds of every workload on the hub and on the limits, interleaved, on pinned cores; the medians side by side.

mod table;
mod targets;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use model::registry::Registry;
use serde::{Deserialize, Serialize};

use crate::store::Store;

use super::load::process::{Tree, resident_of};
use super::load::served::{Served, free_address};
use super::load::{Counted, Pressure, as_f64, press};
use super::place::{About, Folder};
use super::workloads::{self, Workload, w9_import};
use super::world::World;
use super::{BenchError, limits};
pub use table::Measured;
pub use targets::{Verdict, lines};

/// The server and its database on the first core, the load maker on the second.
pub(super) const SERVERS: usize = 0;
pub(super) const LOAD: usize = 1;
/// More persons than one run issues certificates for.
pub(super) const FRESH: u64 = 200_000;
/// The hub that reads and verifies each time, and the one that answers from memory what nobody has changed.
const HUB: &str = "hub";
const CACHED: &str = "cached";
/// Whose transactions are counted: the reading workloads that must cost the same at any size.
const COUNTED: [&str; 4] = ["W1", "W2", "W3", "W5"];
/// W2 with one connection.
const ALONE: &str = "W2 alone";
/// Rows a second of W9.
const IMPORTED: &str = "W9 import, rows";

#[derive(Debug, Clone)]
pub struct Settings {
    pub folder: PathBuf,
    /// Names of workloads; none: all.
    pub only: Vec<String>,
    pub connections: usize,
    pub length: Duration,
    pub rounds: usize,
    pub hub: Option<SocketAddr>,
    pub hub_pid: Option<u32>,
    /// Folder of peers (`benches/peers`).
    pub peers: Option<PathBuf>,
    /// The Redis of the hubs that are started.
    pub redis: Option<String>,
    /// Count the hub's transactions too: PostgreSQL takes a quarter of a minute a workload to tell them.
    pub transactions: bool,
}

/// A server under load.
struct Target {
    name: String,
    address: SocketAddr,
    tree: Option<Tree>,
    workloads: Vec<Box<dyn Workload>>,
    _served: Option<Served>,
}

impl Target {
    fn of(name: &str, served: Served, workloads: Vec<Box<dyn Workload>>) -> Self {
        Self { name: name.to_owned(), address: served.address, tree: Some(served.tree()), workloads, _served: Some(served) }
    }
}

fn this_program(error: std::io::Error) -> BenchError {
    BenchError::tool("this program", error)
}

/// All that one run found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    pub certificates: u64,
    pub connections: usize,
    pub measured: Vec<Measured>,
    /// What is no round of a workload, by name: requests a second of wrk and pgbench, microseconds to sign and to copy.
    pub facts: BTreeMap<String, f64>,
    /// Peers that could not be had, with the reason.
    pub absent: BTreeMap<String, String>,
    pub verdicts: Vec<Verdict>,
}

/// Measures and prints.
///
/// # Errors
/// A server that does not start, a wrong answer, no data.
pub async fn run(settings: &Settings, tell: impl Fn(String)) -> Result<Outcome, BenchError> {
    let folder = Folder::open(&settings.folder)?;
    let about = folder.loaded()?;
    let world = about.world();
    let postgres = postmaster(&about.database).await?;
    Tree(std::process::id()).pin(LOAD)?;
    let pinned = postgres.is_some_and(|tree| tree.pin(SERVERS).is_ok());
    let mut outcome = Outcome { certificates: about.certificates, connections: settings.connections, ..Outcome::default() };
    let targets = targets(settings, &folder, &about, &mut outcome).await?;
    let mut measured = Vec::new();
    for round in 0..settings.rounds {
        for target in &targets {
            for workload in target.workloads.iter().filter(|workload| settings.wants(workload.name())) {
                let pressure =
                    Pressure { address: target.address, connections: settings.connections, seed: as_seed(round, workload.name()) };
                if round == 0 {
                    press(workload.as_ref(), &world, &pressure, settings.length.min(Duration::from_secs(2))).await?;
                }
                measured.push(round_of(target, workload.as_ref(), &world, &pressure, settings.length, postgres).await?);
                if workload.name() == "W2" {
                    let pressure = Pressure { connections: 1, ..pressure };
                    let alone = round_of(target, workload.as_ref(), &world, &pressure, settings.length, postgres).await?;
                    measured.push(Measured { workload: ALONE.into(), title: "W2 with one connection".into(), ..alone });
                }
            }
        }
    }
    outcome.measured = table::medians(measured);
    if settings.transactions {
        count_transactions(settings, &world, &about.database, &targets[0], &mut outcome.measured).await?;
    }
    if let Some(bare) = targets.iter().find(|target| target.name == "bare") {
        beside(settings, &folder, &about, bare.address, &mut outcome).await?;
    }
    outcome.verdicts = targets::verdicts(&outcome);
    if !pinned {
        tell("PostgreSQL is not on this machine or could not be pinned: its processor time is missing or shared".into());
    }
    table::lines(&outcome.measured).into_iter().for_each(&tell);
    outcome.facts.iter().for_each(|(name, fact)| tell(format!("{name}: {fact:.1}")));
    outcome.absent.iter().for_each(|(name, why)| tell(format!("{name}: {why}")));
    lines(&outcome.verdicts).into_iter().for_each(&tell);
    Ok(outcome)
}

/// How many transactions a request of each reading workload takes.
async fn count_transactions(
    settings: &Settings,
    world: &World,
    database: &str,
    hub: &Target,
    measured: &mut [Measured],
) -> Result<(), BenchError> {
    for workload in hub.workloads.iter().filter(|workload| COUNTED.contains(&workload.name()) && settings.wants(workload.name())) {
        let pressure = Pressure { address: hub.address, connections: settings.connections, seed: as_seed(99, workload.name()) };
        let before = transactions(database).await?;
        let counted = press(workload.as_ref(), world, &pressure, settings.length).await?;
        let each = (transactions(database).await? - before) / as_f64(counted.requests.max(1));
        if let Some(found) = measured.iter_mut().find(|one| one.target == hub.name && one.workload == workload.name()) {
            found.transactions = Some(each);
        }
    }
    Ok(())
}

/// Transactions of this database up to now. A connection that fell idle tells its last ones ten seconds later.
async fn transactions(database: &str) -> Result<f64, BenchError> {
    use sqlx::Connection as _;
    let broken = |error: sqlx::Error| BenchError::Database(error.to_string());
    tokio::time::sleep(Duration::from_secs(11)).await;
    let mut connection = sqlx::PgConnection::connect(database).await.map_err(broken)?;
    let statement = "SELECT (xact_commit + xact_rollback)::float8 FROM pg_stat_database WHERE datname = current_database()";
    let (count,): (f64,) = sqlx::query_as(statement).fetch_one(&mut connection).await.map_err(broken)?;
    connection.close().await.map_err(broken)?;
    Ok(count)
}

/// The limits that other programs measure, and signing and copying alone.
async fn beside(settings: &Settings, folder: &Folder, about: &About, bare: SocketAddr, outcome: &mut Outcome) -> Result<(), BenchError> {
    for name in ["W1c", "W5c"] {
        let found = outcome.measured.iter().find(|one| one.target == CACHED && one.workload == name).map(|one| one.bytes);
        if let Some(size) = found {
            let fact = limits::wrk(bare, size, settings.connections, settings.length).await;
            outcome.fact(&format!("wrk {name}"), fact);
        }
    }
    let store_settings = folder.hub_settings(&about.database)?.store;
    let store = Store::open(&store_settings).await?;
    if ["W1", "W2", "W3"].iter().any(|name| settings.wants(name)) {
        let registry = crate::registration::load(&store, &Registry::empty()).await?;
        match limits::pgbench(&about.database, &about.world(), &store, &registry, settings.connections, settings.length).await {
            Ok(found) => outcome.facts.extend(found.into_iter().map(|(name, tps)| (format!("pgbench {name}"), tps))),
            Err(error) => outcome.fact("pgbench", Err(error)),
        }
    }
    // Before what is copied past every counter: the import would pay for drawing over it.
    if settings.wants(w9_import::NAME) {
        let batches = outcome.measured.iter().find(|one| one.target == HUB && one.workload == "W7");
        let rate = batches.map(|one| one.per_second * as_f64(workloads::BATCH));
        let rows = w9_import::rows(rate, settings.length.as_secs_f64() * as_f64(settings.rounds as u64));
        outcome.facts.insert(IMPORTED.to_owned(), w9_import::import(folder, about, rows, SERVERS).await?);
    }
    if settings.wants("W7") {
        let alone = limits::alone(folder, about).await?;
        outcome.facts.extend([("sign".to_owned(), alone.sign), ("copy".to_owned(), alone.copy)]);
    }
    Ok(store.close().await?)
}

impl Outcome {
    /// Keeps a fact, or why there is none.
    fn fact(&mut self, name: &str, found: Result<f64, BenchError>) {
        match found {
            Ok(found) => drop(self.facts.insert(name.to_owned(), found)),
            Err(error) => drop(self.absent.insert(name.to_owned(), error.to_string())),
        }
    }
}

async fn targets(settings: &Settings, folder: &Folder, about: &About, outcome: &mut Outcome) -> Result<Vec<Target>, BenchError> {
    let program = std::env::current_exe().map_err(this_program)?;
    let hub = |memory: Memory| async move {
        let address = free_address()?;
        let sections = memory.sections(settings.redis.as_deref());
        let configuration = folder.configuration(&about.database, &address.to_string(), &sections)?;
        Served::hub(&std::env::current_exe().map_err(this_program)?, &configuration, address, Some(SERVERS)).await
    };
    let (hot, cold) = workloads::all(about, folder.take_fresh(FRESH)?)?.into_iter().partition(|workload| workload.hot());
    let mut targets = match settings.hub {
        Some(address) => vec![Target { name: HUB.into(), address, tree: settings.hub_pid.map(Tree), workloads: cold, _served: None }],
        None => vec![Target::of(HUB, hub(Memory::Tokens).await?, cold)],
    };
    let wanted = ["W1c", "W5c"].iter().any(|name| settings.wants(name));
    if wanted && settings.redis.is_none() {
        let why = "absent: two hubs on one database serve from memory only where they hear of each other (--redis)";
        outcome.absent.insert(CACHED.into(), why.into());
    } else if wanted {
        targets.push(Target::of(CACHED, hub(Memory::Answers).await?, hot));
    }
    let address = free_address()?;
    let mut command = Command::new(&program);
    command.args(["bench", "limit", "--listen", &address.to_string(), "--folder"]).arg(&settings.folder);
    let bare = Served::start("bare", command, address, "/ready", Some(SERVERS)).await?;
    let store = Store::open(&folder.hub_settings(&about.database)?.store).await?;
    targets.push(Target::of("bare", bare, limits::asked(&store)));
    if let Some(peers) = &settings.peers {
        let names = limits::peers::names(peers);
        if names.is_empty() {
            outcome.absent.insert("peers".into(), format!("absent: {} has none", peers.display()));
        }
        for name in names {
            match limits::peers::start(peers, &name, &about.database, Some(SERVERS)).await {
                Ok(peer) => targets.push(Target::of(&name, peer.served, peer.workloads)),
                Err(error) => drop(outcome.absent.insert(name, error.to_string())),
            }
        }
    }
    Ok(targets)
}

impl Settings {
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.eq_ignore_ascii_case(name))
    }
}

/// What a hub that is measured may answer from memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Tokens, and no answers: the only hub on its database.
    Tokens,
    /// Answers too.
    Answers,
    /// As hubs that share a database do by default: what Redis announces to all of them, nothing without it.
    Shared,
}

impl Memory {
    /// The sections of the hub's configuration.
    pub fn sections(self, redis: Option<&str>) -> String {
        let redis = redis.map(|url| format!("[redis]\nurl = \"{url}\"\n")).unwrap_or_default();
        match self {
            Self::Tokens => format!("{redis}[cache]\nreplicas = \"one\"\nanswers_megabytes = 0\n"),
            Self::Answers => format!("{redis}[cache]\nreplicas = \"one\"\n"),
            Self::Shared => redis,
        }
    }
}

fn as_seed(round: usize, name: &str) -> u64 {
    name.bytes().fold(round as u64 + 1, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

async fn round_of(
    target: &Target,
    workload: &dyn Workload,
    world: &World,
    pressure: &Pressure,
    length: Duration,
    postgres: Option<Tree>,
) -> Result<Measured, BenchError> {
    let cpu = |tree: Option<Tree>| tree.map(Tree::cpu).transpose();
    let before = (cpu(target.tree)?, cpu(postgres)?);
    let counted = press(workload, world, pressure, length).await?;
    let after = (cpu(target.tree)?, cpu(postgres)?);
    let each = |before: Option<u64>, after: Option<u64>| Some(as_f64(after?.saturating_sub(before?)) / as_f64(counted.requests.max(1)));
    Ok(Measured {
        target: target.name.clone(),
        workload: workload.name().to_owned(),
        title: workload.title().to_owned(),
        per_second: counted.per_second(),
        p50: counted.quantile(0.5),
        p99: counted.quantile(0.99),
        server: each(before.0, after.0),
        database: each(before.1, after.1),
        memory: target.tree.map(|tree| as_f64(resident_of(tree.0)) / 1024.0),
        database_memory: postgres.map(|tree| as_f64(tree.resident()) / 1024.0),
        transactions: None,
        bytes: counted.bytes_each(),
        requests: counted.requests,
        deep: checked(&counted)?,
    })
}

/// A round in which nothing was compared proves nothing.
fn checked(counted: &Counted) -> Result<u64, BenchError> {
    if counted.deep == 0 { Err(BenchError::tool("the load maker", "no answer was checked")) } else { Ok(counted.deep) }
}

/// The process over all of PostgreSQL's, where it runs on this machine.
pub(super) async fn postmaster(database: &str) -> Result<Option<Tree>, BenchError> {
    use sqlx::Connection as _;
    let broken = |error: sqlx::Error| BenchError::Database(error.to_string());
    let mut connection = sqlx::PgConnection::connect(database).await.map_err(broken)?;
    let (backend,): (i32,) = sqlx::query_as("SELECT pg_backend_pid()").fetch_one(&mut connection).await.map_err(broken)?;
    let status = std::fs::read_to_string(format!("/proc/{backend}/status")).unwrap_or_default();
    let named = status.lines().next().is_some_and(|name| name.contains("postgres"));
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok());
    connection.close().await.map_err(broken)?;
    Ok(parent.filter(|_| named).map(Tree))
}

/// Serves the limits of the data in a folder.
///
/// # Errors
/// No data, no address, no database.
pub async fn limit(folder: &std::path::Path, listen: SocketAddr) -> Result<(), BenchError> {
    let folder = Folder::open(folder)?;
    let about = folder.loaded()?;
    limits::serve(listen, &about.database, folder.hub_settings(&about.database)?.store).await
}
