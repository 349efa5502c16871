//! Connections break, callers go away, poolers keep nothing: the answers stay the same.

use std::time::Duration;

use model::plan::{ById, Request};
use serde_json::json;
use verify::status::CertificateStatus;
use zhengzhao::store::{Store, StoreSettings};

use super::sample::{access, change, now, open, planned, put, rows, settings, version};
use crate::support::each::{execute, on_each};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_all_sessions_costs_no_error() {
    on_each(|url| async move {
        let store = open(&url).await;
        let new = version(1, &json!({}));
        let id = put(&store, &new).await;
        let request = Request::ById(ById { type_name: None, keys: vec![id.to_string()] });
        let many = async || {
            let reads = (0..6).map(|_| {
                let (store, plan) = (store.clone(), planned(&request, now()));
                tokio::spawn(async move { store.run(&plan).await })
            });
            for read in reads.collect::<Vec<_>>() {
                read.await.unwrap().unwrap();
            }
        };
        let end_all = async || {
            if url.starts_with("postgres") {
                let others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
                execute::sql(&url, &format!("SELECT pg_terminate_backend(pid) {others}")).await;
            }
        };
        many().await;
        end_all().await;
        many().await;
        end_all().await;
        put(&store, &version(2, &json!({}))).await;
        end_all().await;
        store.append_access(&[access(id, now())]).await.unwrap();
        end_all().await;
        assert_eq!(store.change_status(change(&new, 1, CertificateStatus::Suspended)).await.unwrap(), Ok(()));
        end_all().await;
        assert_eq!(store.access_events(100).await.unwrap().len(), 4);
        store.close().await.unwrap();
        assert!(store.run(&planned(&request, now())).await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_leaves_a_connection_in_order() {
    on_each(|url| async move {
        let store = Store::open(&StoreSettings { max_connections: 1, ..settings(&url) }).await.unwrap();
        store.migrate().await.unwrap();
        let ids = [put(&store, &version(1, &json!({}))).await, put(&store, &version(2, &json!({}))).await];
        for n in 0..60u64 {
            let id = ids[n as usize % 2];
            let request = Request::ById(ById { type_name: None, keys: vec![id.to_string()] });
            let _ = tokio::time::timeout(Duration::from_micros(20 * n), store.run(&planned(&request, now()))).await;
            let _ = tokio::time::timeout(Duration::from_micros(40 * n), store.append_access(&[access(id, now())])).await;
            let _ =
                tokio::time::timeout(Duration::from_micros(60 * n), store.commit(vec![version(100 + n as u32, &json!({}))], false)).await;
            let other = Request::ById(ById { type_name: None, keys: vec![ids[(n as usize + 1) % 2].to_string()] });
            assert_eq!(rows(&store, &other).await[0].id, ids[(n as usize + 1) % 2]);
        }
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_prepared_statements_the_answers_are_the_same() {
    on_each(|url| async move {
        let store = Store::open(&StoreSettings { statement_cache: false, ..settings(&url) }).await.unwrap();
        store.migrate().await.unwrap();
        let id = put(&store, &version(1, &json!({"label": "标"}))).await;
        store.append_access(&[access(id, now())]).await.unwrap();
        let request = Request::ById(ById { type_name: None, keys: vec![id.to_string()] });
        for _ in 0..3 {
            assert_eq!(rows(&store, &request).await[0].id, id);
        }
        store.close().await.unwrap();
    })
    .await;
}
