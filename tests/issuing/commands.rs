//! Issue, amend, renew and the changes of status.

use chrono::{Days, Utc};
use model::actor::{Actor, Caller, Granted};
use model::registry::Operation;
use serde_json::json;
use std::sync::Arc;
use verify::CertificateStatus;
use verify::report::VerificationResult::{Failed, Passed};
use zhengzhao::issue::{IssueError, IssueInput, SuccessorInput};

use super::*;
use crate::support::each::on_each;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_issued_verifies_and_follows_its_status() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (issuing, caller) = (&hub.hub.issuing, issuer());
        let id = issue(&hub, officer(1, "A")).await;
        assert_eq!(verdict(&report(&hub, id).await), (Passed, Some(0)));
        let key = id.to_string();
        let change =
            |operation, code: Option<&str>| issuing.change_status(&caller, &key, operation, "检查", code.map(str::to_owned), Utc::now());
        assert_eq!(change(Operation::Suspend, None).await.unwrap(), id);
        assert_eq!(verdict(&report(&hub, id).await), (Failed, Some(2)));
        let (said, _) = conflict(change(Operation::Suspend, None).await);
        assert!(said.contains("resume") && said.contains("revoke"), "{said}");
        change(Operation::Resume, None).await.unwrap();
        assert_eq!(verdict(&report(&hub, id).await), (Passed, Some(0)));
        assert!(matches!(change(Operation::Revoke, Some("99")).await, Err(IssueError::InvalidInput(_))));
        change(Operation::Revoke, Some("07")).await.unwrap();
        assert_eq!(verdict(&report(&hub, id).await), (Failed, Some(3)));
        let events = evidence(&hub, id).await.events;
        let codes: Vec<_> =
            events.iter().filter(|event| event.seq > 0).map(|event| (event.code.as_str(), event.operation_code.as_deref())).collect();
        assert_eq!(codes, [("02", Some("03")), ("01", Some("06")), ("07", Some("05"))]);
        let long = "长".repeat(501);
        for reason in ["", "  ", long.as_str()] {
            let answer = issuing.change_status(&caller, &key, Operation::Cancel, reason, None, Utc::now()).await;
            assert!(matches!(answer, Err(IssueError::InvalidInput(_))), "{reason:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amendment_supersedes_and_a_renewal_begins_a_new_term() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (issuing, caller) = (&hub.hub.issuing, issuer());
        let first = issue(&hub, officer(1, "A")).await;
        let mut data = officer(1, "A");
        data["employerName"] = json!("测试建设有限公司");
        let change = SuccessorInput { data: Some(data), reason: Some("企业更名".into()), ..SuccessorInput::default() };
        let second = issuing.amend(&caller, &first.to_string(), change.clone(), Utc::now()).await.unwrap();
        let old = report(&hub, first).await;
        assert_eq!((verdict(&old), old.status), ((Failed, Some(3)), Some(CertificateStatus::Superseded)));
        assert_eq!(verdict(&report(&hub, second).await), (Passed, Some(0)));
        let (before, after) = (evidence(&hub, first).await, evidence(&hub, second).await);
        assert_eq!((after.row.version, after.row.previous_id, before.row.current_id), (2, Some(first), second));
        assert_eq!((&after.row.number, after.row.valid_to), (&before.row.number, before.row.valid_to));
        assert_eq!(before.superseded_by.as_deref(), Some(after.row.identifier.as_str()));
        assert_eq!(before.row.status_code, "01", "the scheme's own code stays");
        assert_eq!(conflict(issuing.amend(&caller, &first.to_string(), change, Utc::now()).await).1, Some(second));
        let revoke = issuing.change_status(&caller, &before.row.identifier, Operation::Revoke, "检查", None, Utc::now()).await;
        assert_eq!(conflict(revoke).1, Some(second));
        let later = Utc::now() + Days::new(900);
        let third = issuing.renew(&caller, &after.row.identifier, SuccessorInput::default(), later).await.unwrap();
        let renewed = evidence(&hub, third).await;
        assert!(renewed.row.valid_to > after.row.valid_to && renewed.row.number == after.row.number);
        assert_eq!(verdict(&report_at(&hub, third, later).await), (Passed, Some(0)));
        let other = SuccessorInput { data: Some(json!({"personName": "测试"})), ..SuccessorInput::default() };
        assert!(matches!(issuing.amend(&caller, &third.to_string(), other, later).await, Err(IssueError::InvalidInput(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_amend_at_once_one_wins() {
    on_each(|url| async move {
        let hub = Arc::new(TestHub::start(&url).await);
        for round in 0..5 {
            let first = issue(&hub, officer(10 + round, "A")).await;
            let amend = |major: &str| {
                let (hub, mut data) = (hub.clone(), officer(10 + round, "A"));
                data["major"] = json!(major);
                tokio::spawn(async move {
                    let change = SuccessorInput { data: Some(data), ..SuccessorInput::default() };
                    hub.hub.issuing.amend(&issuer(), &first.to_string(), change, Utc::now()).await
                })
            };
            let (left, right) = tokio::join!(amend("土木工程"), amend("建筑学"));
            let (won, lost) = match (left.unwrap(), right.unwrap()) {
                (Ok(won), lost) => (won, lost),
                (lost, Ok(won)) => (won, lost),
                neither => panic!("nobody won: {neither:?}"),
            };
            assert_eq!(conflict(lost).1, Some(won));
            assert_eq!(verdict(&report(&hub, won).await), (Passed, Some(0)));
            assert_eq!(evidence(&hub, first).await.row.current_id, won);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_returns_the_first_result() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (issuing, caller) = (&hub.hub.issuing, issuer());
        let keyed = |data| IssueInput { idempotency_key: Some("k1".into()), ..input(data) };
        let first = issuing.issue(&caller, OFFICER, keyed(officer(1, "A")), Utc::now()).await.unwrap();
        assert_eq!(issuing.issue(&caller, OFFICER, keyed(officer(1, "A")), Utc::now()).await.unwrap(), first);
        conflict(issuing.issue(&caller, OFFICER, keyed(officer(2, "A")), Utc::now()).await);
        let change = SuccessorInput { data: Some(officer(1, "A")), idempotency_key: Some("k2".into()), ..SuccessorInput::default() };
        let second = issuing.amend(&caller, &first.to_string(), change.clone(), Utc::now()).await.unwrap();
        assert_eq!(issuing.amend(&caller, &first.to_string(), change, Utc::now()).await.unwrap(), second);
        let (left, right) = tokio::join!(
            issuing.issue(&caller, OFFICER, IssueInput { idempotency_key: Some("k3".into()), ..input(officer(3, "A")) }, Utc::now()),
            issuing.issue(&caller, OFFICER, IssueInput { idempotency_key: Some("k3".into()), ..input(officer(3, "A")) }, Utc::now())
        );
        assert_eq!(left.unwrap(), right.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_is_refused() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let issuing = &hub.hub.issuing;
        let with = |change: fn(&mut Actor)| {
            let mut actor = Actor::clone(&issuer().actor);
            change(&mut actor);
            Caller { actor: Arc::new(actor), purpose: None }
        };
        let id = issue(&hub, officer(1, "A")).await.to_string();
        for caller in [
            with(|actor| actor.role = Role::Department),
            with(|actor| actor.role = Role::Administrator),
            with(|actor| actor.types = Granted::Only(["SafetyProductionLicence".to_owned()].into())),
            with(|actor| actor.authorities = Granted::Only(["91990000MAH0TEXT1J".to_owned()].into())),
        ] {
            let answer = issuing.change_status(&caller, &id, Operation::Suspend, "检查", None, Utc::now()).await;
            assert!(matches!(answer, Err(IssueError::Forbidden { .. })), "{answer:?}");
            let named = IssueInput { issuer: Some(AUTHORITY.into()), ..input(officer(2, "A")) };
            let answer = issuing.issue(&caller, OFFICER, named, Utc::now()).await;
            assert!(matches!(answer, Err(IssueError::Forbidden { .. })), "{answer:?}");
        }
        let any = with(|actor| actor.authorities = Granted::All);
        assert!(matches!(issuing.issue(&any, OFFICER, input(officer(2, "A")), Utc::now()).await, Err(IssueError::InvalidInput(_))));
        let unknown = IssueInput { issuer: Some("91990000MAH0TEXT1J".into()), ..input(officer(2, "A")) };
        assert!(matches!(issuing.issue(&any, OFFICER, unknown, Utc::now()).await, Err(IssueError::InvalidInput(_))));
        let nothing = issuing.change_status(&issuer(), "no such", Operation::Suspend, "检查", None, Utc::now()).await;
        assert!(matches!(nothing, Err(IssueError::NotFound { .. })));
    })
    .await;
}
