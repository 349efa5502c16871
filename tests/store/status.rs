//! Status events: compare-and-set on the last one.

use model::plan::{ById, Many, Request};
use serde_json::json;
use verify::status::CertificateStatus::{Revoked, Suspended};
use zhengzhao::store::commands::CommitFault;

use super::sample::{PERMIT, change, now, open, page, planned, put, rows, successor, version};
use crate::support::each::on_each;

#[tokio::test(flavor = "multi_thread")]
async fn a_status_change_reaches_version_index_and_history() {
    on_each(|url| async move {
        let store = open(&url).await;
        let first = version(1, &json!({}));
        put(&store, &first).await;
        assert_eq!(store.change_status(change(&first, 1, Suspended)).await.unwrap(), Ok(()));
        let row = rows(&store, &Request::ById(ById::of(vec![first.row.id.to_string()]))).await.remove(0);
        assert_eq!((row.event_status, row.event_seq, row.status_code.as_str()), (Suspended, 1, "02"));
        let many = Request::Many(Many { type_name: PERMIT.into(), filter: None, order_by: vec![], page: Default::default() });
        let listed = page(&store, &planned(&many, now())).await.rows.remove(0).0;
        assert_eq!(format!("{listed:?}"), format!("{row:?}"));
        assert_eq!(store.events_of(&[&row]).await.unwrap().len(), 2);
        // Again on the event that is no longer the last; on nothing; on a version that was replaced.
        let again = store.change_status(change(&first, 1, Revoked)).await.unwrap();
        assert_eq!(again, Err(CommitFault::Superseded { current: first.row.id }));
        assert_eq!(store.change_status(change(&version(2, &json!({})), 1, Revoked)).await.unwrap(), Err(CommitFault::NotFound));
        let second = version(3, &json!({}));
        put(&store, &second).await;
        let new = successor(&second, 4);
        put(&store, &new).await;
        for seq in [1, 2] {
            let late = store.change_status(change(&second, seq, Revoked)).await.unwrap();
            assert_eq!(late, Err(CommitFault::Superseded { current: new.row.id }));
        }
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_status_changes_at_once_one_wins() {
    on_each(|url| async move {
        let store = open(&url).await;
        let first = version(1, &json!({}));
        put(&store, &first).await;
        let rivals = (0..6).map(|_| {
            let (store, change) = (store.clone(), change(&first, 1, Suspended));
            tokio::spawn(async move { store.change_status(change).await.unwrap() })
        });
        let mut won = 0;
        for rival in rivals.collect::<Vec<_>>() {
            match rival.await.unwrap() {
                Ok(()) => won += 1,
                Err(fault) => assert_eq!(fault, CommitFault::Superseded { current: first.row.id }),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(store.events_of(&[&first.row]).await.unwrap().len(), 2);
        store.close().await.unwrap();
    })
    .await;
}
