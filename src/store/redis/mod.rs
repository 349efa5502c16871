//! Redis: announcements between replicas, and answers that they share. The hub runs without it, slower and as right.

mod counters;
mod shelf;
mod tail;

use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};

use super::StoreError;
use super::opaque::IndexKey;
use crate::fresh::Tags;

pub(super) use counters::Added;
pub(super) use shelf::Shelf;
pub(super) use tail::tail;

/// Where Redis is.
#[derive(Clone)]
pub struct RedisSettings {
    /// `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS with the roots of the operating system.
    pub url: String,
}

/// How long a command may take. A Redis that is slower is as good as away.
const PATIENCE: Duration = Duration::from_millis(300);
/// Announcements kept in the stream. A replica that finds more than a half of it new may have missed some.
const STREAM: usize = 4096;

/// What an announcement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A change of these begins.
    Begun,
    Ended,
    /// These have changed; nobody said so before.
    Changed,
    /// A replica begins to listen here.
    Mark,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Ended => "ended",
            Self::Changed => "changed",
            Self::Mark => "mark",
        }
    }

    fn from_str(text: &str) -> Option<Self> {
        [Self::Begun, Self::Ended, Self::Changed, Self::Mark].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A connection that comes back by itself. Cheap to clone.
#[derive(Clone)]
pub(super) struct Redis {
    client: redis::Client,
    commands: ConnectionManager,
    /// Before all keys: hubs that share a Redis keep apart by their index key.
    prefix: String,
}

impl Redis {
    /// Does not wait for Redis: it may be away now and come later.
    ///
    /// # Errors
    /// An address that is none of Redis.
    pub(super) fn new(settings: &RedisSettings, key: &IndexKey) -> Result<Self, StoreError> {
        let client = client(settings)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let commands =
            ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(|error| StoreError::Address(error.to_string()))?;
        let mark = key.mac("redis", &[]);
        Ok(Self {
            client,
            commands,
            prefix: format!("zhengzhao:{}", mark[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        })
    }

    /// Whose announcements these are; equal on all replicas.
    pub(super) fn name(&self) -> &str {
        &self.prefix
    }

    /// Puts an announcement into the stream; its position.
    ///
    /// # Errors
    /// Redis does not answer, or not in time.
    pub(super) async fn announce(&self, kind: Kind, writer: u64, count: u64, tags: &Tags) -> Result<u64, redis::RedisError> {
        let id: String = self.entry(kind, writer, count, tags).query_async(&mut self.commands.clone()).await?;
        Ok(position(&id))
    }

    fn entry(&self, kind: Kind, writer: u64, count: u64, tags: &Tags) -> redis::Cmd {
        let mut command = redis::cmd("XADD");
        command.arg(self.stream()).arg("MAXLEN").arg("~").arg(STREAM).arg("*");
        command.arg("kind").arg(kind.as_str()).arg("writer").arg(writer).arg("count").arg(count).arg("tags").arg(tags.to_bytes());
        command
    }

    fn stream(&self) -> String {
        format!("{}:changes", self.prefix)
    }
}

/// Asks Redis for its version.
///
/// # Errors
/// It does not answer, or the address is none of Redis.
pub async fn redis_version(settings: &RedisSettings) -> Result<String, StoreError> {
    let away = |error: redis::RedisError| StoreError::Unavailable(error.to_string());
    let config = redis::AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE * 10)).set_response_timeout(Some(PATIENCE * 10));
    let mut connection = client(settings)?.get_multiplexed_async_connection_with_config(&config).await.map_err(away)?;
    let told: String = redis::cmd("INFO").arg("server").query_async(&mut connection).await.map_err(away)?;
    Ok(told.lines().find_map(|line| line.strip_prefix("redis_version:")).unwrap_or("?").trim().to_owned())
}

/// Errors of addresses may quote them, password included: they are told without.
fn client(settings: &RedisSettings) -> Result<redis::Client, StoreError> {
    redis::Client::open(settings.url.as_str()).map_err(|_| {
        StoreError::Address("Redis: it should be redis:// or rediss://, host, port and perhaps the number of a database".into())
    })
}

/// `milliseconds-number` as one number that rises with the stream.
fn position(id: &str) -> u64 {
    let (milliseconds, number) = id.split_once('-').unwrap_or((id, "0"));
    let part = |text: &str| text.parse::<u64>().unwrap_or(0);
    (part(milliseconds) << 20) | part(number).min((1 << 20) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_rise_as_ids_do() {
        let ids = ["0-1", "0-2", "1-0", "1763800000000-0", "1763800000000-999999", "1763800000001-0"];
        assert!(ids.map(position).is_sorted_by(|one, other| one < other));
    }

    #[test]
    fn a_wrong_address_is_refused_without_its_password() {
        let refused = client(&RedisSettings { url: "http://hub:geheim@host".into() }).expect_err("no address of Redis");
        assert!(!refused.to_string().contains("geheim"));
        assert!(client(&RedisSettings { url: "rediss://hub:geheim@host:6380/1".into() }).is_ok());
    }
}
