//! Commits: exact, one winner, faulty rows answered in their place.

use std::collections::HashSet;

use model::plan::{ById, ByNumber, Column, Request, Value, evidence_by_keys};
use model::registry::{Slot, SlotFamily};
use serde_json::json;
use verify::status::CertificateStatus;
use zhengzhao::store::commands::{CommitFault, Idempotency, NewVersion, Replay, RuleCheck};
use zhengzhao::store::{Attachment, SignerRow, Store};

use super::sample::{ISSUER, PERMIT, access, now, open, permit, put, rows, successor, version};
use crate::support::each::on_each;

fn by_id(key: impl ToString) -> Request {
    Request::ById(ById::of(vec![key.to_string()]))
}

fn by_number(n: u32) -> Request {
    Request::ByNumber(ByNumber { type_name: PERMIT.into(), number: format!("测许(2026) {n:05}"), issuer: Some(ISSUER.into()) })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_reads_back_exactly() {
    on_each(|url| async move {
        let store = open(&url).await;
        let mut first = version(1, &json!({}));
        first.row.valid_from = None;
        first.row.valid_to = None;
        put(&store, &first).await;
        for request in [by_id(first.row.id), by_id(&first.row.identifier), by_number(1)] {
            let found = rows(&store, &request).await;
            assert_eq!(format!("{found:?}"), format!("{:?}", [&first.row]));
        }
        for key in ["", "nonsense", "nul\0", "1.2.156.3005.2", "0197f4a0-0000-7000-8000-000000000000"] {
            assert!(rows(&store, &by_id(key)).await.is_empty(), "{key:?}");
        }
        let events = store.events_of(&[&first.row]).await.unwrap();
        assert_eq!(format!("{events:?}"), format!("{:?}", [&first.event]));
        assert_eq!(store.outbox_pending(10).await.unwrap(), first.outbox);
        assert_eq!(store.access_events(10).await.unwrap(), [first.audit]);
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_successors_at_once_one_wins() {
    on_each(|url| async move {
        let store = open(&url).await;
        for round in 0..5 {
            let old = version(10 * round, &json!({"label": "甲"}));
            put(&store, &old).await;
            let rivals = [successor(&old, 10 * round + 1), successor(&old, 10 * round + 2)];
            let tasks = rivals.clone().map(|rival| {
                let store = store.clone();
                tokio::spawn(async move { store.commit(vec![rival], false).await.unwrap().remove(0) })
            });
            let mut answers = Vec::new();
            for task in tasks {
                answers.push(task.await.unwrap());
            }
            let won = answers.iter().flatten().copied().collect::<Vec<_>>();
            assert_eq!(won.len(), 1, "{answers:?}");
            assert!(answers.contains(&Err(CommitFault::Superseded { current: won[0] })), "{answers:?}");
            let current = rows(&store, &by_number(10 * round)).await;
            assert_eq!(current.iter().map(|row| row.id).collect::<Vec<_>>(), won);
            let old = rows(&store, &by_id(old.row.id)).await.remove(0);
            assert_eq!((old.event_status, old.event_seq, old.current_id), (CertificateStatus::Superseded, 1, won[0]));
        }
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_of_a_replaced_version_is_whole() {
    on_each(|url| async move {
        let store = open(&url).await;
        for id in ["signer-one", "signer-two", "signer-three"] {
            let signer = SignerRow { id: id.into(), chain: vec![id.as_bytes().to_vec(), vec![0, 1]] };
            store.put_signer(&signer).await.unwrap();
            store.put_signer(&signer).await.unwrap();
        }
        let old = version(1, &json!({}));
        put(&store, &old).await;
        let new = successor(&old, 2);
        put(&store, &new).await;
        let before = store.statements();
        let plan = evidence_by_keys(vec![old.row.id.to_string(), new.row.identifier.clone(), "unknown".into()]).unwrap();
        let found = store.evidence(&plan).await.unwrap();
        assert_eq!(store.statements() - before, 2, "the versions with their events; the signers");
        assert_eq!(found.iter().map(|found| found.row.id).collect::<Vec<_>>(), [new.row.id, old.row.id]);
        assert_eq!(found[1].superseded_by.as_ref(), Some(&new.row.identifier));
        assert_eq!(format!("{:?}", found[1].events), format!("{:?}", [&new.succeeds.as_ref().unwrap().event]));
        assert_eq!(found[1].signers.len(), 2);
        assert_eq!(found[0].superseded_by, None);
        assert_eq!(found[0].signers.iter().map(|signer| &*signer.id).collect::<Vec<_>>(), ["signer-one"]);
        // The whole record, old version first.
        let events = store.events_of(&[&new.row]).await.unwrap();
        assert_eq!(
            events.iter().map(|event| (event.version_id, event.seq)).collect::<Vec<_>>(),
            [(old.row.id, 0), (old.row.id, 1), (new.row.id, 0)]
        );
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attachments_are_written_once_and_never_changed() {
    on_each(|url| async move {
        let store = open(&url).await;
        let apart = |name: &str, bytes: &[u8]| Attachment { name: name.into(), bytes: bytes.to_vec() };
        let with = |n: u32, attachments: Vec<Attachment>| NewVersion { attachments, ..version(n, &json!({})) };
        let batch = vec![with(1, vec![apart("b", b"1"), apart("a", b"")]), with(2, vec![apart("a", b"")]), with(3, vec![])];
        assert!(store.commit(batch, false).await.unwrap().iter().all(Result::is_ok));
        put(&store, &with(4, vec![apart("a", b"other"), apart("c", b"3")])).await;
        let before = store.statements();
        let mut found = store.attachments(&["c".into(), "a".into(), "none".into(), "b".into(), "a".into()]).await.unwrap();
        assert_eq!(store.statements() - before, 1);
        found.sort_by(|one, other| one.name.cmp(&other.name));
        assert_eq!(found, [apart("a", b""), apart("b", b"1"), apart("c", b"3")]);
        // A version that is refused leaves none behind.
        let refused = NewVersion { row: version(1, &json!({})).row, ..with(5, vec![apart("d", b"4")]) };
        assert!(store.commit(vec![refused], false).await.unwrap()[0].is_err());
        assert!(store.attachments(&["d".into()]).await.unwrap().is_empty());
        // Eight writers of the same photos in other orders.
        let rivals = (10..18).map(|n| {
            let mut photos: Vec<Attachment> = (0..20).map(|place| apart(&format!("p{place}"), b"p")).collect();
            photos.rotate_left(n as usize);
            let (store, rival) = (store.clone(), with(n, photos));
            tokio::spawn(async move { store.commit(vec![rival], false).await.unwrap().remove(0) })
        });
        for rival in rivals.collect::<Vec<_>>() {
            assert!(rival.await.unwrap().is_ok());
        }
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faulty_rows_are_answered_and_sound_ones_written() {
    on_each(|url| async move {
        let store = open(&url).await;
        let taken = version(5, &json!({}));
        put(&store, &taken).await;
        let mut batch: Vec<NewVersion> = (0..450).map(|n| version(n, &json!({"area": n.to_string()}))).collect();
        batch[7].row.identifier = batch[3].row.identifier.clone();
        batch[300].row.number = "测许[2026]00200".into();
        let answers = store.commit(batch.clone(), false).await.unwrap();
        for (place, answer) in answers.iter().enumerate() {
            let expected = match place {
                5 => Err(CommitFault::NumberTaken { number: batch[5].row.number.clone() }),
                7 => Err(CommitFault::IdentifierTaken { identifier: batch[3].row.identifier.clone() }),
                300 => Err(CommitFault::NumberTaken { number: "测许[2026]00200".into() }),
                _ => Ok(batch[place].row.id),
            };
            assert_eq!(*answer, expected, "row {place}");
        }
        assert!(rows(&store, &by_id(batch[300].row.id)).await.is_empty());
        assert_eq!(rows(&store, &by_number(449)).await.len(), 1);
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_or_nothing_writes_all_or_nothing() {
    on_each(|url| async move {
        let store = open(&url).await;
        put(&store, &version(250, &json!({}))).await;
        let batch: Vec<NewVersion> = (1..=300).map(|n| version(n, &json!({}))).collect();
        let answers = store.commit(batch.clone(), true).await.unwrap();
        assert!(matches!(answers[249], Err(CommitFault::NumberTaken { .. })));
        assert_eq!(answers.iter().filter(|answer| **answer == Err(CommitFault::NotCommitted)).count(), 299);
        assert!(rows(&store, &by_number(1)).await.is_empty());
        let sound: Vec<NewVersion> = batch.into_iter().filter(|new| new.row.number != "测许（2026）00250").collect();
        assert!(store.commit(sound, true).await.unwrap().iter().all(Result::is_ok));
        assert_eq!(rows(&store, &by_number(300)).await.len(), 1);
        let mut twins = vec![version(900, &json!({})), version(900, &json!({}))];
        twins[1].row.identifier.push('2');
        let answers = store.commit(twins, true).await.unwrap();
        assert_eq!(answers, [Err(CommitFault::NotCommitted), Err(CommitFault::NumberTaken { number: "测许（2026）00900".into() })]);
        store.close().await.unwrap();
    })
    .await;
}

fn keyed(n: u32, key: &str, digest: &str) -> NewVersion {
    let mut new = version(n, &json!({}));
    new.idempotency = Some(Idempotency { actor: "issuer".into(), key: key.into(), digest: digest.into() });
    // As of today, so that the key has not lapsed.
    new.row.updated_at = chrono::SubsecRound::trunc_subsecs(chrono::Utc::now(), 6);
    new
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_answers_its_first_result() {
    on_each(|url| async move {
        let store = open(&url).await;
        let first = keyed(1, "k", "digest");
        let id = put(&store, &first).await;
        let asked = |key: &str, digest: &str| Idempotency { actor: "issuer".into(), key: key.into(), digest: digest.into() };
        let replays = store.replay(&[asked("k", "digest"), asked("k", "other"), asked("new", "digest")]).await.unwrap();
        assert_eq!(replays, [Replay::Same(id), Replay::Other, Replay::New]);
        // A retry that passed the look-up at the same time, one with another input, and a key used twice in one batch.
        let answers = store
            .commit(vec![keyed(1, "k", "digest"), keyed(3, "k", "other"), keyed(4, "twice", "x"), keyed(5, "twice", "x")], false)
            .await
            .unwrap();
        let written = *answers[2].as_ref().unwrap();
        assert_eq!(answers[0], Err(CommitFault::Replay(Replay::Same(id))));
        assert_eq!(answers[1], Err(CommitFault::Replay(Replay::Other)));
        assert_eq!(answers[3], Err(CommitFault::Replay(Replay::Same(written))));
        // Eight days later the key is free again.
        let mut lapsed = keyed(6, "old", "digest");
        lapsed.row.updated_at -= chrono::TimeDelta::days(8);
        put(&store, &lapsed).await;
        assert_eq!(store.replay(&[asked("old", "other")]).await.unwrap(), [Replay::New]);
        put(&store, &keyed(7, "old", "other")).await;
        assert_eq!(store.forget_keys().await.unwrap(), 0);
        store.close().await.unwrap();
    })
    .await;
}

/// One certificate a label for each holder; and all of a holder under one day.
fn ruled(n: u32, label: &str, day: &str) -> NewVersion {
    let mut new = version(n, &json!({"label": label, "day": day}));
    let check = |code: &str, column: Column, value: &str, unique: bool| RuleCheck {
        code: code.into(),
        holder_code: "91990000MAH0TEXT1J".into(),
        type_name: PERMIT.into(),
        among: Vec::new(),
        status: vec![CertificateStatus::Valid],
        today: now().date_naive(),
        column,
        value: Value::Text(value.into()),
        unique,
        message: ("重复".into(), "double".into()),
    };
    let column = |name: &str| model::plan::indexed(&permit(), name).unwrap().column;
    new.rules = vec![check("one-each", column("label"), label, true), check("same-day", column("day"), day, false)];
    new
}

fn broken(code: &str) -> CommitFault {
    CommitFault::Rule { code: code.into(), zh: "重复".into(), en: "double".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_hold_across_batches_and_racers() {
    on_each(|url| async move {
        let store = open(&url).await;
        let batch =
            vec![ruled(1, "A", "2029-01-01"), ruled(2, "A", "2029-01-01"), ruled(3, "B", "2030-01-01"), ruled(4, "C", "2029-01-01")];
        let answers = store.commit(batch.clone(), false).await.unwrap();
        assert_eq!(answers[1], Err(broken("one-each")));
        assert_eq!(answers[2], Err(broken("same-day")));
        assert!(answers[0].is_ok() && answers[3].is_ok());
        assert_eq!(store.commit(vec![ruled(5, "C", "2029-01-01")], false).await.unwrap(), [Err(broken("one-each"))]);
        // The version that is replaced does not stand against its successor.
        let mut next = successor(&batch[0], 6);
        next.rules = ruled(0, "A", "2029-01-01").rules;
        put(&store, &next).await;
        // One whose status does not count stands against nobody.
        let mut over = ruled(7, "D", "2029-01-01");
        over.row.valid_to = Some(super::sample::day("2026-06-14"));
        put(&store, &over).await;
        put(&store, &ruled(8, "D", "2029-01-01")).await;
        // Ten at once: one gets through.
        let racers = (20..30).map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.commit(vec![ruled(n, "E", "2029-01-01")], false).await.unwrap().remove(0) })
        });
        let mut written = 0;
        for racer in racers.collect::<Vec<_>>() {
            match racer.await.unwrap() {
                Ok(_) => written += 1,
                Err(fault) => assert_eq!(fault, broken("one-each")),
            }
        }
        assert_eq!(written, 1);
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_committers_lose_nothing() {
    on_each(|url| async move {
        let store = open(&url).await;
        let tasks = (0..8u32).map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut ids = Vec::new();
                for round in 0..6 {
                    let batch = (0..5).map(|n| version(1000 * task + 10 * round + n, &json!({}))).collect();
                    ids.extend(store.commit(batch, false).await.unwrap().into_iter().map(Result::unwrap));
                }
                ids
            })
        });
        let mut written = HashSet::new();
        for task in tasks.collect::<Vec<_>>() {
            written.extend(task.await.unwrap());
        }
        assert_eq!(written, stored(&store).await);
        store.append_access(&[access(uuid::Uuid::nil(), now())]).await.unwrap();
        assert_eq!(store.access_events(1000).await.unwrap().len(), written.len() + 1);
        store.close().await.unwrap();
    })
    .await;
}

async fn stored(store: &Store) -> HashSet<uuid::Uuid> {
    let mut found = HashSet::new();
    let mut after = None;
    loop {
        let some = store.each_statement(PERMIT, after, 50).await.unwrap();
        let Some((last, _)) = some.last() else { return found };
        after = Some(*last);
        found.extend(some.iter().map(|(id, _)| *id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn index_values_written_later_are_found() {
    on_each(|url| async move {
        let store = open(&url).await;
        let new = version(1, &json!({}));
        put(&store, &new).await;
        let label = model::plan::indexed(&permit(), "label").unwrap().column;
        store.put_slots(new.row.id, &[(label, Value::Text("后来".into()))]).await.unwrap();
        let nowhere = Column::Slot(Slot { family: SlotFamily::Text, number: 99 });
        assert!(store.put_slots(new.row.id, &[(nowhere, Value::Text("x".into()))]).await.is_err());
        let filter = model::plan::Filter::Field { field: "label".into(), compare: model::plan::Compare::Eq, value: json!("后来") };
        let request =
            Request::Many(model::plan::Many { type_name: PERMIT.into(), filter: Some(filter), order_by: vec![], page: Default::default() });
        assert_eq!(super::sample::page(&store, &super::sample::planned(&request, now())).await.rows.len(), 1);
        assert_eq!(store.sample_statements(PERMIT, 5).await.unwrap(), [new.row.statement]);
        store.close().await.unwrap();
    })
    .await;
}
