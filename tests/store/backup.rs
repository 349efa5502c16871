//! Copies from either database into either.

use std::io::BufReader;

use model::actor::{Actor, Granted, Role};
use serde_json::json;
use verify::status::CertificateStatus;
use zhengzhao::store::commands::NewVersion;
use zhengzhao::store::{Attachment, BackupError, SignerRow, Store, TokenRow};

use super::sample::{change, now, open, put, successor, version};
use crate::support::each::on_each;

/// Something in every table.
async fn fill(store: &Store) {
    let photo = |n: u8| Attachment { name: format!("sm3:{n}"), bytes: vec![0, 255, n] };
    let batch = (0..1200).map(|n| version(n, &json!({"label": format!("标{n}"), "secret": "b"}))).collect();
    assert!(store.commit(batch, false).await.unwrap().iter().all(Result::is_ok));
    let old = version(5000, &json!({}));
    put(store, &old).await;
    let new = NewVersion { attachments: vec![photo(1), photo(2)], ..successor(&old, 5001) };
    put(store, &new).await;
    assert_eq!(store.change_status(change(&new, 1, CertificateStatus::Suspended)).await.unwrap(), Ok(()));
    store.reserve("scope", 10).await.unwrap();
    store.put_signer(&SignerRow { id: "s".into(), chain: vec![vec![0, 255]] }).await.unwrap();
    let actor = Actor::new(Role::Issuer, "t", None, Granted::All, Granted::none());
    store.put_token("hash", &TokenRow { name: "t".into(), actor, created_at: now(), expires_at: None, revoked_at: None }).await.unwrap();
}

async fn copy(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.export(&mut bytes).await.unwrap();
    bytes
}

async fn restore(store: &Store, bytes: &[u8]) -> Result<u64, BackupError> {
    store.import(&mut BufReader::new(bytes)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_restores_on_either_database() {
    on_each(|url| async move {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
        // SQLite → this database → SQLite: three times the same bytes.
        let first = open(&elsewhere("first.db")).await;
        fill(&first).await;
        let original = copy(&first).await;
        let here = open(&url).await;
        let rows = restore(&here, &original).await.unwrap();
        assert!(rows > 5000, "{rows}");
        let copied = copy(&here).await;
        assert!(original == copied, "the copy of the copy differs");
        let back = open(&elsewhere("back.db")).await;
        assert_eq!(restore(&back, &copied).await.unwrap(), rows);
        assert!(original == copy(&back).await);
        // It goes on from where it was.
        assert_eq!(here.reserve("scope", 1).await.unwrap().first, 11);
        put(&here, &version(9000, &json!({}))).await;
        for store in [first, here, back] {
            store.close().await.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_copy_writes_nothing() {
    on_each(|url| async move {
        let folder = tempfile::tempdir().unwrap();
        let first = open(&format!("sqlite://{}", folder.path().join("first.db").display())).await;
        fill(&first).await;
        let original = String::from_utf8(copy(&first).await).unwrap();
        let lines: Vec<&str> = original.lines().collect();
        let here = open(&url).await;
        let cut = lines[..lines.len() - 1].join("\n");
        assert!(matches!(restore(&here, cut.as_bytes()).await, Err(BackupError::CutOff)));
        let short = [&lines[..50], &lines[51..]].concat().join("\n");
        let half = &original[..original.len() / 2];
        let foreign = original.replacen("\"version\":1", "\"version\":2", 1);
        let unknown = original.replacen("{\"table\":\"certificate\"", "{\"table\":\"nothing\"", 1);
        let trailing = format!("{original}{{}}\n");
        for (what, bytes) in [
            ("a line short", short.as_str()),
            ("half", half),
            ("foreign", &foreign),
            ("unknown", &unknown),
            ("trailing", &trailing),
            ("none", ""),
        ] {
            let refused = restore(&here, bytes.as_bytes()).await;
            assert!(matches!(refused, Err(BackupError::Line { .. } | BackupError::CutOff)), "{what}: {refused:?}");
        }
        assert_eq!(here.registry_revision().await.unwrap(), 0, "what the migration made is still there");
        restore(&here, original.as_bytes()).await.unwrap();
        assert!(matches!(restore(&here, original.as_bytes()).await, Err(BackupError::NotEmpty { .. })));
        here.close().await.unwrap();
        first.close().await.unwrap();
    })
    .await;
}
