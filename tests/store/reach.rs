//! Many keys, one statement.

use model::plan::{HolderHeads, Related, Request};
use model::registry::RelationBy;
use serde_json::json;
use uuid::Uuid;
use verify::status::CertificateStatus;
use zhengzhao::store::{Answer, Store};

use super::sample::{PERMIT, answered, change, now, open, planned, put, version};
use crate::support::each::on_each;

async fn reached(store: &Store, request: &Request) -> Vec<Vec<Uuid>> {
    let before = store.statements();
    store.run(&planned(request, now())).await.unwrap();
    assert_eq!(store.statements() - before, 1, "one statement whatever the number of keys");
    match answered(store, &planned(request, now())).await {
        Answer::Reached(rows) => rows.into_iter().map(|rows| rows.into_iter().map(|row| row.id).collect()).collect(),
        other => panic!("{other:?}"),
    }
}

fn related(by: RelationBy, keys: &[&str], first: i64) -> Request {
    Request::Related(Related { to: vec![PERMIT.into()], by, keys: keys.iter().map(|key| (*key).into()).collect(), first })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_key_gets_its_newest_in_its_place() {
    on_each(|url| async move {
        let store = open(&url).await;
        let mut ids: Vec<Vec<Uuid>> = vec![Vec::new(); 3];
        let mut last = None;
        for n in 0..30u32 {
            let kind = n as usize % 3;
            let mut new = version(n, &json!({"label": format!("标{kind}"), "secret": format!("s{kind}")}));
            // A code given twice is one holder; the case of its letters makes no difference.
            new.holder_codes = vec![format!("HOLDER{kind}"), format!("holder{kind} ")];
            ids[kind].insert(0, put(&store, &new).await);
            last = Some(new);
        }
        let newest = |kind: usize, first: usize| ids[kind][..first].to_vec();
        let expected = vec![newest(2, 4), vec![], newest(0, 4), newest(2, 4)];
        for (by, keys) in [
            (RelationBy::Holder, ["HOLDER2", "nobody", "holder0", "HOLDER2"]),
            (RelationBy::Property("label".into()), ["标2", "", "标0", "标2"]),
            (RelationBy::Property("secret".into()), ["s2", "S2", "s0", "s2"]),
        ] {
            assert_eq!(reached(&store, &related(by, &keys, 4)).await, expected);
        }
        assert_eq!(reached(&store, &related(RelationBy::Number, &["测许[2026]00004", "none"], 5)).await, [vec![ids[1][8]], vec![]]);
        // A personal number lies there as an opaque key; both forms are reached.
        let mut personal = version(77, &json!({}));
        (personal.number_is_personal, personal.row.statement) = (true, "{\"number\":\"测许（2026）00077\"}".into());
        let hidden = put(&store, &personal).await;
        let numbers = ["测许（2026）00004", "测许(2026) 00077", "none"];
        assert_eq!(reached(&store, &related(RelationBy::Number, &numbers, 5)).await, [vec![ids[1][8]], vec![hidden], vec![]]);
        let read = super::sample::rows(&store, &Request::ById(model::plan::ById::of(vec![hidden.to_string()]))).await;
        assert_eq!(read[0].number, "测许（2026）00077");
        assert_eq!(reached(&store, &related(RelationBy::Holder, &["HOLDER1"], 100)).await, [newest(1, 10)]);
        assert_eq!(reached(&store, &related(RelationBy::Holder, &["HOLDER1"], 0)).await, [Vec::<Uuid>::new()]);
        // Only those of a status.
        assert_eq!(store.change_status(change(&last.unwrap(), 1, CertificateStatus::Revoked)).await.unwrap(), Ok(()));
        let heads = |status: CertificateStatus| {
            Request::HolderHeads(HolderHeads {
                codes: vec!["HOLDER2".into(), "HOLDER0".into()],
                types: None,
                status: Some(vec![status]),
                first: Some(2),
            })
        };
        assert_eq!(reached(&store, &heads(CertificateStatus::Revoked)).await, [newest(2, 1), vec![]]);
        assert_eq!(reached(&store, &heads(CertificateStatus::Valid)).await, [ids[2][1..4].to_vec(), newest(0, 3)]);
        store.close().await.unwrap();
    })
    .await;
}
