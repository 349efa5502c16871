//! Who may what: the same questions, asked as different callers.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use super::each_type::example;
use crate::support::each::{execute, on_each};
use crate::support::hub::TestHub;

const LIST: &str = "{ safetyOfficerCertificates { nodes { id personName } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_query_needs_a_token_a_right_and_a_purpose() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        hub.refused("", LIST, json!({}), "UNAUTHENTICATED").await;
        hub.data("department", LIST, json!({})).await;
        hub.data("restricted", LIST, json!({})).await;
        hub.data("admin", LIST, json!({})).await;
        hub.refused("restricted", "{ drivingLicences { nodes { id } } }", json!({}), "FORBIDDEN").await;
        hub.refused("department", "mutation { suspendCertificate(id: \"1\", reason: \"x\") { id } }", json!({}), "FORBIDDEN").await;
        hub.refused("issuer", "mutation { registerAuthority(code: \"1\", name: \"x\") { code } }", json!({}), "FORBIDDEN").await;
        hub.refused("issuer", "{ nonsense }", json!({}), "INVALID_INPUT").await;

        let without = hub.send("department", &json!({ "query": LIST })).await;
        assert_eq!(without["errors"][0]["extensions"]["code"], "PURPOSE_REQUIRED", "{without:#}");
        assert_eq!(without["data"], json!({ "safetyOfficerCertificates": null }), "a refusal nulls only itself");
        let empty = hub.send("department", &json!({ "query": LIST, "extensions": { "purpose": { "useFor": " " } } })).await;
        assert_eq!(empty["errors"][0]["extensions"]["code"], "INVALID_INPUT", "{empty:#}");
        let unasked = hub.send("department", &json!({ "query": "{ __typename certificateTypes { name } }" })).await;
        assert!(unasked.get("errors").is_none(), "the catalogue needs no purpose: {unasked:#}");

        let request = Request::post("/graphql").header("content-type", "application/json").header("authorization", "Bearer nobody");
        let (status, _) = hub.http(request.body(Body::from(json!({ "query": "{ __typename }" }).to_string())).unwrap()).await;
        assert_eq!(status, 401, "a wrong token is never taken for anonymous");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restricted_department_cannot_reach_other_types_by_any_way() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let licence = example(&hub, "DrivingLicence", 0).await;
        let officer = example(&hub, "SafetyOfficerCertificate", 0).await;
        let by_id = "query($id: ID!) { certificate(id: $id) { id } node(id: $id) { id } }";
        let found = hub.data("restricted", by_id, json!({ "id": officer["id"] })).await;
        assert_eq!(found["certificate"]["id"], officer["id"]);
        for key in ["id", "identifier"] {
            let found = hub.data("restricted", by_id, json!({ "id": licence[key] })).await;
            assert_eq!(found, json!({ "certificate": null, "node": null }), "by {key}");
        }
        let holder = "query($code: String!) { holder(code: $code) { certificates { nodes { typeName } } } certificates(holderCode: $code) { nodes { id } } }";
        let found = hub.data("restricted", holder, json!({ "code": licence["holders"][0]["code"] })).await;
        let text = found.to_string();
        assert!(!text.contains("驾驶"), "{text}");
        let named = "{ certificates(typeCodes: [\"DrivingLicence\"]) { nodes { id } } }";
        hub.refused("restricted", named, json!({}), "FORBIDDEN").await;
        let sdl = Request::get("/graphql/schema.graphql").header("authorization", "Bearer restricted").body(Body::empty()).unwrap();
        let (_, sdl) = hub.http(sdl).await;
        let sdl = String::from_utf8(sdl).unwrap();
        assert!(sdl.contains("type SafetyOfficerCertificate") && !sdl.contains("DrivingLicence"), "the schema itself shows only what is granted");
        let file = |token: &str, purpose: bool| {
            let path = format!("/certificates/{}.json", licence["identifier"].as_str().unwrap());
            let mut request = Request::get(path).header("authorization", format!("Bearer {token}"));
            if purpose {
                request = request.header("x-purpose", "%7B%22useFor%22%3A%22%E6%A0%B8%E9%AA%8C%22%7D");
            }
            request.body(Body::empty()).unwrap()
        };
        assert_eq!(hub.http(file("restricted", true)).await.0, 404);
        assert_eq!(hub.http(file("department", false)).await.0, 403);
        let (status, body) = hub.http(file("department", true)).await;
        assert_eq!(status, 200);
        assert_eq!(verify::Envelope::from_json(&body).unwrap().events.len(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_acts_for_its_own_authority_only() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let data = hub.hub.registry.load().get("SafetyOfficerCertificate").unwrap().ty.examples[0].clone();
        let query = "mutation($input: IssueSafetyOfficerCertificateInput!) { issueSafetyOfficerCertificate(input: $input) { id } }";
        hub.refused("issuer", query, json!({ "input": { "data": data, "issuer": "91990000MAH0TEXT1J" } }), "FORBIDDEN").await;
        hub.refused("department", query, json!({ "input": { "data": data } }), "FORBIDDEN").await;
        hub.refused("admin", query, json!({ "input": { "data": data } }), "FORBIDDEN").await;
        let reads = hub.hub.store.access_events(50).await.unwrap();
        assert!(reads.iter().all(|event| event.kind != "issue"), "nothing was issued");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_read_and_change_leaves_an_entry_with_its_purpose() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let officer = example(&hub, "SafetyOfficerCertificate", 0).await;
        hub.data("department", "query($id: ID!) { certificate(id: $id) { number } }", json!({ "id": officer["id"] })).await;
        let events = hub.hub.store.access_events(100).await.unwrap();
        let issue = events.iter().find(|event| event.kind == "issue").expect("the issue");
        assert_eq!(issue.version_id.unwrap().to_string(), officer["id"].as_str().unwrap());
        let read = events.iter().find(|event| event.kind == "query" && event.actor == "department").expect("the read");
        assert_eq!(read.purpose.as_deref(), Some(r#"{"useFor":"test"}"#));
        assert_eq!(read.type_name.as_deref(), Some("SafetyOfficerCertificate"));
        let text = format!("{events:?}");
        for secret in ["990000190001010016", "测试甲"] {
            assert!(!text.contains(secret), "no personal value in the log: {secret}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_says_what_for_where_a_field_is_personal() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let without = |query: &str| json!({ "query": query });
        let plain = hub.send("admin", &without("{ safetyOfficerCertificates { nodes { id number categoryCode { code } } } }")).await;
        assert!(plain.get("errors").is_none(), "{plain:#}");
        for personal in ["personName", "holders { name }", "...Who"] {
            let query = format!("{{ safetyOfficerCertificates {{ nodes {{ id {personal} }} }} }}");
            let query = if personal == "...Who" {
                format!("{query} fragment Who on SafetyOfficerCertificate {{ alias: identityCard }}")
            } else {
                query
            };
            let answer = hub.send("admin", &without(&query)).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "PURPOSE_REQUIRED", "{personal}: {answer:#}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_listed_origins_may_verify_and_nobody_may_send_a_token_across() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let preflight = |origin: &str, header: &str| {
            let request = Request::options("/graphql").header("origin", origin).header("access-control-request-method", "POST");
            request.header("access-control-request-headers", header).body(Body::empty()).unwrap()
        };
        let allowed = hub.headers(preflight("https://portal.test", "content-type")).await;
        assert_eq!(allowed.get("access-control-allow-origin").unwrap(), "https://portal.test");
        let names = allowed.get("access-control-allow-headers").unwrap().to_str().unwrap().to_ascii_lowercase();
        assert!(names.contains("content-type") && !names.contains("authorization"), "{names}");
        assert!(allowed.get("access-control-allow-credentials").is_none());
        let other = hub.headers(preflight("https://forged.test", "content-type")).await;
        assert!(other.get("access-control-allow-origin").is_none(), "{other:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_cannot_be_recorded_is_recorded_later_or_not_answered() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let open = "{ safetyOfficerCertificates { nodes { id status } } }";
        let personal = "{ safetyOfficerCertificates { nodes { personName } } }";
        hub.data("department", open, json!({})).await;
        hub.hub.audit.settle().await.unwrap();
        let count = async || hub.hub.store.access_events(1000).await.unwrap().len();
        let before = count().await;
        execute::sql(&url, "ALTER TABLE access_event RENAME TO elsewhere").await;
        hub.data("department", open, json!({})).await;
        hub.refused("department", personal, json!({}), "UNAVAILABLE").await;
        // Asking by a person's number tells of that person, whatever is shown.
        let by_code = format!("{{ holder(code: {:?}) {{ certificates {{ nodes {{ identifier status }} }} }} }}", "990000195001010010");
        hub.refused("department", &by_code, json!({}), "UNAVAILABLE").await;
        let by_variable = "query($code: String!) { certificates(holderCode: $code) { nodes { identifier } } }";
        hub.refused("department", by_variable, json!({ "code": "990000195001010010" }), "UNAVAILABLE").await;
        let settled = tokio::time::timeout(std::time::Duration::from_secs(1), hub.hub.audit.settle()).await;
        assert!(settled.is_err() && hub.hub.audit.late() == 1, "a hub that stops now would lose an entry, and knows it");
        execute::sql(&url, "ALTER TABLE elsewhere RENAME TO access_event").await;
        let began = std::time::Instant::now();
        while count().await == before {
            assert!(began.elapsed() < std::time::Duration::from_secs(20), "never recorded");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        hub.hub.audit.settle().await.unwrap();
        assert_eq!(hub.hub.audit.late(), 0);
        assert_eq!(count().await, before + 1, "the one that was answered, once");
    })
    .await;
}
