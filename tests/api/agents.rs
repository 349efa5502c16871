//! Agents: what a holder's mandate lets another do, and how it ends.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value as Json, json};

use super::each_type::example;
use super::holders::{CODE, MAKE, OFFICERS, plainly, session, start, with_code};
use crate::support::each::on_each;
use crate::support::hub::TestHub;

/// Holds no certificate at all.
const AGENT: &str = "990000190001010032";
const OTHER: &str = "990000190001010024";
const APPOINT: &str = "mutation($agent: String!, $types: [String!]!, $days: Int!) {
    appointAgent(agent: $agent, name: \"代办员\", types: $types, days: $days) { id agentName types until } }";
const TYPE: &str = "SafetyOfficerCertificate";
const NAMED: &str = "建筑施工企业安全生产管理人员考核合格证书";

async fn appoint(hub: &TestHub, holder: &str) -> String {
    let made = hub.data(holder, APPOINT, json!({ "agent": AGENT, "types": [TYPE], "days": 30 })).await["appointAgent"].take();
    assert_eq!((&made["agentName"], &made["types"]), (&json!("代办员"), &json!([TYPE])), "{made:#}");
    made["id"].as_str().unwrap().to_owned()
}

async fn open(hub: &TestHub, agent: &str, holder: &str) -> Json {
    let query = "mutation($code: String!, $holder: String) { openHolderSession(code: $code, onBehalfOf: $holder) { token until } }";
    hub.ask("portal", query, json!({ "code": agent, "holder": holder })).await
}

async fn opened(hub: &TestHub) -> String {
    let answer = open(hub, AGENT, CODE).await;
    answer["data"]["openHolderSession"]["token"].as_str().unwrap_or_else(|| panic!("{answer:#}")).to_owned()
}

fn code_of(answer: &Json) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no refusal: {answer:#}"))
}

async fn withdraw(hub: &TestHub, holder: &str, id: &str) {
    hub.data(holder, "mutation($id: ID!) { withdrawMandate(id: $id) }", json!({ "id": id })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_reads_what_its_mandate_names_for_a_purpose_and_every_access_cites_it() {
    on_each(|url| async move {
        let (hub, officer, _) = start(&url).await;
        example(&hub, "SpecialOperationCertificate", 0).await;
        let holder = session(&hub, CODE).await;
        let id = appoint(&hub, &holder).await;
        assert_eq!(code_of(&open(&hub, AGENT, OTHER).await), "FORBIDDEN", "another holder's agent it is not");
        assert_eq!(code_of(&open(&hub, OTHER, CODE).await), "FORBIDDEN", "nor is another person this one's");
        let agent = opened(&hub).await;

        let own = hub.data(&agent, OFFICERS, json!({})).await;
        assert_eq!(own["safetyOfficerCertificates"]["nodes"], json!([{ "id": officer["id"], "personName": "测试甲" }]));
        assert_eq!(code_of(&plainly(&hub, &agent, OFFICERS).await), "PURPOSE_REQUIRED", "it says what for");
        // Other types: neither shown nor answered, by whatever way.
        let other = hub.ask(&agent, "{ specialOperationCertificates { totalCount } }", json!({})).await;
        assert!(other["errors"].is_array() && other["data"].is_null(), "{other:#}");
        let across = hub.data(&agent, "{ certificates(first: 50) { nodes { typeName } } }", json!({})).await;
        assert_eq!(across["certificates"]["nodes"], json!([{ "typeName": NAMED }]));
        let held = "query($code: String!) { holder(code: $code) { certificates { nodes { typeName } } } }";
        let held = hub.data(&agent, held, json!({ "code": CODE })).await;
        assert_eq!(held["holder"]["certificates"]["nodes"], json!([{ "typeName": NAMED }]));

        // A file as well.
        let file = Request::get(format!("/certificates/{}.json", officer["identifier"].as_str().unwrap()))
            .header("authorization", format!("Bearer {agent}"))
            .header("x-purpose", "%7B%22useFor%22%3A%22x%22%7D");
        let (status, _) = hub.http(file.body(Body::empty()).unwrap()).await;
        assert_eq!(status, 200);
        assert_eq!(code_of(&plainly(&hub, &agent, "{ useCodes { id } }").await), "PURPOSE_REQUIRED");

        // What the holder does himself.
        for query in [
            "mutation { freezeMine(reason: \"x\") }",
            "mutation { appointAgent(agent: \"1\", name: \"x\", types: [\"SafetyOfficerCertificate\"], days: 1) { id } }",
            "{ mandates { id } }",
            "{ accessesOfMine { id } }",
        ] {
            assert_eq!(code_of(&hub.ask(&agent, query, json!({})).await), "FORBIDDEN", "{query}");
        }
        let query = "mutation($id: ID!) { withdrawMandate(id: $id) }";
        assert_eq!(code_of(&hub.ask(&agent, query, json!({ "id": id })).await), "FORBIDDEN");

        hub.hub.audit.settle().await.unwrap();
        let events = hub.hub.store.access_events(100).await.unwrap();
        let by_agent: Vec<_> =
            events.iter().filter(|event| event.role == "agent" && event.kind == "query" && event.outcome == "ok").collect();
        let mandate = format!("mandate-{}", id.replace('-', ""));
        assert!(by_agent.len() >= 3, "{events:#?}");
        assert!(
            by_agent.iter().all(|event| event.rules.as_deref() == Some(&mandate) && event.actor == "agent via portal"),
            "{by_agent:#?}"
        );
        let strange = events.iter().find(|event| event.kind == "openHolderSession").unwrap();
        let proof = async |event: &str| {
            let request = Request::get(event).header("authorization", format!("Bearer {agent}")).body(Body::empty()).unwrap();
            hub.http(request).await.0
        };
        assert_eq!(proof(&format!("/log/receipt/{}", strange.id)).await, 404, "what others did is the holder's to know");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_consents_for_the_holder_and_all_of_it_ends_with_the_mandate() {
    on_each(|url| async move {
        let (hub, ..) = start(&url).await;
        let holder = session(&hub, CODE).await;
        let id = appoint(&hub, &holder).await;
        let agent = opened(&hub).await;
        let own = hub.data(&holder, MAKE, json!({ "fields": ["personName"], "once": false })).await["makeUseCode"].take();
        let code = hub.data(&agent, MAKE, json!({ "fields": ["personName"], "once": false })).await["makeUseCode"].take();
        let read = with_code(&hub, "housing", &code["code"], "{ safetyOfficerCertificates { nodes { personName } } }").await;
        assert!(read["data"]["safetyOfficerCertificates"]["nodes"][0]["personName"].is_string(), "{read:#}");
        let strange =
            "mutation { makeUseCode(department: \"11990000000000GX2C\", type: \"SpecialOperationCertificate\", fields: [\"number\"],
            minutes: 5) { code } }";
        assert_eq!(code_of(&hub.ask(&agent, strange, json!({})).await), "FORBIDDEN", "the mandate is not for this type");
        // It sees and withdraws its own codes; the holder all of them.
        let ids = async |token: &str| hub.data(token, "{ useCodes { id } }", json!({})).await["useCodes"].as_array().unwrap().len();
        assert_eq!((ids(&agent).await, ids(&holder).await), (1, 2));
        let take = "mutation($id: ID!) { withdrawUseCode(id: $id) }";
        assert_eq!(code_of(&hub.ask(&agent, take, json!({ "id": own["id"] })).await), "NOT_FOUND");

        withdraw(&hub, &holder, &id).await;
        assert_eq!(code_of(&hub.ask(&agent, OFFICERS, json!({})).await), "UNAUTHENTICATED");
        assert_eq!(code_of(&with_code(&hub, "housing", &code["code"], OFFICERS).await), "FORBIDDEN");
        assert_eq!(code_of(&open(&hub, AGENT, CODE).await), "FORBIDDEN");
        let good = with_code(&hub, "housing", &own["code"], "{ safetyOfficerCertificates { nodes { personName } } }").await;
        assert!(good.get("errors").is_none(), "the holder's own code holds: {good:#}");
        let given = hub.data(&holder, "{ mandates { id withdrawnAt } }", json!({})).await;
        assert!(given["mandates"][0]["id"] == json!(id) && given["mandates"][0]["withdrawnAt"].is_string(), "{given:#}");
        assert_eq!(code_of(&hub.ask(&holder, "mutation($id: ID!) { withdrawMandate(id: $id) }", json!({ "id": id })).await), "NOT_FOUND");

        for (variables, path) in [
            (json!({ "agent": CODE, "types": [TYPE], "days": 1 }), "agent"),
            (json!({ "agent": " ", "types": [TYPE], "days": 1 }), "agent"),
            (json!({ "agent": AGENT, "types": [], "days": 1 }), "types"),
            (json!({ "agent": AGENT, "types": ["Nothing"], "days": 1 }), "types"),
            (json!({ "agent": AGENT, "types": [TYPE], "days": 0 }), "days"),
            (json!({ "agent": AGENT, "types": [TYPE], "days": 366 }), "days"),
        ] {
            let refused = hub.ask(&holder, APPOINT, variables.clone()).await;
            assert_eq!(code_of(&refused), "INVALID_INPUT", "{variables}");
            assert!(refused["errors"][0]["message"].as_str().unwrap().starts_with(path), "{refused:#}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn loss_of_either_freezes_the_agents_session_and_no_session_outlives_a_withdrawal_it_races_with() {
    on_each(|url| async move {
        let (hub, ..) = start(&url).await;
        let holder = session(&hub, OTHER).await;
        let given = hub.data(&holder, APPOINT, json!({ "agent": CODE, "types": [TYPE], "days": 30 })).await;
        assert!(given["appointAgent"]["id"].is_string());
        // One without a certificate, too, and what was frozen is lifted however it stands.
        hub.data(&holder, APPOINT, json!({ "agent": AGENT, "types": [TYPE], "days": 30 })).await;
        for query in ["freezeHolder(code: $code, reason: \"x\")", "unfreezeHolder(code: $code)"] {
            hub.data("admin", &format!("mutation($code: String!) {{ {query} }}"), json!({ "code": AGENT })).await;
        }
        // The agent's own loss: he holds certificates himself, and acts for another.
        let answer = open(&hub, CODE, OTHER).await;
        let agent = answer["data"]["openHolderSession"]["token"].as_str().unwrap().to_owned();
        hub.data(&agent, OFFICERS, json!({})).await;
        hub.data("admin", "mutation($code: String!) { freezeHolder(code: $code, reason: \"x\") }", json!({ "code": CODE })).await;
        assert_eq!(code_of(&hub.ask(&agent, OFFICERS, json!({})).await), "UNAUTHENTICATED");
        assert_eq!(code_of(&open(&hub, CODE, OTHER).await), "FORBIDDEN");
        hub.data(&holder, OFFICERS, json!({})).await;
        hub.data("admin", "mutation($code: String!) { unfreezeHolder(code: $code) }", json!({ "code": CODE })).await;

        // The holder's loss: mandates do not come back with him.
        hub.data("admin", "mutation($code: String!) { freezeHolder(code: $code, reason: \"x\") }", json!({ "code": OTHER })).await;
        hub.data("admin", "mutation($code: String!) { unfreezeHolder(code: $code) }", json!({ "code": OTHER })).await;
        assert_eq!(code_of(&open(&hub, CODE, OTHER).await), "FORBIDDEN");

        let holder = session(&hub, CODE).await;
        for _ in 0..20 {
            appoint(&hub, &holder).await;
        }
        let one_more = hub.ask(&holder, APPOINT, json!({ "agent": AGENT, "types": [TYPE], "days": 30 })).await;
        assert_eq!(code_of(&one_more), "CONFLICT", "{one_more:#}");
        let given = hub.data(&holder, "{ mandates { id } }", json!({})).await;
        for mandate in given["mandates"].as_array().unwrap() {
            withdraw(&hub, &holder, mandate["id"].as_str().unwrap()).await;
        }
        for _ in 0..6 {
            let id = appoint(&hub, &holder).await;
            let opening = futures_util::future::join_all((0..6).map(|_| open(&hub, AGENT, CODE)));
            let (opened, ()) = tokio::join!(opening, withdraw(&hub, &holder, &id));
            for answer in opened {
                let Some(token) = answer["data"]["openHolderSession"]["token"].as_str() else { continue };
                assert_eq!(code_of(&hub.ask(token, OFFICERS, json!({})).await), "UNAUTHENTICATED");
            }
        }
    })
    .await;
}
