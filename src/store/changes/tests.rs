use super::*;
use crate::fresh::{Stamp, Tag};
use crate::store::StoreSettings;
use crate::store::sql::text;

#[path = "../../../tests/support/redis.rs"]
mod server;
use server::RedisServer;

const LEASE: Duration = Duration::from_millis(400);

async fn open(folder: &tempfile::TempDir) -> Store {
    let url = format!("sqlite://{}", folder.path().join("hub.db").display());
    let store =
        Store::open(&StoreSettings { url, max_connections: 2, statement_cache: true, index_key: [7; 32] }).await.unwrap().with_lease(LEASE);
    store.migrate().await.unwrap();
    store
}

async fn serving(folder: &tempfile::TempDir, replicas: Replicas, redis: Option<&RedisServer>) -> Store {
    let redis = redis.map(|redis| RedisSettings { url: redis.url() });
    let store = open(folder).await.serving(&ChangesSettings { replicas, lease: LEASE, redis }).unwrap();
    store.follow_changes();
    store
}

/// Waits until the store serves; a stamp.
async fn serves(store: &Store) -> Stamp {
    let began = Instant::now();
    loop {
        if let Some(stamp) = store.changes.ledger.stamp().filter(|stamp| store.changes.ledger.holds(*stamp, &[])) {
            return stamp;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "never serves");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How long until what was read at `stamp` is dropped.
async fn dropped(store: &Store, stamp: Stamp, tag: Tag) -> Duration {
    let began = Instant::now();
    while store.changes.ledger.holds(stamp, &[tag]) {
        assert!(began.elapsed() < Duration::from_secs(20), "never dropped");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    began.elapsed()
}

/// A command that changes what hangs on `tag`.
async fn change(store: &Store, tag: Tag) {
    let changed = store.write(tag.into(), |session| async move {
        let mut sql = Sql::new("INSERT INTO counter (scope, next) VALUES (");
        sql.bind(text("test")).push(", 1) ON CONFLICT (scope) DO UPDATE SET next = counter.next + 1");
        session.run(sql).await.map(drop)
    });
    changed.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn alone_a_process_hears_itself_at_once_and_others_within_the_lease() {
    let folder = tempfile::tempdir().unwrap();
    let hub = serving(&folder, Replicas::One, None).await;
    let stamp = serves(&hub).await;
    assert!(hub.changes.ledger.holds(stamp, &[Tag(1), Tag(2)]));
    change(&hub, Tag(1)).await;
    assert!(!hub.changes.ledger.holds(stamp, &[Tag(1)]) && hub.changes.ledger.holds(stamp, &[Tag(2)]));
    assert!(hub.changes.raised.lock().unwrap().is_none(), "its own changes need no row");
    // A command of another process on the same database.
    let outside = open(&folder).await;
    let stamp = serves(&hub).await;
    change(&outside, Tag(1)).await;
    let delay = dropped(&hub, stamp, Tag(3)).await;
    println!("a change by another process was noticed after {delay:?}, the lease is {LEASE:?}");
    assert!(delay <= LEASE);
    // Its end waits for the lease.
    let stamp = serves(&hub).await;
    change(&outside, Tag(1)).await;
    outside.close().await.unwrap();
    assert!(!hub.changes.ledger.holds(stamp, &[Tag(1)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_hub_that_announces_otherwise_serves_nothing_from_memory_and_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let hub = serving(&folder, Replicas::One, None).await;
    serves(&hub).await;
    for replicas in [Replicas::One, Replicas::Several] {
        let second = serving(&folder, replicas, None).await;
        tokio::time::sleep(LEASE * 2).await;
        assert!(!second.changes.ledger.serves() && !second.changes.held());
        let stamp = serves(&hub).await;
        change(&second, Tag(1)).await;
        assert!(dropped(&hub, stamp, Tag(1)).await <= LEASE);
    }
    // It takes over when the first leaves.
    let next = serving(&folder, Replicas::One, None).await;
    hub.close().await.unwrap();
    serves(&next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_without_redis_keep_nothing_and_raise_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (serving(&folder, Replicas::Several, None).await, serving(&folder, Replicas::Several, None).await);
    let began = Instant::now();
    while !(one.changes.held() && other.changes.held()) {
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    change(&one, Tag(1)).await;
    assert!(one.changes.raised.lock().unwrap().is_none());
    assert!(!one.changes.ledger.serves() && !other.changes.ledger.serves());
    assert!(!one.is_heard().await.unwrap(), "a command need not wait for anybody");
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_hear_each_other_by_redis() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), RedisServer::start());
    let one = serving(&folder, Replicas::Several, Some(&redis)).await;
    let other = serving(&folder, Replicas::Several, Some(&redis)).await;
    serves(&one).await;
    let stamp = serves(&other).await;
    change(&one, Tag(1)).await;
    let delay = dropped(&other, stamp, Tag(1)).await;
    println!("the other replica heard of the change {delay:?} after it was acknowledged, the lease is {LEASE:?}");
    assert!(delay <= LEASE);
    assert!(other.changes.ledger.holds(stamp, &[Tag(2)]), "and of nothing else");
    // What it reads from now on is kept, when it has heard the end.
    let began = Instant::now();
    while !other.changes.ledger.stamp().is_some_and(|stamp| other.changes.ledger.holds(stamp, &[Tag(1)])) {
        assert!(began.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(one.changes.raised.lock().unwrap().is_none());
    // A command without Redis.
    let stamp = serves(&other).await;
    change(&open(&folder).await, Tag(9)).await;
    assert!(dropped(&other, stamp, Tag(1)).await <= LEASE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_dies_between_commit_and_announcement_leaves_nothing_stale() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), RedisServer::start());
    let writer = serving(&folder, Replicas::Several, Some(&redis)).await;
    let other = serving(&folder, Replicas::Several, Some(&redis)).await;
    serves(&writer).await;
    let stamp = serves(&other).await;
    // It announces that it begins, commits, and is gone.
    let begun = writer.changes.begin(Tag(1).into()).await;
    assert!(begun.announced && !begun.raises);
    drop(begun);
    assert!(dropped(&other, stamp, Tag(1)).await <= LEASE);
    for _ in 0..5 {
        tokio::time::sleep(LEASE / 2).await;
        let stamp = serves(&other).await;
        assert!(!other.changes.ledger.holds(stamp, &[Tag(1)]), "nobody says whether it committed: nothing is kept until the fence lapses");
        assert!(other.changes.ledger.holds(stamp, &[Tag(2)]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_redis_is_away_nothing_is_served_from_memory_and_changes_wait_a_lease() {
    let (folder, mut redis) = (tempfile::tempdir().unwrap(), RedisServer::start());
    let one = serving(&folder, Replicas::Several, Some(&redis)).await;
    let other = serving(&folder, Replicas::Several, Some(&redis)).await;
    serves(&one).await;
    let stamp = serves(&other).await;
    redis.kill();
    let began = Instant::now();
    change(&one, Tag(1)).await;
    let waited = began.elapsed();
    println!("with Redis away the change took {waited:?}, the lease is {LEASE:?}");
    assert!(waited >= LEASE, "{waited:?}");
    assert!(!other.changes.ledger.holds(stamp, &[Tag(1)]), "acknowledged: nobody answers the old state any more");
    assert!(!other.changes.ledger.serves() && !one.changes.ledger.serves());
    redis.revive();
    let again = serves(&other).await;
    assert!(!other.changes.ledger.holds(stamp, &[Tag(2)]), "announcements may have been lost");
    assert!(other.changes.ledger.holds(again, &[Tag(1)]));
    serves(&one).await;
    let began = Instant::now();
    change(&one, Tag(1)).await;
    assert!(began.elapsed() < LEASE && one.changes.held());
    assert!(dropped(&other, again, Tag(1)).await <= LEASE);
}

#[tokio::test(flavor = "multi_thread")]
async fn shared_answers_are_sealed() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), RedisServer::start());
    let one = serving(&folder, Replicas::Several, Some(&redis)).await;
    let (shelf, forger) = (one.second_level().unwrap(), redis::Client::open(redis.url()).unwrap());
    shelf.put(b"key", b"value".to_vec(), Duration::from_secs(60));
    let began = Instant::now();
    while shelf.get(b"key").await.is_none() {
        assert!(began.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(shelf.get(b"key").await.as_deref(), Some(b"value".as_slice()));
    assert_eq!(shelf.get(b"other").await, None);
    let mut connection = forger.get_multiplexed_async_connection().await.unwrap();
    let names: Vec<String> = redis::cmd("KEYS").arg("*answer*").query_async(&mut connection).await.unwrap();
    let stored: Vec<u8> = redis::cmd("GET").arg(&names[0]).query_async(&mut connection).await.unwrap();
    let forged = [&stored[..stored.len() - 1], b"!"].concat();
    let () = redis::cmd("SET").arg(&names[0]).arg(forged).query_async(&mut connection).await.unwrap();
    assert_eq!(shelf.get(b"key").await, None, "another hand wrote it");
    // Of another key it is not the answer either.
    shelf.put(b"second", b"other".to_vec(), Duration::from_secs(60));
    let began = Instant::now();
    while shelf.get(b"second").await.is_none() {
        assert!(began.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let all: Vec<String> = redis::cmd("KEYS").arg("*answer*").query_async(&mut connection).await.unwrap();
    let second = all.iter().find(|name| **name != names[0]).unwrap();
    let () = redis::cmd("SET").arg(second).arg(&stored).query_async(&mut connection).await.unwrap();
    assert_eq!(shelf.get(b"second").await, None);
}
