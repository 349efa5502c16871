//! What the authorities of one's own have revoked.

use chrono::Utc;
use verify::messages::Lang;

use super::{CliError, ConfigFile, sign};
use crate::cli::output::say;
use crate::cli::words::pick;
use crate::config::Keys;
use crate::sign::answering;
use crate::sign::revoking::{self, RevocationReason};

pub(super) fn revoke(config: &ConfigFile, who: &str, reason: &str, days: u64, lang: Lang) -> Result<(), CliError> {
    let keys = config.read()?.keys;
    let reason = RevocationReason::ALL.into_iter().find(|known| known.name() == reason).unwrap_or(RevocationReason::Unspecified);
    let revoked = revoking::revoke(&keys.folder, who, reason, Utc::now()).map_err(sign)?;
    say!("{} {} ({})", pick(lang, "已吊销：", "revoked:"), revoked.subject, revoked.serial);
    write(&keys, days, lang)
}

pub(super) fn lists(config: &ConfigFile, days: u64, lang: Lang) -> Result<(), CliError> {
    let keys = config.read()?.keys;
    write(&keys, days, lang)?;
    for one in revoking::revoked(&keys.folder).map_err(sign)? {
        say!("  {}  {}  {}  {}", one.since.to_rfc3339(), one.reason.name(), one.serial, one.subject);
    }
    Ok(())
}

pub(super) fn answer(config: &ConfigFile, who: &str, days: u64, lang: Lang) -> Result<(), CliError> {
    let keys = config.read()?.keys;
    let written = answering::write_answer(&keys.folder, &keys.trust, keys.passphrase()?.reveal(), who, days, Utc::now()).map_err(sign)?;
    let until = written.next_update.to_rfc3339();
    let (zh, en) = match written.revoked {
        Some(revoked) => (format!("自 {} 起已吊销", revoked.since.to_rfc3339()), format!("revoked since {}", revoked.since.to_rfc3339())),
        None => ("未吊销".to_owned(), "not revoked".to_owned()),
    };
    let path = written.path.display();
    say!("{} {path}  {}  {}  {until}", pick(lang, "已写出答复：", "wrote the answer:"), written.subject, pick(lang, &zh, &en));
    Ok(())
}

fn write(keys: &Keys, days: u64, lang: Lang) -> Result<(), CliError> {
    let written = revoking::write_crls(&keys.folder, &keys.trust, keys.passphrase()?.reveal(), days, Utc::now()).map_err(sign)?;
    if written.is_empty() {
        return Err(CliError::failed(
            "这里没有 CA 密钥（ca.key.pem 或 issuing.key.pem），无法签署吊销列表",
            "no authority's key is here (ca.key.pem or issuing.key.pem) to sign a list with",
        ));
    }
    for list in written {
        let (path, until) = (list.path.display(), list.next_update.to_rfc3339());
        let (zh, en) = (format!("共 {} 张，有效至 {until}", list.entries), format!("{} on it, fresh until {until}", list.entries));
        say!("{} {path}  {}", pick(lang, "已写出吊销列表：", "wrote the list:"), pick(lang, &zh, &en));
    }
    Ok(())
}
