//! Groups over the index.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use model::plan::{Compare, Filter, GroupKey, Request, Statistics, Unit};
use serde_json::json;
use verify::status::{CertificateStatus, derive};
use zhengzhao::store::{Answer, Store, StoreError};

use super::sample::{PERMIT, day, now, open, planned, put, version};
use crate::support::each::on_each;

fn by(keys: &[(&str, Option<Unit>)], filter: Option<Filter>) -> Request {
    let group_by = keys.iter().map(|(field, unit)| GroupKey { field: (*field).into(), unit: *unit }).collect();
    Request::Statistics(Statistics { type_name: PERMIT.into(), filter, group_by })
}

async fn groups(store: &Store, request: &Request) -> BTreeMap<Vec<String>, i64> {
    match store.run(&planned(request, now())).await.unwrap() {
        Answer::Groups(groups) => groups.into_iter().map(|group| (group.keys, group.count)).collect(),
        other => panic!("{other:?}"),
    }
}

fn expected(groups: &[(&[&str], i64)]) -> BTreeMap<Vec<String>, i64> {
    groups.iter().map(|(keys, count)| (keys.iter().map(|key| (*key).to_owned()).collect(), *count)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_counted_by_what_is_answered() {
    on_each(|url| async move {
        let store = open(&url).await;
        let mut derived: BTreeMap<Vec<String>, i64> = BTreeMap::new();
        let terms = [None, Some(day("2026-06-14")), Some(day("2026-06-15")), Some(day("2026-06-16")), Some(day("2030-01-01"))];
        let mut n = 0;
        for event in CertificateStatus::ALL {
            for from in terms {
                for to in terms {
                    let label = ["甲", "乙"][n as usize % 2];
                    let mut new =
                        version(n, &json!({"label": label, "area": (n % 3).to_string(), "day": format!("202{}-0{}-01", n % 2, 1 + n % 3)}));
                    (new.row.event_status, new.row.valid_from, new.row.valid_to) = (event, from, to);
                    new.row.updated_at = now() + TimeDelta::days(i64::from(n % 2) * 30);
                    put(&store, &new).await;
                    *derived.entry(vec![derive(event, from, to, now()).as_str().to_owned()]).or_default() += 1;
                    n += 1;
                }
            }
        }
        assert_eq!(groups(&store, &by(&[("status", None)], None)).await, derived);
        assert_eq!(groups(&store, &by(&[("label", None)], None)).await, expected(&[(&["甲"], 113), (&["乙"], 112)]));
        assert_eq!(groups(&store, &by(&[("area", None)], None)).await, expected(&[(&["0"], 75), (&["1000000"], 75), (&["2000000"], 75)]));
        assert_eq!(groups(&store, &by(&[("day", Some(Unit::Year))], None)).await, expected(&[(&["2020"], 113), (&["2021"], 112)]));
        assert_eq!(
            groups(&store, &by(&[("updatedAt", Some(Unit::Month))], None)).await,
            expected(&[(&["2026-06"], 113), (&["2026-07"], 112)])
        );
        let two = groups(&store, &by(&[("day", Some(Unit::Month)), ("label", None)], None)).await;
        assert_eq!(two.values().sum::<i64>(), 225);
        assert_eq!(two.len(), 6);
        let filter = Filter::Field { field: "label".into(), compare: Compare::Eq, value: json!("甲") };
        assert_eq!(groups(&store, &by(&[("label", None)], Some(filter))).await, expected(&[(&["甲"], 113)]));
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_groups_than_anybody_reads_are_refused() {
    on_each(|url| async move {
        let store = open(&url).await;
        let some: Vec<_> = (0..1001u32).map(|n| version(n, &if n == 0 { json!({}) } else { json!({"area": n.to_string()}) })).collect();
        assert!(store.commit(some, false).await.unwrap().iter().all(Result::is_ok));
        let refused = store.run(&planned(&by(&[("area", None)], None), now())).await.unwrap_err();
        assert_eq!(refused, StoreError::TooMany { bound: 1000 });
        let absent = Filter::Field { field: "area".into(), compare: Compare::IsNull, value: json!(true) };
        assert_eq!(groups(&store, &by(&[("area", None)], Some(absent))).await, expected(&[(&[""], 1)]));
        store.close().await.unwrap();
    })
    .await;
}
