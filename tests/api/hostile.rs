//! Hostile requests by callers who have a token, or none: nothing leaks, nothing falls.

use axum::body::Body;
use axum::http::Request;
use chrono::Utc;
use model::actor::{Actor, Department, Granted, Role};
use model::plan::{METADATA, indexed};
use model::registry::names;
use serde_json::{Value as Json, json};
use zhengzhao::store::TokenRow;

use super::each_type::{example, issue};
use crate::support::each::on_each;
use crate::support::hub::TestHub;

const HOUSING: &str = "11990000000000GX2C";

/// What has broken out of its place in other systems.
const STRINGS: [&str; 16] = [
    "' OR '1'='1",
    "'; DROP TABLE certificate; --",
    "\" } { __schema { types { name } } }",
    "\\u0000",
    "\u{0}",
    "%' AND 1=1 --",
    "_%_",
    "${jndi:ldap://x/y}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "\u{202e}\u{feff}",
    "1e309",
    "-9223372036854775809",
    "\u{10ffff}",
    "$1); DELETE FROM access_event; --",
];

/// Codes of refusals that the caller can mend; anything else is a fall.
fn is_told(answer: &Json) -> bool {
    let known = ["UNAUTHENTICATED", "FORBIDDEN", "PURPOSE_REQUIRED", "NOT_FOUND", "INVALID_INPUT", "CONFLICT", "LIMIT_EXCEEDED"];
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().all(|error| error["extensions"]["code"].as_str().is_some_and(|code| known.contains(&code)))
}

#[tokio::test(flavor = "multi_thread")]
async fn strings_stay_in_their_place_in_every_filter_and_argument() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        example(&hub, "SafetyOfficerCertificate", 0).await;
        let registry = hub.hub.registry.load_full();
        let mut asked = 0;
        for known in registry.types() {
            let ty = &known.ty;
            let fields = METADATA.iter().map(|(name, ..)| (*name).to_owned()).chain(ty.fields.iter().map(|field| field.name.clone()));
            let fields: Vec<String> = fields.filter(|name| indexed(ty, name).is_some()).collect();
            let many = names::root_many(ty);
            // One document asks with all strings of all fields, each under a name of its own.
            let mut roots = String::new();
            let mut variables = serde_json::Map::new();
            let mut declared = String::new();
            for (place, field) in fields.iter().enumerate() {
                let text = STRINGS[place % STRINGS.len()];
                declared.push_str(&format!("$w{place}: {}, ", names::filter(ty)));
                roots.push_str(&format!("a{place}: {many}(where: $w{place}, first: 1) {{ nodes {{ id }} }} "));
                variables.insert(format!("w{place}"), json!({ field.as_str(): { "eq": text } }));
            }
            let query = format!("query({declared}) {{ {roots} }}");
            let answer = hub.ask("department", &query, Json::Object(variables)).await;
            assert!(is_told(&answer), "{}: {answer:#}", ty.name);
            asked += fields.len();
        }
        for text in STRINGS {
            let query = "query($t: String!, $i: ID!) { certificates(number: $t) { nodes { id } } holder(code: $t) { name } certificate(id: $i) { id }
                safetyOfficerCertificates(where: { employerName: { startsWith: $t } }, after: $t) { nodes { id } } verifyCode(text: $t) { result }
                verifyInformation(typeCode: $t, number: $t, holderName: $t) { result } sealedFiles(identifier: $t) { format } }";
            let answer = hub.ask("department", query, json!({ "t": text, "i": text })).await;
            assert!(is_told(&answer), "{text:?}: {answer:#}");
            let data = answer["data"].to_string();
            assert!(!data.contains("测试"), "{text:?} found somebody: {data}");
        }
        println!("{asked} fields, {} strings", STRINGS.len());
        let count = hub.data("department", "{ safetyOfficerCertificates { totalCount } }", json!({})).await;
        assert_eq!(count["safetyOfficerCertificates"]["totalCount"], 1, "nothing was changed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strings_stay_in_their_place_in_every_property_that_is_issued() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let registry = hub.hub.registry.load_full();
        for name in ["SafetyOfficerCertificate", "BusinessLicence", "ConstructionPermit"] {
            let ty = registry.get(name).unwrap().ty.clone();
            let issue = names::root_issue(&ty);
            let query = format!("mutation($input: Issue{name}Input!) {{ {issue}(input: $input) {{ id }} }}");
            let texts: Vec<_> = ty.examples[0].iter().filter(|(_, value)| value.is_string()).map(|(name, _)| name.clone()).collect();
            for (place, property) in texts.iter().enumerate() {
                let mut data = ty.examples[0].clone();
                data.insert(property.clone(), STRINGS[place % STRINGS.len()].into());
                let answer = hub.ask("issuer", &query, json!({ "input": { "data": data } })).await;
                assert!(is_told(&answer), "{name}.{property}: {answer:#}");
            }
            // What is not the type's is not taken, whatever it is called.
            for (key, value) in [("status", json!("VALID")), ("id", json!("1")), ("signature", json!("x")), ("__proto__", json!({}))] {
                let mut data = ty.examples[0].clone();
                data.insert(key.into(), value);
                let answer = hub.ask("issuer", &query, json!({ "input": { "data": data } })).await;
                assert!(answer["data"].is_null() || answer["data"][&issue].is_null(), "{name}: {key} was taken: {answer:#}");
                assert!(is_told(&answer), "{answer:#}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_caller_was_given_opens_nothing_to_another() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let department = Department { code: HOUSING.into(), name: "测试局".into(), division: None };
        let actor = Actor::new(Role::Department, "housing", Some(department), Granted::none(), Granted::none());
        let row = TokenRow { name: "housing".into(), actor, created_at: Utc::now(), expires_at: None, revoked_at: None };
        hub.hub.store.put_token(&verify::digest::sm3_hex(b"housing"), &row).await.unwrap();
        let grant = json!({ "name": "g", "department": HOUSING, "type": "SafetyOfficerCertificate", "fields": ["categoryCode"], "legalBasis": "x",
            "rows": { "categoryCode": { "eq": "B" } } });
        hub.data("admin", "mutation($s: String!) { putGrant(source: $s) { name } }", json!({ "s": grant.to_string() })).await;
        let officer = example(&hub, "SafetyOfficerCertificate", 0).await;
        let ty = hub.hub.registry.load().get("SafetyOfficerCertificate").unwrap().ty.clone();
        let mut data = ty.examples[0].clone();
        data.insert("categoryCode".into(), "A".into());
        issue(&hub, &ty, &data).await;
        // A cursor of somebody who sees everything goes on within one's own rows.
        let page = "query($after: String) { safetyOfficerCertificates(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } }";
        let first = hub.data("admin", page, json!({})).await;
        let cursor = first["safetyOfficerCertificates"]["pageInfo"]["endCursor"].clone();
        assert!(cursor.is_string());
        let next = hub.data("housing", page, json!({ "after": cursor })).await;
        assert_eq!(next["safetyOfficerCertificates"]["nodes"], json!([]));
        let all = hub.data("admin", page, json!({ "after": cursor })).await;
        assert_eq!(all["safetyOfficerCertificates"]["nodes"].as_array().unwrap().len(), 1);
        // What was answered to another from memory is not answered to this one.
        let by_id = "query($id: ID!) { certificate(id: $id) { id identifier } node(id: $id) { id } }";
        for _ in 0..2 {
            assert!(hub.data("department", by_id, json!({ "id": officer["id"] })).await["certificate"].is_object());
            assert_eq!(hub.data("housing", by_id, json!({ "id": officer["id"] })).await, json!({ "certificate": null, "node": null }));
        }
        // Names of types, fields and rules tell nothing of what is there: the same answer for a certificate that exists and for one that does not.
        let asked = async |id: &Json| hub.ask("housing", by_id, json!({ "id": id })).await.to_string();
        assert_eq!(asked(&officer["id"]).await, asked(&json!("0199b2c0-0000-7000-8000-000000000000")).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_lead_nowhere_else_and_bodies_have_bounds() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        example(&hub, "SafetyOfficerCertificate", 0).await;
        let purpose = "%7B%22useFor%22%3A%22x%22%7D";
        for path in [
            "/certificates/..%2f..%2fetc%2fpasswd.json",
            "/certificates/%2e%2e%2f%2e%2e%2fkeys.json",
            "/certificates/%00.pdf",
            "/copies/..%2f..%2fkeys.pdf",
            "/assets/..%2f..%2fCargo.toml",
            "/assets/%2e%2e/%2e%2e/Cargo.toml",
            "/log/tile/../../keys",
            "/log/tile/0/..%2f..%2fkeys",
            "/log/receipt/..%2f..",
            "/docs/types/..%2f..%2fCargo.toml",
            "/verify/..%2f..%2fetc%2fpasswd",
            "/widget/v1/..%2f..%2fCargo.toml",
        ] {
            let request = Request::get(path).header("authorization", "Bearer department").header("x-purpose", purpose);
            let (status, body) = hub.http(request.body(Body::empty()).unwrap()).await;
            let text = String::from_utf8_lossy(&body);
            assert!(!text.contains("[package]") && !text.contains("root:") && !text.contains("PRIVATE KEY"), "{path}: {text}");
            assert!(status < 500, "{path}: {status}");
        }
        // Ten megabytes of a document, of variables, of nothing: refused, and the hub answers on.
        let large = "x".repeat(10 << 20);
        for body in [
            json!({ "query": format!("{{ a{large} }}") }).to_string(),
            json!({ "query": "query($t: String!) { holder(code: $t) { name } }", "variables": { "t": large }, "extensions": { "purpose": { "useFor": "x" } } }).to_string(),
            format!("{{\"query\":\"{{ __typename }}\",\"extensions\":{{\"purpose\":{{\"useFor\":\"{large}\"}}}}}}"),
            large.clone(),
            "[".repeat(10 << 20),
        ] {
            let request = Request::post("/graphql").header("content-type", "application/json").header("authorization", "Bearer department");
            let (status, body) = hub.http(request.body(Body::from(body)).unwrap()).await;
            assert!(status < 500 && body.len() < 1 << 20, "{status}, {} bytes", body.len());
        }
        // Several operations in one body are not taken, nor are files by another name.
        let batch = json!([{ "query": "{ __typename }" }, { "query": "{ __typename }" }]);
        let request = Request::post("/graphql").header("content-type", "application/json").body(Body::from(batch.to_string())).unwrap();
        assert_eq!(hub.http(request).await.0, 400);
        hub.data("", "{ __typename }", json!({})).await;
    })
    .await;
}
