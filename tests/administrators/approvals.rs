//! What one administrator asks for another must agree to: grants, types, keys.

use std::collections::BTreeSet;

use chrono::Utc;
use model::actor::Person;
use serde_json::{Value as Json, json};
use zhengzhao::approvals::Action;
use zhengzhao::hub::{CallerSettings, HubSettings};
use zhengzhao::store::TokenRow;

use super::{account, operator, signed_in};
use crate::support::each::{execute, on_each};
use crate::support::hub::{AUTHORITY, TestHub, administrator, settings};

const PUT: &str = "mutation($source: String!) { putGrant(source: $source) { name } }";
const APPROVE: &str = "mutation($id: ID!) { approve(id: $id) { state decidedBy askedBy mine arguments } }";

fn grant(name: &str, basis: &str) -> Json {
    let grant = json!({ "name": name, "department": AUTHORITY, "type": "SafetyOfficerCertificate", "fields": ["categoryCode"],
        "items": ["990000-001"], "until": "2099-12-31", "legalBasis": basis });
    json!({ "source": grant.to_string() })
}

/// Hubs of one database where everything that can takes two persons, and the sessions of two.
async fn start(url: &str) -> (TestHub, TestHub, String, String) {
    drop(TestHub::start(url).await);
    let strict =
        || HubSettings { callers: CallerSettings { second: BTreeSet::from(Action::ALL), ..CallerSettings::default() }, ..settings(url) };
    let (hub, replica) = (TestHub::with(strict()).await, TestHub::with(strict()).await);
    let (one, other) = (account(&hub, "li.wei").await, account(&hub, "wang.fang").await);
    let (one, other) = (signed_in(&hub, &one, Utc::now()).await, signed_in(&hub, &other, Utc::now()).await);
    (hub, replica, one, other)
}

/// The id of what waits for approval now.
async fn asked(hub: &TestHub, token: &str, query: &str, variables: Json) -> Json {
    let refused = hub.refused(token, query, variables, "APPROVAL_REQUIRED").await;
    refused["errors"][0]["extensions"]["approval"].clone()
}

async fn state(hub: &TestHub, id: &Json) -> Json {
    let all = hub.data("admin", "{ approvals { id state outcome } }", json!({})).await["approvals"].take();
    all.as_array().unwrap().iter().find(|row| row["id"] == *id).unwrap().clone()
}

async fn grants(hub: &TestHub) -> Json {
    hub.data("admin", "{ grants { name legalBasis putBy } }", json!({})).await["grants"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_holds_when_another_person_has_agreed_and_once() {
    on_each(|url| async move {
        let (hub, replica, one, other) = start(&url).await;
        // Nobody in particular cannot ask, since he could agree with himself. What is wrong is told at once, and waits for nobody.
        hub.refused("admin", PUT, grant("officers", "条例"), "FORBIDDEN").await;
        hub.refused(&one, PUT, json!({ "source": "{}" }), "INVALID_INPUT").await;
        assert_eq!(hub.data("admin", "{ approvals { id } }", json!({})).await["approvals"], json!([]));
        let id = asked(&hub, &one, PUT, grant("officers", "条例")).await;
        assert_eq!(grants(&hub).await, json!([]));
        let waiting =
            hub.data(&other, "{ approvals(waiting: true) { action mutation arguments reason askedBy state mine } }", json!({})).await;
        let row = &waiting["approvals"][0];
        assert_eq!((&row["action"], &row["mutation"], &row["state"]), (&json!("grant"), &json!("putGrant"), &json!("WAITING")));
        assert_eq!((&row["askedBy"], &row["mine"], &row["reason"]), (&json!("li.wei"), &json!(false), &json!("test")));
        assert_eq!(row["arguments"], grant("officers", "条例"));
        // The same person may not agree, by session or by token; nor nobody; nor somebody who administers nothing.
        let mut actor = administrator();
        actor.person = Some(Person { name: "li.wei".into(), session: None });
        let row = TokenRow { name: "of-li".into(), actor, created_at: Utc::now(), expires_at: None, revoked_at: None };
        hub.hub.store.put_token(&verify::digest::sm3_hex(b"of-li"), &row).await.unwrap();
        for token in [&*one, "of-li", "admin", "issuer"] {
            let refused = replica.refused(token, APPROVE, json!({ "id": id }), "FORBIDDEN").await;
            assert_eq!(grants(&hub).await, json!([]), "{token}: {refused:#}");
        }
        let approved = replica.data(&other, APPROVE, json!({ "id": id })).await["approve"].take();
        assert_eq!((&approved["state"], &approved["decidedBy"]), (&json!("DONE"), &json!("wang.fang")), "{approved:#}");
        assert_eq!(grants(&hub).await, json!([{ "name": "officers", "legalBasis": "条例", "putBy": "li.wei" }]));
        replica.refused(&other, APPROVE, json!({ "id": id }), "CONFLICT").await;
        // Asked with a token of his, it is his as well.
        let second = asked(&hub, "of-li", PUT, grant("others", "条例")).await;
        hub.refused(&one, APPROVE, json!({ "id": second }), "FORBIDDEN").await;
        hub.data(&other, APPROVE, json!({ "id": second })).await;
        assert_eq!(grants(&hub).await[1]["putBy"], "of-li");
        let events = hub.hub.store.access_events(100).await.unwrap();
        let by = |kind: &str, actor: &str| {
            let about = |event: &&zhengzhao::store::commands::AccessEvent| {
                event.purpose.as_ref().is_some_and(|purpose| purpose.contains(id.as_str().unwrap()))
            };
            events.iter().filter(|event| event.kind == kind && event.actor == actor).filter(about).count()
        };
        assert_eq!((by("askApproval", "li.wei"), by("approve", "wang.fang"), by("putGrant", "li.wei")), (1, 1, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_changed_since_is_past_or_refused_is_not_done() {
    on_each(|url| async move {
        let (hub, replica, one, other) = start(&url).await;
        let put = async |basis: &str| {
            let id = asked(&hub, &one, PUT, grant("officers", basis)).await;
            hub.data(&other, APPROVE, json!({ "id": id })).await;
        };
        put("第一条").await;
        // Withdrawn meanwhile, which one person may do at once: what was to replace it is void.
        let id = asked(&hub, &one, PUT, grant("officers", "第二条")).await;
        hub.data(&one, "mutation { withdrawGrant(name: \"officers\", reason: \"误授\") { name } }", json!({})).await;
        let refused = replica.refused(&other, APPROVE, json!({ "id": id }), "CONFLICT").await;
        assert!(refused["errors"][0]["message"].as_str().unwrap().contains("has changed since"), "{refused:#}");
        let void = state(&hub, &id).await;
        assert!(void["state"] == "REFUSED" && void["outcome"].as_str().unwrap().contains("已变更"), "{void:#}");
        replica.refused(&other, APPROVE, json!({ "id": id }), "CONFLICT").await;
        assert_eq!(grants(&hub).await, json!([]));
        // Past.
        let id = asked(&hub, &one, PUT, grant("officers", "第三条")).await;
        execute::sql(&url, "UPDATE approval_request SET until = 1 WHERE state = 'waiting'").await;
        hub.refused(&other, APPROVE, json!({ "id": id }), "CONFLICT").await;
        assert_eq!(state(&hub, &id).await["state"], "EXPIRED");
        // Refused with a reason, by another; taken back by oneself.
        let refuse = "mutation($id: ID!, $reason: String!) { refuseApproval(id: $id, reason: $reason) { state outcome decidedBy } }";
        for (token, name) in [(&other, "wang.fang"), (&one, "li.wei")] {
            let id = asked(&hub, &one, PUT, grant("officers", "第四条")).await;
            hub.refused(token, refuse, json!({ "id": id, "reason": " " }), "INVALID_INPUT").await;
            let done = hub.data(token, refuse, json!({ "id": id, "reason": "依据不足" })).await["refuseApproval"].take();
            assert_eq!(done, json!({ "state": "REFUSED", "outcome": "依据不足", "decidedBy": name }));
            hub.refused(&other, APPROVE, json!({ "id": id }), "CONFLICT").await;
        }
        // Whoever asked is no administrator any more.
        let id = asked(&hub, &one, PUT, grant("officers", "第五条")).await;
        hub.hub.administrators.accounts.disable("li.wei", true, &operator(), Utc::now()).await.unwrap();
        hub.refused(&other, APPROVE, json!({ "id": id }), "CONFLICT").await;
        hub.refused(&other, APPROVE, json!({ "id": uuid::Uuid::now_v7().to_string() }), "NOT_FOUND").await;
        assert_eq!(grants(&hub).await, json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_approve_at_once_carry_it_out_once() {
    on_each(|url| async move {
        let (hub, replica, one, other) = start(&url).await;
        let third = account(&hub, "zhao.min").await;
        let third = signed_in(&hub, &third, Utc::now()).await;
        for round in 0..4 {
            let id = asked(&hub, &one, PUT, grant(&format!("officers-{round}"), "条例")).await;
            let variables = json!({ "id": id });
            let answers = tokio::join!(
                hub.ask(&other, APPROVE, variables.clone()),
                replica.ask(&third, APPROVE, variables.clone()),
                replica.ask(&other, APPROVE, variables.clone())
            );
            let done = [answers.0, answers.1, answers.2].iter().filter(|answer| answer["data"]["approve"]["state"] == "DONE").count();
            assert_eq!(done, 1, "round {round}");
        }
        let all = hub.data("admin", "{ grants(ended: true) { name } }", json!({})).await;
        assert_eq!(all["grants"].as_array().unwrap().len(), 4, "{all:#}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn types_and_keys_take_two_persons_too_and_dry_runs_none() {
    on_each(|url| async move {
        let (hub, replica, one, other) = start(&url).await;
        let agree = async |id: Json| replica.data(&other, APPROVE, json!({ "id": id })).await["approve"]["state"].clone();
        let register = "mutation($source: String!, $dryRun: Boolean) {
            registerCertificateType(source: $source, dryRun: $dryRun) { registered diagnostics { message } } }";
        let source = include_str!("../node/console/food-business-licence.json");
        let dry = hub.data(&one, register, json!({ "source": source, "dryRun": true })).await;
        assert_eq!(dry["registerCertificateType"]["registered"], false);
        let faulty = hub.data(&one, register, json!({ "source": source.replace("credit-code", "credit-cod") })).await;
        assert!(faulty["registerCertificateType"]["diagnostics"][0].is_object(), "{faulty:#}");
        let id = asked(&hub, &one, register, json!({ "source": source })).await;
        assert!(hub.hub.registry.load().get("FoodBusinessLicence").is_none());
        assert_eq!(agree(id).await, "DONE");
        let known = replica.data("admin", "{ certificateTypes { name state } }", json!({})).await;
        let known = known["certificateTypes"].as_array().unwrap().iter().find(|known| known["name"] == "FoodBusinessLicence").unwrap();
        assert_eq!(known["state"], "PUBLISHED", "{known:#}");
        hub.hub.registration.follow().await.unwrap();
        let withdraw = "mutation { withdrawCertificateType(name: \"FoodBusinessLicence\") { state } }";
        let (first, second) = (asked(&hub, &one, withdraw, json!({})).await, asked(&hub, &one, withdraw, json!({})).await);
        assert_eq!(agree(first).await, "DONE");
        replica.refused(&other, APPROVE, json!({ "id": second }), "CONFLICT").await;
        // A client that is admitted so has no secret yet: it is shown to nobody but whoever asks for it.
        hub.data(&one, "mutation { registerDepartment(code: \"11990000000000GX2C\", name: \"测试局\") { code } }", json!({})).await;
        let admit = "mutation { registerClient(id: \"office-1\", department: \"11990000000000GX2C\", name: \"办件系统\",
            admittedFor: \"资质核验\", types: [\"SafetyOfficerCertificate\"]) { secret } }";
        let id = asked(&hub, &one, admit, json!({})).await;
        assert_eq!(agree(id).await, "DONE");
        let client = hub.data(&one, "{ client(id: \"office-1\") { types credentials { id } } }", json!({})).await;
        assert_eq!(client["client"], json!({ "types": ["SafetyOfficerCertificate"], "credentials": [] }));
        // Seals: made and destroyed by two, suspended by one at once.
        let seal =
            "mutation { registerSeal(authority: \"11990000000000GX2C\", custodian: \"测试保管人\", code: \"S-1\", shape: OVAL) { code } }";
        let id = asked(&hub, &one, seal, json!({})).await;
        assert_eq!(agree(id).await, "DONE");
        hub.data(&one, "mutation { suspendSeal(code: \"S-1\", reason: \"保管人离岗\") { status } }", json!({})).await;
        let id = asked(&hub, &one, "mutation { destroySeal(code: \"S-1\", reason: \"停用\") { status } }", json!({})).await;
        assert_eq!(agree(id).await, "DONE");
        let seals = hub.data(&one, "{ seals { code status shape } }", json!({})).await;
        let made = seals["seals"].as_array().unwrap().iter().find(|seal| seal["code"] == "S-1").unwrap().clone();
        assert_eq!((&made["status"], &made["shape"]), (&json!("DESTROYED"), &json!("OVAL")), "{seals:#}");
    })
    .await;
}
