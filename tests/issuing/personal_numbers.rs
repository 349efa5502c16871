//! A number that tells something of a person lies nowhere in clear but in the signed statement, and is found all the same.

use chrono::Utc;
use model::registry::Operation;
use serde_json::{Value as Json, json};
use verify::Presented;
use verify::report::VerificationResult::{Indeterminate, Passed};
use zhengzhao::issue::{IssueInput, SuccessorInput};
use zhengzhao::verification::Information;

use super::*;
use crate::support::each::{execute, on_each};

const LICENCE: &str = "DrivingLicence";

fn licence(sequence: u32) -> Json {
    json!({
        "identityCard": citizen(sequence),
        "personName": format!("测试{sequence}"),
        "photo": "iVBORw0KGgo=",
        "effectiveDate": "2026-03-10",
        "expiringDate": "2036-03-10"
    })
}

async fn licensed(hub: &TestHub, sequence: u32) -> Uuid {
    let keyed = IssueInput { idempotency_key: Some(format!("licence {sequence}")), ..input(licence(sequence)) };
    hub.hub.issuing.issue(&issuer(), LICENCE, keyed, Utc::now()).await.unwrap()
}

async fn found(hub: &TestHub, query: &str, pointer: &str, number: &str) -> Json {
    hub.data("department", query, json!({ "n": number })).await.pointer(pointer).cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stands_in_the_statement_alone() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (issuing, caller) = (&hub.hub.issuing, issuer());
        let first = licensed(&hub, 1).await;
        let mut data = licence(1);
        data["personName"] = json!("测试改名");
        let change = SuccessorInput { data: Some(data), idempotency_key: Some("k".into()), ..SuccessorInput::default() };
        let second = issuing.amend(&caller, &first.to_string(), change, Utc::now()).await.unwrap();
        issuing.change_status(&caller, &second.to_string(), Operation::Suspend, "检查", None, Utc::now()).await.unwrap();
        report(&hub, second).await;
        let query = "query($n: String) { drivingLicence(number: $n) { number } }";
        assert_eq!(found(&hub, query, "/drivingLicence/number", &citizen(1)).await, citizen(1).as_str());
        let mut places: Vec<String> = Vec::new();
        let mut tables = std::collections::BTreeSet::new();
        for (table, column, text) in execute::dump(&url).await {
            if text.contains(&citizen(1)) {
                places.push(format!("{table}.{column}"));
            }
            tables.insert(table);
        }
        places.sort_unstable();
        places.dedup();
        assert_eq!(places, ["certificate_version.statement"]);
        for table in [
            "certificate",
            "certificate_index",
            "certificate_event",
            "certificate_holder",
            "attachment",
            "access_event",
            "outbox",
            "idempotency",
        ] {
            assert!(tables.contains(table), "{table} was looked at: {tables:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_found_judged_and_taken_all_the_same() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = licensed(&hub, 1).await;
        licensed(&hub, 2).await;
        issue(&hub, officer(1, "A")).await;
        let (number, own) = (citizen(1), json!(id.to_string()));
        for (query, pointer) in [
            ("query($n: String) { drivingLicence(number: $n) { id } }", "/drivingLicence/id"),
            ("query($n: String) { drivingLicences(where: { number: { eq: $n } }) { nodes { id } } }", "/drivingLicences/nodes/0/id"),
            (
                "query($n: String!) { drivingLicences(where: { number: { in: [$n, \"none\"] } }) { nodes { id } } }",
                "/drivingLicences/nodes/0/id",
            ),
            ("query($n: String) { certificates(number: $n) { nodes { id } } }", "/certificates/nodes/0/id"),
        ] {
            assert_eq!(found(&hub, query, pointer, &number).await, own, "{query}");
            assert_eq!(found(&hub, query, pointer, &citizen(9)).await, Json::Null, "{query}");
        }
        assert_eq!(verdict(&report(&hub, id).await), (Passed, Some(0)));
        let ask = async |name: &str| {
            let presented = Presented { number: Some(number.clone()), holder_name: Some(name.into()), ..Presented::default() };
            let asked = Information { type_code: LICENCE.into(), presented };
            verdict(&hub.hub.verification.by_information(&asked, Utc::now()).await.unwrap())
        };
        assert_eq!(ask("测试1").await, (Passed, Some(0)));
        assert_eq!(ask("测试2").await, (Indeterminate, Some(5)), "as if there were none");
        // Once per type and issuer, also after a new version.
        let again = || issuing_again(&hub);
        conflict(again().await);
        hub.hub.issuing.renew(&issuer(), &id.to_string(), SuccessorInput::default(), Utc::now()).await.unwrap();
        let (said, _) = conflict(again().await);
        assert!(said.contains(&number), "{said}");
    })
    .await;
}

async fn issuing_again(hub: &TestHub) -> Result<Uuid, IssueError> {
    hub.hub.issuing.issue(&issuer(), LICENCE, input(licence(1)), Utc::now()).await
}
