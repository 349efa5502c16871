//! `zhengzhao bench …`: data, load, limits, and what comes of them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use verify::messages::Lang;

use super::config_file::runtime;
use super::output::say;
use super::{CliError, words::pick};
use crate::bench::{self, BenchError};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 在空的 PostgreSQL 里生成任意数量的虚构证照 | Fill an empty PostgreSQL with any number of fictitious certificates
    Data(Data),
    /// 对各工作负载施压，与极限比较 | Put load on a hub, workload by workload, and compare with the limits
    Run(Run),
    /// 混合负载持续若干分钟，看内存是否平稳 | The mixture for minutes: is memory flat?
    Endure(Endure),
    /// 启动时间与空闲内存 | How soon a hub answers, and its memory when idle
    Start(Start),
    /// 一个副本确认的变更多久后为另一副本所见 | When another replica sees an acknowledged change
    Seen(Seen),
    /// 从无到有全部测一遍并写出报告 | All of it from nothing, and the page that tells it
    Report(Report),
    /// 证照文件：每核每秒制作多少，验证一份要多久；无需数据库服务器 | Certificate files: how many a core makes in a second, and what verifying one costs; needs no database server
    Files(FilesArgs),
    /// 极限之一：同一驱动、同样的行，没有枢纽 | One of the limits: the same driver and rows without a hub
    Limit(Limit),
}

#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// 存放密钥、令牌和说明的文件夹 | Folder for keys, tokens and what was made
    #[arg(long, value_name = "DIR", default_value = "bench-data")]
    folder: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct FilesArgs {
    /// 每个类型的证照数 | Certificates of each type
    #[arg(long, value_name = "N", default_value_t = 40)]
    count: usize,
}

#[derive(Debug, clap::Args)]
pub(super) struct Data {
    #[command(flatten)]
    place: Place,
    /// PostgreSQL 地址 | Address of the PostgreSQL
    #[arg(long, value_name = "URL")]
    database: String,
    /// 证照数量 | How many certificates
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    certificates: u64,
    /// 随机种子：同一种子得同一批数据 | Seed: the same one makes the same data
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, clap::Args)]
pub(super) struct Run {
    #[command(flatten)]
    place: Place,
    /// 只做这些工作负载，如 W1,W3 | Only these workloads, as W1,W3
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// 并发连接数 | Connections
    #[arg(long, value_name = "C", default_value_t = 10)]
    connections: usize,
    /// 每轮秒数 | Seconds of a round
    #[arg(long, value_name = "S", default_value_t = 5.0)]
    seconds: f64,
    /// 轮数，取中位数 | Rounds, of which the median counts
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// 一秒一轮，一轮 | One round of a second
    #[arg(long)]
    quick: bool,
    /// 已在运行的枢纽（否则自己启动） | A hub that runs already (else one is started)
    #[arg(long, value_name = "ADDRESS")]
    hub: Option<SocketAddr>,
    /// 该枢纽的进程号 | Its process id
    #[arg(long, value_name = "PID", requires = "hub")]
    hub_pid: Option<u32>,
    /// 对照系统的文件夹（benches/peers） | Folder of the peers (benches/peers)
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
    /// 枢纽所用的 Redis | Redis of the hub that is started
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Endure {
    #[command(flatten)]
    place: Place,
    /// 分钟数 | Minutes
    #[arg(long, value_name = "M", default_value_t = 10.0)]
    minutes: f64,
    /// 并发连接数 | Connections
    #[arg(long, value_name = "C", default_value_t = 10)]
    connections: usize,
    /// 枢纽所用的 Redis | Redis of the hub that is started
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Start {
    #[command(flatten)]
    place: Place,
    /// 空的 PostgreSQL 数据库 | An empty PostgreSQL database
    #[arg(long, value_name = "URL")]
    database: String,
    /// 证照类型数 | How many types
    #[arg(long, value_name = "N", default_value_t = 30)]
    types: usize,
}

#[derive(Debug, clap::Args)]
pub(super) struct Seen {
    #[command(flatten)]
    place: Place,
    /// 变更次数 | How many changes
    #[arg(long, value_name = "N", default_value_t = 20)]
    changes: usize,
    /// 两个枢纽所用的 Redis | Redis of the two hubs
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Report {
    #[command(flatten)]
    place: Place,
    /// PostgreSQL 服务器地址，各数据库建在其上 | Address of the PostgreSQL server on which databases are made
    #[arg(long, value_name = "URL")]
    server: String,
    /// 各数据库的证照数量 | Certificates of each database
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "100000,1000000")]
    sizes: Vec<u64>,
    /// 随机种子 | Seed
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// 并发连接数 | Connections
    #[arg(long, value_name = "C", default_value_t = 10)]
    connections: usize,
    /// 每轮秒数 | Seconds of a round
    #[arg(long, value_name = "S", default_value_t = 5.0)]
    seconds: f64,
    /// 轮数，取中位数 | Rounds, of which the median counts
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// 混合负载的分钟数 | Minutes of the mixture
    #[arg(long, value_name = "M", default_value_t = 10.0)]
    minutes: f64,
    /// 对照系统的文件夹（benches/peers） | Folder of the peers (benches/peers)
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
    /// 枢纽所用的 Redis | Redis of the hubs
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// cargo bench -p verify 的输出 | What `cargo bench -p verify` printed
    #[arg(long, value_name = "FILE")]
    sm2: Option<PathBuf>,
    /// 报告文件 | The page
    #[arg(long, value_name = "FILE", default_value = "docs/performance.md")]
    page: PathBuf,
    /// 沿用本文件夹中先前报告的结果，只测所缺 | Take what an earlier report in this folder found, and measure what is missing
    #[arg(long)]
    resume: bool,
    /// 百万以上的库只建各工作负载所读的索引（一千万约 35 GB，而非 65 GB） | Above a million, only the indexes that the workloads read (ten million: 35 GB in place of 65)
    #[arg(long)]
    lean: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Limit {
    #[command(flatten)]
    place: Place,
    /// 监听地址 | Where it listens
    #[arg(long, value_name = "ADDRESS")]
    listen: SocketAddr,
}

pub(super) fn run(command: Command, lang: Lang) -> Result<u8, CliError> {
    let told = |error: BenchError| CliError::of("性能测试未完成", "the bench could not do its work", error);
    match command {
        Command::Data(data) => {
            let work =
                bench::data::fill(&data.place.folder, &data.database, data.certificates, data.seed, bench::data::Indexes::All, |text| {
                    say!("==> {text}");
                });
            let about = runtime()?.block_on(work).map_err(told)?;
            say!("{} {}", about.certificates, pick(lang, "份证照已就绪", "certificates are ready"));
        }
        Command::Run(run) => {
            let (rounds, seconds) = if run.quick { (1, 1.0) } else { (run.rounds, run.seconds) };
            let settings = bench::run::Settings {
                folder: run.place.folder,
                only: run.only,
                connections: run.connections.max(1),
                length: length(seconds),
                rounds: rounds.max(1),
                hub: run.hub,
                hub_pid: run.hub_pid,
                peers: run.peers,
                redis: run.redis,
                transactions: false,
            };
            alone()?.block_on(bench::run::run(&settings, |text| say!("{text}"))).map_err(told)?;
        }
        Command::Files(args) => {
            runtime()?.block_on(bench::files::run(args.count, lang, |text| say!("{text}"))).map_err(told)?;
        }
        Command::Endure(args) => {
            let extra = bench::run::Memory::Shared.sections(args.redis.as_deref());
            let work = bench::endure::endure(&args.place.folder, args.minutes, args.connections.max(1), &extra, |text| say!("{text}"));
            let endured = alone()?.block_on(work).map_err(told)?;
            say!("{} requests, {} compared, no error; memory × {:.2}", endured.requests, endured.checked, endured.growth().unwrap_or(1.0));
        }
        Command::Start(args) => {
            let started = alone()?.block_on(bench::start::start(&args.place.folder, &args.database, args.types, "")).map_err(told)?;
            bench::run::lines(&started.verdicts()).into_iter().for_each(|line| say!("{line}"));
        }
        Command::Seen(args) => {
            let extra = bench::run::Memory::Shared.sections(args.redis.as_deref());
            let seen = alone()?.block_on(bench::seen::seen(&args.place.folder, args.changes, &extra)).map_err(told)?;
            bench::run::lines(&seen.verdicts()).into_iter().for_each(|line| say!("{line}"));
        }
        Command::Report(args) => {
            let settings = bench::report::Settings {
                server: args.server,
                folder: args.place.folder,
                sizes: args.sizes,
                seed: args.seed,
                connections: args.connections.max(1),
                length: length(args.seconds),
                rounds: args.rounds.max(1),
                minutes: args.minutes,
                peers: args.peers,
                redis: args.redis,
                sm2: args.sm2,
                page: args.page,
                resume: args.resume,
                lean: args.lean,
            };
            alone()?.block_on(bench::report::report(&settings, |text| say!("{text}"))).map_err(told)?;
        }
        Command::Limit(limit) => {
            runtime()?.block_on(bench::run::limit(&limit.place.folder, limit.listen)).map_err(told)?;
        }
    }
    Ok(0)
}

/// The load maker needs one thread: it is pinned to one core.
fn alone() -> Result<tokio::runtime::Runtime, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| CliError::of("无法启动", "cannot start", error))
}

fn length(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.1, 3600.0))
}
