//! A hub whose certificates are of every type and in every state, some of them collected or tampered with, and a pool of what
//! they hold.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use model::registry::{CertificateType, Operation, SourceFile, State, names};
use serde_json::{Map, Value as Json, json};

use super::value::{Page, Pool};
use crate::issuing::{evidence, input, issue, issuer, officer};
use crate::support::each::execute;
use crate::support::hub::{AUTHORITY, TestHub, administrator};

/// The authority above that of the tests.
const ABOVE: &str = "11100000000013338W";

pub(super) struct Seeded {
    pub hub: TestHub,
    pub pool: Pool,
    /// Ids by type, of certificates that nobody tampered with: current ones first.
    pub sound: Vec<(String, Vec<String>)>,
}

pub(super) async fn seed(url: &str) -> Seeded {
    let hub = TestHub::start(url).await;
    let file = SourceFile {
        name: "kinds.json".into(),
        text: std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/differential/kinds.json")).unwrap(),
    };
    let outcome = hub.hub.registration.register(vec![file], &administrator(), State::Published, false).await.unwrap();
    assert!(outcome.registered, "{:#?}", outcome.diagnostics);
    hub.data(
        "admin",
        "mutation($code: String!) { registerAuthority(code: $code, name: \"上级测试机构\", level: \"1\") { code } }",
        json!({ "code": ABOVE }),
    )
    .await;
    assert_eq!(execute::sql(url, &format!("UPDATE authority SET parent = '{ABOVE}' WHERE code = '{AUTHORITY}'")).await, 1);

    let types: Vec<_> = hub.hub.registry.load().types().map(|known| known.ty.clone()).collect();
    let mut sound = Vec::new();
    for ty in &types {
        let ids = lives(&hub, ty).await;
        sound.push((ty.name.to_string(), ids));
    }
    let mut officers = Vec::new();
    for sequence in 0..14 {
        officers.push(issue(&hub, officer(sequence, ["A", "B", "C3"][sequence as usize % 3])).await);
    }
    let mut all: Vec<String> = sound.iter().flat_map(|(_, ids)| ids.clone()).collect();
    let kinds = &types.iter().find(|ty| &*ty.name == "KindsLicence").unwrap().examples[0];
    for _ in 0..TAMPERED.len() + 1 {
        let id = hub.hub.issuing.issue(&issuer(), "KindsLicence", input(Json::Object(kinds.clone())), Utc::now()).await.unwrap();
        officers.push(id);
    }
    all.extend(officers.iter().map(ToString::to_string));
    for (name, ids) in &mut sound {
        if name == "SafetyOfficerCertificate" {
            ids.extend(officers[..10].iter().map(ToString::to_string));
        }
    }
    let mut pool = Pool::default();
    learn(&hub, &mut pool, &all).await;
    cursors(&hub, &mut pool, &types).await;
    // After the pool has learned them as they were.
    for (id, change) in officers[14..].iter().zip(TAMPERED) {
        tamper(&hub, url, *id, change).await;
    }
    let gone = officers[14 + TAMPERED.len()];
    execute::sql(url, &format!("UPDATE certificate_version SET issuer = '91990000MAH0TEXT1J' WHERE id = {}", literal(url, officers[10])))
        .await;
    tamper(&hub, url, gone, |text| text.replace("sm3:", "sm3:0")).await;
    Seeded { hub, pool, sound }
}

/// One tampering each: what is left is JSON, each name once and unescaped.
const TAMPERED: [fn(String) -> String; 9] = [
    |text| text.replace(",\"", " ,\n\t\"").replace("\":", "\" : "),
    |text| text.replace("测试建设", "\\u6d4b\\u8bd5\\/\\\"").replace("甲", "\\ud842\\udfb7"),
    |text| {
        text.replace("\"whole\":-7", "\"whole\":-7.50")
            .replace("\"fraction\":1.5", "\"fraction\":0.0015E+03")
            .replace("\"long\":9007199254740991", "\"long\":12345678901234567890")
    },
    |text| {
        text.replace("\"whole\":-7", "\"whole\":\"7\"")
            .replace("\"flag\":true", "\"flag\":1")
            .replace("\"money\":\"12.50\"", "\"money\":12.50")
            .replace("\"code\":\"111\"", "\"code\":111")
    },
    |text| {
        text.replace("\"numbers\":[0,", "\"numbers\":[null,\"x\",[1],{},0,")
            .replace("\"codes\":[\"001\",", "\"codes\":[1,null,\"001\",")
            .replace("\"marks\":[\"a\",\"\"]", "\"marks\":\"a\"")
    },
    |text| text.replace("\"holders\":[", "\"holders\":[null,7,{},{\"name\":1,\"code\":null},"),
    |text| {
        text.replace("\"pages\":[", "\"pages\":[1,null,{\"place\":null},{\"place\":[]},").replace("\"on\":\"2026-06-01\"", "\"on\":null")
    },
    |text| text.replace("\"label\":", "\"mabel\":").replace("\"issuer\":{", "\"issuer\":{\"x\":{},"),
    |text| text.replace("\"data\":{", "\"data\":7,\"dota\":{").replace("\"typeCode\"", "\"typeCoda\""),
];

fn literal(url: &str, id: uuid::Uuid) -> String {
    if url.starts_with("postgres") { format!("'{id}'") } else { format!("X'{}'", id.simple()) }
}

async fn tamper(hub: &TestHub, url: &str, id: uuid::Uuid, change: fn(String) -> String) {
    let row = evidence(hub, id).await.row;
    let changed = change(row.statement.to_string());
    assert_ne!(changed, *row.statement, "the tampering changes something");
    rewrite(url, &row.identifier, changed.as_bytes()).await;
}

/// Puts other bytes in the place of a statement.
pub(super) async fn rewrite(url: &str, identifier: &str, bytes: &[u8]) {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let bytes = if url.starts_with("postgres") { format!("'\\x{hex}'::bytea") } else { format!("X'{hex}'") };
    let sql = format!("UPDATE certificate_version SET statement = {bytes} WHERE identifier = '{identifier}'");
    assert_eq!(execute::sql(url, &sql).await, 1);
}

/// Issues every example of a type: the first is amended and renewed, the second suspended, the third ended.
async fn lives(hub: &TestHub, ty: &CertificateType) -> Vec<String> {
    let (issuing, caller) = (&hub.hub.issuing, issuer());
    let can = |operation| ty.status.transitions.contains_key(&operation);
    let data = |example: &Map<String, Json>| Json::Object(example.clone());
    let mut ids = Vec::new();
    for (place, example) in ty.examples.iter().enumerate() {
        let mut id = issuing.issue(&caller, &ty.name, input(data(example)), Utc::now()).await.unwrap();
        ids.push(id.to_string());
        let mut succeed = Vec::new();
        match place {
            0 if can(Operation::Amend) => succeed.push(Operation::Amend),
            1 if can(Operation::Suspend) => {
                issuing.change_status(&caller, &id.to_string(), Operation::Suspend, "检查\"\n", None, Utc::now()).await.unwrap();
            }
            2 if can(Operation::Revoke) => {
                issuing.change_status(&caller, &id.to_string(), Operation::Revoke, "检查", None, Utc::now()).await.unwrap();
            }
            _ => {}
        }
        if place == 0 && can(Operation::Renew) {
            succeed.push(Operation::Renew);
        }
        for operation in succeed {
            let change =
                zhengzhao::issue::SuccessorInput { data: Some(data(example)), reason: Some("更正".into()), ..Default::default() };
            let made = match operation {
                Operation::Amend => issuing.amend(&caller, &id.to_string(), change, Utc::now()).await,
                _ => issuing.renew(&caller, &id.to_string(), change, Utc::now()).await,
            };
            id = made.unwrap_or_else(|error| panic!("{} {operation:?}: {error}", ty.name));
            ids.insert(0, id.to_string());
        }
    }
    ids
}

async fn learn(hub: &TestHub, pool: &mut Pool, ids: &[String]) {
    let query = "query($id: ID!) { certificate(id: $id) { __typename id identifier number typeCode issuedOn validFrom validTo updatedAt statusCode { code }
        holders { name code codeType { code } } issuer { code name } } }";
    for (place, id) in ids.iter().enumerate() {
        let found = hub.data("department", query, json!({ "id": id })).await["certificate"].take();
        let text = |pointer: &str| found.pointer(pointer).and_then(Json::as_str).map(str::to_owned);
        for (name, pointer) in [
            ("id", "/id"),
            ("id", "/identifier"),
            ("number", "/number"),
            ("issuedOn", "/issuedOn"),
            ("validFrom", "/validFrom"),
            ("validTo", "/validTo"),
            ("statusCode", "/statusCode/code"),
            ("holderCode", "/holders/0/code"),
            ("holderCode", "/holders/1/code"),
            ("holderName", "/holders/0/name"),
            ("codeType", "/holders/0/codeType/code"),
            ("issuer", "/issuer/code"),
            ("typeCodes", "/typeCode"),
            ("typeCodes", "/__typename"),
        ] {
            if let Some(value) = text(pointer) {
                pool.add(name, &value);
            }
        }
        let row = evidence(hub, id.parse().unwrap()).await.row;
        let data = serde_json::from_str::<Json>(&row.statement).unwrap()["data"].take();
        pool.learn(&data);
        pool.data.push(data);
        if place % 9 == 0 {
            let request = axum::http::Request::get(format!("/certificates/{}.json", row.identifier));
            let request = request.header("authorization", "Bearer department").header("x-purpose", "%7B%22useFor%22%3A%22check%22%7D");
            let (status, body) = hub.http(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(status, 200);
            pool.files.push(STANDARD.encode(body));
        }
    }
}

/// Cursors of every connection, as answers give them.
async fn cursors(hub: &TestHub, pool: &mut Pool, types: &[std::sync::Arc<CertificateType>]) {
    let mut asked: Vec<(String, Vec<String>)> = vec![
        ("certificates".into(), vec![]),
        ("certificates".into(), vec!["updatedSince: \"2020-01-01T00:00:00Z\"".into()]),
        ("certificates".into(), vec!["holderCode: \"91990000MAH0TEXT1J\"".into()]),
    ];
    for ty in types {
        for fixed in [
            vec![],
            vec!["orderBy: [{field: updatedAt, direction: DESC}]"],
            vec!["orderBy: {field: validTo}"],
            vec!["where: {updatedAt: {gt: \"2020-01-01T00:00:00Z\"}}", "orderBy: [{field: updatedAt}]"],
        ] {
            asked.push((names::root_many(ty), fixed.into_iter().map(str::to_owned).collect()));
        }
    }
    for (root, fixed) in asked {
        let mut given = fixed.clone();
        given.push("first: 3".into());
        let query = format!("{{ {root}({}) {{ edges {{ cursor }} }} }}", given.join(", "));
        let found = hub.data("department", &query, json!({})).await[&root].take();
        keep(pool, &format!("Query.{root}"), &fixed, &found);
    }
    let found =
        hub.data("department", "{ holder(code: \"91990000MAH0TEXT1J\") { certificates(first: 3) { edges { cursor } } } }", json!({})).await;
    keep(pool, "Holder.certificates", &[], &found["holder"]["certificates"]);
}

fn keep(pool: &mut Pool, at: &str, fixed: &[String], found: &Json) {
    let edges = found["edges"].as_array().unwrap();
    assert!(!edges.is_empty(), "{at}");
    for edge in edges {
        let cursor = edge["cursor"].as_str().unwrap().to_owned();
        pool.add("after", &cursor);
        pool.add("before", &cursor);
        pool.pages.push(Page { at: at.into(), fixed: fixed.to_vec(), cursor });
    }
}

/// The time at which some documents are asked: by then many certificates have expired.
pub(super) fn later(now: DateTime<Utc>) -> DateTime<Utc> {
    now + chrono::TimeDelta::days(365 * 12)
}
