//! Two hubs on one database: what is revoked on one is refused by the other, and keys change while both are under load.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{TimeDelta, Utc};
use model::actor::Caller;
use serde_json::{Value as Json, json};
use zhengzhao::hub::{CacheSettings, HubSettings};
use zhengzhao::sign::create_token_key;
use zhengzhao::store::{ChangesSettings, RedisSettings, Replicas};

use super::{READ, admitted, is_refused, token};
use crate::support::each::on_each;
use crate::support::hub::{TestHub, administrator, settings};
use crate::support::redis::RedisServer;

const LEASE: Duration = Duration::from_millis(1000);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_on_one_replica_is_refused_by_the_other() {
    on_each(|url| async move {
        let redis = RedisServer::start();
        let first = TestHub::start(&url).await;
        let (client, secret) = admitted(&first, "office-1").await;
        let (second, its) = admitted(&first, "office-2").await;
        drop(first);
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
        // A token of one replica is good on the other, and known from memory.
        let (by_client, by_credential) = (token(&one, &client, &secret).await, token(&one, &second, &its).await);
        for token in [&by_client, &by_credential] {
            other.data(token, READ, json!({})).await;
            other.data(token, READ, json!({})).await;
        }
        assert!(other.hub.tokens.len() >= 2);
        let caller = Caller { actor: administrator().into(), purpose: None };
        let register = &one.hub.clients.register;
        register.revoke(&client, "停用", &caller, Utc::now()).await.unwrap();
        let credential = register.credentials(&second).await.unwrap()[0].id;
        register.revoke_credential(&second, credential, "泄露", &caller, Utc::now()).await.unwrap();
        for (token, what) in [(&by_client, "a revoked client"), (&by_credential, "a revoked secret")] {
            assert!(is_refused(&one.ask(token, READ, json!({})).await), "at once where it was done");
            let began = Instant::now();
            while !is_refused(&other.ask(token, READ, json!({})).await) {
                assert!(began.elapsed() <= LEASE, "{what} is still let in");
            }
            println!("{what} was refused by the other replica after {:?}; the lease is {LEASE:?}", began.elapsed());
        }
    })
    .await;
}

/// The keys of the tests in a folder of its own.
fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

fn kid(token: &str) -> String {
    let header: Json = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_takes_over_under_load_and_no_request_fails() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display());
    let first = TestHub::start(&url).await;
    let (client, secret) = admitted(&first, "office-1").await;
    let mut hubs = Vec::new();
    for name in ["a", "b"] {
        let keys = folder.path().join(name);
        copied(&settings(&url).keys, &keys);
        let hub = TestHub::with(HubSettings { keys, ..settings(&url) }).await;
        hub.hub.follow();
        hubs.push(Arc::new(hub));
    }
    let passphrase = settings(&url).passphrase;
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let load: Vec<_> = (0..4)
        .map(|number| {
            let (hubs, stop, answered, client, secret) = (hubs.clone(), stop.clone(), answered.clone(), client.clone(), secret.clone());
            tokio::spawn(async move {
                let mut kids = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    // Asked for here, used there, each time.
                    let token = token(&hubs[number % 2], &client, &secret).await;
                    for turn in 0..4 {
                        hubs[(number + turn) % 2].data(&token, READ, json!({})).await;
                    }
                    answered.fetch_add(5, Ordering::Relaxed);
                    kids.push(kid(&token));
                }
                kids.dedup();
                kids
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    // The second replica gets the key later than the first, and both before it begins.
    let begins = Utc::now() + TimeDelta::seconds(9);
    let made = create_token_key(&folder.path().join("a"), &passphrase, Some(begins), Utc::now()).unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let to = folder.path().join("b/tokens").join(made.path.file_name().unwrap());
    std::fs::copy(&made.path, &to).unwrap();
    tokio::time::sleep((begins - Utc::now()).to_std().unwrap() + Duration::from_secs(2)).await;
    stop.store(true, Ordering::Relaxed);
    for task in load {
        let kids = task.await.expect("a request failed");
        assert_eq!(kids.len(), 2, "the old key, then the new one: {kids:?}");
    }
    println!("{} requests were answered while the key changed", answered.load(Ordering::Relaxed));
    // Past the time of all its tokens the old one is taken away.
    let later = begins + TimeDelta::hours(2);
    let next = create_token_key(&folder.path().join("a"), &passphrase, Some(later), later).unwrap();
    assert_eq!(next.retired.len(), 1);
}
