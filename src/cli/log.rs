//! `zhengzhao log verify`: walks a whole log and says what does not fit, by number.

use std::path::PathBuf;

use chrono::Utc;
use tlog::audit::Report;
use tlog::{Receipt, SignedCheckpoint, Trust, audit, verify_receipt};
use verify::messages::Lang;

use super::config_file::{ConfigFile, open_hub, runtime};
use super::output::say;
use super::{CliError, verify as offline, words::pick};
use crate::demo;
use crate::transparency::{Database, Fetched, LogError, log_key};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// 核验整个日志：每个事件、每个瓦片、检查点的签名 | Verify the whole log: each event, each tile, the checkpoint's signature
    Verify(Args),
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// 演示枢纽的数据文件夹（--data） | A demonstration: its folder of data (--data)
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    demo: Option<PathBuf>,
    /// 从运行中的枢纽读取（不含事件本身） | Read what a running hub serves (hashes, no events)
    #[arg(long, value_name = "URL", conflicts_with_all = ["config", "demo"], requires = "trust")]
    hub: Option<String>,
    /// 信任的根证书所在的文件夹；日志证书为其中 signers/log.cert.pem | Folder of trusted roots; the log's certificate is signers/log.cert.pem in it
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// 以前保存的检查点：新日志须由它延续 | Checkpoints that were kept before: the log must have grown out of them
    #[arg(long, value_name = "FILE")]
    since: Vec<PathBuf>,
    /// 离线核验一份凭证（/log/receipt 的回答），不读日志 | Verify one receipt (an answer of /log/receipt) offline, reading no log
    #[arg(long, value_name = "FILE", requires = "trust")]
    receipt: Option<PathBuf>,
    /// 输出格式 | Output format
    #[arg(long, value_enum, default_value = "text")]
    format: super::type_check::Format,
}

pub(super) fn run(command: Command, lang: Lang) -> Result<u8, CliError> {
    let Command::Verify(args) = command;
    match &args.receipt {
        Some(file) => receipt(&args, file, lang),
        None => whole(&args, lang),
    }
}

/// What was found beside the tree.
#[derive(Default)]
struct Beside {
    missing: Vec<u64>,
    erased: Vec<u64>,
    altered: Vec<u64>,
    unaccounted: Vec<uuid::Uuid>,
}

impl Beside {
    fn is_sound(&self) -> bool {
        self.missing.is_empty() && self.altered.is_empty() && self.unaccounted.is_empty()
    }
}

/// 0 everything fits, 1 something does not, 2 it could not be read.
fn whole(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let earlier = args.since.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let (report, beside) = match &args.hub {
        Some(url) => (over_http(args, url, earlier)?, Beside::default()),
        None => on_database(args, earlier, lang)?,
    };
    let sound = report.is_sound() && beside.is_sound();
    match args.format {
        super::type_check::Format::Json => say!(
            "{:#}",
            serde_json::json!({ "sound": sound, "report": report, "missingEvents": beside.missing, "erasedEvents": beside.erased,
                "alteredCertificates": beside.altered, "unaccountedCertificates": beside.unaccounted })
        ),
        super::type_check::Format::Text => print(&report, &beside, sound, lang),
    }
    Ok(u8::from(!sound))
}

fn print(report: &Report, beside: &Beside, sound: bool, lang: Lang) {
    let size = report.size.unwrap_or_default();
    let (zh, en) = (
        format!("叶 {size}，核验 {}，事件 {}，检查点 {}", report.leaves, report.events, report.checkpoints),
        format!("{size} leaves, {} verified, {} events, {} checkpoints", report.leaves, report.events, report.checkpoints),
    );
    say!("{} {}", if sound { "✓" } else { "✗" }, pick(lang, &zh, &en));
    for finding in &report.findings {
        say!("  ✗ {finding}");
    }
    for number in &beside.missing {
        say!("  ✗ {} {number}", pick(lang, "缺少事件", "the event is missing:"));
    }
    for number in &beside.altered {
        let told = pick(lang, "证照被改动或删除，见事件", "a certificate was altered or taken out, see event");
        say!("  ✗ {told} {number}");
    }
    for id in &beside.unaccounted {
        say!("  ✗ {} {id}", pick(lang, "没有事件记载的证照版本", "no event tells of the version"));
    }
    if !beside.erased.is_empty() {
        let told = pick(lang, "已抹除、不再能核对的事件", "events that were erased, whose leaves alone remain");
        say!("  – {told}: {:?}", beside.erased);
    }
}

fn over_http(args: &Args, url: &str, earlier: Vec<Vec<u8>>) -> Result<Report, CliError> {
    let mut log = Fetched::new(url);
    let latest = log.file("checkpoint").map_err(failed)?;
    let latest = latest.ok_or_else(|| CliError::failed(format!("{url} 没有检查点"), format!("{url} has no checkpoint")))?;
    let host = url.split_once("://").map_or(url, |(_, host)| host).trim_end_matches('/');
    let trust = trusted(args.trust.as_deref(), &format!("{host}/log"))?;
    audit(&mut log, &latest, earlier, &trust).map_err(failed)
}

fn on_database(args: &Args, earlier: Vec<Vec<u8>>, lang: Lang) -> Result<(Report, Beside), CliError> {
    let runtime = runtime()?;
    let hub = runtime.block_on(async {
        match &args.demo {
            Some(data) => demo::open(data).await.map_err(|error| CliError::failed(error.text(Lang::Zh), error.text(Lang::En))),
            None => {
                let config = args.config.read()?;
                let address = config.listen.address.parse().map_err(|error| CliError::of("listen.address", "listen.address", error))?;
                let url = config.listen.url(address);
                open_hub(&config, url, lang).await
            }
        }
    })?;
    let latest = runtime.block_on(hub.transparency.checkpoint()).map_err(failed)?;
    let latest = latest.ok_or_else(|| CliError::failed("日志还没有检查点", "the log has no checkpoint yet: no event was numbered"))?;
    // The origin is what the log says of itself: a copy of the database elsewhere has another address.
    let origin = SignedCheckpoint::read(latest.note.as_bytes()).map(|signed| signed.checkpoint().origin.clone());
    let origin = origin.unwrap_or_else(|_| hub.transparency.origin().to_owned());
    let folder = args.trust.clone().unwrap_or_else(|| hub.settings.trust.clone());
    let trust = trusted(Some(&folder), &origin)?;
    let mut database = Database::new(&hub.transparency, runtime.handle().clone());
    let report = audit(&mut database, latest.note.as_bytes(), earlier, &trust).map_err(failed)?;
    let unaccounted = database.unaccounted().map_err(failed)?;
    let Database { missing, erased, altered, .. } = database;
    Ok((report, Beside { missing, erased, altered, unaccounted }))
}

/// 0 it is proved, 1 it is not.
fn receipt(args: &Args, file: &PathBuf, lang: Lang) -> Result<u8, CliError> {
    let unreadable = |error: String| {
        CliError::failed(format!("{}：不是凭证：{error}", file.display()), format!("{}: no receipt: {error}", file.display()))
    };
    let answer: serde_json::Value = serde_json::from_slice(&read(file)?).map_err(|error| unreadable(error.to_string()))?;
    let event = answer["event"].as_str().ok_or_else(|| unreadable("event".to_owned()))?;
    let receipt = Receipt::from_json(answer["receipt"].to_string().as_bytes()).map_err(|fault| unreadable(fault.to_string()))?;
    let origin =
        SignedCheckpoint::read(receipt.checkpoint.as_bytes()).map_err(|fault| unreadable(fault.to_string()))?.checkpoint().origin.clone();
    let trust = trusted(args.trust.as_deref(), &origin)?;
    match verify_receipt(&receipt, event.as_bytes(), &trust) {
        Ok(included) => {
            let (zh, en) = (
                format!("事件是 {origin} 的第 {} 个，共 {} 个", included.index, included.size),
                format!("the event is number {} of {} in {origin}", included.index, included.size),
            );
            say!("✓ {}\n  {event}", pick(lang, &zh, &en));
            Ok(0)
        }
        Err(fault) => {
            say!("✗ {fault}");
            Ok(1)
        }
    }
}

fn trusted(folder: Option<&std::path::Path>, origin: &str) -> Result<Trust, CliError> {
    let roots = offline::trust(folder)?;
    let certificate = folder.unwrap_or(std::path::Path::new("trust")).join("signers/log.cert.pem");
    let key = log_key(&certificate, &roots, origin, Utc::now()).map_err(failed)?;
    Ok(Trust::of_log(origin, vec![key]))
}

fn read(file: &PathBuf) -> Result<Vec<u8>, CliError> {
    std::fs::read(file).map_err(|error| CliError::Unreadable { file: file.clone(), error })
}

fn failed(error: LogError) -> CliError {
    CliError::failed(error.to_string(), error.to_string())
}
