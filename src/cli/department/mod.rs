//! `zhengzhao department …`: departments (用证部门) and their client systems, straight into the database.

mod client;

use std::sync::Arc;

use chrono::Utc;
use model::actor::{Actor, Caller, Granted, Role};
use verify::messages::Lang;

use super::CliError;
use super::config_file::{ConfigFile, open_store, runtime, unavailable};
use super::output::say;
use super::words::pick;
use crate::clients::{ClientError, DepartmentInput, Register};
use crate::store::Contact;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// 登记用证部门，或更改其登记 | Register a department, or change what is known of it
    Add {
        #[command(flatten)]
        config: ConfigFile,
        /// 统一社会信用代码 | Its credit code
        #[arg(value_name = "CODE")]
        code: String,
        /// 部门名称 | Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// 机构级别（代码表 AuthorityLevel） | Its level (code table AuthorityLevel)
        #[arg(long, value_name = "CODE")]
        level: Option<String>,
        /// 六位行政区划代码 | Its division, six digits
        #[arg(long, value_name = "CODE")]
        division: Option<String>,
        /// 联系人：姓名[,电话[,邮箱]]，可多次 | A contact: name[,phone[,e-mail]]; may be repeated
        #[arg(long = "contact", value_name = "CONTACT", value_parser = contact)]
        contacts: Vec<Contact>,
        /// 其全部客户端合计每秒的请求数 | Requests a second of all its clients together
        #[arg(long, value_name = "N")]
        rate: Option<u32>,
        /// 其全部客户端合计每日的请求数 | Requests a day of all its clients together
        #[arg(long, value_name = "N")]
        daily: Option<u32>,
    },
    /// 列出部门及其客户端 | List the departments and their clients
    List {
        #[command(flatten)]
        config: ConfigFile,
    },
    /// 部门的客户端（调用枢纽的系统） | The clients of departments: systems that call the hub
    #[command(subcommand)]
    Client(client::Command),
}

pub(super) fn run(command: Command, lang: Lang) -> Result<u8, CliError> {
    match command {
        Command::Add { config, code, name, level, division, contacts, rate, daily } => {
            let contacts = Some(contacts).filter(|contacts| !contacts.is_empty());
            let input = DepartmentInput { code, name, level, division, contacts, rate, daily };
            let row = with_register(&config, lang, async |register, caller| register.department(input, &caller, Utc::now()).await)?;
            say!("{} {} {}", pick(lang, "已登记部门", "registered the department"), row.code, row.name);
        }
        Command::List { config } => list(&config, lang)?,
        Command::Client(command) => client::run(command, lang)?,
    }
    Ok(0)
}

/// Runs one use case against the configured database, and waits until every hub has heard of it.
fn with_register<T>(
    config: &ConfigFile,
    lang: Lang,
    work: impl AsyncFnOnce(Register, Caller) -> Result<T, ClientError>,
) -> Result<T, CliError> {
    let config = config.read()?;
    runtime()?.block_on(async {
        let store = open_store(&config, lang).await?;
        let actor = Actor::new(Role::Administrator, "command-line", None, Granted::All, Granted::All);
        let caller = Caller { actor: Arc::new(actor), purpose: None };
        let outcome = work(Register::new(store.clone()), caller).await;
        store.close().await.map_err(|error| unavailable(&error))?;
        outcome.map_err(told)
    })
}

fn told(error: ClientError) -> CliError {
    let (zh, en) = (error.message(Lang::Zh), error.message(Lang::En));
    match &error {
        ClientError::Input { path, .. } => CliError::usage(format!("{path}：{zh}"), format!("{path}: {en}")),
        ClientError::Conflict { .. } | ClientError::NotFound { .. } => CliError::usage(zh, en),
        ClientError::Store(error) => unavailable(error),
        ClientError::Bug(_) => CliError::failed(zh, en),
    }
}

fn list(config: &ConfigFile, lang: Lang) -> Result<(), CliError> {
    let (departments, clients) =
        with_register(config, lang, async |register, _| Ok((register.departments().await?, register.clients(None).await?)))?;
    for department in departments {
        let (level, division) = (department.level.as_deref().unwrap_or("-"), department.division.as_deref().unwrap_or("-"));
        say!(
            "{}  {}  {} {level}  {} {division}",
            department.code,
            department.name,
            pick(lang, "级别", "level"),
            pick(lang, "区划", "division")
        );
        for one in clients.iter().filter(|client| client.department == department.code) {
            say!("    {}", client::line(one, lang));
        }
    }
    Ok(())
}

fn contact(text: &str) -> Result<Contact, String> {
    let mut parts = text.split([',', '，']).map(|part| part.trim().to_owned());
    let name = parts.next().filter(|name| !name.is_empty()).ok_or("姓名[,电话[,邮箱]] / name[,phone[,e-mail]]")?;
    let contact =
        Contact { name, phone: parts.next().filter(|part| !part.is_empty()), email: parts.next().filter(|part| !part.is_empty()) };
    if parts.next().is_some() { Err("姓名[,电话[,邮箱]] / name[,phone[,e-mail]]".to_owned()) } else { Ok(contact) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_a_name_and_perhaps_more() {
        assert_eq!(contact("张三"), Ok(Contact { name: "张三".into(), ..Contact::default() }));
        let whole = Contact { name: "张三".into(), phone: Some("010-1".into()), email: Some("a@b.example".into()) };
        assert_eq!(contact("张三, 010-1，a@b.example"), Ok(whole));
        assert!(contact("").is_err() && contact("a,b,c,d").is_err());
    }
}
