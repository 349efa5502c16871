//! Many keys, one statement.

use model::plan::{HolderHeads, Related, Request};
use model::registry::{RelationBy, SourceFile, State, resolve};
use serde_json::{Value as Json, json};
use uuid::Uuid;
use verify::status::CertificateStatus;
use zhengzhao::store::{Answer, Store};

use super::sample::{PERMIT, answered, change, now, open, plan_with, planned, put, registry, slots_of, version};
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

#[tokio::test(flavor = "multi_thread")]
async fn a_key_reaches_numbers_by_their_value_and_texts_as_they_are_written() {
    const COUNTED: &str = "CountedPermit";
    let mut file: Json = serde_json::from_str(include_str!("permit.json")).unwrap();
    file["x-certificate"]["name"] = COUNTED.into();
    file["x-certificate"]["typeCode"] = "11990000000000GX2C902".into();
    file["x-certificate"].as_object_mut().unwrap().remove("relations");
    file["properties"]["label"]["type"] = "integer".into();
    let resolved = resolve(&[SourceFile { name: "counted.json".into(), text: file.to_string() }], registry());
    let counted = resolved.unwrap_or_else(|faults| panic!("{faults:#?}")).types.remove(0);
    let both = &registry().with(counted.clone(), State::Published);
    let counted = &counted;
    on_each(|url| async move {
        let store = open(&url).await;
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        for n in 0..3 {
            for label in ["5", "05"] {
                texts.push((label, put(&store, &version(texts.len() as u32, &json!({ "label": label }))).await));
            }
            let mut new = version(10 + n, &json!({}));
            new.row.type_name = COUNTED.into();
            new.slots = slots_of(counted, json!({ "label": 5 }).as_object().unwrap());
            numbers.push(put(&store, &new).await);
        }
        let of = |label: &str, first: usize| {
            let texts = texts.iter().filter(|(written, _)| *written == label).map(|(_, id)| *id);
            let mut all: Vec<Uuid> = texts.chain(numbers.iter().copied()).collect();
            all.sort_unstable_by(|a, b| b.cmp(a));
            all.truncate(first);
            all
        };
        for first in [1, 2, 3, 10] {
            for keys in [&["05", "5"][..], &["5"], &["05"], &["5", "6", "05", "n5", "t5"]] {
                let related = Related {
                    to: vec![PERMIT.into(), COUNTED.into()],
                    by: RelationBy::Property("label".into()),
                    keys: keys.iter().map(|key| (*key).into()).collect(),
                    first: first as i64,
                };
                let Answer::Reached(found) = answered(&store, &plan_with(both, &Request::Related(related), now()).unwrap()).await else {
                    panic!("lists expected")
                };
                let found: Vec<Vec<Uuid>> = found.into_iter().map(|rows| rows.into_iter().map(|row| row.id).collect()).collect();
                let expected: Vec<_> = keys
                    .iter()
                    .map(|key| if key.ends_with("5") && !key.starts_with(['n', 't']) { of(key, first) } else { Vec::new() })
                    .collect();
                assert_eq!(found, expected, "{keys:?}, {first} of each");
            }
        }
        store.close().await.unwrap();
    })
    .await;
}
