//! What an attacker tried: each is refused at once, and the hub goes on answering.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use super::each_type::example;
use crate::support::each::on_each;
use crate::support::hub::TestHub;

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_would_cost_without_end_is_refused_before_it_is_walked() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let steps: String = (0..40).map(|step| format!("fragment F{step} on Query {{ ...F{0} ...F{0} }} ", step + 1)).collect();
        let documents = [
            format!("{{ __typename(x: {}{}) }}", "[".repeat(400), "]".repeat(400)),
            format!("{{ __typename(x: {}1{}) }}", "{a:".repeat(400), "}".repeat(400)),
            format!("query($x: [Int] = {}{}) {{ __typename }}", "[".repeat(400), "]".repeat(400)),
            format!("{{ ...F0 }} {steps} fragment F40 on Query {{ __typename }}"),
            format!("{{ {} }}", (0..9_000).map(|at| format!("a{at}: __typename ")).collect::<String>()),
            format!("{{ {} }}", (0..300).map(|at| format!("a{at}: verifyCertificate(id: 1) {{ result }} ")).collect::<String>()),
        ];
        for document in documents {
            let began = Instant::now();
            let answer = hub.send("", &json!({ "query": document })).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED", "{:.80}: {answer}", document);
            assert!(began.elapsed() < Duration::from_secs(20), "{:.80} took {:?}", document, began.elapsed());
        }
        let healthy = hub.send("", &json!({ "query": "{ __typename }" })).await;
        assert_eq!(healthy["data"]["__typename"], "Query");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_file_is_read_with_a_purpose_by_everybody() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let officer = example(&hub, "SafetyOfficerCertificate", 0).await;
        let path = format!("/certificates/{}.json", officer["identifier"].as_str().unwrap());
        let plain = Request::get(&path).header("authorization", "Bearer admin").body(Body::empty()).unwrap();
        assert_eq!(hub.http(plain).await.0, 403);
        let number = hub.send("admin", &json!({ "query": "{ drivingLicences { nodes { number } } }" })).await;
        assert_eq!(number["errors"][0]["extensions"]["code"], "PURPOSE_REQUIRED", "a number that is a citizen number: {number}");
        let filter = json!({ "query": "query($w: SafetyOfficerCertificateWhere) { safetyOfficerCertificates(where: $w) { nodes { id } } }", "variables": { "w": { "identityCard": { "eq": "x" } } } });
        let filtered = hub.send("admin", &filter).await;
        assert_eq!(filtered["errors"][0]["extensions"]["code"], "PURPOSE_REQUIRED", "{filtered}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_numbers_cannot_be_walked() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let licence = example(&hub, "DrivingLicence", 0).await;
        for condition in ["where: { number: { startsWith: \"99\" } }", "where: { number: { gt: \"1\" } }", "orderBy: [{ field: number }]"] {
            let answer = hub.ask("department", &format!("{{ drivingLicences({condition}) {{ nodes {{ number }} }} }}"), json!({})).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_INPUT", "{condition}: {answer}");
        }
        let found = hub
            .data(
                "department",
                "query($n: String!) { drivingLicences(where: { number: { eq: $n } }) { nodes { id } } }",
                json!({ "n": licence["number"] }),
            )
            .await;
        assert_eq!(found["drivingLicences"]["nodes"][0]["id"], licence["id"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_have_four_digits_of_the_year_and_a_number_keeps_telling_the_truth() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let ty = hub.hub.registry.load().get("SafetyOfficerCertificate").unwrap().ty.clone();
        let issue = "mutation($input: IssueSafetyOfficerCertificateInput!) { issueSafetyOfficerCertificate(input: $input) { id } }";
        for (name, value) in [("validTo", "+12000-01-01"), ("validFrom", "-0300-01-01"), ("issuedOn", "9999-12-31"), ("issuedOn", "2026-1-1"), ("validTo", " 2026-01-01")] {
            let mut data = ty.examples[1].clone();
            data.remove("expiringDate");
            data.remove("effectiveDate");
            hub.refused("issuer", issue, json!({ "input": { "data": data, name: value } }), "INVALID_INPUT").await;
        }
        let officer = example(&hub, "SafetyOfficerCertificate", 0).await;
        let mut data = ty.examples[0].clone();
        data.insert("categoryCode".into(), json!("A"));
        let amend = "mutation($id: ID!, $input: IssueSafetyOfficerCertificateInput!) { amendSafetyOfficerCertificate(id: $id, input: $input) { id } }";
        let answer = hub.refused("issuer", amend, json!({ "id": officer["id"], "input": { "data": data } }), "INVALID_INPUT").await;
        assert_eq!(answer["errors"][0]["extensions"]["faults"][0]["path"], "data.categoryCode", "{answer}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_type_author_writes_is_text_in_documents() {
    on_each(|url| async move {
        let hub = TestHub::empty(&url).await;
        let source = include_str!("tree.json").replace("古树名木保护证", "标题<script>alert(1)</script><img src=x>");
        let register = "mutation($source: String!) { registerCertificateType(source: $source) { registered } }";
        hub.data("admin", register, json!({ "source": source })).await;
        for path in ["/docs", "/docs/types/AncientTreeCertificate"] {
            let (status, body) = hub.http(Request::get(path).body(Body::empty()).unwrap()).await;
            let text = String::from_utf8(body).unwrap();
            assert_eq!(status, 200);
            assert!(!text.contains("<script") && !text.contains("<img"), "{path}");
        }
    })
    .await;
}
