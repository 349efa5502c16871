//! `zhengzhao administrator …`: accounts of people who sign in, straight into the database.

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::actor::{Actor, Caller, Granted, Role};
use verify::messages::Lang;
use zeroize::Zeroizing;

use super::CliError;
use super::config_file::{ConfigFile, open_store, runtime, unavailable};
use super::output::say;
use super::token::granted;
use super::words::pick;
use crate::administrators::{AccountInput, Accounts, AdministratorError, NewTotp};
use crate::passwords;
use crate::store::AdministratorRow;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// 建立账号；密码与动态口令密钥只显示一次 | Make an account; password and secret of codes are shown once
    Add(Add),
    /// 列出账号 | List the accounts
    List {
        #[command(flatten)]
        config: ConfigFile,
    },
    /// 更换密码；其全部会话随之结束 | Another password; all sessions of the account end
    Password {
        #[command(flatten)]
        config: ConfigFile,
        /// 账号名 | Name of the account
        #[arg(value_name = "NAME")]
        name: String,
        /// 从标准输入读密码；不给则自动生成 | Read the password from standard input; without it one is made up
        #[arg(long)]
        password_stdin: bool,
    },
    /// 更换动态口令密钥；其全部会话随之结束 | Another secret of codes; all sessions of the account end
    Totp {
        #[command(flatten)]
        config: ConfigFile,
        /// 账号名 | Name of the account
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// 登记可用以登录的 SM2 证书，或去除 | Register the SM2 certificate that signs somebody in, or take it away
    Certificate {
        #[command(flatten)]
        config: ConfigFile,
        /// 账号名 | Name of the account
        #[arg(value_name = "NAME")]
        name: String,
        /// 证书（PEM 或 DER） | The certificate (PEM or DER)
        #[arg(value_name = "FILE", required_unless_present = "remove")]
        file: Option<PathBuf>,
        /// 去除已登记的证书 | Take the registered one away
        #[arg(long, conflicts_with = "file")]
        remove: bool,
    },
    /// 停用账号，其会话与令牌立即失效 | Disable an account; its sessions and tokens end at once
    Disable {
        #[command(flatten)]
        config: ConfigFile,
        /// 账号名 | Name of the account
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// 重新启用账号 | Let an account in again
    Enable {
        #[command(flatten)]
        config: ConfigFile,
        /// 账号名 | Name of the account
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// 结束账号的全部会话 | End all sessions of an account
    SignOut {
        #[command(flatten)]
        config: ConfigFile,
        /// 账号名 | Name of the account
        #[arg(value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Add {
    #[command(flatten)]
    config: ConfigFile,
    /// 账号名，写入日志：小写字母、数字、“.”“-”“_” | Name of the account, as it stands in the log: a–z, digits, “.”, “-”, “_”
    #[arg(value_name = "NAME")]
    name: String,
    /// 姓名 | Name of the person
    #[arg(value_name = "PERSON")]
    display_name: String,
    /// 角色 | Role
    #[arg(long, value_enum, default_value = "admin")]
    role: RoleArg,
    /// 可用的证照类型（GraphQL 名称，逗号分隔），all 为全部 | Types granted (GraphQL names, comma-separated), all for every type
    #[arg(long, value_name = "TYPES", default_value = "")]
    types: String,
    /// 可代表的颁发机构（统一社会信用代码，逗号分隔），all 为全部 | Authorities it issues for (credit codes, comma-separated), all for every one
    #[arg(long, value_name = "CODES", default_value = "")]
    authorities: String,
    /// 所属部门的统一社会信用代码，须已登记 | Credit code of a registered department
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
    /// 从标准输入读密码；不给则自动生成 | Read the password from standard input; without it one is made up
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum RoleArg {
    Admin,
    Issuer,
    Department,
}

pub(super) fn run(command: Command, lang: Lang) -> Result<u8, CliError> {
    match command {
        Command::Add(arguments) => add(arguments, lang)?,
        Command::List { config } => {
            for account in with(&config, lang, async |accounts, _, _| accounts.list().await)? {
                say!("{}", line(&account, lang));
            }
        }
        Command::Password { config, name, password_stdin } => {
            let given = password(password_stdin)?;
            let made_up = given.is_none();
            let password = with(&config, lang, async |accounts, caller, now| accounts.password(&name, given, &caller, now).await)?;
            say!("{} {name}", pick(lang, "已更换密码：", "another password:"));
            if made_up {
                say!("{} {}", pick(lang, "密码：", "password:"), *password);
            }
        }
        Command::Totp { config, name } => {
            let made = with(&config, lang, async |accounts, caller, now| accounts.totp(&name, &caller, now).await)?;
            show(&made, lang);
        }
        Command::Certificate { config, name, file, remove: _ } => {
            let der = file.map(|file| std::fs::read(&file).map_err(|error| CliError::Unreadable { file, error })).transpose()?;
            let given = der.as_deref();
            let subject = with(&config, lang, async |accounts, caller, now| accounts.certificate(&name, given, &caller, now).await)?;
            match subject {
                Some(subject) => say!("{} {name}  {subject}", pick(lang, "已登记证书：", "registered:")),
                None => say!("{} {name}", pick(lang, "已去除证书：", "removed:")),
            }
        }
        Command::Disable { config, name } => {
            with(&config, lang, async |accounts, caller, now| accounts.disable(&name, true, &caller, now).await)?;
            say!("{} {name}", pick(lang, "已停用：", "disabled:"));
        }
        Command::Enable { config, name } => {
            with(&config, lang, async |accounts, caller, now| accounts.disable(&name, false, &caller, now).await)?;
            say!("{} {name}", pick(lang, "已启用：", "let in again:"));
        }
        Command::SignOut { config, name } => {
            let ended = with(&config, lang, async |accounts, caller, now| accounts.end_all(&name, &caller, now).await)?;
            say!("{} {ended}", pick(lang, "已结束的会话：", "sessions ended:"));
        }
    }
    Ok(0)
}

fn add(arguments: Add, lang: Lang) -> Result<(), CliError> {
    let role = match arguments.role {
        RoleArg::Admin => Role::Administrator,
        RoleArg::Issuer => Role::Issuer,
        RoleArg::Department => Role::Department,
    };
    let types = if role == Role::Administrator { Granted::All } else { granted(&arguments.types) };
    let input = AccountInput {
        name: arguments.name,
        display_name: arguments.display_name,
        role,
        types,
        authorities: granted(&arguments.authorities),
        department: arguments.department,
    };
    let given = password(arguments.password_stdin)?;
    let made_up = given.is_none();
    let made = with(&arguments.config, lang, async |accounts, caller, now| accounts.add(input, given, &caller, now).await)?;
    say!("{} {}  {}", pick(lang, "已建立账号：", "made the account"), made.account.name, made.account.display_name);
    if made_up {
        say!("{} {}", pick(lang, "密码：", "password:"), *made.password);
    }
    show(&made.totp, lang);
    Ok(())
}

/// The one time that a secret of codes is shown.
fn show(made: &NewTotp, lang: Lang) {
    say!("{} {}", pick(lang, "动态口令密钥（输入认证器应用）：", "secret of codes (for an authenticator app):"), *made.secret);
    say!("{}", *made.address);
    eprintln!("{}", pick(lang, "以上只显示这一次，请妥善交给本人。", "This is shown once: hand it over safely."));
}

/// The first line of standard input, where it is asked for.
fn password(from_stdin: bool) -> Result<Option<Zeroizing<String>>, CliError> {
    if !from_stdin {
        return Ok(None);
    }
    let mut text = Zeroizing::new(String::with_capacity(2 * passwords::MAX));
    let most = 2 * passwords::MAX as u64;
    let read = std::io::stdin().lock().take(most).read_to_string(&mut text);
    read.map_err(|error| CliError::of("无法读取密码", "the password cannot be read", error))?;
    Ok(Some(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())))
}

/// Runs one use case against the configured database, and waits until every hub has heard of it.
fn with<T>(
    config: &ConfigFile,
    lang: Lang,
    work: impl AsyncFnOnce(Accounts, Caller, DateTime<Utc>) -> Result<T, AdministratorError>,
) -> Result<T, CliError> {
    let config = config.read()?;
    runtime()?.block_on(async {
        let store = open_store(&config, lang).await?;
        let actor = Actor::new(Role::Administrator, "command-line", None, Granted::All, Granted::All);
        let caller = Caller { actor: Arc::new(actor), purpose: None };
        let outcome = work(Accounts::new(store.clone()), caller, Utc::now()).await;
        store.close().await.map_err(|error| unavailable(&error))?;
        outcome.map_err(|error| told(&error))
    })
}

fn told(error: &AdministratorError) -> CliError {
    let (zh, en) = (error.message(Lang::Zh), error.message(Lang::En));
    match error {
        AdministratorError::Input { path, .. } => CliError::usage(format!("{path}：{zh}"), format!("{path}: {en}")),
        AdministratorError::Store(error) => unavailable(error),
        AdministratorError::Bug(_) => CliError::failed(zh, en),
        _ => CliError::usage(zh, en),
    }
}

fn line(account: &AdministratorRow, lang: Lang) -> String {
    let day = |time: DateTime<Utc>| time.format("%Y-%m-%d").to_string();
    let state = match (account.disabled_at, account.last_sign_in_at) {
        (Some(at), _) => format!("{} {}", pick(lang, "已停用", "disabled"), day(at)),
        (None, Some(at)) => format!("{} {}", pick(lang, "最近登录", "last signed in"), day(at)),
        (None, None) => pick(lang, "未登录过", "never signed in").to_owned(),
    };
    let certificate = if account.certificate.is_some() { pick(lang, "有证书", "with a certificate") } else { "" };
    let role = format!("{:?}", account.role).to_lowercase();
    let department = account.department.as_deref().unwrap_or_default();
    format!("{:<20} {:<14} {}  {state}  {department}  {certificate}", account.name, role, account.display_name).trim_end().to_owned()
}
