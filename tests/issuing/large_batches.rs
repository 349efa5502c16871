//! Batches of any size: what is faulty is told in its row, what is sound is written once, whatever else is being written.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Utc;
use zhengzhao::issue::{CHUNK, IssueError, IssueInput, Issued};

use super::*;
use crate::support::each::{execute, on_each};

/// Pushes all rows and gives all answers.
async fn push_all(hub: &TestHub, inputs: Vec<IssueInput>) -> Vec<Result<Issued, IssueError>> {
    let caller = issuer();
    let mut batch = hub.hub.issuing.batch(&caller, OFFICER);
    let mut answers = Vec::new();
    for chunk in inputs.chunks(CHUNK) {
        answers.extend(batch.push(chunk.to_vec(), Utc::now()).await.unwrap());
    }
    answers.extend(batch.finish().await.unwrap());
    answers
}

fn numbered(sequence: u32, number: u32) -> IssueInput {
    IssueInput { number: Some(format!("测建安A（{}）{number:07}", year())), ..input(officer(sequence, "A")) }
}

/// Nothing is half written: every table speaks of the same versions.
async fn whole(url: &str, expected: usize) {
    let mut counts = BTreeMap::new();
    for (table, column, _) in execute::dump(url).await {
        let counted = [
            ("certificate_version", "identifier"),
            ("certificate_index", "event_status"),
            ("certificate_holder", "holder_key"),
            ("certificate_event", "operation"),
            ("outbox", "kind"),
            ("certificate", "number_key"),
        ];
        if counted.contains(&(table.as_str(), column.as_str())) {
            *counts.entry(table).or_insert(0) += 1;
        }
    }
    assert_eq!(counts.len(), 6, "{counts:?}");
    assert!(counts.values().all(|count| *count == expected), "{expected} expected: {counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn faulty_rows_among_five_thousand_are_told_and_the_others_written() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        // On record before: a number, and a holder's certificate of the category.
        hub.hub.issuing.issue(&issuer(), OFFICER, numbered(40_000, 9_000_000), Utc::now()).await.unwrap();
        issue(&hub, officer(40_001, "A")).await;
        let mut inputs: Vec<IssueInput> = (0..5000).map(|sequence| input(officer(sequence, "A"))).collect();
        let mut expected = BTreeSet::new();
        for place in (13..5000).step_by(271) {
            inputs[place].data = json!({"personName": "测试"});
            expected.insert(place);
        }
        // Clashes with what is on record.
        inputs[1500] = numbered(30_000, 9_000_000);
        inputs[2500] = input(officer(40_001, "A"));
        // Clashes within one chunk, and with a chunk before: the first row wins.
        inputs[100] = numbered(30_001, 9_000_001);
        inputs[101] = numbered(30_002, 9_000_001);
        inputs[4100] = numbered(30_003, 9_000_001);
        inputs[3333] = input(officer(5, "A"));
        expected.extend([1500, 2500, 101, 4100, 3333]);
        let answers = push_all(&hub, inputs).await;
        assert_eq!(answers.len(), 5000);
        let refused: BTreeSet<usize> = answers.iter().enumerate().filter(|(_, answer)| answer.is_err()).map(|(place, _)| place).collect();
        assert_eq!(refused, expected);
        for place in [1500, 2500, 101, 4100, 3333] {
            assert!(matches!(answers[place], Err(IssueError::Conflict { .. })), "{place}: {:?}", answers[place]);
        }
        let mut seen = BTreeSet::new();
        for answer in answers.iter().flatten() {
            let Issued::Now { identifier, number, .. } = answer else { panic!("{answer:?}") };
            assert!(seen.insert(identifier.clone()) && seen.insert(number.clone()));
        }
        whole(&url, 5000 - expected.len() + 2).await;
        let ids: Vec<String> = answers.iter().flatten().step_by(53).take(90).map(|issued| issued.id().to_string()).collect();
        let reports = hub.hub.verification.by_ids(&ids, Utc::now()).await.unwrap();
        assert!(reports.len() == 90 && reports.iter().all(|report| report.result == VerificationResult::Passed));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_batches_with_the_same_numbers_each_number_is_won_once() {
    on_each(|url| async move {
        let hub = Arc::new(TestHub::start(&url).await);
        // Three batches of other persons with the same numbers, and every person in two categories of one batch.
        let batch = |first: u32| {
            let hub = hub.clone();
            tokio::spawn(async move {
                let inputs = (0..700).map(|row| numbered(first + row, 8_000_000 + (row * 17) % 700)).collect();
                push_all(&hub, inputs).await
            })
        };
        let mut won = BTreeMap::new();
        let (mut issued, mut refused) = (0, 0);
        for running in [batch(0), batch(10_000), batch(20_000)] {
            for answer in running.await.unwrap() {
                match answer {
                    Ok(Issued::Now { id, number, .. }) => {
                        assert_eq!(won.insert(number, id), None);
                        issued += 1;
                    }
                    Err(IssueError::Conflict { .. }) => refused += 1,
                    other => panic!("{other:?}"),
                }
            }
        }
        assert_eq!((issued, refused), (700, 1400));
        whole(&url, 700).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_hold_across_chunks_and_batches() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let keyed = |sequence: u32, key: &str| IssueInput { idempotency_key: Some(key.into()), ..input(officer(sequence, "A")) };
        let mut inputs: Vec<IssueInput> = (0..1300).map(|row| keyed(row, &format!("row {row}"))).collect();
        // The same row again in a later chunk, and a key with another input.
        inputs[1200] = inputs[3].clone();
        inputs[1201] = keyed(1201, "row 4");
        let first = push_all(&hub, inputs.clone()).await;
        let id = |answer: &Result<Issued, IssueError>| answer.as_ref().map(Issued::id).ok();
        assert_eq!(id(&first[1200]), id(&first[3]));
        assert!(matches!(first[1200], Ok(Issued::Before { .. })), "{:?}", first[1200]);
        assert!(matches!(&first[1201], Err(IssueError::Conflict { en, .. }) if en.contains("idempotencyKey")), "{:?}", first[1201]);
        assert_eq!(first.iter().filter(|answer| matches!(answer, Ok(Issued::Now { .. }))).count(), 1298);
        let second = push_all(&hub, inputs).await;
        assert!(second.iter().all(|answer| matches!(answer, Ok(Issued::Before { .. }) | Err(IssueError::Conflict { .. }))));
        assert!(first.iter().zip(&second).all(|(first, second)| id(first) == id(second)));
        whole(&url, 1298).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_of_many_scopes_are_raised_together() {
    on_each(|url| async move {
        let hub = Arc::new(TestHub::start(&url).await);
        let store = hub.hub.store.clone();
        let wanted: BTreeMap<String, u32> = (0..1500).map(|scope| (format!("scope/{scope}"), scope % 7 + 1)).collect();
        let before = store.statements();
        let first = store.reserve_all(&wanted).await.unwrap();
        assert!(store.statements() - before <= 8, "{} statements", store.statements() - before);
        assert!(
            first.iter().zip(&wanted).all(|(found, (scope, count))| found.scope == *scope && found.count == *count && found.first == 1)
        );
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let (store, wanted) = (store.clone(), wanted.clone());
                tokio::spawn(async move { store.reserve_all(&wanted).await.unwrap() })
            })
            .collect();
        let mut firsts: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        for task in tasks {
            for reservation in task.await.unwrap() {
                firsts.entry(reservation.scope).or_default().insert(reservation.first);
            }
        }
        for (scope, count) in wanted {
            let expected = (1..=4).map(|time| 1 + time * i64::from(count)).collect();
            assert_eq!(firsts.remove(&scope), Some(expected), "{scope}");
        }
    })
    .await;
}
