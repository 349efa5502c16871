//! Keyset pages: complete and without doubles, in both directions, while others write.

use std::collections::HashSet;

use model::plan::{
    Across, Compare, Cursor, Direction, Filter, HolderPage, Many, OrderBy, PageArgs, Plan, Request, Step, evidence_by_information,
};
use serde_json::json;
use uuid::Uuid;
use zhengzhao::store::{Store, StoreError};

use super::sample::{Chance, PERMIT, now, open, page, planned, put, registry, try_plan, version};
use crate::support::each::{execute, on_each};

fn many(order_by: &[(&str, Direction)], page: PageArgs) -> Request {
    let order_by = order_by.iter().map(|(field, direction)| OrderBy { field: (*field).into(), direction: *direction }).collect();
    Request::Many(Many { type_name: PERMIT.into(), filter: None, order_by, page })
}

/// The order as it was asked, which is what cursors carry.
fn asked(plan: &Plan) -> Vec<(model::plan::Column, Direction)> {
    let Step::Page(page) = plan.step() else { panic!("{plan:?}") };
    page.order.iter().map(|(column, direction)| (*column, if page.backwards { direction.turned() } else { *direction })).collect()
}

/// Walks to the end; before each page `between` may write.
async fn walk(store: &Store, order: &[(&str, Direction)], size: i64, backwards: bool, mut between: impl AsyncFnMut(usize)) -> Vec<Uuid> {
    let mut found: Vec<Uuid> = Vec::new();
    let mut cursor = None;
    for turn in 0.. {
        between(turn).await;
        let args = if backwards {
            PageArgs { last: Some(size), before: cursor.take(), ..PageArgs::default() }
        } else {
            PageArgs { first: Some(size), after: cursor.take(), ..PageArgs::default() }
        };
        let plan = planned(&many(order, args), now());
        let rows = page(store, &plan).await;
        assert!(rows.rows.len() <= size as usize);
        let ids = rows.rows.iter().map(|(row, _)| row.id);
        if backwards {
            found.splice(0..0, ids);
        } else {
            found.extend(ids);
        }
        let edge = if backwards { rows.rows.first() } else { rows.rows.last() };
        match edge {
            Some((_, values)) if rows.more => cursor = Some(Cursor::new(now(), &asked(&plan), values.clone()).encode()),
            _ => {
                assert!(!rows.more);
                break;
            }
        }
    }
    found
}

const ORDERS: [&[(&str, Direction)]; 7] = [
    &[],
    &[("label", Direction::Asc)],
    &[("label", Direction::Desc)],
    &[("area", Direction::Desc)],
    &[("number", Direction::Asc)],
    &[("label", Direction::Asc), ("area", Direction::Desc)],
    &[("day", Direction::Desc), ("label", Direction::Asc), ("updatedAt", Direction::Asc)],
];

#[tokio::test(flavor = "multi_thread")]
async fn pages_join_to_the_whole_in_every_order() {
    on_each(|url| async move {
        let store = open(&url).await;
        let mut chance = Chance::new(3);
        let labels = ["建筑", "a", "B", "é", "证", "\u{10ffff}", "ab"];
        let batch: Vec<_> = (0..60)
            .map(|n| {
                let mut data =
                    json!({"area": (chance.below(9) as i64 - 4).to_string(), "day": format!("2027-01-0{}", 1 + chance.below(3))});
                if chance.below(4) > 0 {
                    data["label"] = json!(chance.pick(&labels));
                }
                version(n, &data)
            })
            .collect();
        assert!(store.commit(batch, false).await.unwrap().iter().all(Result::is_ok));
        for order in ORDERS {
            let whole = walk(&store, order, 100, false, async |_| ()).await;
            assert_eq!(whole.len(), 60);
            for size in [1, 7, 60] {
                for backwards in [false, true] {
                    assert_eq!(
                        walk(&store, order, size, backwards, async |_| ()).await,
                        whole,
                        "{order:?} by {size}, backwards: {backwards}"
                    );
                }
            }
        }
        // The order is that of bytes, what is absent first.
        let plan = planned(&many(&[("label", Direction::Asc)], PageArgs { first: Some(100), ..PageArgs::default() }), now());
        let values: Vec<String> = page(&store, &plan).await.rows.into_iter().map(|(_, values)| format!("{:?}", values[0])).collect();
        let mut sorted = values.clone();
        sorted.sort_by_key(|value| value.trim_start_matches("Text(\"").as_bytes().to_vec());
        assert!(values.first().is_some_and(|first| first == "Text(\"\")"));
        assert_eq!(values.len(), sorted.len());
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_several_values_join_to_the_whole() {
    on_each(|url| async move {
        let store = open(&url).await;
        let labels = ["甲", "乙", "丙", "丁"];
        let batch: Vec<_> = (0..40).map(|n| version(n, &json!({"label": labels[n as usize % 4], "area": (n % 5).to_string()}))).collect();
        assert!(store.commit(batch, false).await.unwrap().iter().all(Result::is_ok));
        for (field, values, found) in [("label", json!(["丁", "甲", "乙", "甲", "无"]), 30), ("area", json!(["3", "1", "9"]), 16)] {
            for order in [vec![], vec![(field, Direction::Asc)], vec![(field, Direction::Desc)]] {
                let ask = |page: PageArgs| match many(&order, page) {
                    Request::Many(asked) => {
                        let filter = Filter::Field { field: field.into(), compare: Compare::In, value: values.clone() };
                        Request::Many(Many { filter: Some(filter), ..asked })
                    }
                    other => other,
                };
                let whole = page(&store, &planned(&ask(PageArgs { first: Some(100), ..PageArgs::default() }), now())).await.rows;
                assert_eq!(whole.len(), found);
                let (mut joined, mut after) = (Vec::new(), None);
                loop {
                    let plan = planned(&ask(PageArgs { first: Some(7), after: after.take(), ..PageArgs::default() }), now());
                    let part = page(&store, &plan).await;
                    after = part.rows.last().map(|(_, values)| Cursor::new(now(), &asked(&plan), values.clone()).encode());
                    joined.extend(part.rows.into_iter().map(|(row, _)| row.id));
                    if !part.more {
                        break;
                    }
                }
                assert_eq!(joined, whole.iter().map(|(row, _)| row.id).collect::<Vec<_>>(), "{order:?}");
                // From a cursor behind all values nothing comes.
                let plan = planned(&ask(PageArgs { first: Some(7), after, ..PageArgs::default() }), now());
                assert!(page(&store, &plan).await.rows.is_empty());
            }
        }
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_there_is_found_once_while_others_write() {
    on_each(|url| async move {
        let store = open(&url).await;
        let mut chance = Chance::new(11);
        let mut there = HashSet::new();
        for n in 0..30 {
            there.insert(put(&store, &version(n, &json!({"area": chance.below(20).to_string()}))).await);
        }
        for (run, order) in ORDERS.iter().enumerate() {
            let mut n = 1000 * (run as u32 + 1);
            let found = walk(&store, order, 7, run % 2 == 1, async |_| {
                for _ in 0..2 {
                    put(&store, &version(n, &json!({"area": (n % 23).to_string()}))).await;
                    n += 1;
                }
                // Less is written than read, so the walk comes to an end.
                assert!(n % 1000 < 900);
            })
            .await;
            let distinct: HashSet<Uuid> = found.iter().copied().collect();
            assert_eq!(distinct.len(), found.len(), "no doubles");
            assert!(there.is_subset(&distinct), "nothing that was there is left out");
        }
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_and_edges_are_told() {
    on_each(|url| async move {
        let store = open(&url).await;
        let total = |size| many(&[], PageArgs { first: Some(size), total: true, ..PageArgs::default() });
        let empty = page(&store, &planned(&total(5), now())).await;
        assert!(empty.rows.is_empty() && !empty.more && empty.total == Some(0));
        for n in 0..3 {
            put(&store, &version(n, &json!({}))).await;
        }
        let before = store.statements();
        store.run(&planned(&total(0), now())).await.unwrap();
        assert_eq!(store.statements() - before, 2);
        let none = page(&store, &planned(&total(0), now())).await;
        assert!(none.rows.is_empty() && none.more && none.total == Some(3));
        let all = page(&store, &planned(&total(3), now())).await;
        assert!(all.rows.len() == 3 && !all.more);
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn candidates_without_an_index_for_their_order_are_bounded() {
    on_each(|url| async move {
        let store = open(&url).await;
        put(&store, &version(1, &json!({"label": "甲"}))).await;
        // Ten thousand more index rows, as copies of the one.
        let tables = migrations::tables();
        let index = tables.iter().find(|table| table.name == "certificate_index").unwrap();
        let columns: Vec<&str> = index.columns.iter().map(|column| column.name).filter(|name| *name != "id").collect();
        let columns = columns.join(", ");
        let id = if url.starts_with("sqlite") { "randomblob(16)" } else { "gen_random_uuid()" };
        let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)";
        let copies = format!("{numbers} SELECT {id}, {columns} FROM certificate_index, n");
        let written = execute::sql(&url, &format!("INSERT INTO certificate_index (id, {columns}) {copies}")).await;
        assert_eq!(written, 10_000);
        let two = [("label", Direction::Asc), ("area", Direction::Desc)];
        let refused = store.run(&planned(&many(&two, PageArgs::default()), now())).await.unwrap_err();
        assert_eq!(refused, StoreError::TooMany { bound: 10_000 });
        let counted = PageArgs { total: true, ..PageArgs::default() };
        assert_eq!(page(&store, &planned(&many(&two[..1], counted.clone()), now())).await.total, None);
        // One fewer is within the bound.
        let one = "DELETE FROM certificate_index WHERE id = (SELECT id FROM certificate_index ORDER BY id DESC LIMIT 1)";
        assert_eq!(execute::sql(&url, one).await, 1);
        assert_eq!(page(&store, &planned(&many(&two, counted), now())).await.total, Some(10_000));
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_across_types_and_of_holders_are_answered() {
    on_each(|url| async move {
        let store = open(&url).await;
        let mut ids = Vec::new();
        for n in 0..6u32 {
            let mut new = version(n, &json!({}));
            new.holder_codes = vec![["HOLDER1", "HOLDER2"][n as usize % 2].into()];
            ids.push(put(&store, &new).await);
        }
        let listed = async |request: Request| {
            page(&store, &planned(&request, now())).await.rows.into_iter().map(|(row, _)| row.id).collect::<Vec<_>>()
        };
        let held = |args: PageArgs| Request::HolderPage(HolderPage { code: " holder2 ".into(), types: None, status: None, page: args });
        assert_eq!(listed(held(PageArgs::default())).await, [ids[5], ids[3], ids[1]]);
        assert_eq!(listed(held(PageArgs { last: Some(2), ..PageArgs::default() })).await, [ids[3], ids[1]]);
        let across = |change: fn(&mut Across)| {
            let mut across = Across::default();
            change(&mut across);
            Request::Across(across)
        };
        assert_eq!(listed(across(|_| ())).await, ids);
        assert_eq!(listed(across(|across| across.number = Some("测许[2026] 00004".into()))).await, [ids[4]]);
        assert_eq!(listed(across(|across| across.updated_since = Some("2026-06-15T12:00:03+08:00".into()))).await, ids[3..]);
        assert_eq!(listed(across(|across| across.status = Some(vec![verify::CertificateStatus::Revoked]))).await, Vec::<Uuid>::new());
        // What verification may look up.
        let by = async |number: Option<&str>, code: Option<&str>| {
            let plan = evidence_by_information(PERMIT, number, code, registry()).unwrap().unwrap();
            store.evidence(&plan).await.unwrap().into_iter().map(|found| found.row.id).collect::<Vec<_>>()
        };
        assert_eq!(by(Some("测许(2026)00002"), None).await, [ids[2]]);
        assert_eq!(by(None, Some("HOLDER1")).await, [ids[4], ids[2], ids[0]]);
        assert_eq!(by(None, Some("nobody")).await, Vec::<Uuid>::new());
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_cursor_is_refused_and_breaks_nothing() {
    on_each(|url| async move {
        let store = open(&url).await;
        put(&store, &version(1, &json!({}))).await;
        let order = [("label", Direction::Asc)];
        let signature = asked(&planned(&many(&order, PageArgs::default()), now()));
        for values in [
            vec![model::plan::Value::Number(1), model::plan::Value::Text(Uuid::nil().to_string())],
            vec![model::plan::Value::Text("'; DROP TABLE x; --".into()), model::plan::Value::Text("no id".into())],
        ] {
            let after = Some(Cursor::new(now(), &signature, values).encode());
            let plan = try_plan(&many(&order, PageArgs { after, ..PageArgs::default() }), now()).unwrap();
            assert!(matches!(store.run(&plan).await, Err(StoreError::Misfit { .. })));
        }
        let nul = vec![model::plan::Value::Text("\0".into()), model::plan::Value::Text(Uuid::nil().to_string())];
        let after = Some(Cursor::new(now(), &signature, nul).encode());
        let plan = planned(&many(&order, PageArgs { after, ..PageArgs::default() }), now());
        assert!(page(&store, &plan).await.rows.is_empty());
        store.close().await.unwrap();
    })
    .await;
}
