//! `zhengzhao department client …`: client systems. A secret is printed once; what is kept is its hash.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use model::actor::Role;
use uuid::Uuid;
use verify::messages::Lang;

use super::{CliError, ConfigFile, pick, say, with_register};
use crate::cli::token::granted;
use crate::clients::{ClientInput, make_assertion};
use crate::config::Keys;
use crate::sign::{Signer as _, SoftwareSigner};
use crate::store::{ClientRow, ClientState, CredentialRow};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// 准入客户端，并显示其密钥一次 | Admit a client, and show its secret once
    Add(Box<Add>),
    /// 列出客户端及其凭据 | List clients and what they prove themselves with
    List {
        #[command(flatten)]
        config: ConfigFile,
        /// 只列此部门的 | Of this department alone
        #[arg(value_name = "CODE")]
        department: Option<String>,
    },
    /// 另给一个密钥（至多两个同时在用），显示一次 | Give it another secret, two at once at most, and show it once
    Secret {
        #[command(flatten)]
        config: ConfigFile,
        /// 客户端标识 | The client's id
        #[arg(value_name = "CLIENT")]
        client: String,
        /// 到期日（含当日） | Last day
        #[arg(long, value_name = "DATE")]
        expires: Option<NaiveDate>,
    },
    /// 登记其 SM2 证书：此后它可用该证书的私钥签名代替密钥 | Register its SM2 certificate, whose key then signs in place of a secret
    Certificate {
        #[command(flatten)]
        config: ConfigFile,
        /// 客户端标识 | The client's id
        #[arg(value_name = "CLIENT")]
        client: String,
        /// 证书文件（PEM 或 DER） | The certificate (PEM or DER)
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// 撤销客户端，或其一个凭据；由此取得的令牌立即失效 | Revoke a client, or one of its credentials; the tokens that it gave end at once
    Revoke {
        #[command(flatten)]
        config: ConfigFile,
        /// 客户端标识 | The client's id
        #[arg(value_name = "CLIENT")]
        client: String,
        /// 只撤销此凭据 | This credential alone
        #[arg(long, value_name = "ID")]
        credential: Option<Uuid>,
        /// 原因 | Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// 年度复核：再准入一年 | The yearly review: it may go on for a year
    Review {
        #[command(flatten)]
        config: ConfigFile,
        /// 客户端标识 | The client's id
        #[arg(value_name = "CLIENT")]
        client: String,
    },
    /// 用私钥签一份一分钟有效的断言（在客户端一侧使用） | Sign an assertion that holds for a minute: on the client's side
    Assertion {
        /// 客户端标识 | The client's id
        #[arg(value_name = "CLIENT")]
        client: String,
        /// 令牌地址，如 https://枢纽/oauth/token | Where the token is asked for, such as https://hub/oauth/token
        #[arg(long, value_name = "URL")]
        audience: String,
        /// 加密的 PKCS#8 私钥；口令取自 ZHENGZHAO_KEYS_PASSPHRASE | The encrypted PKCS#8 key; its passphrase is in ZHENGZHAO_KEYS_PASSPHRASE
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// 已登记的证书 | The registered certificate
        #[arg(long, value_name = "FILE")]
        certificate: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    #[command(flatten)]
    config: ConfigFile,
    /// 部门的统一社会信用代码 | Credit code of its department
    #[arg(value_name = "CODE")]
    department: String,
    /// 系统名称 | Its name
    #[arg(value_name = "NAME")]
    name: String,
    /// 客户端标识：3至64个小写字母、数字、连字符；不给则自动编号 | Its id: 3 to 64 small letters, digits and hyphens; made up where none is given
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// 不经授权文件即可用的证照类型（GraphQL 名称，逗号分隔），all 为全部；不给则只凭授权 | Types it has without a grant (GraphQL names, comma-separated), all for every type; where none is given, grants alone decide
    #[arg(long, value_name = "TYPES", default_value = "")]
    types: String,
    /// 可代表的颁发机构（信用代码，逗号分隔）：给出则为颁发机构的系统 | Authorities it issues for (credit codes, comma-separated): makes it an issuer's
    #[arg(long, value_name = "CODES")]
    authorities: Option<String>,
    /// 准入用途；默认为系统名称 | What it is admitted for; default: its name
    #[arg(long = "for", value_name = "TEXT")]
    admitted_for: Option<String>,
    /// 准入文件的编号，可多次 | Reference of a document it is admitted with; may be repeated
    #[arg(long = "document", value_name = "REFERENCE")]
    documents: Vec<String>,
    /// 最后一日 | Last day
    #[arg(long, value_name = "DATE")]
    ends: Option<NaiveDate>,
    /// 每秒请求数 | Requests a second
    #[arg(long, value_name = "N")]
    rate: Option<u32>,
    /// 每日请求数 | Requests a day
    #[arg(long, value_name = "N")]
    daily: Option<u32>,
    /// 不给密钥（只用证书） | No secret: it will use a certificate
    #[arg(long)]
    no_secret: bool,
}

pub(super) fn run(command: Command, lang: Lang) -> Result<(), CliError> {
    match command {
        Command::Add(add) => admit(*add, lang),
        Command::List { config, department } => list(&config, department.as_deref(), lang),
        Command::Secret { config, client, expires } => {
            let made = with_register(&config, lang, async |register, caller| register.secret(&client, expires, &caller, Utc::now()).await)?;
            shown(&client, &made.secret, lang);
            Ok(())
        }
        Command::Certificate { config, client, file } => {
            let given = std::fs::read(&file).map_err(|error| CliError::Unreadable { file: file.clone(), error })?;
            let made =
                with_register(&config, lang, async |register, caller| register.certificate(&client, &given, &caller, Utc::now()).await)?;
            say!("{} {}", pick(lang, "已登记证书，凭据", "registered the certificate, credential"), made.id);
            Ok(())
        }
        Command::Revoke { config, client, credential, reason } => {
            with_register(&config, lang, async |register, caller| match credential {
                Some(id) => register.revoke_credential(&client, id, &reason, &caller, Utc::now()).await,
                None => register.revoke(&client, &reason, &caller, Utc::now()).await.map(drop),
            })?;
            say!("{} {client}", pick(lang, "已撤销", "revoked"));
            Ok(())
        }
        Command::Review { config, client } => {
            let row = with_register(&config, lang, async |register, caller| register.review(&client, &caller, Utc::now()).await)?;
            say!("{} {client}  {} {}", pick(lang, "已复核", "reviewed"), pick(lang, "下次不迟于", "next by"), day(row.review_due()));
            Ok(())
        }
        Command::Assertion { client, audience, key, certificate } => {
            let passphrase = Keys::default().passphrase()?;
            let failed =
                |error: &dyn std::fmt::Display| CliError::failed(format!("无法签名：{error}"), format!("nothing was signed: {error}"));
            let signer = SoftwareSigner::open_any(&key, &certificate, passphrase.reveal()).map_err(|error| failed(&error))?;
            let own = signer.chain().first().map(Vec::as_slice).unwrap_or_default();
            let made = make_assertion(&client, &audience, own, Utc::now(), |bytes| signer.sign(bytes)).map_err(|error| failed(&error))?;
            say!("{}", made.map_err(|fault| failed(&fault))?);
            Ok(())
        }
    }
}

fn admit(add: Add, lang: Lang) -> Result<(), CliError> {
    let (role, authorities) = match &add.authorities {
        Some(codes) => (Role::Issuer, granted(codes)),
        None => (Role::Department, granted("")),
    };
    let input = ClientInput {
        id: add.id,
        department: add.department,
        admitted_for: add.admitted_for.unwrap_or_else(|| add.name.clone()),
        name: add.name,
        role,
        types: granted(&add.types),
        authorities,
        documents: add.documents,
        rate: add.rate,
        daily: add.daily,
        ends_on: add.ends,
        with_secret: !add.no_secret,
    };
    let made = with_register(&add.config, lang, async |register, caller| register.client(input, &caller, Utc::now()).await)?;
    match &made.secret {
        Some(secret) => shown(&made.client.id, &secret.secret, lang),
        None => say!("{}", made.client.id),
    }
    Ok(())
}

fn shown(client: &str, secret: &str, lang: Lang) {
    say!("{client}\n{secret}");
    eprintln!(
        "{}",
        pick(
            lang,
            "以上为客户端标识与密钥；密钥只显示这一次，请妥善保存。",
            "The client's id and its secret, which is shown this once: keep it safe."
        )
    );
}

fn list(config: &ConfigFile, department: Option<&str>, lang: Lang) -> Result<(), CliError> {
    let found = with_register(config, lang, async |register, _| {
        let mut found = Vec::new();
        for client in register.clients(department).await? {
            let credentials = register.credentials(&client.id).await?;
            found.push((client, credentials));
        }
        Ok(found)
    })?;
    for (client, credentials) in found {
        say!("{}", line(&client, lang));
        for one in credentials {
            say!("    {}", credential(&one, lang));
        }
    }
    Ok(())
}

/// One client, on one line.
pub(super) fn line(client: &ClientRow, lang: Lang) -> String {
    let state = match client.state(Utc::now()) {
        ClientState::Active => format!("{} {}", pick(lang, "有效至", "until"), day(client.ends())),
        ClientState::Ended => pick(lang, "已到期", "ended").to_owned(),
        ClientState::Lapsed => pick(lang, "未复核，已失效", "lapsed: not reviewed").to_owned(),
        ClientState::Revoked => {
            format!("{}: {}", pick(lang, "已撤销", "revoked"), client.revoked_why.as_deref().unwrap_or_default())
        }
    };
    format!("{:<24} {}  {state}  {}", client.id, client.name, used(client.last_used_at, lang))
}

fn credential(one: &CredentialRow, lang: Lang) -> String {
    let kind = if one.is_secret() { pick(lang, "密钥", "secret") } else { pick(lang, "证书", "certificate") };
    let state = match (one.revoked_at, one.expires_at) {
        (Some(at), _) => format!("{} {}", pick(lang, "已撤销", "revoked"), day(at)),
        (None, Some(at)) if at <= Utc::now() => format!("{} {}", pick(lang, "已过期", "expired"), day(at)),
        (None, Some(at)) => format!("{} {}", pick(lang, "有效至", "until"), day(at)),
        (None, None) => pick(lang, "有效", "in use").to_owned(),
    };
    format!("{}  {kind}  {state}  {}", one.id, used(one.last_used_at, lang))
}

fn used(at: Option<DateTime<Utc>>, lang: Lang) -> String {
    let never = || pick(lang, "从未", "never").to_owned();
    format!("{} {}", pick(lang, "最近使用", "last used"), at.map_or_else(never, |at| at.format("%Y-%m-%d %H:%M").to_string()))
}

fn day(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d").to_string()
}
