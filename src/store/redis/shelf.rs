//! Answers that replicas share. Redis is trusted with when they end, never with what they say: each carries a MAC.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use super::Redis;
use crate::fresh::SecondLevel;
use crate::store::connection::Inner;

/// Bytes of the MAC before a value.
const MAC: usize = 16;
/// Larger answers are not worth the way.
const LARGEST: usize = 256 * 1024;
/// Values under way to Redis; more are left out.
const UNDER_WAY: usize = 64;

pub(in crate::store) struct Shelf {
    redis: Redis,
    inner: Arc<Inner>,
    under_way: Arc<Semaphore>,
}

impl Shelf {
    pub(in crate::store) fn new(redis: Redis, inner: Arc<Inner>) -> Self {
        Self { redis, inner, under_way: Arc::new(Semaphore::new(UNDER_WAY)) }
    }

    /// What was asked lies in Redis as a MAC only: nobody reads it, nobody tries values out.
    fn name(&self, key: &[u8]) -> String {
        let mac = self.inner.key.mac("answer's key", &[key]);
        format!("{}:answer:{}", self.redis.prefix, mac.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }
}

impl SecondLevel for Shelf {
    fn get<'a>(&'a self, key: &'a [u8]) -> BoxFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let found: Option<Vec<u8>> = redis::cmd("GET").arg(self.name(key)).query_async(&mut self.redis.commands.clone()).await.ok()?;
            let found = found?;
            let (mac, value) = found.split_first_chunk::<MAC>()?;
            if self.inner.key.mac("answer", &[key, value]) != *mac {
                tracing::warn!("an answer in Redis is not of this hub and was left there");
                return None;
            }
            Some(value.to_vec())
        })
    }

    fn put(&self, key: &[u8], value: Vec<u8>, life: Duration) {
        let (Ok(permit), true) = (self.under_way.clone().try_acquire_owned(), value.len() <= LARGEST) else { return };
        let mut sealed = self.inner.key.mac("answer", &[key, &value]).to_vec();
        sealed.extend(value);
        let mut command = redis::cmd("SET");
        command.arg(self.name(key)).arg(sealed).arg("PX").arg(u64::try_from(life.as_millis()).unwrap_or(u64::MAX).max(1));
        let mut connection = self.redis.commands.clone();
        tokio::spawn(async move {
            // An answer that is not shared is made again elsewhere.
            if let Err(error) = command.exec_async(&mut connection).await {
                tracing::debug!(%error, "an answer could not be shared");
            }
            drop(permit);
        });
    }
}
