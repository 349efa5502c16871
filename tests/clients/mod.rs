//! Departments and their clients: admitted, proved, slowed down, revoked; on one hub and on two.

mod assertions;
mod limits;
mod replicas;

use std::time::Instant;

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use model::actor::{Caller, Granted};
use serde_json::{Value as Json, json};
use zhengzhao::clients::{ClientInput, DepartmentInput};
use zhengzhao::hub::HubSettings;

use crate::support::each::{execute, on_each};
use crate::support::hub::{AUTHORITY, TestHub, administrator, settings};

const READ: &str = "{ certificates(first: 1) { edges { node { id } } } }";

/// The register's answer: client and secret.
async fn admitted(hub: &TestHub, id: &str) -> (String, String) {
    let register = &hub.hub.clients.register;
    let caller = Caller { actor: administrator().into(), purpose: None };
    let department =
        DepartmentInput { code: AUTHORITY.into(), name: "测试局".into(), division: Some("990000".into()), ..DepartmentInput::default() };
    register.department(department, &caller, Utc::now()).await.unwrap();
    let types = Granted::Only(["SafetyOfficerCertificate".to_owned(), "SafetyProductionLicence".to_owned()].into());
    let input = ClientInput { id: Some(id.to_owned()), ..ClientInput::reader(AUTHORITY, "办件系统", types) };
    let made = register.client(input, &caller, Utc::now()).await.unwrap();
    (made.client.id, made.secret.unwrap().secret.to_string())
}

/// Posts a form to `/oauth/token`: status and body.
async fn asked(hub: &TestHub, body: &str, basic: Option<(&str, &str)>) -> (u16, Json) {
    let mut request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    if let Some((client, secret)) = basic {
        request = request.header("authorization", format!("Basic {}", STANDARD.encode(format!("{client}:{secret}"))));
    }
    let (status, body) = hub.http(request.body(Body::from(body.to_owned())).unwrap()).await;
    (status, serde_json::from_slice(&body).unwrap())
}

async fn token(hub: &TestHub, client: &str, secret: &str) -> String {
    let (status, body) = asked(hub, "grant_type=client_credentials", Some((client, secret))).await;
    assert_eq!(status, 200, "{body}");
    body["access_token"].as_str().unwrap().to_owned()
}

fn is_refused(answer: &Json) -> bool {
    answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_proves_itself_and_reads_what_it_was_granted() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (client, secret) = admitted(&hub, "office-1").await;
        let (status, body) = asked(&hub, "grant_type=client_credentials", Some((&client, &secret))).await;
        assert_eq!((status, body["token_type"].as_str(), body["expires_in"].as_u64()), (200, Some("Bearer"), Some(600)));
        let token = body["access_token"].as_str().unwrap();
        hub.data(token, READ, json!({})).await;
        let sdl =
            |token: &str| Request::get("/graphql/schema.graphql").header("authorization", format!("Bearer {token}")).body(Body::empty());
        let (_, shown) = hub.http(sdl(token).unwrap()).await;
        let shown = String::from_utf8(shown).unwrap();
        assert!(
            shown.contains("SafetyOfficerCertificate")
                && !shown.contains("FireSafetyInspectionCertificate")
                && !shown.contains("Mutation {\n  registerClient")
        );
        // What it says: and that its division is known.
        let claims: Json = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap();
        assert_eq!((claims["sub"].as_str(), claims["aud"].as_str()), (Some("office-1"), Some("http://hub.test")));
        assert_eq!(claims["department"], AUTHORITY);
        let known = hub.hub.clients.recognise(token, Utc::now()).await.unwrap().unwrap();
        assert_eq!(known.actor.department.as_ref().unwrap().division.as_deref(), Some("990000"));
        // In the body, and narrowed.
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}&scope=SafetyOfficerCertificate");
        let (status, body) = asked(&hub, &form, None).await;
        assert_eq!((status, body["scope"].as_str()), (200, Some("SafetyOfficerCertificate")));
        let (_, shown) = hub.http(sdl(body["access_token"].as_str().unwrap()).unwrap()).await;
        assert!(!String::from_utf8(shown).unwrap().contains("type SafetyProductionLicence "));
        for scope in ["SafetyOfficerCertificate+BusinessLicence", "read", "%22"] {
            let (status, body) = asked(&hub, &format!("grant_type=client_credentials&scope={scope}"), Some((&client, &secret))).await;
            assert_eq!((status, body["error"].as_str()), (400, Some("invalid_scope")), "{scope}");
        }
        // Who used what when is told; the secret is nowhere.
        let row = hub.hub.clients.register.of_id(&client).await.unwrap();
        assert!(row.last_used_at.is_some() && hub.hub.clients.register.credentials(&client).await.unwrap()[0].last_used_at.is_some());
        assert!(execute::dump(&url).await.iter().all(|(_, _, text)| !text.contains(&secret[40..])), "the secret lies in the database");
        let events = hub.hub.store.access_events(50).await.unwrap();
        let granted: Vec<_> = events.iter().filter(|event| event.kind == "grantToken").collect();
        assert!(granted.len() >= 2 && granted.iter().all(|event| event.actor == "office-1" && event.role == "department"));
        assert!(
            events
                .iter()
                .any(|event| event.kind == "registerClient" && event.purpose.as_ref().is_some_and(|purpose| purpose.contains("office-1")))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_refused_recorded_and_slowed() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (client, secret) = admitted(&hub, "office-2").await;
        let wrong = format!("{}g", &secret[..secret.len() - 1]);
        let grant = "grant_type=client_credentials";
        for (name, given) in [(&*client, &*wrong), ("nobody", &*secret), (&*client, "x"), (&*client, ""), (&*client, "测试")] {
            let (status, body) = asked(&hub, grant, Some((name, given))).await;
            assert_eq!((status, body["error"].as_str()), (401, Some("invalid_client")), "{name}");
        }
        let refused = |events: &[zhengzhao::store::commands::AccessEvent]| -> Vec<(String, String)> {
            events.iter().filter(|event| event.kind == "refuseToken").map(|event| (event.actor.clone(), event.outcome.clone())).collect()
        };
        hub.hub.audit.settle().await.unwrap();
        let told = refused(&hub.hub.store.access_events(50).await.unwrap());
        assert_eq!(told.len(), 5);
        assert!(told.contains(&("office-2".into(), "refused".into())) && told.contains(&("anonymous".into(), "refused".into())));
        // Right among wrong ones counts; then whoever goes on guessing waits, the right secret included, and another client does not.
        assert_eq!(asked(&hub, grant, Some((&client, &secret))).await.0, 200);
        let mut statuses = Vec::new();
        for _ in 0..7 {
            statuses.push(asked(&hub, grant, Some((&client, "x"))).await.0);
        }
        assert!(statuses.starts_with(&[401; 5]) && statuses.ends_with(&[429]), "{statuses:?}");
        let (other, its) = admitted(&hub, "office-3").await;
        assert_eq!(asked(&hub, grant, Some((&other, &its))).await.0, 200);
        // None of that is in the answer: not even whether there is such a client.
        let unknown = asked(&hub, grant, Some(("nobody-else", "x"))).await;
        assert_eq!(unknown, asked(&hub, grant, Some((&other, "x"))).await);
        let request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("authorization", format!("Basic {}", STANDARD.encode("a:b")));
        let headers = hub.headers(request.body(Body::from(grant)).unwrap()).await;
        assert_eq!(
            (headers["www-authenticate"].to_str().unwrap(), headers["cache-control"].to_str().unwrap()),
            ("Basic realm=\"zhengzhao\", charset=\"UTF-8\"", "no-store")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_client_takes_as_long_as_a_wrong_secret() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display());
    let hub = TestHub::empty(&url).await;
    // Well-formed and of no client: the id in a secret that is made up tells nothing.
    let secret = format!("zzs_{}_{}", uuid::Uuid::now_v7().simple(), "0".repeat(64));
    let took = async |name: &str| {
        let began = Instant::now();
        assert_eq!(asked(&hub, "grant_type=client_credentials", Some((name, &secret))).await.0, 401);
        began.elapsed()
    };
    // In turn, and the fastest of many: whatever else runs here slows both.
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..4 {
        let (client, _) = admitted(&hub, &format!("office-{number}")).await;
        for _ in 0..4 {
            known.push(took(&client).await);
            unknown.push(took(&format!("nobody-{number}")).await);
        }
    }
    let (known, unknown) = (known.into_iter().min().unwrap(), unknown.into_iter().min().unwrap());
    println!("a wrong secret took {known:?}, an unknown client {unknown:?}");
    assert!(known < unknown * 2 && unknown < known * 2, "{known:?} {unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_revoked_ended_or_not_reviewed_may_nothing() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (client, secret) = admitted(&hub, "office-1").await;
        let first = token(&hub, &client, &secret).await;
        hub.data(&first, READ, json!({})).await;
        // A second secret, then a third is one too many; the first goes, and its tokens with it.
        let added = hub.data("admin", "mutation { addClientSecret(client: \"office-1\") { secret credential { id kind } client { credentials { id } } } }", json!({})).await;
        let second = added["addClientSecret"]["secret"].as_str().unwrap().to_owned();
        let kept = token(&hub, &client, &second).await;
        hub.refused("admin", "mutation { addClientSecret(client: \"office-1\") { secret } }", json!({}), "CONFLICT").await;
        let ids = added["addClientSecret"]["client"]["credentials"].as_array().unwrap().clone();
        let revoke = "mutation($id: ID!) { revokeClientCredential(client: \"office-1\", credential: $id, reason: \"轮换\") { state credentials { revokedWhy } } }";
        let answered = hub.data("admin", revoke, json!({ "id": ids[0]["id"] })).await;
        assert_eq!(answered["revokeClientCredential"]["credentials"][0]["revokedWhy"], "轮换");
        assert!(is_refused(&hub.ask(&first, READ, json!({})).await), "its token ends with a secret");
        hub.data(&kept, READ, json!({})).await;
        assert_eq!(asked(&hub, "grant_type=client_credentials", Some((&client, &secret))).await.0, 401);
        // Nobody looked at it for a year.
        let year = (Utc::now() - TimeDelta::days(366)).timestamp_micros();
        execute::sql(&url, &format!("UPDATE client SET reviewed_at = {year}")).await;
        assert!(is_refused(&hub.ask(&kept, READ, json!({})).await));
        assert_eq!(hub.data("admin", "{ client(id: \"office-1\") { state } }", json!({})).await["client"]["state"], "LAPSED");
        assert_eq!(asked(&hub, "grant_type=client_credentials", Some((&client, &second))).await.0, 401);
        hub.data("admin", "mutation { reviewClient(client: \"office-1\") { reviewDue } }", json!({})).await;
        hub.data(&kept, READ, json!({})).await;
        // Its end date.
        execute::sql(&url, &format!("UPDATE client SET ends_at = {year}")).await;
        assert!(is_refused(&hub.ask(&kept, READ, json!({})).await));
        execute::sql(&url, "UPDATE client SET ends_at = NULL").await;
        hub.data(&kept, READ, json!({})).await;
        hub.data("admin", "mutation { revokeClient(client: \"office-1\", reason: \"停用\") { state revokedWhy } }", json!({})).await;
        assert!(is_refused(&hub.ask(&kept, READ, json!({})).await));
        hub.refused("admin", "mutation { revokeClient(client: \"office-1\", reason: \"再次\") { state } }", json!({}), "NOT_FOUND").await;
        hub.refused("admin", "mutation { addClientSecret(client: \"office-1\") { secret } }", json!({}), "NOT_FOUND").await;
        // None but administrators know of any of this.
        for token in ["issuer", "department", ""] {
            for query in ["{ departments { code } }", "mutation { revokeClient(client: \"office-1\", reason: \"x\") { id } }"] {
                assert!(hub.ask(token, query, json!({})).await["errors"].is_array(), "{token} {query}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_here_alone_and_while_its_key_is_here() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (client, secret) = admitted(&hub, "office-1").await;
        let token = token(&hub, &client, &secret).await;
        let elsewhere = TestHub::with(HubSettings { public_url: "http://other.test".into(), ..settings(&url) }).await;
        assert!(is_refused(&elsewhere.ask(&token, READ, json!({})).await), "another issuer and audience");
        let keys = tempfile::tempdir().unwrap();
        let without = TestHub::with(HubSettings { keys: keys.path().into(), ..settings(&url) }).await;
        assert!(is_refused(&without.ask(&token, READ, json!({})).await), "another key ring");
        assert_eq!(asked(&without, "grant_type=client_credentials", Some((&client, &secret))).await.0, 503, "no key, no token");
        // Tricks of the header and of the body, over HTTP.
        let parts: Vec<&str> = token.split('.').collect();
        let none = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#), parts[1]);
        for trick in [
            none,
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            token[..token.len() - 1].to_owned(),
            format!("{token}.x"),
            ".".into(),
            "..".into(),
        ] {
            assert!(is_refused(&hub.ask(&trick, READ, json!({})).await), "{trick}");
        }
        // Published: the keys and where to ask.
        let get = async |path: &str| -> Json {
            serde_json::from_slice(&hub.http(Request::get(path).body(Body::empty()).unwrap()).await.1).unwrap()
        };
        let keys = get("/.well-known/jwks.json").await;
        let header: Json = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
        assert_eq!((&keys["keys"][0]["kid"], &keys["keys"][0]["alg"]), (&header["kid"], &header["alg"]));
        assert!(keys["keys"][0].get("d").is_none());
        assert_eq!(get("/.well-known/oauth-authorization-server").await["token_endpoint"], "http://hub.test/oauth/token");
    })
    .await;
}

/// A moment as claims say it.
fn seconds(at: DateTime<Utc>) -> i64 {
    at.timestamp()
}
