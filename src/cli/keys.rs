//! `zhengzhao keys …`: a root of one's own, signers of authorities, what is there.

use std::path::{Path, PathBuf};

use chrono::Utc;
use verify::messages::Lang;

use super::config_file::ConfigFile;
use super::output::say;
use super::{CliError, words::pick};
use crate::sign::{SignError, authority_ca, described, is_demo};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// 建立本枢纽自己的根证书，并放入信任文件夹 | Make a root certificate of this hub's own and put it among the trusted ones
    Ca {
        #[command(flatten)]
        config: ConfigFile,
        /// 名称，写入证书 | Its name, written into the certificate
        #[arg(value_name = "NAME")]
        name: String,
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
    /// 列出根证书、签名证书和信任的根 | List the root, the signers and the trusted roots
    List {
        #[command(flatten)]
        config: ConfigFile,
    },
}

pub(super) fn run(command: Command, lang: Lang) -> Result<u8, CliError> {
    match command {
        Command::Ca { config, name } => {
            let keys = config.read()?.keys;
            authority_ca::create_ca(&keys.folder, &name, keys.passphrase()?.reveal(), false, Utc::now()).map_err(sign)?;
            authority_ca::export_anchor(&keys.folder, &keys.trust).map_err(sign)?;
            say!("{} {}", pick(lang, "已建立根证书：", "made the root:"), keys.folder.join("ca.cert.pem").display());
            say!("{} {}", pick(lang, "已放入信任文件夹：", "put among the trusted roots:"), keys.trust.display());
            say!(
                "{}",
                pick(
                    lang,
                    "根密钥 ca.key.pem 只在建立签名密钥时用到，请离线保管。",
                    "The root's key, ca.key.pem, is needed only to make signers: keep it offline."
                )
            );
        }
        Command::Signer { config, code, name } => {
            let keys = config.read()?.keys;
            authority_ca::create_signer(&keys.folder, &code, &name, keys.passphrase()?.reveal(), Utc::now()).map_err(sign)?;
            say!(
                "{} {}",
                pick(lang, "已建立签名密钥：", "made the signer:"),
                keys.folder.join("signers").join(format!("{code}.key.pem")).display()
            );
            say!("{}", pick(lang, "运行中的枢纽需重新启动才会使用。", "A running hub uses it after a restart."));
        }
        Command::List { config } => {
            let keys = config.read()?.keys;
            let signers = pem_files(&keys.folder.join("signers"))?;
            section(pick(lang, "根证书", "root"), &pem_files(&keys.folder)?, lang)?;
            section(pick(lang, "签名证书", "signers"), &signers, lang)?;
            section(pick(lang, "信任的根", "trusted roots"), &pem_files(&keys.trust)?, lang)?;
        }
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

fn section(title: &str, files: &[PathBuf], lang: Lang) -> Result<(), CliError> {
    say!("{title}{}", if files.is_empty() { pick(lang, "：无", ": none") } else { "" });
    for file in files {
        for der in certificates(file)? {
            let mark = if is_demo(&der) { pick(lang, "（演示）", " (demonstration)") } else { "" };
            let (subject, until) = match described(&der) {
                Ok((subject, until)) => (subject, until.to_rfc3339()),
                Err(error) => (error.to_string(), String::new()),
            };
            say!("  {}  {subject}{mark}  {} {until}", file.display(), pick(lang, "至", "until"));
        }
    }
    Ok(())
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
