//! `zhengzhao type register`: on a running hub, or into the database that a configuration names.

use std::path::{Path, PathBuf};

use model::actor::{Actor, Granted, Role};
use model::registry::{SourceFile, State, render};
use serde_json::Value;
use verify::messages::Lang;

use super::config_file::{ConfigFile, open_hub, runtime, unavailable};
use super::output::say;
use super::{CliError, remote, type_files, type_plan, words::pick};
use crate::registration::RegistrationError;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 类型文件；用 --config 时可一次登记几个互相关联的文件 | Type files; with --config several that relate to one another go together
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// 枢纽地址，如 http://127.0.0.1:8080 | Address of the hub, as http://127.0.0.1:8080
    #[arg(long, value_name = "URL", conflicts_with = "config")]
    hub: Option<String>,
    /// 管理员令牌，亦可用 ZHENGZHAO_TOKEN | Administrator's token, also as ZHENGZHAO_TOKEN
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    #[command(flatten)]
    config: ConfigFile,
}

/// 0 registered, 1 faulty or not readable for what is stored: nothing was changed.
pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let files: Vec<SourceFile> = args.files.iter().map(|file| type_files::read(file)).collect::<Result<_, _>>()?;
    match (&args.hub, files.as_slice()) {
        (Some(hub), [file]) => on_hub(hub, &remote::token(args.token.as_deref())?, file, lang),
        (Some(_), _) => Err(CliError::usage(
            "--hub 一次登记一个文件；几个互相关联的文件请用 --config 一并登记",
            "--hub takes one file; several that relate to one another are registered together with --config",
        )),
        (None, _) if args.config.is_absent() => Err(nowhere(&args.config.file)),
        (None, _) => into_database(args, files, lang),
    }
}

/// Neither a hub nor a configuration is named, and there is none where one is looked for.
fn nowhere(config: &Path) -> CliError {
    let config = config.display();
    CliError::usage(
        format!("登记到哪里？用 --hub URL 指明运行中的枢纽，或用 --config FILE 指明配置文件（登记到它的数据库）；这里没有 {config}"),
        format!("register where? give --hub URL (a running hub) or --config FILE (its database); there is no {config} here"),
    )
}

fn on_hub(hub: &str, token: &str, file: &SourceFile, lang: Lang) -> Result<u8, CliError> {
    let answer = remote::register(hub, token, file, false, lang)?;
    if remote::print_diagnostics(&answer, file, lang) {
        say!("{}", pick(lang, "类型文件有误，枢纽没有任何改变", "the type file is faulty; nothing was changed on the hub"));
        return Ok(1);
    }
    if let Some(changes) = answer.get("changes").and_then(Value::as_array) {
        remote::print_changes(changes, lang);
    }
    if answer.get("registered").and_then(Value::as_bool) != Some(true) {
        say!("{}", unreadable(lang));
        return Ok(1);
    }
    let text = |key: &str| answer.pointer(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    say!(
        "{}: {} {} {}",
        pick(lang, "已登记，立即可用", "registered, live now"),
        text("/type/name"),
        text("/type/version"),
        text("/type/state")
    );
    Ok(0)
}

/// Hubs that run on this database follow within two seconds.
fn into_database(args: &Args, files: Vec<SourceFile>, lang: Lang) -> Result<u8, CliError> {
    let config = args.config.read()?;
    let actor = Actor::new(Role::Administrator, "command-line", None, Granted::All, Granted::All);
    let outcome = runtime()?.block_on(async {
        let hub = open_hub(&config, String::new(), lang).await?;
        let outcome = hub.registration.register(files.clone(), &actor, State::Published, false).await.map_err(refused)?;
        hub.store.settle().await.map_err(|error| unavailable(&error))?;
        Ok::<_, CliError>(outcome)
    })?;
    eprint!("{}", render(&outcome.diagnostics, &files, lang));
    if outcome.types.is_empty() {
        say!("{}", pick(lang, "类型文件有误，没有任何改变", "a type file is faulty; nothing was changed"));
        return Ok(1);
    }
    type_plan::print(&outcome.changes, lang);
    if !outcome.registered {
        say!("{}", unreadable(lang));
        return Ok(1);
    }
    for known in &outcome.types {
        say!("{}: {} {}", pick(lang, "已登记", "registered"), known.ty.name, known.ty.version);
    }
    Ok(0)
}

fn refused(error: RegistrationError) -> CliError {
    match error {
        RegistrationError::Conflict { zh, en } | RegistrationError::Input { zh, en, .. } | RegistrationError::Unavailable { zh, en } => {
            CliError::unavailable(zh, en)
        }
        other => CliError::of("没有登记", "nothing was registered", other),
    }
}

const fn unreadable(lang: Lang) -> &'static str {
    pick(lang, "没有登记：已存的证照在新版本下无法读取", "not registered: stored certificates would not read under the new version")
}
