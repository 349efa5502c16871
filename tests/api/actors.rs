//! One question, asked as nine actors: what each is shown of the schema, what it is answered, by which rule, and what the log says.
//!
//! The snapshot lies beside this file; `ACTORS=write` writes it anew.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use chrono::Utc;
use model::actor::{Actor, Caller, Department, Granted, Purpose, Role};
use model::plan::{Many, PageArgs, Request as Question, plan};
use serde_json::{Map, Value as Json, json};
use zhengzhao::store::TokenRow;

use super::each_type::{example, issue};
use crate::support::each::{execute, on_each};
use crate::support::hub::TestHub;

const TYPE: &str = "SafetyOfficerCertificate";
const HOUSING: &str = "11990000000000GX2C";
const TAX: &str = "119901000000000G16";
const MATTER: &str = "990000-001";
const QUERY: &str =
    "{ safetyOfficerCertificates(first: 10) { totalCount nodes { number personName identityCard categoryCode { code } employerName
    holders { name code } files { format } status } } }";
const ALL: &str = "{ safetyOfficerCertificates(first: 10) { totalCount nodes { number categoryCode { code } status } } }";

struct Asking {
    name: &'static str,
    token: String,
    purpose: Json,
}

#[tokio::test(flavor = "multi_thread")]
async fn one_question_as_nine_actors() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let asking = actors(&hub, &url).await;
        let mut found = Map::new();
        for asked in &asking {
            found.insert(asked.name.to_owned(), shown(&hub, asked).await);
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/actors.json");
        let text = serde_json::to_string_pretty(&found).unwrap() + "\n";
        if std::env::var("ACTORS").is_ok_and(|value| value == "write") {
            std::fs::write(path, &text).unwrap();
        }
        let kept: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for (name, found) in &found {
            assert_eq!(found, &kept[name], "{name}: if this is meant, ACTORS=write writes the snapshot anew");
        }
    })
    .await;
}

async fn actors(hub: &TestHub, url: &str) -> Vec<Asking> {
    let department = |code: &str| Some(Department { code: code.into(), name: "测试局".into(), division: None });
    let tokens =
        [("housing", Role::Department, department(HOUSING)), ("tax", Role::Department, department(TAX)), ("portal", Role::Portal, None)];
    for (token, role, department) in tokens {
        let actor = Actor::new(role, token, department, Granted::none(), Granted::none());
        let row = TokenRow { name: token.into(), actor, created_at: Utc::now(), expires_at: None, revoked_at: None };
        hub.hub.store.put_token(&verify::digest::sm3_hex(token.as_bytes()), &row).await.unwrap();
    }
    example(hub, TYPE, 0).await;
    let ty = hub.hub.registry.load().get(TYPE).unwrap().ty.clone();
    let mut data = ty.examples[0].clone();
    for (name, value) in [("categoryCode", "A"), ("personName", "测试乙"), ("identityCard", "990000190001010024")] {
        data.insert(name.into(), value.into());
    }
    issue(hub, &ty, &data).await;
    let put = "mutation($source: String!) { putGrant(source: $source) { name } }";
    for grant in [
        json!({ "name": "housing-officers", "department": HOUSING, "type": TYPE, "fields": ["categoryCode", "employerName"],
            "masked": ["personName", "identityCard", "number", "holders"], "items": [MATTER], "rows": { "categoryCode": { "eq": "C3" } },
            "until": "2099-12-31", "legalBasis": "条例" }),
        json!({ "name": "tax-officers", "department": TAX, "type": TYPE, "fields": "all", "items": [MATTER], "legalBasis": "协议" }),
        json!({ "name": "tax-ended", "department": TAX, "type": "DrivingLicence", "fields": "all", "until": "2099-12-31", "legalBasis": "协议" }),
    ] {
        hub.data("admin", put, json!({ "source": grant.to_string() })).await;
    }
    // As it lies there the day after.
    execute::sql(url, "UPDATE access_grant SET body = replace(body, '2099-12-31', '2020-12-31') WHERE name = 'tax-ended'").await;
    let open = "mutation { openHolderSession(code: \"990000190001010016\") { token } }";
    let holder = hub.data("portal", open, json!({})).await["openHolderSession"]["token"].as_str().unwrap().to_owned();
    let make = format!(
        "mutation {{ makeUseCode(department: \"{HOUSING}\", type: \"{TYPE}\", fields: [\"personName\", \"categoryCode\", \"number\"], minutes: 30, once: false) {{ code }} }}"
    );
    let code = hub.data(&holder, &make, json!({})).await["makeUseCode"]["code"].take();
    let appoint =
        format!("mutation {{ appointAgent(agent: \"990000190001010032\", name: \"代理人\", types: [\"{TYPE}\"], days: 30) {{ id }} }}");
    hub.data(&holder, &appoint, json!({})).await;
    let open = "mutation { openHolderSession(code: \"990000190001010032\", onBehalfOf: \"990000190001010016\") { token } }";
    let agent = hub.data("portal", open, json!({})).await["openHolderSession"]["token"].as_str().unwrap().to_owned();
    let matter = json!({ "useFor": "办理资质", "itemCode": MATTER });
    let asking = |name, token: &str, purpose: Json| Asking { name, token: token.to_owned(), purpose };
    vec![
        asking("department of another division", "tax", matter.clone()),
        asking("department, fields and rows", "housing", matter.clone()),
        asking("department, another matter", "housing", json!({ "useFor": "办理资质", "itemCode": "990000-002" })),
        asking("restricted by its token", "restricted", matter.clone()),
        asking("holder", &holder, Json::Null),
        asking("holder's agent", &agent, json!({ "useFor": "代办变更" })),
        asking("by the holder's consent", "housing", json!({ "useFor": "办理资质", "consent": code })),
        asking("administrator", "admin", matter.clone()),
        asking("anonymous", "", Json::Null),
    ]
}

async fn shown(hub: &TestHub, asked: &Asking) -> Json {
    let send = async |query: &str| {
        let mut body = json!({ "query": query });
        if !asked.purpose.is_null() {
            body["extensions"] = json!({ "purpose": asked.purpose });
        }
        hub.send(&asked.token, &body).await
    };
    let before = hub.hub.store.access_events(1).await.unwrap().first().map(|event| event.id);
    let answer = send(QUERY).await;
    let least = send(ALL).await;
    hub.hub.audit.settle().await.unwrap();
    let events = hub.hub.store.access_events(50).await.unwrap();
    let of_use_code = |text: &str| {
        let cited = ["use-code-", "mandate-"].into_iter().find(|kind| text.starts_with(kind));
        cited.map_or_else(|| text.to_owned(), |kind| format!("{kind}…"))
    };
    let log: Vec<Json> = events
        .iter()
        .take_while(|event| Some(event.id) != before)
        .map(|event| {
            json!({ "kind": event.kind, "role": event.role, "outcome": event.outcome, "count": event.count, "typeName": event.type_name,
                "rules": event.rules.as_deref().map(of_use_code) })
        })
        .collect();
    json!({ "schema": fields(hub, asked).await, "answer": answer, "answer to what all may have": least, "plan": planned(hub, asked).await, "log": log })
}

/// The fields of the type in this actor's own SDL.
async fn fields(hub: &TestHub, asked: &Asking) -> Vec<String> {
    let mut request = Request::get("/graphql/schema.graphql");
    if !asked.token.is_empty() {
        request = request.header("authorization", format!("Bearer {}", asked.token));
    }
    let (_, sdl) = hub.http(request.body(Body::empty()).unwrap()).await;
    let sdl = String::from_utf8(sdl).unwrap();
    let begins = format!("type {TYPE} implements");
    let lines = sdl.lines().skip_while(|line| !line.starts_with(&begins)).skip(1).take_while(|line| *line != "}");
    let names = lines.map(str::trim).filter(|line| line.contains(':') && !line.starts_with('"') && line.starts_with(char::is_lowercase));
    names.map(|line| line.split([':', '(']).next().unwrap_or_default().to_owned()).collect()
}

/// The plan of the question, where a department's token has one: its step and the rules it rests on.
async fn planned(hub: &TestHub, asked: &Asking) -> Json {
    let code = match asked.token.as_str() {
        "housing" => HOUSING,
        "tax" => TAX,
        _ => return Json::Null,
    };
    if asked.purpose["consent"].is_string() {
        return Json::Null;
    }
    let department = Department { code: code.into(), name: "测试局".into(), division: None };
    let matters = hub.hub.granting.matters(&department, &Granted::none(), &Granted::All, Utc::now()).await.unwrap();
    let actor = Actor {
        matters: Some(Arc::new(matters)),
        ..Actor::new(Role::Department, code, Some(department), Granted::none(), Granted::none())
    };
    let purpose: Purpose = serde_json::from_value(asked.purpose.clone()).unwrap();
    let many = Many { type_name: TYPE.into(), filter: None, order_by: Vec::new(), page: PageArgs::default() };
    match plan(&Question::Many(many), &hub.hub.registry.load(), &Caller::new(Arc::new(actor), Some(purpose)), Utc::now()) {
        Ok(plan) => match plan.step() {
            model::plan::Step::Page(page) => json!({ "rows": format!("{:?}", page.predicate), "rules": plan.rules() }),
            other => json!(format!("{other:?}")),
        },
        Err(refused) => json!(refused.to_string()),
    }
}
