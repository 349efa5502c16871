//! An authority of one's own, and whom it certifies.

use chrono::{DateTime, Utc};
use verify::messages::Lang;

use super::{CliError, ConfigFile, sign};
use crate::cli::output::say;
use crate::cli::words::pick;
use crate::config::Keys;
use crate::sign::{Holder, authority_ca, create_token_key};

pub(super) fn authority(config: &ConfigFile, name: &str, crls: Option<&str>, lang: Lang) -> Result<(), CliError> {
    let keys = config.read()?.keys;
    let (passphrase, now) = (keys.passphrase()?, Utc::now());
    let crls = crls.map(|address| address.trim_end_matches('/'));
    if crls.is_some_and(|address| !address.starts_with("http://") && !address.starts_with("https://")) {
        return Err(CliError::usage("--crls 应为 http:// 或 https:// 网址", "--crls is an http:// or https:// address"));
    }
    authority_ca::create_ca(&keys.folder, name, passphrase.reveal(), false, now).map_err(sign)?;
    authority_ca::create_issuing(&keys.folder, &format!("{name}签发机构"), crls, passphrase.reveal(), now).map_err(sign)?;
    told(&keys, pick(lang, "已建立根证书：", "made the root:"), "ca.cert.pem", lang)?;
    say!("{} {}", pick(lang, "已建立签发证书：", "made the issuing authority:"), keys.folder.join("issuing.cert.pem").display());
    say!(
        "{}",
        pick(
            lang,
            "根密钥 ca.key.pem 只在建立签发证书和更新根的吊销列表时用到，请离线保管。",
            "The root's key, ca.key.pem, is needed only to make an issuing authority and the root's list of revoked certificates: keep it offline."
        )
    );
    if crls.is_some() {
        for list in crate::sign::revoking::write_crls(&keys.folder, &keys.trust, passphrase.reveal(), FIRST_LIST_DAYS, now).map_err(sign)? {
            say!("{} {}", pick(lang, "已写出吊销列表：", "wrote the list of revoked certificates:"), list.path.display());
        }
    }
    Ok(())
}

/// How long the empty lists of a new authority are fresh.
const FIRST_LIST_DAYS: u64 = 7;

pub(super) fn holder(config: &ConfigFile, who: &str, name: &str, lang: Lang) -> Result<(), CliError> {
    let keys = config.read()?.keys;
    let holder = Holder::of(who).map_err(sign)?;
    authority_ca::create_holder(&keys.folder, &holder, name, keys.passphrase()?.reveal(), Utc::now()).map_err(sign)?;
    let file = holder.key(&keys.folder);
    say!("{} {}", pick(lang, "已建立密钥：", "made the key:"), file.display());
    authority_ca::export_anchor(&keys.folder, &keys.trust).map_err(sign)?;
    say!("{}", pick(lang, "运行中的枢纽需重新启动才会使用。", "A running hub uses it after a restart."));
    Ok(())
}

pub(super) fn tokens(config: &ConfigFile, from: Option<DateTime<Utc>>, lang: Lang) -> Result<(), CliError> {
    let keys = config.read()?.keys;
    let made = create_token_key(&keys.folder, keys.passphrase()?.reveal(), from, Utc::now()).map_err(sign)?;
    say!("{} {}", pick(lang, "已建立密钥：", "made the key:"), made.path.display());
    for path in &made.retired {
        say!("{} {}", pick(lang, "已停用，移至", "its time is over, moved to"), path.display());
    }
    let begins = made.begins.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    say!(
        "{}",
        pick(
            lang,
            &format!("自 {begins} 起用于签名。请在此之前把它放到每个副本的同一文件夹；运行中的枢纽五秒内读到，无需重启。"),
            &format!(
                "It signs from {begins} on. Put it into the same folder of every replica before then; running hubs read it within five seconds."
            )
        )
    );
    Ok(())
}

fn told(keys: &Keys, made: &str, file: &str, lang: Lang) -> Result<(), CliError> {
    say!("{made} {}", keys.folder.join(file).display());
    authority_ca::export_anchor(&keys.folder, &keys.trust).map_err(sign)?;
    say!("{} {}", pick(lang, "已放入信任文件夹：", "put among the trusted roots:"), keys.trust.display());
    Ok(())
}
