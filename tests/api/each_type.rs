//! Every type of `schema/`, through its whole life: issue, read back three ways, list in pages, count, amend, suspend, verify.

use std::sync::Arc;

use model::registry::{CertificateType, FieldKind, Operation, names};
use serde_json::{Value as Json, json};

use crate::support::each::on_each;
use crate::support::hub::TestHub;

#[tokio::test(flavor = "multi_thread")]
async fn each_type_lives_its_whole_life() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let types: Vec<Arc<CertificateType>> = hub.hub.registry.load().types().map(|known| known.ty.clone()).collect();
        assert!(types.len() >= 15, "{}", types.len());
        for ty in &types {
            live(&hub, ty).await;
        }
    })
    .await;
}

async fn live(hub: &TestHub, ty: &CertificateType) {
    let name = &ty.name;
    let first = issue(hub, ty, &ty.examples[0]).await;
    let second = issue(hub, ty, &ty.examples[1]).await;

    // Read back by id, identifier, number and holder: always the same certificate.
    let one = names::root_one(ty);
    for (argument, value) in [("id", &first["id"]), ("id", &first["identifier"]), ("number", &first["number"])] {
        let kind = if argument == "id" { "ID" } else { "String" };
        let query = format!("query($v: {kind}) {{ {one}({argument}: $v) {{ id status holders {{ name code }} }} }}");
        let found = hub.data("department", &query, json!({ "v": value })).await;
        assert_eq!(found[&one]["id"], first["id"], "{name} by {argument}");
        assert_eq!(found[&one]["status"], "VALID", "{name}");
    }
    if let Some(code) = first["holders"][0]["code"].as_str() {
        let query = "query($code: String!, $types: [String!]) { holder(code: $code) { code certificates(typeCodes: $types, first: 100) { nodes { id } } } }";
        let found = hub.data("department", query, json!({ "code": code, "types": [name] })).await;
        let ids = found["holder"]["certificates"]["nodes"].as_array().unwrap();
        assert!(ids.iter().any(|node| node["id"] == first["id"]), "{name} by holder: {found}");
    }

    // A list with a filter and an order, in two pages.
    let many = names::root_many(ty);
    let query = format!(
        "query($after: String) {{ {many}(where: {{ updatedAt: {{ gt: \"2020-01-01T00:00:00+08:00\" }} }}, orderBy: [{{ field: updatedAt, direction: DESC }}], first: 1, after: $after)
          {{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ id number }} }} }} }}"
    );
    let page = hub.data("department", &query, json!({})).await;
    assert_eq!(page[&many]["edges"][0]["node"]["id"], second["id"], "{name}: newest first");
    assert_eq!(page[&many]["totalCount"], 2, "{name}");
    assert_eq!(page[&many]["pageInfo"]["hasNextPage"], true, "{name}");
    let page = hub.data("department", &query, json!({ "after": page[&many]["pageInfo"]["endCursor"] })).await;
    assert_eq!(page[&many]["edges"][0]["node"]["id"], first["id"], "{name}: second page");
    assert_eq!(page[&many]["pageInfo"]["hasNextPage"], false, "{name}");

    // Statistics by one code field.
    let statistics = names::root_statistics(ty);
    let coded =
        ty.fields.iter().find(|field| matches!(field.kind, FieldKind::Code(_)) && field.search.is_some_and(|search| !search.opaque));
    let by = coded.map_or("statusCode", |field| &field.name);
    let query = format!("{{ {statistics}(groupBy: [{by}]) {{ groups {{ keys {{ field value label }} count }} }} }}");
    let groups = hub.data("department", &query, json!({})).await;
    let counted: i64 = groups[&statistics]["groups"].as_array().unwrap().iter().map(|group| group["count"].as_i64().unwrap()).sum();
    assert_eq!(counted, 2, "{name}: {groups}");
    for group in groups[&statistics]["groups"].as_array().unwrap() {
        let key = &group["keys"][0];
        assert!(key["value"].is_null() || key["label"].is_string(), "{name}: {by} has a label: {group}");
    }

    verified(hub, &first, "PASSED", "VALID", json!(0)).await;

    // Amend: a new version; the old one is superseded.
    let amend = names::root_amend(ty);
    let query = format!(
        "mutation($id: ID!, $input: Issue{name}Input!) {{ {amend}(id: $id, input: $input, reason: \"更正\") {{ id identifier version previous {{ id }} history {{ operation }} }} }}"
    );
    let amended = hub.data("issuer", &query, json!({ "id": first["id"], "input": { "data": ty.examples[0] } })).await;
    let amended = &amended[&amend];
    assert_eq!(amended["version"], 2, "{name}");
    assert_eq!(amended["previous"]["id"], first["id"], "{name}");
    verified(hub, &first, "FAILED", "SUPERSEDED", json!(3)).await;
    verified(hub, amended, "PASSED", "VALID", json!(0)).await;
    let answer = hub.refused("issuer", &query, json!({ "id": first["id"], "input": { "data": ty.examples[0] } }), "CONFLICT").await;
    assert_eq!(answer["errors"][0]["extensions"]["current"], amended["id"], "{name}: the conflict names the current version");

    // Suspend and resume; a scheme without such a code says so, and is cancelled instead.
    let change = |verb: &str| {
        format!("mutation($id: ID!) {{ {verb}Certificate(id: $id, reason: \"核查\") {{ id status statusCode {{ code label }} }} }}")
    };
    if ty.status.transitions.contains_key(&Operation::Suspend) {
        hub.data("issuer", &change("suspend"), json!({ "id": amended["id"] })).await;
        verified(hub, amended, "FAILED", "SUSPENDED", json!(2)).await;
        hub.data("issuer", &change("resume"), json!({ "id": amended["id"] })).await;
        verified(hub, amended, "PASSED", "VALID", json!(0)).await;
    } else {
        hub.refused("issuer", &change("suspend"), json!({ "id": amended["id"] }), "CONFLICT").await;
    }
    let end = if ty.status.transitions.contains_key(&Operation::Revoke) { "revoke" } else { "cancel" };
    let ended = hub.data("issuer", &change(end), json!({ "id": amended["id"] })).await;
    let status = ended[format!("{end}Certificate")]["status"].clone();
    verified(hub, amended, "FAILED", status.as_str().unwrap(), json!(3)).await;
}

/// Issues an example exactly as it stands in the file.
pub(super) async fn issue(hub: &TestHub, ty: &CertificateType, example: &serde_json::Map<String, Json>) -> Json {
    let field = names::root_issue(ty);
    let query = format!(
        "mutation($input: Issue{}Input!) {{ {field}(input: $input) {{ id identifier number status holders {{ name code codeType {{ code label }} }} }} }}",
        ty.name
    );
    hub.data("issuer", &query, json!({ "input": { "data": example } })).await[&field].take()
}

async fn verified(hub: &TestHub, certificate: &Json, result: &str, status: &str, gb: Json) {
    let query = "query($id: ID!) { verifyCertificate(id: $id) { result genuine status gbResult reasons { code message } checks { name outcome detail } } }";
    let report = hub.data("", query, json!({ "id": certificate["identifier"] })).await;
    let report = &report["verifyCertificate"];
    assert_eq!(report["result"], result, "{report:#}");
    assert_eq!(report["genuine"], true, "{report:#}");
    assert_eq!(report["status"], status, "{report:#}");
    assert_eq!(report["gbResult"], gb, "{report:#}");
}

/// Issues example `index` of a type of `schema/`.
pub(super) async fn example(hub: &TestHub, type_name: &str, index: usize) -> Json {
    let ty = hub.hub.registry.load().get(type_name).unwrap().ty.clone();
    issue(hub, &ty, &ty.examples[index]).await
}
