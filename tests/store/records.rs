//! Rows that are read later: what the database sent, the issuer beside it.

use model::plan::{ById, Request};
use serde_json::json;
use zhengzhao::store::{Answer, Answered, AuthorityRow, Record, Store, With};

use super::sample::{ISSUER, PERMIT, now, open, planned, put, version};
use crate::support::each::{execute, on_each};

async fn one(store: &Store, id: uuid::Uuid, with: With) -> Record {
    let request = Request::ById(ById::of(vec![id.to_string()]));
    match store.records(&planned(&request, now()), with).await.unwrap() {
        Answer::Rows(mut rows) if rows.len() == 1 => rows.remove(0),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_read_as_they_lie() {
    on_each(|url| async move {
        let store = open(&url).await;
        let new = version(7, &json!({"label": "标"}));
        let id = put(&store, &new).await;
        let record = one(&store, id, With { issuer: true, ..With::default() }).await;
        assert_eq!((record.id().unwrap(), record.type_name().unwrap()), (id, PERMIT));
        assert_eq!(record.named(), Some((PERMIT, id)));
        assert_eq!(record.statement().unwrap(), new.row.statement.as_bytes());
        assert_eq!(record.signature().unwrap(), &*new.row.signature);
        assert_eq!(record.previous_id().unwrap(), None);
        // Nobody has said who the issuer is.
        assert_eq!(record.authority().unwrap(), None);

        let authority = AuthorityRow {
            code: ISSUER.into(),
            name: "测试市场监督管理局".into(),
            level: None,
            division: Some("990000".into()),
            parent: None,
            updated_at: now(),
        };
        store.put_authority(&authority).await.unwrap();
        let record = one(&store, id, With { issuer: true, ..With::default() }).await;
        let found = record.authority().unwrap().unwrap();
        assert_eq!((found.code, found.name, found.level, found.division), (ISSUER, &*authority.name, None, Some("990000")));
        assert_eq!(one(&store, id, With::default()).await.authority().unwrap(), None);
        // Its values stay out of logs.
        assert_eq!(format!("{record:?}"), format!("Record(Ok({id}))"));
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_wrote_is_an_error_where_it_is_read() {
    on_each(|url| async move {
        let store = open(&url).await;
        let id = put(&store, &version(1, &json!({}))).await;
        execute::sql(&url, "UPDATE certificate_version SET event_status = 'FINE', valid_to = 'never', version = 9999999999").await;
        let record = one(&store, id, With::default()).await;
        assert!(record.event_status().is_err() && record.version().is_err() && record.to_row().is_err());
        assert_eq!((record.valid_to().unwrap(), record.issuer().unwrap()), ("never", ISSUER));
        store.close().await.unwrap();
    })
    .await;
}
