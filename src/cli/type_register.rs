//! `zhengzhao type register FILE --hub URL --token T`

use std::path::PathBuf;

use serde_json::Value;
use verify::messages::Lang;

use super::{CliError, remote, type_files, words::pick};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 类型文件 | Type file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 枢纽地址，如 http://127.0.0.1:8080 | Address of the hub, as http://127.0.0.1:8080
    #[arg(long, value_name = "URL")]
    hub: String,
    /// 管理员令牌，亦可用 ZHENGZHAO_TOKEN | Administrator's token, also as ZHENGZHAO_TOKEN
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
}

/// 0 registered, 1 faulty or not readable for what is stored: nothing was changed.
pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let file = type_files::read(&args.file)?;
    let answer = remote::register(&args.hub, &remote::token(args.token.as_deref())?, &file, false, lang)?;
    if remote::print_diagnostics(&answer, &file, lang) {
        println!("{}", pick(lang, "类型文件有误，枢纽没有任何改变", "the type file is faulty; nothing was changed on the hub"));
        return Ok(1);
    }
    if let Some(changes) = answer.get("changes").and_then(Value::as_array) {
        remote::print_changes(changes, lang);
    }
    let text = |key: &str| answer.pointer(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    if answer.get("registered").and_then(Value::as_bool) != Some(true) {
        println!("{}", pick(lang, "没有登记：已存的证照在新版本下无法读取", "not registered: stored certificates would not read under the new version"));
        return Ok(1);
    }
    let done = pick(lang, "已登记，立即可用", "registered, live now");
    println!("{done}: {} {} {}", text("/type/name"), text("/type/version"), text("/type/state"));
    Ok(0)
}
