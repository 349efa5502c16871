//! `zhengzhao type plan FILE`: the dry-run report.

use std::path::PathBuf;
use std::sync::Arc;

use model::registry::{CertificateType, Change, ChangeKind, changes};
use serde_json::Value;
use verify::messages::Lang;

use super::output::say;
use super::{CliError, remote, type_files, words::pick};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 类型文件 | Type file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 与之比较的旧文件；默认为 ./schema 中同名的类型 | The older file to compare with; default the type of that name in ./schema
    #[arg(long, value_name = "FILE", conflicts_with = "hub")]
    against: Option<PathBuf>,
    /// 与运行中的枢纽比较：枢纽地址 | Compare with a running hub: its address
    #[arg(long, value_name = "URL")]
    hub: Option<String>,
    /// 管理员令牌，亦可用 ZHENGZHAO_TOKEN | Administrator's token, also as ZHENGZHAO_TOKEN
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// 关联到的其他类型所在的文件夹，默认 ./schema | Folder of other types that relations may reach; default ./schema
    #[arg(long, value_name = "DIR")]
    with: Option<PathBuf>,
}

const SAFE: u8 = 0;
const BREAKING: u8 = 1;
const FAULTY: u8 = 2;

/// 0 safe, 1 breaking, 2 faulty.
pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    if let Some(hub) = &args.hub {
        return on_hub(args, hub, &remote::token(args.token.as_deref())?, lang);
    }
    let checked = type_files::check(std::slice::from_ref(&args.file), args.with.as_deref())?;
    checked.print(lang);
    let Some(new) = checked.types.as_ref().and_then(|types| types.first()) else {
        say!("{}", pick(lang, "类型文件有误，不能登记", "the type file is faulty and cannot be registered"));
        return Ok(FAULTY);
    };
    let old = match &args.against {
        Some(file) => Some(older(file, args, lang)?),
        None => beside(args, &new.name)?,
    };
    let Some(old) = old else {
        say!("{} {} {}", pick(lang, "新类型，没有可比较的旧版本：", "a new type, nothing older to compare with:"), new.name, new.version);
        return Ok(SAFE);
    };
    say!("{} {} → {}", new.name, old.version, new.version);
    Ok(report(&changes(&old, new), lang))
}

fn on_hub(args: &Args, hub: &str, token: &str, lang: Lang) -> Result<u8, CliError> {
    let file = type_files::read(&args.file)?;
    let answer = remote::register(hub, token, &file, true, lang)?;
    let faulty = remote::print_diagnostics(&answer, &file, lang);
    if faulty {
        return Ok(FAULTY);
    }
    let empty = Vec::new();
    let changes = answer.get("changes").and_then(Value::as_array).unwrap_or(&empty);
    remote::print_changes(changes, lang);
    let breaking = changes.iter().any(|change| change.get("breaking").and_then(Value::as_bool) == Some(true));
    say!("{}", verdict(breaking, lang));
    Ok(if breaking { BREAKING } else { SAFE })
}

fn older(file: &PathBuf, args: &Args, lang: Lang) -> Result<Arc<CertificateType>, CliError> {
    let checked = type_files::check(std::slice::from_ref(file), args.with.as_deref())?;
    match checked.types.as_ref().and_then(|types| types.first()) {
        Some(ty) => Ok(Arc::clone(ty)),
        None => {
            checked.print(lang);
            Err(CliError::failed(format!("用来比较的 {} 有误", file.display()), format!("{} to compare with is faulty", file.display())))
        }
    }
}

/// The type of that name among the others, when FILE itself is not the one there.
fn beside(args: &Args, name: &str) -> Result<Option<Arc<CertificateType>>, CliError> {
    let checked = type_files::check(&[], args.with.as_deref())?;
    Ok(checked.registry.get(name).map(|known| Arc::clone(&known.ty)))
}

fn report(changes: &[Change], lang: Lang) -> u8 {
    print(changes, lang);
    let breaking = changes.iter().any(|change| change.breaking);
    say!("{}", verdict(breaking, lang));
    if breaking { BREAKING } else { SAFE }
}

/// One line a change. That the version is too low for the others is neither safe nor breaking: it is advice.
pub(super) fn print(changes: &[Change], lang: Lang) {
    for change in changes {
        let mark = mark(change.breaking, change.kind == ChangeKind::VersionTooLow, lang);
        say!("  [{mark}] {}: {}", change.path, change.message.text(lang));
    }
}

pub(super) const fn mark(breaking: bool, advice: bool, lang: Lang) -> &'static str {
    match (breaking, advice) {
        (true, _) => pick(lang, "破坏兼容", "breaking"),
        (false, true) => pick(lang, "请改", "advice"),
        (false, false) => pick(lang, "兼容", "safe"),
    }
}

const fn verdict(breaking: bool, lang: Lang) -> &'static str {
    match breaking {
        true => pick(lang, "结论：破坏兼容", "verdict: breaking"),
        false => pick(lang, "结论：兼容", "verdict: safe"),
    }
}
