//! Counts of requests that replicas add up: one number a name and day, gone two days later.

use futures_util::future::BoxFuture;

use super::Redis;
use crate::limits::Counters;

const KEPT: u64 = 2 * 86_400;

pub(in crate::store) struct Added(pub(in crate::store) Redis);

impl Counters for Added {
    fn add<'a>(&'a self, counts: &'a [(String, i64, u64)]) -> BoxFuture<'a, Result<Vec<u64>, String>> {
        Box::pin(async move {
            let mut pipe = redis::pipe();
            for (name, day, count) in counts {
                let key = format!("{}:used:{day}:{name}", self.0.prefix);
                pipe.cmd("INCRBY").arg(&key).arg(*count).cmd("EXPIRE").arg(&key).arg(KEPT).ignore();
            }
            pipe.query_async(&mut self.0.commands.clone()).await.map_err(|error: redis::RedisError| error.to_string())
        })
    }
}
