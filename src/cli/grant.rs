//! `zhengzhao grant …`: what departments may read, as files.

use std::path::{Path, PathBuf};

use chrono::Utc;
use model::grant::{Grant, check};
use serde_json::{Value, json};
use verify::messages::Lang;

use super::output::say;
use super::{CliError, remote, type_files, words::pick};
use crate::granting;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// 检查授权文件，一次列出全部问题 | Check files of grants: every fault at once
    Check {
        /// 授权文件 | Files of grants
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// 类型文件所在文件夹 | Folder of the type files
        #[arg(long, value_name = "DIR")]
        types: Option<PathBuf>,
    },
    /// 在运行中的枢纽上登记，即时生效；同名的被替换 | Put on a running hub, live at once; one of the same name is replaced
    Put {
        /// 授权文件 | Files of grants
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        hub: AtHub,
    },
    /// 列出授权 | List grants
    List {
        /// 只列该部门（统一社会信用代码） | Only of this department (credit code)
        #[arg(long, value_name = "CODE")]
        department: Option<String>,
        /// 含已替换、已撤回的 | Those as well that were replaced or withdrawn
        #[arg(long)]
        ended: bool,
        #[command(flatten)]
        hub: AtHub,
    },
    /// 撤回授权，即时生效 | Withdraw a grant, at once
    Withdraw {
        /// 规则名 | Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// 理由 | Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        hub: AtHub,
    },
}

/// A running hub, and whose token.
#[derive(Debug, clap::Args)]
pub(super) struct AtHub {
    /// 枢纽地址，如 http://127.0.0.1:8080 | Address of the hub, as http://127.0.0.1:8080
    #[arg(long = "hub", value_name = "URL")]
    url: String,
    /// 管理员令牌，亦可用 ZHENGZHAO_TOKEN | Administrator's token, also as ZHENGZHAO_TOKEN
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
}

impl AtHub {
    fn ask(&self, query: &str, variables: &Value, lang: Lang) -> Result<Value, CliError> {
        remote::ask(&self.url, Some(&remote::token(self.token.as_deref())?), query, variables, lang)
    }
}

pub(super) fn run(command: Command, lang: Lang) -> Result<u8, CliError> {
    match command {
        Command::Check { files, types } => check_all(&files, types.as_deref(), lang),
        Command::Put { files, hub } => put(&files, &hub, lang),
        Command::List { department, ended, hub } => list(department.as_deref(), ended, &hub, lang),
        Command::Withdraw { name, reason, hub } => {
            let query = "mutation($name: String!, $reason: String!) { withdrawGrant(name: $name, reason: $reason) { name } }";
            hub.ask(query, &json!({ "name": name, "reason": reason }), lang)?;
            say!("{} {name}", pick(lang, "已撤回：", "withdrawn:"));
            Ok(0)
        }
    }
}

/// 0 sound, 1 faulty.
fn check_all(files: &[PathBuf], types: Option<&Path>, lang: Lang) -> Result<u8, CliError> {
    let registry = type_files::registry(types, lang)?;
    let mut faulty = false;
    for file in files {
        let faults = match granting::read(&read(file)?) {
            Ok(grant) => messages(&grant, &registry, lang),
            Err(error) => vec![error.message(lang)],
        };
        faulty |= !faults.is_empty();
        for fault in &faults {
            eprintln!("{}: {fault}", file.display());
        }
        if faults.is_empty() {
            say!("{} {}", file.display(), pick(lang, "没有问题", "is sound"));
        }
    }
    Ok(u8::from(faulty))
}

fn messages(grant: &Grant, registry: &model::registry::Registry, lang: Lang) -> Vec<String> {
    check(grant, registry, Utc::now()).iter().map(|fault| fault.message(lang)).collect()
}

fn put(files: &[PathBuf], hub: &AtHub, lang: Lang) -> Result<u8, CliError> {
    let query = "mutation($source: String!) { putGrant(source: $source) { name department type } }";
    for file in files {
        let answer = hub.ask(query, &json!({ "source": read(file)? }), lang)?;
        let text = |key: &str| answer.pointer(&format!("/putGrant/{key}")).and_then(Value::as_str).unwrap_or_default().to_owned();
        say!("{} {} → {} {}", pick(lang, "已登记：", "put:"), text("name"), text("department"), text("type"));
    }
    Ok(0)
}

fn list(department: Option<&str>, ended: bool, hub: &AtHub, lang: Lang) -> Result<u8, CliError> {
    let query = "query($department: String, $ended: Boolean) { grants(department: $department, ended: $ended) { \
        name department type fields masked items until legalBasis putBy endedAt endReason } }";
    let answer = hub.ask(query, &json!({ "department": department, "ended": ended }), lang)?;
    for grant in answer.pointer("/grants").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| grant.get(key).and_then(Value::as_str).unwrap_or_default();
        let names = |key: &str| {
            let names = grant.get(key).and_then(Value::as_array);
            names.map(|names| names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","))
        };
        let all = || pick(lang, "全部", "all").to_owned();
        say!("{}  {}  {}", text("name"), text("department"), text("type"));
        say!("    {} {}", pick(lang, "明文", "in clear"), names("fields").unwrap_or_else(all));
        say!("    {} {}", pick(lang, "脱敏", "masked"), names("masked").unwrap_or_default());
        say!(
            "    {} {}  {} {}",
            pick(lang, "事项", "matters"),
            names("items").unwrap_or_else(all),
            pick(lang, "至", "until"),
            text("until")
        );
        say!("    {} {}  {} {}", pick(lang, "依据", "basis"), text("legalBasis"), pick(lang, "登记人", "put by"), text("putBy"));
        if !text("endedAt").is_empty() {
            say!("    {} {}  {}", pick(lang, "已失效", "ended"), text("endedAt"), text("endReason"));
        }
    }
    Ok(0)
}

fn read(file: &Path) -> Result<String, CliError> {
    Ok(type_files::read(file)?.text)
}
