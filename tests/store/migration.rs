//! Replicas that start at once.

use zhengzhao::store::Store;

use super::sample::settings;
use crate::support::each::on_each;

#[tokio::test(flavor = "multi_thread")]
async fn eight_replicas_migrate_at_once() {
    on_each(|url| async move {
        let replicas = (0..8).map(|_| {
            let url = url.clone();
            tokio::spawn(async move {
                let store = Store::open(&settings(&url)).await.unwrap();
                store.migrate().await.unwrap();
                // Whoever has been let through finds a whole schema.
                assert_eq!(store.registry_revision().await.unwrap(), 0);
                assert!(store.authorities().await.unwrap().is_empty());
                store.close().await.unwrap();
            })
        });
        for replica in replicas.collect::<Vec<_>>() {
            replica.await.unwrap();
        }
        let store = Store::open(&settings(&url)).await.unwrap();
        store.migrate().await.unwrap();
        store.ping().await.unwrap();
        assert!(store.take_lease("migration", "test", std::time::Duration::from_secs(1)).await.unwrap(), "the lease was given back");
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_address_of_no_database_is_told() {
    for url in ["mysql://here", "sqlite::memory:", ""] {
        assert!(Store::open(&settings(url)).await.is_err(), "{url}");
    }
    let refused = Store::open(&settings("postgres://nobody:hidden@127.0.0.1:1/none")).await.unwrap_err();
    assert!(!refused.to_string().contains("hidden"), "{refused}");
}
