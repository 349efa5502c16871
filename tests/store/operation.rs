//! Types, tokens, authorities, leases.

use std::time::Duration;

use chrono::{SubsecRound, TimeDelta, Utc};
use model::actor::{Actor, Department, Granted, Role};
use model::registry::State;
use zhengzhao::store::{AuthorityRow, PutType, TokenRow, TypeRow};

use super::sample::open;
use crate::support::each::on_each;

fn ty(name: &str, version: &str, source: &str, minute: i64) -> TypeRow {
    TypeRow {
        name: name.into(),
        version: version.into(),
        digest: format!("digest of {source}"),
        state: State::Draft,
        source: source.into(),
        slots: "{}".into(),
        file: format!("{name}.json"),
        registered_at: super::sample::now() + TimeDelta::minutes(minute),
        registered_by: "admin".into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn types_are_registered_once_and_raise_the_revision() {
    on_each(|url| async move {
        let store = open(&url).await;
        assert_eq!(store.put_type(ty("B", "1.9.0", "b19", 1), Some(0)).await.unwrap(), PutType::Stored(1));
        assert_eq!(store.put_type(ty("B", "1.9.0", "b19", 1), None).await.unwrap(), PutType::Unchanged);
        assert_eq!(store.put_type(ty("B", "1.9.0", "other", 1), None).await.unwrap(), PutType::Conflict);
        assert_eq!(store.put_type(ty("A", "1.0.0", "a", 2), Some(0)).await.unwrap(), PutType::Conflict);
        assert_eq!(store.put_type(ty("A", "1.0.0", "a", 2), Some(1)).await.unwrap(), PutType::Stored(2));
        assert_eq!(store.put_type(ty("B", "1.10.0", "b110", 3), None).await.unwrap(), PutType::Stored(3));
        let types = store.types().await.unwrap();
        let told: Vec<_> = types.iter().map(|row| (row.name.as_str(), row.version.as_str(), &*row.source, row.state)).collect();
        assert_eq!(told, [("B", "1.10.0", "b110", State::Draft), ("A", "1.0.0", "a", State::Draft)]);
        assert!(store.set_type_state("A", "1.0.0", State::Published).await.unwrap());
        assert!(!store.set_type_state("A", "9.0.0", State::Published).await.unwrap());
        assert_eq!(store.types().await.unwrap()[1].state, State::Published);
        assert_eq!(store.registry_revision().await.unwrap(), 4);
        // A file is kept for ever.
        assert_eq!(store.type_file("digest of b19").await.unwrap().as_deref(), Some("b19"));
        assert_eq!(store.type_file("digest of other").await.unwrap(), None);
        // Eight at once under one expected revision: one gets through.
        let rivals = (0..8).map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.put_type(ty(&format!("R{n}"), "1.0.0", "same file", 5), Some(4)).await.unwrap() })
        });
        let mut answers = Vec::new();
        for rival in rivals.collect::<Vec<_>>() {
            answers.push(rival.await.unwrap());
        }
        assert_eq!(answers.iter().filter(|answer| **answer == PutType::Stored(5)).count(), 1);
        assert_eq!(answers.iter().filter(|answer| **answer == PutType::Conflict).count(), 7);
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_read_back_and_can_be_revoked() {
    on_each(|url| async move {
        let store = open(&url).await;
        let token = |name: &str, department: Option<Department>| TokenRow {
            name: name.into(),
            actor: Actor::new(Role::Department, name, department, Granted::Only(["B".to_owned(), "A".to_owned()].into()), Granted::All),
            created_at: Utc::now().trunc_subsecs(6),
            expires_at: Some(Utc::now().trunc_subsecs(6)),
            revoked_at: None,
        };
        let one = token("一", Some(Department { code: "11990000000000GX2C".into(), name: "测试局".into(), division: None }));
        store.put_token("hash1", &one).await.unwrap();
        store.put_token("hash2", &token("二", None)).await.unwrap();
        assert!(store.put_token("hash1", &one).await.is_err());
        assert_eq!(format!("{:?}", store.token("hash1").await.unwrap().unwrap()), format!("{one:?}"));
        assert!(store.token("hash3").await.unwrap().is_none());
        assert_eq!(store.revoke_token("二").await.unwrap(), 1);
        assert_eq!(store.revoke_token("二").await.unwrap(), 0);
        assert!(store.token("hash2").await.unwrap().unwrap().revoked_at.is_some());
        assert_eq!(store.tokens().await.unwrap().len(), 2);
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn authorities_are_written_in_place() {
    on_each(|url| async move {
        let store = open(&url).await;
        let mut authority = AuthorityRow {
            code: "11990000000000GX2C".into(),
            name: "测试厅".into(),
            level: Some("2".into()),
            division: None,
            parent: None,
            updated_at: Utc::now().trunc_subsecs(6),
        };
        store.put_authority(&authority).await.unwrap();
        authority.name = "测试厅（更名）".into();
        authority.division = Some("990000".into());
        store.put_authority(&authority).await.unwrap();
        assert_eq!(store.authorities().await.unwrap(), [authority.clone()]);
        let before = store.statements();
        let found = store.authorities_by(&["unknown".into(), authority.code.clone(), authority.code.clone()]).await.unwrap();
        assert_eq!((found, store.statements() - before), (vec![authority], 1));
        assert!(store.authorities_by(&[]).await.unwrap().is_empty());
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_has_one_owner_until_it_lapses() {
    on_each(|url| async move {
        let store = open(&url).await;
        let (long, short) = (Duration::from_secs(60), Duration::from_millis(50));
        assert!(store.take_lease("job", "a", long).await.unwrap());
        assert!(store.take_lease("job", "a", long).await.unwrap(), "the owner renews");
        assert!(!store.take_lease("job", "b", long).await.unwrap());
        assert!(store.take_lease("other job", "b", long).await.unwrap());
        store.release_lease("job", "b").await.unwrap();
        assert!(!store.take_lease("job", "b", long).await.unwrap(), "only the owner gives it back");
        store.release_lease("job", "a").await.unwrap();
        assert!(store.take_lease("job", "b", short).await.unwrap());
        tokio::time::sleep(short * 2).await;
        assert!(store.take_lease("job", "c", long).await.unwrap());
        store.close().await.unwrap();
    })
    .await;
}
