//! `--config FILE`, and what a command opens from it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use verify::messages::Lang;

use super::{CliError, keys, words::pick};
use crate::administrators::SessionTerms;
use crate::approvals::Action;
use crate::config::Replicas;
use crate::config::{self, Config};
use crate::hub::{Bounds, CacheSettings, CallerSettings, Hub, HubSettings};
use crate::limits::{GuessLimits, Limit, Network};
use crate::store::{self, ChangesSettings, RedisSettings, Store, StoreSettings};

/// Where the configuration is looked for when none is named.
const DEFAULT: &str = "zhengzhao.toml";

#[derive(Debug, Clone, clap::Args)]
pub(super) struct ConfigFile {
    /// 配置文件 | Configuration file
    #[arg(id = "config", long = "config", value_name = "FILE", default_value = DEFAULT)]
    pub(super) file: PathBuf,
}

impl ConfigFile {
    /// None is named, and there is none where it is looked for.
    pub(super) fn is_absent(&self) -> bool {
        self.file == Path::new(DEFAULT) && !self.file.exists()
    }

    pub(super) fn read(&self) -> Result<Config, CliError> {
        Ok(Config::read(&self.file)?)
    }
}

/// A runtime for the commands that wait for something.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| CliError::of("无法启动", "cannot start", error))
}

/// Opens the store that the configuration names, with its index key.
///
/// # Errors
/// No database there, or the index key is lost.
pub(super) async fn open_store(config: &Config, lang: Lang) -> Result<Store, CliError> {
    let index_key = index_key(config, lang).await?;
    connect(config, index_key).await
}

pub(super) async fn connect(config: &Config, index_key: [u8; 32]) -> Result<Store, CliError> {
    let store = Store::open(&settings(config, index_key)?).await.map_err(|error| unavailable(&error))?;
    Ok(store.with_lease(Duration::from_millis(config.cache.lease_milliseconds)))
}

/// What the hub may serve from memory, and Redis, as configured.
pub(super) fn cache(config: &Config) -> Result<CacheSettings, CliError> {
    let one = match config.cache.replicas {
        Some(replicas) => replicas == Replicas::One,
        None => config.database.is_sqlite()?,
    };
    let shared = config.redis.url()?.map(|url| RedisSettings { url: url.reveal().to_owned() });
    let replicas = if one { store::Replicas::One } else { store::Replicas::Several };
    Ok(CacheSettings {
        changes: ChangesSettings { replicas, lease: Duration::from_millis(config.cache.lease_milliseconds), redis: shared },
        lifetime: Duration::from_secs(config.cache.lifetime_seconds),
        answers_bytes: config.cache.answers_megabytes << 20,
    })
}

fn callers(config: &Config) -> Result<CallerSettings, CliError> {
    let limits = &config.limits;
    let minutes = |minutes: u64| TimeDelta::minutes(i64::try_from(minutes).unwrap_or_default());
    let some = |number: u32| Some(number).filter(|number| *number > 0);
    let network = |text: &String| {
        text.parse::<Network>().map_err(|()| {
            CliError::usage(
                format!("limits.trusted_proxies：{text:?} 不是地址或网段，应如 10.0.0.0/8"),
                format!("limits.trusted_proxies: {text:?} is no address or network; write one as 10.0.0.0/8"),
            )
        })
    };
    Ok(CallerSettings {
        token_lifetime: Duration::from_secs(limits.token_seconds),
        client: Limit { rate: some(limits.client_rate), daily: some(limits.client_daily) },
        department: Limit { rate: some(limits.department_rate), daily: some(limits.department_daily) },
        guesses: GuessLimits { per_address: limits.guesses_per_address, per_number: limits.guesses_per_number },
        sessions: SessionTerms { idle: minutes(config.sessions.idle_minutes), longest: minutes(config.sessions.hours.saturating_mul(60)) },
        second: config.approval.second.iter().filter_map(|name| Action::named(name)).collect(),
        proxies: limits.trusted_proxies.iter().map(network).collect::<Result<_, _>>()?,
    })
}

fn settings(config: &Config, index_key: [u8; 32]) -> Result<StoreSettings, CliError> {
    Ok(StoreSettings {
        url: config.database.url()?.reveal().to_owned(),
        max_connections: config.database.max_connections,
        statement_cache: config.database.statement_cache,
        index_key,
    })
}

/// Opens the hub that the configuration names; links carry `public_url`.
///
/// # Errors
/// Keys or roots of a demonstration, a lost index key, or whatever of the hub is not there.
pub(super) async fn open_hub(config: &Config, public_url: String, lang: Lang) -> Result<Arc<Hub>, CliError> {
    if let Some(file) = keys::demo_certificate(&config.keys.folder, &config.keys.trust)? {
        let file = file.display();
        return Err(CliError::failed(
            format!("{file} 属于演示 CA，正式枢纽不用它：请用 zhengzhao keys ca 另建，或从 keys.folder、keys.trust 中移除"),
            format!(
                "{file} belongs to a demonstration's CA, which a production hub refuses: make another with `zhengzhao keys ca`, or remove it from keys.folder and keys.trust"
            ),
        ));
    }
    let settings = HubSettings {
        store: settings(config, index_key(config, lang).await?)?,
        keys: config.keys.folder.clone(),
        passphrase: config.keys.passphrase()?.reveal().to_owned(),
        trust: config.keys.trust.clone(),
        public_url,
        cors_origins: config.cors.origins.clone(),
        demo: false,
        demo_file: None,
        program: std::env::current_exe().ok(),
        cache: cache(config)?,
        bounds: Bounds { nodes: config.limits.nodes, answer_bytes: config.limits.answer_megabytes << 20 },
        unlogged: Duration::from_secs(config.limits.unlogged_seconds),
        callers: callers(config)?,
    };
    Hub::open(settings).await.map_err(|error| CliError::of("枢纽无法启动", "the hub cannot start", error))
}

pub(super) fn unavailable(error: &dyn std::fmt::Display) -> CliError {
    CliError::unavailable(
        format!("数据库不可用：{error}。zhengzhao doctor 会说明如何处理"),
        format!("the database is not available: {error}. `zhengzhao doctor` says what to do"),
    )
}

/// The index key. It is made where the database is still empty; a lost one is never replaced silently, since searches by
/// holder would then miss everything stored before.
pub(super) async fn index_key(config: &Config, lang: Lang) -> Result<[u8; 32], CliError> {
    let file = config.keys.index_key_file();
    if let Some(key) = config::index_key(&file)? {
        return Ok(key);
    }
    // Tables and types do not depend on the key, so a key of zeros serves to look whether anything is there.
    let store = connect(config, [0; 32]).await?;
    store.migrate().await.map_err(|error| unavailable(&error))?;
    let empty = store.types().await.map_err(|error| unavailable(&error))?.is_empty();
    store.close().await.map_err(|error| unavailable(&error))?;
    if !empty {
        let place = file.display();
        return Err(CliError::failed(
            format!(
                "索引密钥 {place} 不在，而数据库里已有内容：请从备份恢复该文件（各副本用同一个）。换一个新的，按持证主体和个人信息的检索就查不到已有证照"
            ),
            format!(
                "the index key {place} is missing, but the database is not empty: restore the file from the backup (every replica uses the same). With a new one, searches by holder and by personal values would no longer find what is stored"
            ),
        ));
    }
    let key = config::make_index_key(&file)?;
    eprintln!(
        "{} {}",
        pick(lang, "已生成索引密钥，请与数据库一起备份：", "made the index key; back it up together with the database:"),
        file.display()
    );
    Ok(key)
}
