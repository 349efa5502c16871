//! Pages stay whole while rows are added; limits are refused with a reason; root fields come back in query order.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::each_type::example;
use crate::support::each::on_each;
use crate::support::hub::TestHub;

/// Issues `count` business licences in one batch, each with a firm of its own.
async fn licences(hub: &TestHub, from: usize, count: usize) {
    let ty = hub.hub.registry.load().get("BusinessLicence").unwrap().ty.clone();
    let inputs: Vec<Json> = (from..from + count)
        .map(|index| {
            let mut data = ty.examples[0].clone();
            let body = format!("91990000MA{index:07}").replace(['I', 'O', 'S', 'V', 'Z'], "1");
            let check = model::standards::credit_code::check_character(&body).unwrap();
            data.insert("creditCode".into(), json!(format!("{body}{check}")));
            json!({ "data": data })
        })
        .collect();
    let query =
        "mutation($inputs: [IssueBusinessLicenceInput!]!) { issueBusinessLicences(inputs: $inputs) { ok faults { path message } } }";
    let done = hub.data("issuer", query, json!({ "inputs": inputs })).await;
    assert!(done["issueBusinessLicences"].as_array().unwrap().iter().all(|row| row["ok"] == true), "{done:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_complete_and_without_doubles_while_rows_are_added() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        licences(&hub, 0, 23).await;
        for (order, first) in [("", 5), ("orderBy: [{field: number, direction: DESC}],", 7), ("orderBy: [{field: updatedAt}, {field: number, direction: DESC}],", 4)] {
            let query = format!("query($after: String) {{ businessLicences({order} first: {first}, after: $after) {{ pageInfo {{ hasNextPage hasPreviousPage endCursor startCursor }} nodes {{ number }} }} }}");
            let mut seen = Vec::new();
            let mut after = Json::Null;
            loop {
                let page = hub.data("department", &query, json!({ "after": after })).await;
                let page = &page["businessLicences"];
                seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["number"].as_str().unwrap().to_owned()));
                assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                after = page["pageInfo"]["endCursor"].clone();
            }
            let distinct: BTreeSet<_> = seen.iter().collect();
            assert_eq!((seen.len(), distinct.len()), (23, 23), "{order}");
            if order.contains("number, direction: DESC") && !order.contains("updatedAt") {
                assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");
            }
        }
        // Rows added between two pages neither repeat nor hide one that was there.
        let query = "query($after: String) { businessLicences(first: 10, after: $after) { pageInfo { endCursor } nodes { number } } }";
        let head = hub.data("department", query, json!({})).await;
        licences(&hub, 100, 5).await;
        let tail = hub.data("department", query, json!({ "after": head["businessLicences"]["pageInfo"]["endCursor"] })).await;
        let numbers = |page: &Json| -> BTreeSet<String> { page["businessLicences"]["nodes"].as_array().unwrap().iter().map(|node| node["number"].to_string()).collect() };
        assert!(numbers(&head).is_disjoint(&numbers(&tail)));
        // Backwards gives the same rows from the other end.
        let last = hub.data("department", "{ businessLicences(last: 3) { nodes { number } pageInfo { hasPreviousPage hasNextPage } } }", json!({})).await;
        let all = hub.data("department", "{ businessLicences(first: 100) { totalCount nodes { number } } }", json!({})).await;
        let all_nodes = all["businessLicences"]["nodes"].as_array().unwrap();
        assert_eq!(last["businessLicences"]["nodes"].as_array().unwrap()[..], all_nodes[all_nodes.len() - 3..]);
        assert_eq!(all["businessLicences"]["totalCount"], 28);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_index_is_refused_with_the_reason() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let only = |condition: &str| format!("{{ safetyOfficerCertificates(where: {condition}) {{ nodes {{ id }} }} }}");
        for condition in [
            "{ number: { contains: \"C3\" } }",
            "{ not: { issuer: { eq: \"x\" } } }",
            "{ issuer: { ne: \"x\" } }",
            "{ or: [{ issuer: { eq: \"x\" } }, { issuer: { eq: \"y\" } }] }",
        ] {
            let answer = hub.refused("department", &only(condition), json!({}), "LIMIT_EXCEEDED").await;
            assert!(answer["errors"][0]["message"].as_str().unwrap().contains("at least one condition"), "{answer}");
        }
        hub.data("department", &only("{ issuer: { eq: \"x\" }, number: { contains: \"C3\" } }"), json!({})).await;
        hub.refused("department", "{ safetyOfficerCertificates(first: 101) { nodes { id } } }", json!({}), "LIMIT_EXCEEDED").await;
        hub.refused("department", "{ safetyOfficerCertificates(first: -1) { nodes { id } } }", json!({}), "INVALID_INPUT").await;
        hub.refused("department", "{ safetyOfficerCertificates(after: \"x\") { nodes { id } } }", json!({}), "INVALID_INPUT").await;
        hub.refused("department", "{ safetyOfficerCertificates(first: 1, last: 1) { nodes { id } } }", json!({}), "INVALID_INPUT").await;
        let deep = format!("{{ certificate(id: \"x\") {} }}", "{ current ".repeat(20) + "{ id }" + &"}".repeat(20));
        let answer = hub.ask("department", &deep, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED", "{answer:#}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn root_fields_come_back_in_query_order() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let officer = example(&hub, "SafetyOfficerCertificate", 0).await;
        let query = "query($id: ID!) { z: certificate(id: $id) { id } ...More a: __typename } fragment More on Query { m: verifyCertificate(id: $id) { result } b: certificateTypes { name } }";
        let answer = hub.ask("department", query, json!({ "id": officer["id"] })).await;
        let keys: Vec<_> = answer["data"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["z", "m", "b", "a"]);
    })
    .await;
}
