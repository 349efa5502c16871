//! `zhengzhao doctor`: each thing the hub depends on, whether it is well, and what to do where it is not.

use chrono::{DateTime, Utc};
use verify::messages::Lang;
use verify::revocation::Crl;

use super::config_file::{ConfigFile, connect, runtime};
use super::output::say;
use super::{CliError, keys, serving, verify as offline, words::pick};
use crate::config::{self, Config};
use crate::http::{Tls, TlsFiles};
use crate::sign::{KeyRing, described, read_trust};
use crate::store::{Replicas, redis_version};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
}

/// No clock that is right shows less: this program was written later.
const WRITTEN: &str = "2026-01-01T00:00:00Z";
/// Days before the end of a certificate at which it is worth a word.
const SOON: i64 = 60;
/// The same of the listener's certificate: those of ninety days are renewed when a third is left.
const TLS_SOON: i64 = 14;
/// Hours before a list of revoked certificates is no longer fresh.
const LIST_SOON: i64 = 24;

enum Found {
    Well(String),
    /// What is wrong, what to do.
    Ill(String, String),
}

/// 0 all is well, 1 something is not.
pub(super) fn run(args: &Args, lang: Lang) -> Result<u8, CliError> {
    let config = match args.config.read() {
        Ok(config) => config,
        Err(error) => {
            tell(
                pick(lang, "配置", "configuration"),
                Found::Ill(error.text(lang), pick(lang, "按 zhengzhao.example.toml 改正", "mend it after zhengzhao.example.toml").into()),
                lang,
            );
            return Ok(1);
        }
    };
    let mut well = tell(pick(lang, "配置", "configuration"), Found::Well(args.config.file.display().to_string()), lang);
    well &= tell(pick(lang, "时钟", "clock"), clock(Utc::now(), lang), lang);
    if let Some(files) = serving::tls_files(&config) {
        well &= tell("TLS", tls(&files, Utc::now(), lang), lang);
    }
    well &= tell(pick(lang, "签名密钥", "signing keys"), signing_keys(&config, lang), lang);
    well &= tell(pick(lang, "信任的根", "trusted roots"), roots(&config, lang), lang);
    well &= tell(pick(lang, "吊销列表", "revocation lists"), revocation_lists(&config, Utc::now(), lang), lang);
    well &= tell(pick(lang, "索引密钥", "index key"), index_key(&config, lang), lang);
    runtime()?.block_on(async {
        well &= tell("Redis", between_replicas(&config, lang).await, lang);
        for (name, found) in database(&config, lang).await {
            well &= tell(name, found, lang);
        }
    });
    Ok(u8::from(!well))
}

fn tell(name: &str, found: Found, lang: Lang) -> bool {
    match found {
        Found::Well(what) => {
            say!("✓ {name}: {what}");
            true
        }
        Found::Ill(what, advice) => {
            say!("✗ {name}: {what}\n    {}: {advice}", pick(lang, "处理", "what to do"));
            false
        }
    }
}

fn clock(now: DateTime<Utc>, lang: Lang) -> Found {
    let shown = now.to_rfc3339();
    if WRITTEN.parse::<DateTime<Utc>>().is_ok_and(|written| now < written) {
        return Found::Ill(
            shown,
            pick(
                lang,
                "时钟慢了：请启用时间同步（chrony、systemd-timesyncd）",
                "the clock is slow: turn time synchronisation on (chrony, systemd-timesyncd)",
            )
            .into(),
        );
    }
    Found::Well(shown)
}

/// Whether certificate and key make a pair, and how long the certificate holds.
fn tls(files: &TlsFiles, now: DateTime<Utc>, lang: Lang) -> Found {
    let advice = || pick(lang, "换上有效的证书和密钥", "put a valid certificate and its key there").to_owned();
    let certificate = match Tls::certificate(files) {
        Ok(certificate) => certificate,
        Err(error) => return Found::Ill(error.to_string(), advice()),
    };
    match described(&certificate) {
        Ok((subject, end)) if (end - now).num_days() >= TLS_SOON => Found::Well(format!("{subject}, {}", end.format("%Y-%m-%d"))),
        Ok((subject, end)) => {
            Found::Ill(format!("{subject}: {} {}", pick(lang, "证书到期", "the certificate ends"), end.format("%Y-%m-%d")), advice())
        }
        Err(error) => Found::Ill(error.to_string(), advice()),
    }
}

fn signing_keys(config: &Config, lang: Lang) -> Found {
    let make = || {
        pick(lang, "用 zhengzhao keys ca、zhengzhao keys signer 建立", "make them with `zhengzhao keys ca` and `zhengzhao keys signer`")
            .to_owned()
    };
    let passphrase = match config.keys.passphrase() {
        Ok(passphrase) => passphrase,
        Err(error) => return Found::Ill(error.text(lang), pick(lang, "给出口令", "give the passphrase").into()),
    };
    match keys::demo_certificate(&config.keys.folder, &config.keys.trust) {
        Ok(Some(file)) => {
            return Found::Ill(format!("{}: {}", file.display(), pick(lang, "属于演示 CA", "belongs to a demonstration's CA")), make());
        }
        Err(error) => return Found::Ill(error.text(lang), make()),
        Ok(None) => {}
    }
    match KeyRing::open(&config.keys.folder, passphrase.reveal()) {
        Ok(ring) if ring.authorities().is_empty() => {
            Found::Ill(pick(lang, "没有签名密钥，不能签发", "there is no signer: nothing can be issued").into(), make())
        }
        Ok(ring) => {
            let ends: Vec<String> = ring
                .authorities()
                .iter()
                .filter_map(|code| ring.signer(code))
                .filter_map(|signer| ending(signer.chain().first()?, lang))
                .collect();
            let tokens = if ring.tokens().all().is_empty() {
                pick(
                    lang,
                    "；没有访问令牌密钥，/oauth/token 不可用（zhengzhao keys tokens）",
                    "; no key for access tokens, so /oauth/token gives none (`zhengzhao keys tokens`)",
                )
            } else {
                ""
            };
            if ends.is_empty() { Found::Well(ring.authorities().join(", ") + tokens) } else { Found::Ill(ends.join("; "), make()) }
        }
        Err(error) => Found::Ill(
            error.to_string(),
            pick(lang, "检查文件、权限（0600）和口令", "check files, permissions (0600) and passphrase").into(),
        ),
    }
}

/// Says so when a certificate has ended or soon will.
fn ending(der: &[u8], lang: Lang) -> Option<String> {
    let (subject, end) = described(der).ok()?;
    let days = (end - Utc::now()).num_days();
    (days < SOON).then(|| format!("{subject}: {} {}", pick(lang, "证书到期", "the certificate ends"), end.format("%Y-%m-%d")))
}

fn roots(config: &Config, lang: Lang) -> Found {
    match offline::trust(Some(&config.keys.trust)) {
        Ok(trust) => Found::Well(format!("{} × {}", config.keys.trust.display(), trust.anchors.len())),
        Err(error) => {
            Found::Ill(error.text(lang), pick(lang, "把根证书（PEM）放入 keys.trust", "put root certificates (PEM) into keys.trust").into())
        }
    }
}

/// With a list that is out of date nothing below its authority can be verified for certain.
fn revocation_lists(config: &Config, now: DateTime<Utc>, lang: Lang) -> Found {
    let advice = || {
        pick(lang, "定期运行 zhengzhao keys crl，或从 CA 取新列表", "run `zhengzhao keys crl` regularly, or fetch the authority's new list")
            .to_owned()
    };
    let trust = match read_trust(&config.keys.trust) {
        Ok(trust) => trust,
        Err(error) => return Found::Ill(error.to_string(), advice()),
    };
    let ends: Vec<DateTime<Utc>> = trust.revocations().lists().iter().map(Crl::next_update).collect();
    match ends.iter().min() {
        None => Found::Well(pick(lang, "没有", "none").into()),
        Some(first) => {
            let told = format!("× {}, {} {}", ends.len(), pick(lang, "最早到期", "the first is fresh until"), first.to_rfc3339());
            if (*first - now).num_hours() < LIST_SOON { Found::Ill(told, advice()) } else { Found::Well(told) }
        }
    }
}

fn index_key(config: &Config, lang: Lang) -> Found {
    let file = config.keys.index_key_file();
    match config::index_key(&file) {
        Ok(Some(_)) => Found::Well(file.display().to_string()),
        Ok(None) => Found::Ill(
            format!("{}: {}", file.display(), pick(lang, "没有", "is not there")),
            pick(
                lang,
                "新枢纽：首次 zhengzhao migrate 或 serve 时生成；否则从备份恢复",
                "on a new hub, the first `zhengzhao migrate` or `serve` makes it; otherwise restore it from the backup",
            )
            .into(),
        ),
        Err(error) => Found::Ill(error.text(lang), pick(lang, "从备份恢复", "restore it from the backup").into()),
    }
}

/// A hub without Redis is well; one whose Redis is away is not, though it answers.
async fn between_replicas(config: &Config, lang: Lang) -> Found {
    let settings = match super::config_file::cache(config) {
        Ok(settings) => settings.changes,
        Err(error) => return Found::Ill(error.text(lang), pick(lang, "改正 redis.url", "mend redis.url").into()),
    };
    let Some(server) = settings.redis else {
        return Found::Well(
            match settings.replicas {
                Replicas::One => pick(lang, "未使用；单个副本，缓存在内存中", "not used; one replica, which serves from memory"),
                Replicas::Several => pick(
                    lang,
                    "未使用；多个副本，不缓存。可配置 [redis]，或单副本时设 cache.replicas = \"one\"",
                    "not used; several replicas, nothing is cached. Configure [redis], or cache.replicas = \"one\" where there is one",
                ),
            }
            .into(),
        );
    };
    match redis_version(&server).await {
        Ok(version) => Found::Well(version),
        Err(error) => Found::Ill(
            error.to_string(),
            pick(
                lang,
                "检查 redis.url、网络和密码。枢纽仍可用：不缓存，每次更改多等一个租期，各副本各自计算请求限额",
                "check redis.url, the network and the password. The hub works meanwhile: nothing is cached, every change waits a lease, and each replica counts limits by itself",
            )
            .into(),
        ),
    }
}

async fn database(config: &Config, lang: Lang) -> Vec<(&'static str, Found)> {
    let (base, tables) = (pick(lang, "数据库", "database"), pick(lang, "数据库表", "tables"));
    // Nothing that depends on the index key is read here.
    let store = match connect(config, [0; 32]).await {
        Ok(store) => store,
        Err(error) => {
            return vec![(
                base,
                Found::Ill(
                    error.text(lang),
                    pick(lang, "检查 database.url、网络和数据库权限", "check database.url, the network and the database's rights").into(),
                ),
            )];
        }
    };
    let reached = match store.ping().await {
        Ok(()) => Found::Well(pick(lang, "可用", "answers").into()),
        Err(error) => Found::Ill(error.to_string(), pick(lang, "检查数据库是否运行", "check that the database runs").into()),
    };
    let read = match store.types().await {
        Ok(types) => Found::Well(format!("{} {}", types.len(), pick(lang, "种证照类型", "certificate types"))),
        Err(error) => Found::Ill(error.to_string(), pick(lang, "运行 zhengzhao migrate", "run `zhengzhao migrate`").into()),
    };
    // What was asked is answered; a connection that does not close well changes nothing of it.
    drop(store.close().await);
    vec![(base, reached), (tables, read)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_stands_in_the_past_is_ill() {
        assert!(matches!(clock(DateTime::UNIX_EPOCH, Lang::En), Found::Ill(..)));
        assert!(matches!(clock("2027-01-01T00:00:00Z".parse().expect("a time"), Lang::En), Found::Well(_)));
    }
}
