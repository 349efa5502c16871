//! `zhengzhao token …`: bearer tokens. A token is printed once; what is kept is its hash.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use model::actor::{Actor, Department, Granted, Person, Role};
use model::standards::credit_code::CreditCode;
use verify::digest::sm3_hex;
use verify::messages::Lang;

use super::config_file::{ConfigFile, open_store, runtime, unavailable};
use super::output::say;
use super::{CliError, words::pick};
use crate::store::TokenRow;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// 建立令牌并显示一次 | Make a token and show it once
    Create(Create),
    /// 列出令牌 | List the tokens
    List {
        #[command(flatten)]
        config: ConfigFile,
    },
    /// 撤销令牌 | Revoke a token
    Revoke {
        #[command(flatten)]
        config: ConfigFile,
        /// 令牌名称 | Name of the token
        #[arg(value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    #[command(flatten)]
    config: ConfigFile,
    /// 令牌名称，写入日志 | Its name, as it stands in the log
    #[arg(value_name = "NAME")]
    name: String,
    /// 角色：管理员、颁发机构、用证部门、门户 | Role
    #[arg(long, value_enum)]
    role: RoleArg,
    /// 可用的证照类型（GraphQL 名称，逗号分隔），all 为全部 | Types granted (GraphQL names, comma-separated), all for every type
    #[arg(long, value_name = "TYPES", default_value = "")]
    types: String,
    /// 可代表的颁发机构（统一社会信用代码，逗号分隔），all 为全部 | Authorities it issues for (credit codes, comma-separated), all for every one
    #[arg(long, value_name = "CODES", default_value = "")]
    authorities: String,
    /// 所属部门的统一社会信用代码 | Credit code of the department behind it
    #[arg(long, value_name = "CODE", requires = "department_name")]
    department_code: Option<String>,
    /// 所属部门的名称 | Name of the department behind it
    #[arg(long, value_name = "NAME", requires = "department_code")]
    department_name: Option<String>,
    /// 持有人的账号；停用账号即停用令牌 | Account of whoever has it; the token ends when that is disabled
    #[arg(long, value_name = "ACCOUNT")]
    person: Option<String>,
    /// 到期日（含当日） | Last day it can be used
    #[arg(long, value_name = "DATE")]
    expires: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum RoleArg {
    Admin,
    Issuer,
    Department,
    Portal,
}

pub(super) fn run(command: Command, lang: Lang) -> Result<u8, CliError> {
    match command {
        Command::Create(create) => make(&create, lang)?,
        Command::List { config } => list(&config, lang)?,
        Command::Revoke { config, name } => revoke(&config, &name, lang)?,
    }
    Ok(0)
}

/// A new token: 32 random bytes in hex behind `zz_`, so that a leak is recognised by scanners.
pub(crate) fn fresh() -> String {
    let bytes: [u8; 32] = rand::random();
    bytes.iter().fold("zz_".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

/// What the store keeps of a token.
pub(crate) fn hash(token: &str) -> String {
    sm3_hex(token.as_bytes())
}

fn make(create: &Create, lang: Lang) -> Result<(), CliError> {
    let actor = actor(create)?;
    let expires_at = create.expires.and_then(verify::status::day_ends);
    let config = create.config.read()?;
    let token = fresh();
    runtime()?.block_on(async {
        let store = open_store(&config, lang).await?;
        let existing = store.tokens().await.map_err(|error| unavailable(&error))?;
        if existing.iter().any(|row| row.name == create.name && row.revoked_at.is_none()) {
            let name = &create.name;
            return Err(CliError::usage(format!("已有名为 {name} 的令牌"), format!("there is a token named {name} already")));
        }
        if let Some(person) = &create.person
            && store.administrator(person).await.map_err(|error| unavailable(&error))?.is_none()
        {
            return Err(CliError::usage(format!("没有账号 {person}"), format!("there is no account {person}")));
        }
        let row = TokenRow { name: create.name.clone(), actor, created_at: Utc::now(), expires_at, revoked_at: None };
        store.put_token(&hash(&token), &row).await.map_err(|error| unavailable(&error))?;
        store.close().await.map_err(|error| unavailable(&error))?;
        Ok(())
    })?;
    say!("{token}");
    eprintln!("{}", pick(lang, "令牌只显示这一次，请妥善保存。", "The token is shown this once: keep it safe."));
    Ok(())
}

fn actor(create: &Create) -> Result<Actor, CliError> {
    let role = match create.role {
        RoleArg::Admin => Role::Administrator,
        RoleArg::Issuer => Role::Issuer,
        RoleArg::Department => Role::Department,
        RoleArg::Portal => Role::Portal,
    };
    let (mut types, authorities) = (granted(&create.types), granted(&create.authorities));
    if role == Role::Administrator {
        types = Granted::All;
    }
    // A department may read by grants alone, a portal reads nothing.
    let by_grants = role == Role::Department && create.department_code.is_some();
    if types == Granted::none() && role != Role::Portal && !by_grants {
        return Err(CliError::usage("须用 --types 给出可用的证照类型", "name the types it may use with --types"));
    }
    if role == Role::Issuer && authorities == Granted::none() {
        return Err(CliError::usage("须用 --authorities 给出可代表的颁发机构", "name the authorities it issues for with --authorities"));
    }
    if let Granted::Only(codes) = &authorities {
        codes.iter().try_for_each(|code| credit_code(code))?;
    }
    let department = match (&create.department_code, &create.department_name) {
        (Some(code), Some(name)) => {
            credit_code(code)?;
            Some(Department { code: code.clone(), name: name.clone(), division: None })
        }
        _ => None,
    };
    let person = create.person.as_deref().map(|name| Person { name: name.into(), session: None });
    Ok(Actor { person, ..Actor::new(role, create.name.as_str(), department, types, authorities) })
}

pub(super) fn granted(list: &str) -> Granted {
    if list.trim() == "all" {
        return Granted::All;
    }
    let names: BTreeSet<_> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Granted::Only(names)
}

fn credit_code(code: &str) -> Result<(), CliError> {
    CreditCode::parse(code)
        .map(|_| ())
        .map_err(|fault| CliError::usage(format!("{code}：{}", fault.message(Lang::Zh)), format!("{code}: {}", fault.message(Lang::En))))
}

fn list(config: &ConfigFile, lang: Lang) -> Result<(), CliError> {
    let config = config.read()?;
    let rows = runtime()?.block_on(async {
        let store = open_store(&config, lang).await?;
        store.tokens().await.map_err(|error| unavailable(&error))
    })?;
    for row in rows {
        let day = |time: DateTime<Utc>| time.format("%Y-%m-%d").to_string();
        let state = match (row.revoked_at, row.expires_at) {
            (Some(at), _) => format!("{} {}", pick(lang, "已撤销", "revoked"), day(at)),
            (None, Some(at)) if at <= Utc::now() => format!("{} {}", pick(lang, "已过期", "expired"), day(at)),
            (None, Some(at)) => format!("{} {}", pick(lang, "有效至", "until"), day(at)),
            (None, None) => pick(lang, "有效", "in use").to_owned(),
        };
        let department = row.actor.department.as_ref().map(|department| department.name.as_str()).unwrap_or_default();
        let person = row.actor.person.as_ref().map(|person| &*person.name).unwrap_or_default();
        say!(
            "{:<24} {:<14} {state}  {}: {}  {}: {}  {department}  {person}",
            row.name,
            format!("{:?}", row.actor.role).to_lowercase(),
            pick(lang, "类型", "types"),
            names(&row.actor.types, lang),
            pick(lang, "机构", "authorities"),
            names(&row.actor.authorities, lang)
        );
    }
    Ok(())
}

fn names(granted: &Granted, lang: Lang) -> String {
    match granted {
        Granted::All => pick(lang, "全部", "all").to_owned(),
        Granted::Only(names) if names.is_empty() => "-".to_owned(),
        Granted::Only(names) => names.iter().cloned().collect::<Vec<_>>().join(","),
    }
}

fn revoke(config: &ConfigFile, name: &str, lang: Lang) -> Result<(), CliError> {
    let config = config.read()?;
    runtime()?.block_on(async {
        let store = open_store(&config, lang).await?;
        let known =
            store.tokens().await.map_err(|error| unavailable(&error))?.iter().any(|row| row.name == name && row.revoked_at.is_none());
        if !known {
            return Err(CliError::usage(format!("没有名为 {name} 的有效令牌"), format!("there is no token in use named {name}")));
        }
        store.revoke_token(name).await.map_err(|error| unavailable(&error))?;
        // Done when no hub knows the token any more.
        store.close().await.map_err(|error| unavailable(&error))?;
        Ok(())
    })?;
    say!("{} {name}", pick(lang, "已撤销", "revoked"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (one, other) = (fresh(), fresh());
        assert!(one.len() == 67 && one != other && hash(&one) != hash(&other));
    }

    #[test]
    fn rights_are_read_from_lists() {
        assert_eq!(granted("all"), Granted::All);
        assert_eq!(granted(" A, B,"), Granted::Only(["A".to_owned(), "B".to_owned()].into()));
        assert_eq!(granted(""), Granted::none());
    }
}
