//! `zhengzhao import TYPE FILE`: a file of certificates into the database that a configuration names.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::actor::{Actor, Caller, Granted, Role};
use model::registry::CertificateType;
use model::registry::names::nearest;
use verify::messages::Lang;

use super::config_file::{ConfigFile, open_hub, runtime};
use super::output::say;
use super::{CliError, words::pick};
use crate::demo;
use crate::hub::Hub;
use crate::import::{Counts, Format, ImportError, Outcome, Progress, Settings, import};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 证照类型（GraphQL 名称） | Type of the certificates (GraphQL name)
    #[arg(value_name = "TYPE")]
    ty: String,
    /// 文件：每行一件，CSV 或 NDJSON，UTF-8 | File with a certificate a row, CSV or NDJSON, in UTF-8
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    config: ConfigFile,
    /// 导入演示枢纽，其数据文件夹（--data） | Import into a demonstration: its folder of data (--data)
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    demo: Option<PathBuf>,
    /// 未写明颁发机构的行由谁颁发（统一社会信用代码）；只有一个签名密钥时可省 | Issuer of rows that name none (credit code); needless where there is one signing key
    #[arg(long, value_name = "CODE")]
    issuer: Option<String>,
    /// 逐行结果写到哪里，默认 FILE.result.ndjson | Where the result of each row is written; default FILE.result.ndjson
    #[arg(long, value_name = "FILE")]
    result: Option<PathBuf>,
    /// 文件格式，默认按扩展名 | Format of the file; default by its name
    #[arg(long, value_enum)]
    format: Option<FormatArg>,
    /// 中断已超过 7 天仍继续 | Go on although the import was broken off more than 7 days ago
    #[arg(long)]
    accept_lapsed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FormatArg {
    Csv,
    Ndjson,
}

/// 0 every row is issued, 1 some are faulty.
pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let outcome = runtime()?.block_on(async {
        let hub = match &args.demo {
            Some(data) => demo::open(data).await.map_err(|error| CliError::failed(error.text(Lang::Zh), error.text(Lang::En)))?,
            None => open_hub(&args.config.read()?, String::new(), lang).await?,
        };
        let ty = named(&hub, &args.ty)?;
        let caller = caller();
        let settings = settings(args, &hub);
        let mut shown = Shown::new(lang);
        let outcome = import(&hub.issuing, &caller, &ty, &settings, |progress| shown.tell(progress)).await;
        shown.end();
        hub.store.close().await.ok();
        outcome.map_err(refused)
    })?;
    tell(&outcome, lang);
    Ok(u8::from(outcome.counts.faulty > 0))
}

fn named(hub: &Hub, name: &str) -> Result<Arc<CertificateType>, CliError> {
    let registry = hub.registry.load_full();
    if let Some(known) = registry.get(name) {
        return Ok(known.ty.clone());
    }
    let hint = nearest(name, registry.types().map(|known| &*known.ty.name));
    let (zh, en) = hint.map(|hint| (format!("；是否想写 {hint}？"), format!("; did you mean {hint}?"))).unwrap_or_default();
    Err(CliError::usage(format!("没有名为 {name} 的证照类型{zh}"), format!("no certificate type is named {name}{en}")))
}

/// Who holds the hub's keys may issue everything; no token belongs to this.
fn caller() -> Caller {
    let actor = Actor::new(Role::Issuer, "command-line", None, Granted::All, Granted::All);
    Caller { actor: Arc::new(actor), purpose: None }
}

fn settings(args: &Args, hub: &Hub) -> Settings {
    let only = || match hub.keys.authorities().as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    Settings {
        file: args.file.clone(),
        format: args.format.map(|format| match format {
            FormatArg::Csv => Format::Csv,
            FormatArg::Ndjson => Format::Ndjson,
        }),
        result: args.result.clone(),
        issuer: args.issuer.clone().or_else(only),
        accept_lapsed: args.accept_lapsed,
    }
}

fn refused(error: ImportError) -> CliError {
    let (zh, en) = (error.message(Lang::Zh), error.message(Lang::En));
    match error {
        ImportError::Unreadable { file, error } => CliError::Unreadable { file, error },
        ImportError::Unwritable { file, error } => CliError::Unwritable { file, error },
        ImportError::Usage { .. } => CliError::Usage { zh, en },
        ImportError::File { .. } => CliError::Data { zh, en },
        ImportError::Issue(_) => CliError::unavailable(
            format!("{zh}。已写入的行不会重复：排除故障后用同一命令继续"),
            format!("{en}. What was written is not written twice: run the same command again to go on"),
        ),
        ImportError::Bug(_) => CliError::Failed { zh, en },
    }
}

fn tell(outcome: &Outcome, lang: Lang) {
    let Counts { issued, existing, faulty } = outcome.counts;
    let (rows, result) = (outcome.counts.rows(), outcome.result.display());
    if let Some(kept) = &outcome.kept {
        eprintln!("{} {}", pick(lang, "上一次的结果保留在", "the result before is kept as"), kept.display());
    }
    if outcome.nothing_to_do {
        eprintln!("{}", pick(lang, "该文件已全部导入过，没有改动：", "this file was imported whole before; nothing was changed:"));
    }
    match lang {
        Lang::Zh => say!("共 {rows} 行：新颁发 {issued}，已颁发过 {existing}，有误 {faulty}；逐行结果见 {result}"),
        Lang::En => say!("{rows} rows: {issued} issued, {existing} issued before, {faulty} faulty; each row's result is in {result}"),
    }
}

/// Progress on standard error: one line that changes on a terminal, else a line now and then.
struct Shown {
    lang: Lang,
    terminal: bool,
    began: Instant,
    told: Option<Instant>,
    /// Position at the first telling: what runs before this one did is not of its speed.
    first: Option<(u64, Instant)>,
    open: bool,
}

impl Shown {
    fn new(lang: Lang) -> Self {
        Self { lang, terminal: std::io::stderr().is_terminal(), began: Instant::now(), told: None, first: None, open: false }
    }

    fn tell(&mut self, progress: &Progress) {
        let every = if self.terminal { Duration::from_millis(200) } else { Duration::from_secs(5) };
        let (from, since) = *self.first.get_or_insert((progress.position, Instant::now()));
        if self.told.is_some_and(|told| told.elapsed() < every) && progress.position < progress.size {
            return;
        }
        self.told = Some(Instant::now());
        let Counts { faulty, .. } = progress.counts;
        let rows = progress.counts.rows();
        let seconds = self.began.elapsed().as_secs_f64().max(0.001);
        let speed = (rows - progress.before) as f64 / seconds;
        let percent = progress.position as f64 * 100.0 / progress.size.max(1) as f64;
        let moved = progress.position.saturating_sub(from) as f64;
        let left = since.elapsed().as_secs_f64() * progress.size.saturating_sub(progress.position) as f64 / moved;
        let left = if moved > 0.0 { clock(left) } else { "--:--".to_owned() };
        let line = match self.lang {
            Lang::Zh => format!("{percent:.1}%，{rows} 行，{speed:.0} 行/秒，有误 {faulty}，剩余 {left}"),
            Lang::En => format!("{percent:.1} %, {rows} rows, {speed:.0} rows/s, {faulty} faulty, {left} left"),
        };
        // Nobody is left to be told.
        let _ = if self.terminal { write!(std::io::stderr(), "\r\x1b[K{line}") } else { writeln!(std::io::stderr(), "{line}") };
        self.open = self.terminal;
    }

    fn end(&self) {
        if self.open {
            eprintln!();
        }
    }
}

fn clock(seconds: f64) -> String {
    let seconds = seconds.clamp(0.0, 359_999.0) as u64;
    match seconds / 3600 {
        0 => format!("{:02}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}
