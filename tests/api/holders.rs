//! Holders: their own certificates, their consent to others' reading, freezing on loss.

use axum::body::Body;
use axum::http::Request;
use chrono::Utc;
use model::actor::{Actor, Department, Granted, Role};
use serde_json::{Value as Json, json};
use zhengzhao::store::TokenRow;

use super::each_type::{example, issue};
use crate::support::each::{execute, on_each};
use crate::support::hub::TestHub;

const HOUSING: &str = "11990000000000GX2C";
const TAX: &str = "119901000000000G16";
pub(super) const CODE: &str = "990000190001010016";
pub(super) const OFFICERS: &str = "{ safetyOfficerCertificates { nodes { id personName } } }";

/// A hub with two persons' certificates, departments that may read nothing, and a portal.
pub(super) async fn start(url: &str) -> (TestHub, Json, Json) {
    let hub = TestHub::start(url).await;
    let department = |code: &str| Some(Department { code: code.into(), name: "测试局".into(), division: None });
    for (token, role, department) in
        [("housing", Role::Department, department(HOUSING)), ("tax", Role::Department, department(TAX)), ("portal", Role::Portal, None)]
    {
        let actor = Actor::new(role, token, department, Granted::none(), Granted::none());
        let row = TokenRow { name: token.into(), actor, created_at: Utc::now(), expires_at: None, revoked_at: None };
        hub.hub.store.put_token(&verify::digest::sm3_hex(token.as_bytes()), &row).await.unwrap();
    }
    let officer = example(&hub, "SafetyOfficerCertificate", 0).await;
    let ty = hub.hub.registry.load().get("SafetyOfficerCertificate").unwrap().ty.clone();
    let mut data = ty.examples[0].clone();
    for (name, value) in [("categoryCode", "A"), ("personName", "测试乙"), ("identityCard", "990000190001010024")] {
        data.insert(name.into(), value.into());
    }
    let other = issue(&hub, &ty, &data).await;
    (hub, officer, other)
}

pub(super) async fn session(hub: &TestHub, code: &str) -> String {
    let open = "mutation($code: String!) { openHolderSession(code: $code) { token until } }";
    hub.data("portal", open, json!({ "code": code })).await["openHolderSession"]["token"].as_str().unwrap().to_owned()
}

/// Without a purpose.
pub(super) async fn plainly(hub: &TestHub, token: &str, query: &str) -> Json {
    hub.send(token, &json!({ "query": query })).await
}

pub(super) async fn with_code(hub: &TestHub, token: &str, code: &Json, query: &str) -> Json {
    let purpose = json!({ "useFor": "办理资质", "consent": code });
    hub.send(token, &json!({ "query": query, "extensions": { "purpose": purpose } })).await
}

pub(super) const MAKE: &str =
    "mutation($fields: [String!]!, $once: Boolean) { makeUseCode(department: \"11990000000000GX2C\", type: \"SafetyOfficerCertificate\",
    fields: $fields, minutes: 30, once: $once) { id code department fields once uses } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_sees_his_own_certificates_and_no_other() {
    on_each(|url| async move {
        let (hub, officer, other) = start(&url).await;
        example(&hub, "DrivingLicence", 0).await;
        hub.refused("portal", "mutation { openHolderSession(code: \"990000190001010032\") { token } }", json!({}), "NOT_FOUND").await;
        for token in ["housing", "admin", "issuer"] {
            hub.refused(token, "mutation { openHolderSession(code: \"990000190001010016\") { token } }", json!({}), "FORBIDDEN").await;
        }
        hub.refused("portal", OFFICERS, json!({}), "FORBIDDEN").await;
        let token = session(&hub, CODE).await;
        let mine = plainly(&hub, &token, OFFICERS).await;
        assert_eq!(mine["data"]["safetyOfficerCertificates"]["nodes"], json!([{ "id": officer["id"], "personName": "测试甲" }]), "{mine:#}");
        let (id, number) = (other["id"].as_str().unwrap(), other["number"].as_str().unwrap());
        for query in [
            format!("{{ certificate(id: \"{id}\") {{ id }} }}"),
            format!("{{ safetyOfficerCertificate(number: \"{number}\") {{ id }} }}"),
            format!("{{ certificates(number: \"{number}\") {{ nodes {{ id }} }} }}"),
            "{ certificates(holderCode: \"990000190001010024\") { nodes { id } totalCount } }".to_owned(),
            "{ certificates { nodes { id } } }".to_owned(),
            "{ holder(code: \"990000190001010024\") { name certificates { nodes { id } } } }".to_owned(),
            "{ safetyOfficerCertificates(where: { categoryCode: { eq: \"A\" } }) { nodes { id } } }".to_owned(),
            format!("{{ safetyOfficerCertificates {{ nodes {{ constructorCertificates {{ id }} employerCertificates {{ id }} }} }} node(id: \"{id}\") {{ id }} }}"),
        ] {
            let answer = plainly(&hub, &token, &query).await;
            assert!(answer.get("errors").is_none() && !answer.to_string().contains(id), "{query}: {answer:#}");
        }
        let counted = plainly(&hub, &token, "{ safetyOfficerCertificateStatistics(groupBy: [categoryCode]) { groups { count } } }").await;
        assert_eq!(counted["data"]["safetyOfficerCertificateStatistics"]["groups"], json!([{ "count": 1 }]));
        hub.refused(&token, "mutation { revokeCertificate(id: \"1\", reason: \"x\") { id } }", json!({}), "FORBIDDEN").await;
        for (certificate, status) in [(&officer, 200), (&other, 404)] {
            let path = format!("/certificates/{}.json", certificate["identifier"].as_str().unwrap());
            let request = Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
            assert_eq!(hub.http(request).await.0, status);
        }
        // Everything that named his certificate, by whom and what for.
        hub.ask("department", "query($id: ID!) { certificate(id: $id) { id } }", json!({ "id": officer["id"] })).await;
        hub.ask("department", "query($id: ID!) { certificate(id: $id) { id } }", json!({ "id": other["id"] })).await;
        let reads = plainly(&hub, &token, "{ accessesOfMine { identifier by kind purpose } }").await;
        let reads = reads["data"]["accessesOfMine"].as_array().unwrap();
        let of = |by: &str, kind: &str| reads.iter().filter(|read| read["by"] == by && read["kind"] == kind).count();
        // His driving licence is his as well.
        assert_eq!((of("department", "query"), of("issuer", "issue")), (1, 2), "{reads:#?}");
        assert!(of("holder via portal", "download") == 1 && reads.iter().all(|read| read["identifier"] != other["identifier"]));
        // The session is over when its time is.
        execute::sql(&url, "UPDATE holder_session SET until = 0").await;
        let again = session(&hub, CODE).await;
        execute::sql(&url, "UPDATE holder_session SET until = 0").await;
        assert_eq!(plainly(&hub, &again, OFFICERS).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        let text = format!("{:?}", hub.hub.store.access_events(100).await.unwrap());
        assert!(!text.contains(CODE), "no code of a person in the log");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_use_code_opens_what_was_consented_to_once_for_its_department() {
    on_each(|url| async move {
        let (hub, officer, _) = start(&url).await;
        let token = session(&hub, CODE).await;
        let made = hub.data(&token, MAKE, json!({ "fields": ["personName", "categoryCode"], "once": true })).await["makeUseCode"].take();
        let code = &made["code"];
        assert_eq!(code.as_str().unwrap().len(), 12);
        // Before it, nothing; by another department, nothing; and it is not spent by that.
        hub.refused("housing", OFFICERS, json!({}), "FORBIDDEN").await;
        for (token, code) in [("tax", code.clone()), ("housing", json!("AAAAAAAAAAAA")), ("housing", json!("")), ("portal", code.clone())] {
            let answer = with_code(&hub, token, &code, OFFICERS).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer:#}");
        }
        let spelt = json!(format!("{} {}", &code.as_str().unwrap()[..6], &code.as_str().unwrap()[6..]).to_lowercase());
        let query = "{ safetyOfficerCertificates { nodes { id personName number files { path } } } }";
        let answer = with_code(&hub, "housing", &spelt, query).await;
        let nodes = json!([{ "id": officer["id"], "personName": "测试甲", "number": "***", "files": [] }]);
        assert_eq!(answer["data"]["safetyOfficerCertificates"]["nodes"], nodes, "{answer:#}");
        let again = with_code(&hub, "housing", code, query).await;
        assert_eq!(again["errors"][0]["extensions"]["code"], "FORBIDDEN", "spent: {again:#}");
        let codes = plainly(&hub, &token, "{ useCodes { id code uses usedAt } }").await["data"]["useCodes"].take();
        assert_eq!((&codes[0]["id"], &codes[0]["code"], &codes[0]["uses"]), (&made["id"], &Json::Null, &json!(1)));
        assert!(codes[0]["usedAt"].is_string());
        // The log names the code by its id, and nothing holds the code itself.
        let events = hub.hub.store.access_events(50).await.unwrap();
        let read = events.iter().find(|event| event.actor == "housing" && event.kind == "query").unwrap();
        assert_eq!(read.rules.as_deref(), Some(format!("use-code-{}", made["id"].as_str().unwrap().replace('-', "")).as_str()));
        assert!(!format!("{events:?}").contains(code.as_str().unwrap()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_bounded_withdrawn_and_ends() {
    on_each(|url| async move {
        let (hub, ..) = start(&url).await;
        let token = session(&hub, CODE).await;
        hub.refused(&token, MAKE, json!({ "fields": [] }), "INVALID_INPUT").await;
        hub.refused(&token, MAKE, json!({ "fields": ["nothing"] }), "INVALID_INPUT").await;
        hub.refused("housing", MAKE, json!({ "fields": ["personName"] }), "FORBIDDEN").await;
        hub.refused("admin", MAKE, json!({ "fields": ["personName"] }), "FORBIDDEN").await;
        let make = async || hub.data(&token, MAKE, json!({ "fields": ["personName"], "once": false })).await["makeUseCode"].take();
        let made = make().await;
        for _ in 0..2 {
            let answer = with_code(&hub, "housing", &made["code"], OFFICERS).await;
            assert_eq!(answer["data"]["safetyOfficerCertificates"]["nodes"][0]["personName"], "测试甲", "{answer:#}");
        }
        let hidden = with_code(&hub, "housing", &made["code"], "{ safetyOfficerCertificates { nodes { identityCard } } }").await;
        assert!(hidden["data"].is_null(), "{hidden:#}");
        let withdraw = "mutation($id: ID!) { withdrawUseCode(id: $id) }";
        let other = session(&hub, "990000190001010024").await;
        hub.refused(&other, withdraw, json!({ "id": made["id"] }), "NOT_FOUND").await;
        hub.data(&token, withdraw, json!({ "id": made["id"] })).await;
        hub.refused(&token, withdraw, json!({ "id": made["id"] }), "NOT_FOUND").await;
        let refused = async |code: &Json| {
            let answer = with_code(&hub, "housing", code, OFFICERS).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer:#}");
        };
        refused(&made["code"]).await;
        let late = make().await;
        execute::sql(&url, "UPDATE use_code SET until = 0").await;
        refused(&late["code"]).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn freezing_ends_sessions_codes_and_copies_in_one_step() {
    on_each(|url| async move {
        let (hub, officer, other) = start(&url).await;
        let token = session(&hub, CODE).await;
        let made = hub.data(&token, MAKE, json!({ "fields": ["personName"], "once": false })).await["makeUseCode"].take();
        let copy = "mutation($id: ID!) { createUsageCopy(id: $id, purpose: \"投标\", expiresOn: \"2099-01-01\") { id } }";
        hub.refused("housing", "mutation { freezeHolder(code: \"990000190001010016\", reason: \"x\") }", json!({}), "FORBIDDEN").await;
        hub.refused(&token, "mutation { freezeMine(reason: \" \") }", json!({}), "INVALID_INPUT").await;
        hub.data(&token, "mutation { freezeMine(reason: \"手机丢失\") }", json!({})).await;
        assert_eq!(plainly(&hub, &token, OFFICERS).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "the session is over");
        let answer = with_code(&hub, "housing", &made["code"], OFFICERS).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer:#}");
        hub.refused("portal", "mutation { openHolderSession(code: \"990000190001010016\") { token } }", json!({}), "FORBIDDEN").await;
        let refused = hub.ask("issuer", copy, json!({ "id": officer["id"] })).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused:#}");
        // The certificate itself is what it was.
        let verify = "query($id: ID!) { verifyCertificate(id: $id) { result holderFrozen } }";
        let verified = hub.data("", verify, json!({ "id": officer["id"] })).await;
        assert_eq!(verified["verifyCertificate"], json!({ "result": "PASSED", "holderFrozen": true }));
        let verified = hub.data("", verify, json!({ "id": other["id"] })).await;
        assert_eq!(verified["verifyCertificate"], json!({ "result": "PASSED", "holderFrozen": false }));
        let unknown = hub.data("", verify, json!({ "id": "1.2.156.3005.2.nothing" })).await;
        assert_eq!(unknown["verifyCertificate"]["holderFrozen"], Json::Null);
        // A clerk lifts it; what ended stays ended.
        let lift = "mutation { unfreezeHolder(code: \"990000190001010016\") }";
        hub.refused("portal", lift, json!({}), "FORBIDDEN").await;
        hub.data("issuer", lift, json!({})).await;
        let verified = hub.data("", verify, json!({ "id": officer["id"] })).await;
        assert_eq!(verified["verifyCertificate"]["holderFrozen"], false);
        hub.refused("issuer", lift, json!({}), "NOT_FOUND").await;
        let answer = with_code(&hub, "housing", &made["code"], OFFICERS).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer:#}");
        let again = session(&hub, CODE).await;
        assert!(plainly(&hub, &again, OFFICERS).await["data"]["safetyOfficerCertificates"]["nodes"][0].is_object());
        hub.data("admin", "mutation { freezeHolder(code: \"990000190001010016\", reason: \"本人电话挂失\") }", json!({})).await;
        assert_eq!(plainly(&hub, &again, OFFICERS).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_holder_was_answered_is_answered_to_no_other() {
    on_each(|url| async move {
        let (hub, officer, other) = start(&url).await;
        // Only a hub that follows serves from memory.
        hub.hub.follow();
        let (one, two) = (session(&hub, CODE).await, session(&hub, "990000190001010024").await);
        let (id, identifier) = (officer["id"].as_str().unwrap(), officer["identifier"].as_str().unwrap());
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        for key in [id, identifier] {
            for root in ["node", "certificate", "safetyOfficerCertificate"] {
                let query = format!("{{ {root}(id: \"{key}\") {{ id ... on SafetyOfficerCertificate {{ personName }} }} }}");
                for _ in 0..2 {
                    assert!(plainly(&hub, &one, &query).await["data"][root].is_object(), "{query}");
                    assert!(plainly(&hub, &two, &query).await["data"][root].is_null(), "{query}");
                }
            }
        }
        assert_ne!(officer["id"], other["id"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_passed_to_somebody_else_shows_him_nothing_of_before() {
    on_each(|url| async move {
        let (hub, officer, _) = start(&url).await;
        let data = hub.hub.registry.load().get("SafetyOfficerCertificate").unwrap().ty.examples[0].clone();
        let mut data = json!(data);
        (data["identityCard"], data["personName"]) = ("990000190001010032".into(), "测试丙".into());
        let amend = "mutation($id: ID!, $input: IssueSafetyOfficerCertificateInput!) { amendSafetyOfficerCertificate(id: $id, input: $input, reason: \"更正\") { id } }";
        hub.data("issuer", amend, json!({ "id": officer["id"], "input": { "data": data } })).await;
        hub.ask("department", "query($id: ID!) { certificate(id: $id) { id } }", json!({ "id": officer["id"] })).await;
        let token = session(&hub, "990000190001010032").await;
        let query = "{ safetyOfficerCertificates { nodes { personName previous { ... on SafetyOfficerCertificate { personName } } } } }";
        let answer = plainly(&hub, &token, query).await;
        assert_eq!(answer["data"]["safetyOfficerCertificates"]["nodes"], json!([{ "personName": "测试丙", "previous": null }]), "{answer:#}");
        let made = hub.data(&token, MAKE, json!({ "fields": ["personName"], "once": false })).await["makeUseCode"].take();
        let answer = with_code(&hub, "housing", &made["code"], query).await;
        assert!(!answer.to_string().contains("测试甲"), "{answer:#}");
        let path = format!("/certificates/{}.json", officer["identifier"].as_str().unwrap());
        let request = Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
        assert_eq!(hub.http(request).await.0, 404);
        let reads = plainly(&hub, &token, "{ accessesOfMine { identifier } }").await;
        assert!(!reads.to_string().contains(officer["identifier"].as_str().unwrap()), "{reads:#}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_or_code_that_races_with_a_freeze_outlives_it() {
    on_each(|url| async move {
        let (hub, ..) = start(&url).await;
        for _ in 0..10 {
            let token = session(&hub, CODE).await;
            let open = "mutation { openHolderSession(code: \"990000190001010016\") { token } }";
            let sessions = futures_util::future::join_all((0..8).map(|_| hub.ask("portal", open, json!({}))));
            let codes =
                futures_util::future::join_all((0..4).map(|_| hub.ask(&token, MAKE, json!({ "fields": ["personName"], "once": false }))));
            let freeze = hub.ask("admin", "mutation { freezeHolder(code: \"990000190001010016\", reason: \"x\") }", json!({}));
            let (sessions, codes, frozen) = tokio::join!(sessions, codes, freeze);
            assert!(frozen.get("errors").is_none(), "{frozen:#}");
            for opened in sessions {
                let Some(token) = opened["data"]["openHolderSession"]["token"].as_str() else { continue };
                assert_eq!(plainly(&hub, token, OFFICERS).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
            }
            hub.data("admin", "mutation { unfreezeHolder(code: \"990000190001010016\") }", json!({})).await;
            for made in codes.iter().filter(|made| made["data"]["makeUseCode"].is_object()) {
                let answer = with_code(&hub, "housing", &made["data"]["makeUseCode"]["code"], OFFICERS).await;
                assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer:#}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_the_token_of_the_portal_that_vouched() {
    on_each(|url| async move {
        let (hub, ..) = start(&url).await;
        let token = session(&hub, CODE).await;
        assert!(plainly(&hub, &token, OFFICERS).await["data"]["safetyOfficerCertificates"].is_object());
        assert_eq!(hub.hub.store.revoke_token("portal").await.unwrap(), 1);
        assert_eq!(plainly(&hub, &token, OFFICERS).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    })
    .await;
}
