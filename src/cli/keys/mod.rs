//! `zhengzhao keys …`: authorities of one's own and whom they certify, keys certified elsewhere, what was revoked.

mod listing;
mod making;
mod requesting;
mod revoking;

use std::path::{Path, PathBuf};

use verify::messages::Lang;

use super::CliError;
use super::config_file::ConfigFile;
use crate::sign::{SignError, is_demo};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// 建立本枢纽自己的根证书和签发证书，并放入信任文件夹 | Make a root and an issuing authority of this hub's own, and trust them
    Ca {
        #[command(flatten)]
        config: ConfigFile,
        /// 名称，写入证书 | Its name, written into the certificates
        #[arg(value_name = "NAME")]
        name: String,
        /// 吊销列表的公布网址，写入此后签发的证书；写入后须定期运行 keys crl | Where lists of revoked certificates are published; certificates made from then on say so, and `keys crl` has to be run regularly
        #[arg(long, value_name = "URL")]
        crls: Option<String>,
    },
    /// 为颁发机构建立签名密钥 | Make a signing key for an authority
    Signer {
        #[command(flatten)]
        config: ConfigFile,
        /// 统一社会信用代码 | Its credit code
        #[arg(value_name = "CODE")]
        code: String,
        /// 机构名称 | Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// 建立制章人密钥 | Make the key of the seal maker
    Maker {
        #[command(flatten)]
        config: ConfigFile,
        /// 制章人名称 | Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// 建立时间戳密钥 | Make the key of the timestamp unit
    Timestamp {
        #[command(flatten)]
        config: ConfigFile,
        /// 时间戳服务名称 | Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// 建立透明日志密钥 | Make the key of the transparency log
    Log {
        #[command(flatten)]
        config: ConfigFile,
        /// 日志服务名称 | Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// 建立访问令牌的签名密钥；再建一个即为轮换：新钥十分钟后启用，旧钥保留到其令牌失效 | Make a key that signs access tokens; another one is a rotation: it signs ten minutes later, and the one before stays until its tokens have ended
    Tokens {
        #[command(flatten)]
        config: ConfigFile,
        /// 何时开始签名（RFC 3339）；默认：第一个立即，其后十分钟 | When it begins to sign (RFC 3339); default: the first at once, others ten minutes on
        #[arg(long, value_name = "TIME")]
        from: Option<chrono::DateTime<chrono::Utc>>,
    },
    /// 生成密钥和证书请求（PKCS#10），交给外部 CA | Make a key and a request (PKCS#10) for somebody else's authority
    Csr {
        #[command(flatten)]
        config: ConfigFile,
        /// 统一社会信用代码，或 seal-maker（制章人）、timestamp（时间戳）、log（日志） | A credit code, or seal-maker, timestamp, log
        #[arg(value_name = "WHO")]
        who: String,
        /// 名称，写入请求 | The name, written into the request
        #[arg(value_name = "NAME")]
        name: String,
        /// 制章人或时间戳服务的统一社会信用代码 | The credit code of a seal maker or timestamp unit
        #[arg(long, value_name = "CODE")]
        code: Option<String>,
    },
    /// 导入外部 CA 签发的证书链（PEM），与等待中的密钥核对 | Take the chain (PEM) that somebody else's authority made, checked against the key that waits
    Import {
        #[command(flatten)]
        config: ConfigFile,
        /// 统一社会信用代码，或 seal-maker、timestamp、log | A credit code, or seal-maker, timestamp, log
        #[arg(value_name = "WHO")]
        who: String,
        /// 证书链文件：持有者证书在前，其后依次为各级签发者 | The chain: the holder's certificate first, each next one its issuer's
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// 替换现有密钥（移入 retired） | Replace the key that is there; it is moved into retired
        #[arg(long)]
        replace: bool,
    },
    /// 吊销本枢纽签发的证书，并更新吊销列表 | Revoke a certificate made here, and write the lists anew
    Revoke {
        #[command(flatten)]
        config: ConfigFile,
        /// 统一社会信用代码、seal-maker、timestamp、log、issuing，或证书文件 | A credit code, seal-maker, timestamp, log, issuing, or a certificate's file
        #[arg(value_name = "WHO")]
        who: String,
        /// 原因 | Why
        #[arg(long, value_name = "REASON", default_value = "unspecified",
            value_parser = ["unspecified", "key-compromise", "affiliation-changed", "superseded", "cessation-of-operation", "privilege-withdrawn"])]
        reason: String,
        /// 新列表的有效天数 | How many days the lists are fresh
        #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=365))]
        days: u64,
    },
    /// 更新吊销列表并列出已吊销的证书 | Write the lists of revoked certificates anew, and say what is on them
    Crl {
        #[command(flatten)]
        config: ConfigFile,
        /// 新列表的有效天数 | How many days the lists are fresh
        #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=365))]
        days: u64,
    },
    /// 写出对一张证书是否吊销的已签名答复（OCSP） | Write a signed answer whether one certificate is revoked (OCSP)
    Ocsp {
        #[command(flatten)]
        config: ConfigFile,
        /// 机构代码，或 seal-maker、timestamp、log、issuing，或证书文件 | A credit code, or seal-maker, timestamp, log, issuing, or a certificate's file
        who: String,
        /// 答复的有效天数 | How many days the answer is fresh
        #[arg(long, value_name = "DAYS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=365))]
        days: u64,
    },
    /// 列出各级证书和信任的根 | List the certificates here and the trusted roots
    List {
        #[command(flatten)]
        config: ConfigFile,
    },
}

pub(super) fn run(command: Command, lang: Lang) -> Result<u8, CliError> {
    match command {
        Command::Ca { config, name, crls } => making::authority(&config, &name, crls.as_deref(), lang)?,
        Command::Signer { config, code, name } => making::holder(&config, &code, &name, lang)?,
        Command::Maker { config, name } => making::holder(&config, "seal-maker", &name, lang)?,
        Command::Timestamp { config, name } => making::holder(&config, "timestamp", &name, lang)?,
        Command::Log { config, name } => making::holder(&config, "log", &name, lang)?,
        Command::Tokens { config, from } => making::tokens(&config, from, lang)?,
        Command::Csr { config, who, name, code } => requesting::request(&config, &who, &name, code.as_deref(), lang)?,
        Command::Import { config, who, file, replace } => requesting::import(&config, &who, &file, replace, lang)?,
        Command::Revoke { config, who, reason, days } => revoking::revoke(&config, &who, &reason, days, lang)?,
        Command::Crl { config, days } => revoking::lists(&config, days, lang)?,
        Command::Ocsp { config, who, days } => revoking::answer(&config, &who, days, lang)?,
        Command::List { config } => listing::list(&config, lang)?,
    }
    Ok(0)
}

/// Is any certificate in these folders of a demonstration? `serve` refuses then.
pub(super) fn demo_certificate(keys: &Path, trust: &Path) -> Result<Option<PathBuf>, CliError> {
    for folder in [keys.to_owned(), keys.join("signers"), trust.to_owned()] {
        for file in pem_files(&folder)? {
            if certificates(&file)?.iter().any(|der| is_demo(der)) {
                return Ok(Some(file));
            }
        }
    }
    Ok(None)
}

/// The certificate files of a folder, by name; a folder that is not there has none.
fn pem_files(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let unreadable = |error| CliError::Unreadable { file: folder.into(), error };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.ends_with(".pem") && !name.ends_with(".key.pem") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The certificates of a PEM file, as DER.
fn certificates(file: &Path) -> Result<Vec<Vec<u8>>, CliError> {
    let text = std::fs::read_to_string(file).map_err(|error| CliError::Unreadable { file: file.into(), error })?;
    let place = file.display();
    let found = verify::chain::X509::from_pem(&text)
        .map_err(|error| CliError::of(&format!("{place} 不是证书"), &format!("{place} is no certificate"), error))?;
    Ok(found.iter().map(|certificate| certificate.der().to_vec()).collect())
}

fn sign(error: SignError) -> CliError {
    CliError::failed(format!("密钥：{error}"), error.to_string())
}
