//! Two hubs on one database: a session that is ended on one is over on the other.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use serde_json::json;
use zhengzhao::hub::CacheSettings;
use zhengzhao::store::{ChangesSettings, RedisSettings, Replicas};

use super::{account, is_refused, operator, signed_in};
use crate::support::each::on_each;
use crate::support::hub::TestHub;
use crate::support::redis::RedisServer;

const LEASE: Duration = Duration::from_millis(1000);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ended_on_one_replica_is_over_on_the_other() {
    on_each(|url| async move {
        let redis = RedisServer::start();
        drop(TestHub::empty(&url).await);
        let cache = || CacheSettings {
            changes: ChangesSettings { replicas: Replicas::Several, lease: LEASE, redis: Some(RedisSettings { url: redis.url() }) },
            ..CacheSettings::default()
        };
        let (one, other) = (TestHub::replica(&url, cache()).await, TestHub::replica(&url, cache()).await);
        for hub in [&one, &other] {
            let began = Instant::now();
            while !hub.hub.store.ledger().serves() {
                assert!(began.elapsed() < Duration::from_secs(20), "never serves from memory");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        let (first, second) = (account(&one, "li.wei").await, account(&one, "wang.fang").await);
        let now = Utc::now();
        let ended = signed_in(&one, &first, now - TimeDelta::seconds(30)).await;
        let own = signed_in(&one, &first, now).await;
        let disabled = signed_in(&one, &second, now).await;
        let me = "{ me { name } }";
        for token in [&ended, &own, &disabled] {
            other.data(token, me, json!({})).await;
            other.data(token, me, json!({})).await;
        }
        assert!(other.hub.tokens.len() >= 3, "known from memory");
        let id = one.data(&ended, "{ sessions(name: \"li.wei\") { id mine } }", json!({})).await["sessions"].take();
        let id = id.as_array().unwrap().iter().find(|row| row["mine"] == true).unwrap()["id"].clone();
        one.data(&own, "mutation($id: ID!) { endSession(id: $id) }", json!({ "id": id })).await;
        one.hub.administrators.accounts.disable("wang.fang", true, &operator(), now).await.unwrap();
        for (token, what) in [(&ended, "a session that was ended"), (&disabled, "a disabled account")] {
            assert!(is_refused(&one.ask(token, me, json!({})).await), "at once where it was done");
            let began = Instant::now();
            while !is_refused(&other.ask(token, me, json!({})).await) {
                assert!(began.elapsed() <= LEASE, "{what} is still let in");
            }
            println!("{what} was refused by the other replica after {:?}; the lease is {LEASE:?}", began.elapsed());
        }
        other.data(&own, me, json!({})).await;
    })
    .await;
}
