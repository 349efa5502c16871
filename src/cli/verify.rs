//! `zhengzhao verify FILE`: offline, with nothing but the file and the roots that are trusted.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use verify::document::MAX_DOCUMENT;
use verify::envelope::MAX_SIZE;
use verify::messages::Lang;
use verify::report::{Outcome, VerificationResult};
use verify::{Policy, Report, Trust, verify_bytes};

use super::output::say;
use super::{CliError, words::pick};
use crate::sign::read_trust;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 证照文件：PDF、OFD、签名 JSON 或二维码文本 | Certificate file: PDF, OFD, signed JSON or the text of a QR code
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 信任的根证书所在的文件夹，默认 ./trust，没有时 ./data/trust | Folder of trusted roots; default ./trust, else ./data/trust
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// 验证的时间，如 2026-01-31 或 2026-01-31T12:00:00+08:00，默认现在 | The time to verify for, a day or an RFC 3339 time; default now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// 输出格式 | Output format
    #[arg(long, value_enum, default_value = "text")]
    format: super::type_check::Format,
}

const NOT_READABLE: u8 = 3;

/// One byte more than is verified, so that a longer file is told as such and never read whole.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = MAX_SIZE.max(MAX_DOCUMENT) as u64;
    std::fs::File::open(file)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// 0 PASSED, 1 FAILED, 2 INDETERMINATE, 3 not readable.
pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let at = args.at.as_deref().map_or(Ok(Utc::now()), time)?;
    let trust = trust(args.trust.as_deref())?;
    let bytes = match read(&args.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{}", CliError::Unreadable { file: args.file.clone(), error }.text(lang));
            return Ok(NOT_READABLE);
        }
    };
    let report = match verify_bytes(&bytes, &trust, &Policy::default(), at) {
        Ok(report) => report,
        Err(fault) => {
            eprintln!("{}: {}", args.file.display(), fault.message(lang));
            return Ok(NOT_READABLE);
        }
    };
    match args.format {
        super::type_check::Format::Json => say!("{:#}", report.in_words(lang)),
        super::type_check::Format::Text => print(&report, lang),
    }
    Ok(match report.result {
        VerificationResult::Passed => 0,
        VerificationResult::Failed => 1,
        VerificationResult::Indeterminate => 2,
    })
}

/// What is trusted in a folder: see [`read_trust`].
///
/// # Errors
/// The folder cannot be read, or a file in it is no certificate or no revocation data.
pub(super) fn trust(folder: Option<&Path>) -> Result<Trust, CliError> {
    let folder = match folder {
        Some(folder) => folder,
        None => ["trust", "data/trust"].map(Path::new).into_iter().find(|folder| folder.is_dir()).ok_or_else(|| {
            CliError::usage("没有信任的根证书：请用 --trust 指明文件夹", "there are no trusted roots: name their folder with --trust")
        })?,
    };
    let trust = read_trust(folder).map_err(|error| CliError::failed(format!("信任文件夹无法使用：{error}"), error.to_string()))?;
    if trust.anchors.is_empty() {
        let folder = folder.display();
        return Err(CliError::usage(format!("{folder} 里没有 .pem 根证书"), format!("{folder} holds no .pem root certificate")));
    }
    Ok(trust)
}

fn time(text: &str) -> Result<DateTime<Utc>, CliError> {
    let instant = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).ok();
    // A day is taken at its noon in Asia/Shanghai.
    let noon = |day: NaiveDate| day.and_hms_opt(4, 0, 0).map(|time| time.and_utc());
    instant.or_else(|| text.parse().ok().and_then(noon)).ok_or_else(|| {
        CliError::usage(
            format!("“{text}”不是时间，应如 2026-01-31 或 2026-01-31T12:00:00+08:00"),
            format!("“{text}” is no time; write 2026-01-31 or 2026-01-31T12:00:00+08:00"),
        )
    })
}

fn print(report: &Report, lang: Lang) {
    let words = report.in_words(lang);
    let text = |path: &str| words.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let verdict = match report.result {
        // Nothing is asked of the hub: what happened since the file was written is not known.
        VerificationResult::Passed => {
            let as_of = text("/statusAsOf").unwrap_or_default();
            format!("{}{as_of}", pick(lang, "通过：真实，且有效，截至 ", "PASSED: genuine, and in force as of "))
        }
        VerificationResult::Failed => pick(lang, "不通过", "FAILED").to_owned(),
        VerificationResult::Indeterminate => pick(lang, "无法判定", "INDETERMINATE").to_owned(),
    };
    say!("{verdict}");
    let genuine = match report.genuine {
        Some(true) => pick(lang, "是", "yes"),
        Some(false) => pick(lang, "否", "no"),
        None => pick(lang, "无法判断", "cannot be said"),
    };
    let row = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            say!("  {name}: {value}");
        }
    };
    row(pick(lang, "真实", "genuine"), Some(genuine.into()));
    row(pick(lang, "状态", "status"), report.status.map(|status| status.to_string()));
    row(pick(lang, "状态截至", "status as of"), text("/statusAsOf"));
    for (zh, en, path) in [
        ("证照类型", "type", "/subject/typeName"),
        ("标识", "identifier", "/subject/identifier"),
        ("编号", "number", "/subject/maskedNumber"),
        ("持证主体", "holder", "/subject/maskedHolder"),
        ("颁发机构", "issuer", "/subject/issuerName"),
        ("有效期至", "valid to", "/subject/validTo"),
    ] {
        row(pick(lang, zh, en), text(path));
    }
    for reason in words["reasons"].as_array().into_iter().flatten() {
        row(
            pick(lang, "原因", "reason"),
            reason["message"].as_str().map(|message| format!("{message} [{}]", reason["code"].as_str().unwrap_or_default())),
        );
    }
    for check in &report.checks {
        let mark = match check.outcome {
            Outcome::Ok => "✓",
            Outcome::Failed => "✗",
            Outcome::Unknown => "?",
            Outcome::NotApplicable => "-",
        };
        say!("  {mark} {}", check.name);
    }
}
