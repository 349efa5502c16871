//! Grants: what a department sees of a type, and what it cannot learn of the rest.

use axum::body::Body;
use axum::http::Request;
use chrono::Utc;
use model::actor::{Actor, Department, Granted, Role};
use serde_json::{Value as Json, json};
use zhengzhao::store::TokenRow;

use super::each_type::issue;
use crate::support::each::{execute, on_each};
use crate::support::hub::TestHub;

/// Two departments; the second of another division.
const HOUSING: &str = "11990000000000GX2C";
const TAX: &str = "119901000000000G16";
const MATTER: &str = "990000-001";

/// A hub with two officers' certificates, of two categories, and a department's token that grants nothing by itself.
struct Granting {
    hub: TestHub,
    officer: Json,
    other: Json,
}

async fn start(url: &str) -> Granting {
    let hub = TestHub::start(url).await;
    for (token, code) in [("housing", HOUSING), ("tax", TAX)] {
        let department = Department { code: code.into(), name: token.into(), division: None };
        let actor = Actor::new(Role::Department, token, Some(department), Granted::none(), Granted::none());
        let row = TokenRow { name: token.into(), actor, created_at: Utc::now(), expires_at: None, revoked_at: None };
        hub.hub.store.put_token(&verify::digest::sm3_hex(token.as_bytes()), &row).await.unwrap();
    }
    let ty = hub.hub.registry.load().get("SafetyOfficerCertificate").unwrap().ty.clone();
    let officer = issue(&hub, &ty, &ty.examples[0]).await;
    let mut data = ty.examples[0].clone();
    for (name, value) in [("categoryCode", "A"), ("personName", "测试乙"), ("identityCard", "990000190001010024")] {
        data.insert(name.into(), value.into());
    }
    data.remove("transferredFromNumber");
    let other = issue(&hub, &ty, &data).await;
    Granting { hub, officer, other }
}

impl Granting {
    async fn put(&self, grant: &Json) -> Json {
        let query = "mutation($source: String!) { putGrant(source: $source) { name department type fields masked items rows until legalBasis putBy } }";
        self.hub.data("admin", query, json!({ "source": grant.to_string() })).await["putGrant"].take()
    }

    /// For the matter.
    async fn asked(&self, token: &str, item: Option<&str>, query: &str) -> Json {
        let mut purpose = json!({ "useFor": "办理资质" });
        if let Some(item) = item {
            purpose["itemCode"] = item.into();
        }
        self.hub.send(token, &json!({ "query": query, "extensions": { "purpose": purpose } })).await
    }

    async fn sdl(&self, token: &str) -> String {
        let request = Request::get("/graphql/schema.graphql").header("authorization", format!("Bearer {token}"));
        let (_, sdl) = self.hub.http(request.body(Body::empty()).unwrap()).await;
        String::from_utf8(sdl).unwrap()
    }
}

fn grant() -> Json {
    json!({
        "name": "housing-officers", "department": HOUSING, "type": "SafetyOfficerCertificate",
        "fields": ["categoryCode", "employerName", "employerCreditCode"], "masked": ["personName", "identityCard", "birthDate", "number", "holders"],
        "items": [MATTER], "rows": { "categoryCode": { "in": ["C3"] } }, "until": "2099-12-31",
        "legalBasis": "建设工程安全生产管理条例",
    })
}

const OFFICERS: &str = "{ safetyOfficerCertificates { totalCount nodes { id number personName identityCard birthDate categoryCode { code }
    employerName holders { name code } files { path } signature { value statementDigest } name } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_department_sees_the_fields_and_rows_of_its_grant_masked_where_it_says_so() {
    on_each(|url| async move {
        let granting = start(&url).await;
        let put = granting.put(&grant()).await;
        assert_eq!((put["name"].as_str(), put["putBy"].as_str()), (Some("housing-officers"), Some("admin")));
        let answer = granting.asked("housing", Some(MATTER), OFFICERS).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        let nodes = answer["data"]["safetyOfficerCertificates"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 1, "the other row is not granted: {answer:#}");
        assert_eq!(answer["data"]["safetyOfficerCertificates"]["totalCount"], 1);
        let node = &nodes[0];
        assert_eq!(node["id"], granting.officer["id"]);
        assert_eq!(node["personName"], "测**");
        assert_eq!(node["identityCard"], "9900**********0016");
        assert_eq!(node["birthDate"], "****-**-**");
        assert_eq!(node["categoryCode"]["code"], "C3");
        assert_eq!(node["holders"], json!([{ "name": "测**", "code": "9900**********0016" }]));
        assert_ne!(node["number"], granting.officer["number"]);
        assert_eq!((&node["files"], &node["signature"]), (&json!([]), &json!({ "value": "", "statementDigest": "" })));
        let at = |field: &str| format!("safetyOfficerCertificates.nodes.{field}");
        let masked = ["birthDate", "files", "holders.code", "holders.name", "identityCard", "number", "personName", "signature"].map(at);
        assert_eq!(answer["extensions"]["masked"], json!(masked));
        assert!(!answer.to_string().contains("990000190001010016"));
        // The log says by which rule.
        let events = granting.hub.hub.store.access_events(20).await.unwrap();
        let read = events.iter().find(|event| event.actor == "housing" && event.kind == "query").unwrap();
        assert_eq!(read.rules.as_deref(), Some("housing-officers"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_granted_is_as_if_it_were_not_there() {
    on_each(|url| async move {
        let granting = start(&url).await;
        granting.put(&grant()).await;
        let sdl = granting.sdl("housing").await;
        assert!(
            sdl.contains("categoryCode: CodeValue") && !sdl.contains("technicalTitle") && !sdl.contains("constructorCertificates: "),
            "{sdl}"
        );
        assert!(!sdl.contains("DrivingLicence"));
        let nonsense = granting.asked("housing", Some(MATTER), "{ safetyOfficerCertificates { nodes { technicalTitel } } }").await;
        let hidden = granting.asked("housing", Some(MATTER), "{ safetyOfficerCertificates { nodes { technicalTitle } } }").await;
        let told =
            |answer: &Json| answer["errors"][0]["message"].as_str().unwrap().replace("technicalTitel", "").replace("technicalTitle", "");
        assert_eq!(told(&hidden), told(&nonsense), "a field that is not granted is told apart from none: {hidden:#}");
        assert_eq!(hidden["errors"][0]["extensions"]["code"], "INVALID_INPUT");
        // Neither masked nor hidden fields can be filtered, ordered or grouped by, whatever is in a variable.
        for query in [
            "{ safetyOfficerCertificates(where: { personName: { eq: \"测试甲\" } }) { nodes { id } } }",
            "{ safetyOfficerCertificates(where: { duty: { eq: \"08\" } }) { nodes { id } } }",
            "{ safetyOfficerCertificates(where: { number: { startsWith: \"测建安\" } }) { nodes { id } } }",
            "{ safetyOfficerCertificates(orderBy: [{ field: number }]) { nodes { id } } }",
            "{ safetyOfficerCertificates(orderBy: [{ field: firstIssuedOn }]) { nodes { id } } }",
            "{ safetyOfficerCertificateStatistics(groupBy: [duty]) { groups { count } } }",
            "{ drivingLicences { nodes { id } } }",
        ] {
            let answer = granting.asked("housing", Some(MATTER), query).await;
            assert!(answer["data"].is_null() && answer["errors"][0].is_object(), "{query}: {answer:#}");
        }
        let variables = json!({ "where": { "identityCard": { "eq": "990000190001010016" } } });
        let body = json!({
            "query": "query($where: SafetyOfficerCertificateFilter) { safetyOfficerCertificates(where: $where) { nodes { id } } }",
            "variables": variables, "extensions": { "purpose": { "useFor": "x", "itemCode": MATTER } },
        });
        let answer = granting.hub.send("housing", &body).await;
        assert!(answer["data"].is_null() && answer["errors"][0].is_object(), "{answer:#}");
        // A group of one person is not counted.
        let counted = granting
            .asked("housing", Some(MATTER), "{ safetyOfficerCertificateStatistics(groupBy: [categoryCode]) { groups { count } } }")
            .await;
        assert_eq!(counted["data"]["safetyOfficerCertificateStatistics"]["groups"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_not_granted_are_reached_by_no_way() {
    on_each(|url| async move {
        let granting = start(&url).await;
        granting.put(&grant()).await;
        let other = &granting.other;
        let text = |key: &str| other[key].as_str().unwrap().to_owned();
        let (id, identifier, number) = (text("id"), text("identifier"), text("number"));
        for query in [
            format!("{{ certificate(id: \"{id}\") {{ id }} }}"),
            format!("{{ certificate(id: \"{identifier}\") {{ id }} }}"),
            format!("{{ node(id: \"{id}\") {{ id }} }}"),
            format!("{{ safetyOfficerCertificate(id: \"{id}\") {{ id }} }}"),
            format!("{{ safetyOfficerCertificate(number: \"{number}\") {{ id }} }}"),
            format!("{{ certificates(number: \"{number}\") {{ nodes {{ id }} }} }}"),
            "{ certificates(holderCode: \"990000190001010024\") { totalCount nodes { id } } }".to_owned(),
            "{ certificates(updatedSince: \"2000-01-01T00:00:00Z\") { nodes { id } } }".to_owned(),
            "{ holder(code: \"990000190001010024\") { name certificates { nodes { id } } } }".to_owned(),
            "{ holders(codes: [\"990000190001010024\"]) { name certificates { nodes { id } } } }".to_owned(),
            "{ safetyOfficerCertificates(where: { categoryCode: { eq: \"A\" } }) { totalCount nodes { id } } }".to_owned(),
        ] {
            let answer = granting.asked("housing", Some(MATTER), &query).await;
            assert!(answer.get("errors").is_none(), "{query}: {answer:#}");
            let told = answer["data"].to_string();
            assert!(!told.contains(&id) && !told.contains("测"), "{query}: {told}");
        }
        // The row that is granted is found by each of these ways.
        let officer = &granting.officer;
        for query in [
            format!("{{ certificate(id: {}) {{ id }} }}", officer["id"]),
            format!("{{ safetyOfficerCertificate(number: {}) {{ id }} }}", officer["number"]),
            format!("{{ certificates(number: {}) {{ nodes {{ id }} }} }}", officer["number"]),
            "{ holder(code: \"990000190001010016\") { name certificates { nodes { id } } } }".to_owned(),
            "{ certificates(updatedSince: \"2000-01-01T00:00:00Z\") { nodes { id } } }".to_owned(),
        ] {
            let answer = granting.asked("housing", Some(MATTER), &query).await;
            assert!(answer["data"].to_string().contains(officer["id"].as_str().unwrap()), "{query}: {answer:#}");
        }
        // No file: not of what is granted in part, and of the rest not even a refusal of its own.
        for (identifier, status) in [(&granting.officer["identifier"], 403), (&granting.other["identifier"], 404)] {
            let path = format!("/certificates/{}.json", identifier.as_str().unwrap());
            let purpose = "%7B%22useFor%22%3A%22x%22%2C%22itemCode%22%3A%22990000-001%22%7D";
            let request = Request::get(path).header("authorization", "Bearer housing").header("x-purpose", purpose);
            assert_eq!(granting.hub.http(request.body(Body::empty()).unwrap()).await.0, status);
        }
        let copy = format!(
            "mutation {{ createUsageCopy(id: {}, purpose: \"投标\", expiresOn: \"2027-01-01\") {{ id }} }}",
            granting.officer["id"]
        );
        let answer = granting.asked("housing", Some(MATTER), &copy).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer:#}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_for_its_department_its_matter_and_its_time() {
    on_each(|url| async move {
        let granting = start(&url).await;
        const QUERY: &str = "{ safetyOfficerCertificates { nodes { id } } }";
        let refused = |answer: Json| {
            assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer:#}");
            assert!(answer["data"].is_null() || answer["data"]["safetyOfficerCertificates"].is_null());
        };
        refused(granting.asked("housing", Some(MATTER), QUERY).await);
        granting.put(&grant()).await;
        assert!(
            granting.asked("housing", Some(MATTER), QUERY).await["data"]["safetyOfficerCertificates"]["nodes"][0].is_object(),
            "at once"
        );
        refused(granting.asked("housing", Some("990000-002"), QUERY).await);
        refused(granting.asked("housing", None, QUERY).await);
        refused(granting.asked("tax", Some(MATTER), QUERY).await);
        let without = granting.hub.send("housing", &json!({ "query": QUERY })).await;
        assert_eq!(without["errors"][0]["extensions"]["code"], "PURPOSE_REQUIRED", "{without:#}");
        // One whose time is over: written past the check, as it lies there the day after.
        let mut over = grant();
        (over["name"], over["department"]) = ("tax-officers".into(), TAX.into());
        granting.put(&over).await;
        assert!(granting.asked("tax", Some(MATTER), QUERY).await["data"]["safetyOfficerCertificates"]["nodes"][0].is_object());
        execute::sql(&url, "UPDATE access_grant SET body = replace(body, '2099-12-31', '2020-12-31') WHERE name = 'tax-officers'").await;
        let withdrawn = "mutation($name: String!) { withdrawGrant(name: $name, reason: \"机构改革\") { name } }";
        granting.hub.data("admin", withdrawn, json!({ "name": "housing-officers" })).await;
        refused(granting.asked("housing", Some(MATTER), QUERY).await);
        // Whoever knows the tax bureau's rights in memory forgets them with any change of its grants.
        let mut more = over.clone();
        (more["name"], more["items"]) = ("tax-more".into(), json!(["990000-009"]));
        granting.put(&more).await;
        refused(granting.asked("tax", Some(MATTER), QUERY).await);
        granting.hub.refused("admin", withdrawn, json!({ "name": "housing-officers" }), "NOT_FOUND").await;
        granting.hub.refused("housing", withdrawn, json!({ "name": "tax-more" }), "FORBIDDEN").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_grant_says_everything_that_is_wrong_and_a_contrary_one_with_which() {
    on_each(|url| async move {
        let granting = start(&url).await;
        let put = "mutation($source: String!) { putGrant(source: $source) { name } }";
        let faulty = json!({
            "name": "no blanks", "department": "123", "type": "SafetyOfficerCertificate", "fields": ["nothing", "number"], "masked": ["number", "files"],
            "items": [], "rows": { "personName": { "startsWith": "张" } }, "until": "2020-01-01", "legalBasis": " ",
        });
        let answer = granting.hub.refused("admin", put, json!({ "source": faulty.to_string() }), "INVALID_INPUT").await;
        let faults = answer["errors"][0]["extensions"]["faults"].as_array().unwrap();
        let paths: Vec<_> = faults.iter().map(|fault| fault["path"].as_str().unwrap()).collect();
        assert_eq!(paths, ["name", "department", "legalBasis", "until", "items", "fields", "masked", "masked", "rows"], "{faults:#?}");
        granting.hub.refused("admin", put, json!({ "source": "{" }), "INVALID_INPUT").await;
        granting.put(&grant()).await;
        let mut contrary = grant();
        (contrary["name"], contrary["rows"]) = ("other-rows".into(), json!({ "categoryCode": { "eq": "A" } }));
        let answer = granting.hub.refused("admin", put, json!({ "source": contrary.to_string() }), "CONFLICT").await;
        assert!(answer["errors"][0]["message"].as_str().unwrap().contains("housing-officers"), "{answer:#}");
        contrary["items"] = json!(["990000-002"]);
        granting.put(&contrary).await;
        let found = granting.asked("housing", Some("990000-002"), "{ safetyOfficerCertificates { nodes { id } } }").await;
        assert_eq!(found["data"]["safetyOfficerCertificates"]["nodes"], json!([{ "id": granting.other["id"] }]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_asks_and_is_told_what_it_was_granted() {
    on_each(|url| async move {
        let granting = start(&url).await;
        let hub = &granting.hub;
        let ask = "mutation($fields: [String!]!) { requestAccess(type: \"SafetyOfficerCertificate\", fields: $fields, items: [\"990000-001\"],
            legalBasis: \"条例\") { id state asked { department fields } } }";
        hub.refused("housing", ask, json!({ "fields": ["nothing"] }), "INVALID_INPUT").await;
        hub.refused("department", ask, json!({ "fields": ["personName"] }), "INVALID_INPUT").await;
        let asked = hub.data("housing", ask, json!({ "fields": ["personName", "identityCard", "number"] })).await["requestAccess"].take();
        assert_eq!((&asked["state"], &asked["asked"]["department"]), (&json!("WAITING"), &json!(HOUSING)));
        let requests = "{ accessRequests(waiting: true) { id } }";
        assert_eq!(hub.data("admin", requests, json!({})).await["accessRequests"], json!([{ "id": asked["id"] }]));
        assert_eq!(hub.data("tax", requests, json!({})).await["accessRequests"], json!([]), "another department's is not seen");
        let decide = "mutation($id: ID!, $fields: [String!], $masked: [String!]) { decideAccess(id: $id, grant: true, reason: \"按最小必要\",
            fields: $fields, masked: $masked) { state granted { name fields masked items } } }";
        let more = json!({ "id": asked["id"], "fields": ["duty"], "masked": [] });
        hub.refused("admin", decide, more, "INVALID_INPUT").await;
        hub.refused("housing", decide, json!({ "id": asked["id"] }), "FORBIDDEN").await;
        let less = json!({ "id": asked["id"], "fields": ["number"], "masked": ["personName"] });
        let decided = hub.data("admin", decide, less.clone()).await["decideAccess"].take();
        assert_eq!((&decided["state"], &decided["granted"]["masked"]), (&json!("GRANTED"), &json!(["personName"])));
        hub.refused("admin", decide, less, "NOT_FOUND").await;
        let told = hub.data("housing", "{ accessRequests { state reason granted { fields masked } } }", json!({})).await;
        assert_eq!(told["accessRequests"][0]["reason"], "按最小必要");
        let found = granting.asked("housing", Some(MATTER), "{ safetyOfficerCertificates { nodes { number personName } } }").await;
        assert_eq!(found["data"]["safetyOfficerCertificates"]["nodes"][0]["personName"], "测**", "{found:#}");
        // What one may see, and why.
        let mine = granting.asked("housing", Some(MATTER), "{ myAccess(type: \"SafetyOfficerCertificate\") { field access rule items legalBasis apply } }").await;
        let rules = mine["data"]["myAccess"].as_array().unwrap();
        let of = |field: &str| rules.iter().find(|rule| rule["field"] == field).unwrap();
        let name = decided["granted"]["name"].as_str().unwrap();
        assert_eq!((&of("number")["access"], &of("personName")["access"], &of("duty")["access"]), (&json!("ALLOWED"), &json!("MASKED"), &json!("DENIED")));
        assert!(of("number")["rule"].as_str().unwrap().contains(name) && of("duty")["apply"].is_string() && of("number")["apply"].is_null());
        assert_eq!((&of("number")["items"], &of("number")["legalBasis"]), (&json!([MATTER]), &json!(["条例"])));
        // What somebody else would see.
        let explain = "query($query: String!) { explainAccess(department: \"11990000000000GX2C\", query: $query, item: \"990000-001\") { path type field access rule } }";
        let query = "{ safetyOfficerCertificates { nodes { number who: personName duty { code } files { path } } } drivingLicences { nodes { id } } }";
        let explained = hub.data("admin", explain, json!({ "query": query })).await;
        let access: Vec<_> = explained["explainAccess"].as_array().unwrap().iter().map(|rule| (rule["path"].as_str().unwrap(), rule["access"].as_str().unwrap())).collect();
        assert_eq!(
            access,
            [
                ("safetyOfficerCertificates", "ALLOWED"),
                ("safetyOfficerCertificates.nodes.number", "ALLOWED"),
                ("safetyOfficerCertificates.nodes.who", "MASKED"),
                ("safetyOfficerCertificates.nodes.duty", "DENIED"),
                ("safetyOfficerCertificates.nodes.files", "DENIED"),
                ("drivingLicences", "DENIED"),
            ]
        );
        hub.refused("housing", explain, json!({ "query": query }), "FORBIDDEN").await;
        hub.refused("admin", explain, json!({ "query": "{" }), "INVALID_INPUT").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_cursors_nor_relations_nor_several_grants_show_what_is_hidden() {
    on_each(|url| async move {
        let granting = start(&url).await;
        // A condition on rows orders nothing by itself: its column would stand in the cursors.
        for rows in [json!({ "number": { "startsWith": "测" } }), json!({ "employerName": { "startsWith": "测" } }), json!({ "firstIssuedOn": { "gte": "2000-01-01" } })] {
            let mut hidden = grant();
            (hidden["fields"], hidden["masked"], hidden["rows"]) = (json!(["categoryCode"]), json!([]), rows);
            granting.put(&hidden).await;
            let answer = granting.asked("housing", Some(MATTER), "{ safetyOfficerCertificates { edges { cursor } pageInfo { endCursor } } }").await;
            for edge in answer["data"]["safetyOfficerCertificates"]["edges"].as_array().unwrap() {
                let cursor = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, edge["cursor"].as_str().unwrap()).unwrap();
                let cursor = String::from_utf8(cursor).unwrap();
                assert!(!cursor.contains('测') && !cursor.contains("2023-"), "{cursor}");
            }
        }
        // Masked here, in clear there: nothing leads from the one to the other.
        granting.put(&grant()).await;
        for (name, ty) in [("housing-drivers", "DrivingLicence"), ("housing-licences", "BusinessLicence")] {
            granting.put(&json!({ "name": name, "department": HOUSING, "type": ty, "fields": ["holders", "number"], "items": [MATTER], "legalBasis": "x" })).await;
        }
        for ty in ["DrivingLicence", "BusinessLicence"] {
            super::each_type::example(&granting.hub, ty, 0).await;
        }
        let query = "{ safetyOfficerCertificates { nodes { holders { code certificates(typeCodes: [\"DrivingLicence\"]) { nodes { holders { name code } } } } } } }";
        let answer = granting.asked("housing", Some(MATTER), query).await;
        assert_eq!(answer["data"]["safetyOfficerCertificates"]["nodes"][0]["holders"][0]["certificates"]["nodes"], json!([]), "{answer:#}");
        let forced = query.replace("holders { code certificates", "history { at } holders { code certificates");
        let answer = granting.asked("housing", Some(MATTER), &forced).await;
        assert_eq!(answer["data"]["safetyOfficerCertificates"]["nodes"][0]["holders"][0]["certificates"]["nodes"], json!([]), "{answer:#}");
        // By a code that one knows one comes to all of them.
        let known = format!("{{ holder(code: \"{}\") {{ certificates {{ nodes {{ typeName }} }} }} }}", "990000190001010016");
        let answer = granting.asked("housing", Some(MATTER), &known).await;
        assert_eq!(answer["data"]["holder"]["certificates"]["nodes"].as_array().unwrap().len(), 2, "{answer:#}");
        let masked = granting.sdl("housing").await;
        assert!(!masked.contains("transferredFrom("), "a relation from what is not in clear: {masked}");
        // Fragments in a ring come to an end.
        let ring = "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A }";
        let explain = "query($q: String!) { explainAccess(department: \"11990000000000GX2C\", query: $q) { path } }";
        granting.hub.refused("admin", explain, json!({ "q": ring }), "INVALID_INPUT").await;
    })
    .await;
}
