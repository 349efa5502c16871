//! A page of fifty with issuer, holder and related certificates costs a fixed number of statements.

use serde_json::{Value as Json, json};

use super::each_type::example;
use crate::support::each::on_each;
use crate::support::hub::TestHub;

const PAGE: &str = "query($first: Int) { safetyOfficerCertificates(first: $first) { nodes {
    number issuer { name level { label } parent { name } }
    holders { name certificates(first: 5) { nodes { id number } } }
    employerCertificates(first: 5) { id typeName number issuer { name } }
    history { operation at } previous { id } current { id }
} } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_fifty_costs_as_many_statements_as_a_page_of_two() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        example(&hub, "ConstructionEnterpriseQualification", 0).await;
        example(&hub, "SafetyProductionLicence", 0).await;
        officers(&hub, 60).await;
        let small = statements(&hub, 2).await;
        let large = statements(&hub, 50).await;
        assert_eq!(small, large, "statements do not grow with the page");
        assert!(large <= 10, "{large} statements");
        println!("a page of fifty with issuer, holder's and employer's certificates: {large} statements");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn relations_reach_what_they_say() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let licence = example(&hub, "SafetyProductionLicence", 0).await;
        let officer = example(&hub, "SafetyOfficerCertificate", 0).await;
        let query = "query($id: ID!) { safetyOfficerCertificate(id: $id) { employerCertificates { id typeName } } }";
        let found = hub.data("department", query, json!({ "id": officer["id"] })).await;
        let ids: Vec<_> =
            found["safetyOfficerCertificate"]["employerCertificates"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect();
        assert!(ids.contains(&licence["id"]), "{found}");
        let officers = "query($id: ID!) { safetyProductionLicence(id: $id) { safetyOfficers { id personName } } }";
        let found = hub.data("restricted", officers, json!({ "id": licence["id"] })).await;
        assert_eq!(found["safetyProductionLicence"]["safetyOfficers"][0]["id"], officer["id"], "{found}");
    })
    .await;
}

async fn statements(hub: &TestHub, first: usize) -> u64 {
    let before = hub.statements().await;
    let page = hub.data("department", PAGE, json!({ "first": first })).await;
    let nodes = page["safetyOfficerCertificates"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), first);
    assert!(nodes[0]["employerCertificates"].as_array().is_some_and(|list| !list.is_empty()), "{}", nodes[0]);
    hub.statements().await - before
}

/// Officers of one enterprise, one person each.
async fn officers(hub: &TestHub, count: usize) {
    let ty = hub.hub.registry.load().get("SafetyOfficerCertificate").unwrap().ty.clone();
    let inputs: Vec<Json> = (0..count)
        .map(|index| {
            let mut data = ty.examples[0].clone();
            let body = format!("99000019900101{:03}", 100 + index);
            data.insert("identityCard".into(), json!(citizen_number(&body)));
            json!({ "data": data })
        })
        .collect();
    let query = "mutation($inputs: [IssueSafetyOfficerCertificateInput!]!) { issueSafetyOfficerCertificates(inputs: $inputs) { ok faults { path message } } }";
    let done = hub.data("issuer", query, json!({ "inputs": inputs })).await;
    assert!(done["issueSafetyOfficerCertificates"].as_array().unwrap().iter().all(|row| row["ok"] == true), "{done:#}");
}

/// A synthetic citizen number: 17 digits and the check of GB 11643.
fn citizen_number(body: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{body}{}", b"10X98765432"[(sum % 11) as usize] as char)
}
