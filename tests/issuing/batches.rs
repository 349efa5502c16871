//! Many at once, and rules across certificates.

use std::collections::BTreeSet;

use chrono::Utc;
use serde_json::json;
use std::sync::Arc;
use verify::report::VerificationResult::Passed;
use zhengzhao::issue::{IssueError, IssueInput, MAX_BATCH};

use super::*;
use crate::support::each::on_each;

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_row_is_answered_in_its_place() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (issuing, caller) = (&hub.hub.issuing, issuer());
        let mut inputs: Vec<IssueInput> = (0..300).map(|sequence| input(officer(sequence, "A"))).collect();
        inputs[7].data = json!({"personName": "测试"});
        inputs[9].data["identityCard"] = json!("990000190001010017");
        let year = year();
        let number = Some(format!("测建安A（{year}）9000001"));
        inputs[250].number = Some("无此格式".to_owned());
        inputs[251].number = number.clone();
        inputs[252].number = number;
        let answers = issuing.issue_many(&caller, OFFICER, inputs, false, Utc::now()).await.unwrap();
        let wrong: Vec<usize> = answers.iter().enumerate().filter(|(_, answer)| answer.is_err()).map(|(place, _)| place).collect();
        assert_eq!(wrong[..3], [7, 9, 250]);
        // Of the two with one number the store takes one; a template's number never collides for good.
        assert_eq!(wrong.len(), 4, "{wrong:?}");
        assert!(wrong[3] == 251 || wrong[3] == 252);
        let mut numbers = BTreeSet::new();
        for id in answers.iter().flatten() {
            assert!(numbers.insert(evidence(&hub, *id).await.row.number));
        }
        let ids: Vec<String> = answers.iter().flatten().take(100).map(Uuid::to_string).collect();
        let reports = hub.hub.verification.by_ids(&ids, Utc::now()).await.unwrap();
        assert!(reports.len() == 100 && reports.iter().all(|report| report.result == Passed));
        let many = (0..=MAX_BATCH).map(|_| input(json!({}))).collect();
        assert!(matches!(issuing.issue_many(&caller, OFFICER, many, false, Utc::now()).await, Err(IssueError::Limit { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_taken_is_drawn_again() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        for place in 1..=3 {
            let given = IssueInput { number: Some(format!("测建安A（{}）000000{place}", year())), ..input(officer(place, "A")) };
            hub.hub.issuing.issue(&issuer(), OFFICER, given, Utc::now()).await.unwrap();
        }
        let drawn = issue(&hub, officer(9, "A")).await;
        assert!(evidence(&hub, drawn).await.row.number.ends_with("0000004"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_or_nothing_writes_nothing() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (issuing, caller) = (&hub.hub.issuing, issuer());
        let mut inputs: Vec<IssueInput> = (0..20).map(|sequence| input(officer(sequence, "A"))).collect();
        inputs[3].data["categoryCode"] = json!("Z");
        let answers = issuing.issue_many(&caller, OFFICER, inputs.clone(), true, Utc::now()).await.unwrap();
        assert!(answers.iter().all(Result::is_err));
        assert!(matches!(answers[3], Err(IssueError::InvalidInput(_))));
        // Two of one person: a fault that only the commit can find.
        inputs[3] = input(officer(4, "A"));
        let answers = issuing.issue_many(&caller, OFFICER, inputs.clone(), true, Utc::now()).await.unwrap();
        assert!(answers.iter().all(Result::is_err), "{answers:?}");
        inputs[3] = input(officer(3, "A"));
        let answers = issuing.issue_many(&caller, OFFICER, inputs, true, Utc::now()).await.unwrap();
        assert!(answers.iter().all(Result::is_ok), "nothing of the refused batches is in the way: {answers:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_across_certificates_holds_under_concurrency() {
    on_each(|url| async move {
        let hub = Arc::new(TestHub::start(&url).await);
        // B and C of one person must name one enterprise: of two at once that do not, one is refused.
        for round in 0..5 {
            let issue = |category: &str, employer: &str| {
                let (hub, mut data) = (hub.clone(), officer(100 + round, category));
                data["employerCreditCode"] = json!(employer);
                tokio::spawn(async move { hub.hub.issuing.issue(&issuer(), OFFICER, input(data), Utc::now()).await })
            };
            let (left, right) = tokio::join!(issue("B", "91990000MAH0TEXT1J"), issue("C1", "91990000MAH0DEM078"));
            let answers = [left.unwrap(), right.unwrap()];
            let refused: Vec<_> = answers.into_iter().filter(Result::is_err).collect();
            assert_eq!(refused.len(), 1, "{refused:?}");
            assert!(conflict(refused.into_iter().next().unwrap()).0.contains("one enterprise"));
        }
        let mut elsewhere = officer(100, "A");
        elsewhere["employerCreditCode"] = json!("91990000MAH0DEM078");
        issue(&hub, elsewhere).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_count_of_a_day_begins_anew_on_the_next() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let permit = json!({"builderName": "样例置业有限公司", "builderCode": "91990000MAH0FAKE94", "builderCodeType": "001", "specialityCode": "18"});
        let mut counts = Vec::new();
        for day in ["2026-05-06", "2026-05-06", "2026-05-07", "2026-05-06"] {
            let given = IssueInput { issued_on: day.parse().ok(), ..input(permit.clone()) };
            let id = hub.hub.issuing.issue(&issuer(), "ConstructionPermit", given, Utc::now()).await.unwrap();
            let number = evidence(&hub, id).await.row.number;
            assert_eq!(number[6..14], day.replace('-', ""));
            counts.push(number[14..16].to_owned());
        }
        assert_eq!(counts, ["01", "02", "01", "03"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_never_collide_whoever_draws_them() {
    on_each(|url| async move {
        let hub = Arc::new(TestHub::start(&url).await);
        let writers = (0..8_u32).map(|writer| {
            let hub = hub.clone();
            tokio::spawn(async move {
                let inputs = (0..25).map(|row| input(officer(1000 + writer * 25 + row, "A"))).collect();
                hub.hub.issuing.issue_many(&issuer(), OFFICER, inputs, false, Utc::now()).await.unwrap()
            })
        });
        let mut numbers = BTreeSet::new();
        for writer in writers.collect::<Vec<_>>() {
            for answer in writer.await.unwrap() {
                assert!(numbers.insert(evidence(&hub, answer.unwrap()).await.row.number));
            }
        }
        assert_eq!(numbers.len(), 200);
    })
    .await;
}
