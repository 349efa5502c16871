//! Keys that are certified elsewhere.

use std::path::Path;

use chrono::Utc;
use verify::messages::Lang;

use super::{CliError, ConfigFile, sign};
use crate::cli::output::say;
use crate::cli::words::pick;
use crate::sign::{Holder, authority_ca, create_request, import_chain, read_trust};

pub(super) fn request(config: &ConfigFile, who: &str, name: &str, code: Option<&str>, lang: Lang) -> Result<(), CliError> {
    let keys = config.read()?.keys;
    let holder = Holder::of(who).map_err(sign)?;
    let written = create_request(&keys.folder, &holder, name, code, keys.passphrase()?.reveal()).map_err(sign)?;
    say!("{} {}", pick(lang, "已写出证书请求：", "wrote the request:"), written.display());
    say!(
        "{}",
        pick(
            lang,
            "请交给 CA 签发，再用 zhengzhao keys import 导入证书链。密钥在同一文件夹，请勿外传。",
            "Have it certified, then take the chain with `zhengzhao keys import`. The key lies beside it and leaves this machine never."
        )
    );
    Ok(())
}

pub(super) fn import(config: &ConfigFile, who: &str, file: &Path, replace: bool, lang: Lang) -> Result<(), CliError> {
    let keys = config.read()?.keys;
    let holder = Holder::of(who).map_err(sign)?;
    let chain = std::fs::read_to_string(file).map_err(|error| CliError::Unreadable { file: file.into(), error })?;
    let trust = read_trust(&keys.trust).map_err(sign)?;
    let imported = import_chain(&keys.folder, &holder, &chain, &trust, keys.passphrase()?.reveal(), replace, Utc::now());
    let certificate = imported.map_err(|refusal| CliError::failed(refusal.message(Lang::Zh), refusal.message(Lang::En)))?;
    authority_ca::export_known(&keys.folder, &keys.trust).map_err(sign)?;
    say!("{} {}", pick(lang, "已导入证书链：", "took the chain:"), certificate.display());
    say!("{}", pick(lang, "运行中的枢纽需重新启动才会使用。", "A running hub uses it after a restart."));
    Ok(())
}
