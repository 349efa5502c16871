//! What is served from memory, by one hub and by two on one database, with Redis, without it, and while it is away.

mod reads;

use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value as Json, json};
use uuid::Uuid;
use verify::report::VerificationResult;
use verify::status::CertificateStatus;
use zhengzhao::fresh::{Answer, Facts, Keep, Key, Made, Tag};
use zhengzhao::hub::CacheSettings;
use zhengzhao::store::{ChangesSettings, RedisSettings, Replicas};

use crate::issuing::officer;
use crate::support::each::{execute, on_each};
use crate::support::hub::TestHub;
use crate::support::redis::RedisServer;

const LEASE: Duration = Duration::from_millis(1000);
const STATUS: &str = "query($id: ID!) { verifyCertificate(id: $id) { result status } }";

fn cache(redis: Option<&RedisServer>) -> CacheSettings {
    let redis = redis.map(|redis| RedisSettings { url: redis.url() });
    CacheSettings { changes: ChangesSettings { replicas: Replicas::One, lease: LEASE, redis }, ..CacheSettings::default() }
}

/// A replica that serves from memory.
async fn replica(url: &str, redis: Option<&RedisServer>) -> TestHub {
    let hub = TestHub::replica(url, cache(redis)).await;
    serves(&hub).await;
    hub
}

async fn serves(hub: &TestHub) {
    let began = Instant::now();
    while !hub.hub.store.ledger().serves() {
        assert!(began.elapsed() < Duration::from_secs(20), "never serves from memory");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn status(hub: &TestHub, id: &str) -> String {
    hub.data("", STATUS, json!({ "id": id })).await["verifyCertificate"]["status"].as_str().unwrap_or_default().to_owned()
}

/// Asks until the answer stays in memory: then many questions take no statement but those of looking for changes.
async fn kept(hub: &TestHub, id: &str) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(5) {
        status(hub, id).await;
        let (before, began) = (hub.hub.store.statements(), Instant::now());
        for _ in 0..50 {
            status(hub, id).await;
        }
        // Two looks a lease, and the journal of who asked, which is written behind: far fewer than fifty.
        if hub.hub.store.statements() - before < 20 + 4 * began.elapsed().as_secs() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

async fn until(what: &str, seen: impl AsyncFn() -> bool) -> Duration {
    let began = Instant::now();
    while !seen().await {
        assert!(began.elapsed() < Duration::from_secs(20), "never: {what}");
    }
    began.elapsed()
}

/// Opens the database, and one certificate in it.
async fn prepare(url: &str, sequence: u32) -> Uuid {
    let hub = TestHub::start(url).await;
    crate::issuing::issue(&hub, officer(sequence, "A")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_replica_changes_the_other_answers_within_the_lease() {
    on_each(|url| async move {
        let redis = RedisServer::start();
        let id = prepare(&url, 1).await;
        let (one, other) = (replica(&url, Some(&redis)).await, replica(&url, Some(&redis)).await);
        let id = id.to_string();
        assert_eq!((status(&one, &id).await, status(&other, &id).await), ("VALID".into(), "VALID".into()));
        assert!(kept(&other, &id).await, "a hit asks no database");
        let suspend = "mutation($id: ID!) { suspendCertificate(id: $id, reason: \"test\") { status } }";
        assert_eq!(one.data("issuer", suspend, json!({ "id": id })).await["suspendCertificate"]["status"], "SUSPENDED");
        assert_eq!(status(&one, &id).await, "SUSPENDED", "at once where it was done");
        let delay = until("the other answers the new status", async || status(&other, &id).await == "SUSPENDED").await;
        println!("a status changed on one replica was answered by the other after {delay:?}; the lease is {LEASE:?}");
        assert!(delay <= LEASE);
        assert!(kept(&other, &id).await, "and it is kept again");

        // A token that is revoked.
        let read = "query($id: ID!) { certificate(id: $id) { number } }";
        for hub in [&one, &other] {
            hub.data("department", read, json!({ "id": id })).await;
            hub.data("department", read, json!({ "id": id })).await;
        }
        assert!(!other.hub.tokens.is_empty());
        one.hub.store.revoke_token("department").await.unwrap();
        let refused = |answer: Json| answer.to_string().contains("UNAUTHENTICATED");
        assert!(refused(one.ask("department", read, json!({ "id": id })).await));
        let delay = until("the other refuses the token", async || refused(other.ask("department", read, json!({ "id": id })).await)).await;
        println!("a token revoked on one replica was refused by the other after {delay:?}; the lease is {LEASE:?}");
        assert!(delay <= LEASE);
        // Tokens that are not good are known too, but push nobody out.
        for guess in 0..3000 {
            assert!(refused(other.ask(&format!("guess {guess}"), STATUS, json!({ "id": id })).await));
        }
        assert!(other.hub.refused.weight() <= 256 << 10 && other.hub.tokens.weight() < 4 << 20);
        other.data("issuer", read, json!({ "id": id })).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_is_away_answers_are_right_and_when_it_is_back_they_are_kept() {
    on_each(|url| async move {
        let mut redis = RedisServer::start();
        let id = prepare(&url, 2).await.to_string();
        let (one, other) = (replica(&url, Some(&redis)).await, replica(&url, Some(&redis)).await);
        assert!(kept(&one, &id).await && kept(&other, &id).await);
        redis.kill();
        let (ready, _) = one.http(axum::http::Request::get("/readyz").body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(ready, 200, "slower is ready");
        let change = async |operation: &str, status: &str| {
            let mutation = format!("mutation($id: ID!) {{ {operation}(id: $id, reason: \"test\") {{ status }} }}");
            let began = Instant::now();
            assert_eq!(one.data("issuer", &mutation, json!({ "id": id })).await[operation]["status"], status);
            began.elapsed()
        };
        let took = change("suspendCertificate", "SUSPENDED").await;
        assert_eq!((status(&one, &id).await, status(&other, &id).await), ("SUSPENDED".into(), "SUSPENDED".into()), "at once");
        println!("with Redis away a change was acknowledged after {took:?}, and then nobody answered the old status");
        assert!(!one.hub.store.ledger().serves() && !other.hub.store.ledger().serves());
        redis.revive();
        serves(&one).await;
        serves(&other).await;
        assert!(kept(&other, &id).await);
        let took = change("resumeCertificate", "VALID").await;
        let delay = until("the other answers the new status", async || status(&other, &id).await == "VALID").await;
        println!("with Redis back a change was acknowledged after {took:?} and answered by the other {delay:?} later");
        assert!(delay <= LEASE);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_hub_without_redis_notices_what_other_processes_write() {
    on_each(|url| async move {
        let id = prepare(&url, 3).await.to_string();
        let hub = replica(&url, None).await;
        assert!(kept(&hub, &id).await);
        // As `zhengzhao token revoke` does.
        let read = "query($id: ID!) { certificate(id: $id) { number } }";
        hub.data("department", read, json!({ "id": id })).await;
        let command = zhengzhao::hub::Hub::open(crate::support::hub::settings(&url)).await.unwrap();
        command.store.revoke_token("department").await.unwrap();
        command.store.settle().await.unwrap();
        hub.refused("department", read, json!({ "id": id }), "UNAUTHENTICATED").await;
        // Another process suspends; this one resumes.
        serves(&hub).await;
        assert!(kept(&hub, &id).await);
        let other = TestHub::replica(&url, CacheSettings::default()).await;
        let suspend = "mutation($id: ID!) { suspendCertificate(id: $id, reason: \"test\") { status } }";
        other.data("issuer", suspend, json!({ "id": id })).await;
        let delay = until("the new status", async || status(&hub, &id).await == "SUSPENDED").await;
        println!("a status changed by another process without announcement was answered after {delay:?}; the lease is {LEASE:?}");
        assert!(delay <= LEASE);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_report_ends_with_the_day_and_says_when_it_was_made() {
    on_each(|url| async move {
        let id = prepare(&url, 4).await;
        let hub = replica(&url, None).await;
        let ends: NaiveDate = crate::issuing::evidence(&hub, id).await.row.valid_to.unwrap();
        report(&hub, id, Utc::now()).await;
        let over = verify::status::day_ends(ends).unwrap();
        let before = over - chrono::TimeDelta::microseconds(1);
        let last = report(&hub, id, before).await;
        assert_eq!((last.result, last.status), (VerificationResult::Passed, Some(CertificateStatus::Valid)));
        // Behind the hub's back: who answers from memory does not see it.
        execute::sql(&url, "UPDATE certificate_version SET event_status = 'REVOKED'").await;
        assert_eq!(report(&hub, id, before).await, last, "from memory");
        let next = report(&hub, id, over).await;
        assert_ne!(next.status, Some(CertificateStatus::Valid), "the day is over");
        assert_eq!(next.verified_at, over);
    })
    .await;
}

async fn report(hub: &TestHub, id: Uuid, at: DateTime<Utc>) -> verify::Report {
    hub.hub.verification.by_ids(&[id.to_string()], at).await.unwrap().remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_questions_at_once_are_one_statement_and_replicas_share_the_answer() {
    on_each(|url| async move {
        let redis = RedisServer::start();
        let id = prepare(&url, 5).await;
        let (one, other) = (replica(&url, Some(&redis)).await, replica(&url, Some(&redis)).await);
        let plan = model::plan::evidence_by_keys(vec![id.to_string()]).unwrap();
        let (key, now) = (Key::new(&[b"test", id.as_bytes()]), Utc::now());
        let made = std::sync::atomic::AtomicUsize::new(0);
        let make = async || {
            made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let row = one.hub.store.evidence(&plan).await?.remove(0).row;
            let keep = Keep { tags: vec![Tag::record(row.record_id)], until: None, shared: true };
            let answer = Answer { bytes: row.identifier.clone().into(), facts: vec![(row.type_name.to_string(), row.id)] };
            Ok::<_, zhengzhao::store::StoreError>(Made { answer, keep: Some(keep) })
        };
        let asked = (0..100).map(|_| one.hub.answers.get_or_make(key.clone(), now, &make));
        let answers = futures_util::future::try_join_all(asked).await.unwrap();
        assert_eq!(made.load(std::sync::atomic::Ordering::SeqCst), 1);
        assert!(answers.iter().all(|answer| answer.facts[0].1 == id && answer.facts.weight() > 0));
        let from_redis = async || other.hub.answers.get_or_make(key.clone(), now, async || Err::<Made<_>, _>(())).await.ok();
        until("the other has the answer", async || from_redis().await.is_some()).await;
        assert_eq!(from_redis().await.unwrap(), answers[0]);
        // Both forget it when the certificate changes.
        let suspend = "mutation($id: ID!) { suspendCertificate(id: $id, reason: \"test\") { status } }";
        one.data("issuer", suspend, json!({ "id": id.to_string() })).await;
        assert!(one.hub.answers.get(&key, now).is_none());
        until("the other has forgotten", async || other.hub.answers.get(&key, now).is_none()).await;
        assert!(from_redis().await.is_none(), "what lies in Redis is from before the change");
    })
    .await;
}
