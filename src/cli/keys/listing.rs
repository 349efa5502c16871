//! What is there.

use std::path::PathBuf;

use verify::messages::Lang;

use super::{CliError, ConfigFile, certificates, pem_files};
use crate::cli::output::say;
use crate::cli::words::pick;
use crate::sign::{described, is_demo};

pub(super) fn list(config: &ConfigFile, lang: Lang) -> Result<(), CliError> {
    let keys = config.read()?.keys;
    section(
        pick(lang, "根证书、签发证书、制章人、时间戳", "root, issuing authority, seal maker, timestamp unit"),
        &pem_files(&keys.folder)?,
        lang,
    )?;
    section(pick(lang, "签名证书", "signers"), &pem_files(&keys.folder.join("signers"))?, lang)?;
    let waiting = pem_files(&keys.folder.join("requests"))?;
    say!("{}{}", pick(lang, "等待证书的请求", "requests that wait"), if waiting.is_empty() { pick(lang, "：无", ": none") } else { "" });
    for file in waiting {
        say!("  {}", file.display());
    }
    section(pick(lang, "信任的根", "trusted roots"), &pem_files(&keys.trust)?, lang)
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
