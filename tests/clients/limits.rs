//! Rates and quotas of clients and departments, on one hub and on two; and strangers who guess.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use chrono::Utc;
use model::actor::Caller;
use serde_json::{Value as Json, json};
use zhengzhao::clients::DepartmentInput;
use zhengzhao::hub::{CacheSettings, CallerSettings, HubSettings};
use zhengzhao::limits::{GuessLimits, Limit};
use zhengzhao::store::{ChangesSettings, RedisSettings, Replicas};

use super::{READ, admitted, token};
use crate::support::each::{execute, on_each};
use crate::support::hub::{AUTHORITY, TestHub, administrator, settings};
use crate::support::redis::RedisServer;

/// Asks GraphQL: headers and body.
async fn asked(hub: &TestHub, token: &str, query: &str) -> (u16, HeaderMap, Json) {
    let body = json!({ "query": query, "extensions": { "purpose": { "useFor": "test" } } });
    let request = || {
        let request =
            Request::post("/graphql").header("content-type", "application/json").header("authorization", format!("Bearer {token}"));
        request.body(Body::from(body.to_string())).unwrap()
    };
    hub.whole(request()).await
}

async fn limited(hub: &TestHub, limits: (Option<u32>, Option<u32>)) {
    let caller = Caller { actor: administrator().into(), purpose: None };
    let (rate, daily) = limits;
    let input = DepartmentInput { code: AUTHORITY.into(), name: "测试局".into(), rate, daily, ..DepartmentInput::default() };
    hub.hub.clients.register.department(input, &caller, Utc::now()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_takes_what_it_may_and_is_told_how_it_stands() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (client, secret) = admitted(&hub, "office-1").await;
        execute::sql(&url, "UPDATE client SET daily = 3, rate = 1000").await;
        let first = token(&hub, &client, &secret).await;
        for left in (0..3).rev() {
            let (status, headers, body) = asked(&hub, &first, READ).await;
            assert_eq!((status, body.get("errors")), (200, None), "{body}");
            assert_eq!(headers["ratelimit-policy"], r#""client-second";q=1000;w=1, "client-day";q=3;w=86400"#);
            assert!(headers["ratelimit"].to_str().unwrap().contains(&format!(r#""client-day";r={left};t="#)), "{headers:?}");
        }
        let (status, headers, body) = asked(&hub, &first, READ).await;
        assert_eq!((status, &body["errors"][0]["extensions"]["code"]), (429, &json!("RATE_LIMITED")));
        assert!(headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1 && headers.contains_key("ratelimit"));
        // Another token is the same client; another route counts as well; another client is another.
        let again = token(&hub, &client, &secret).await;
        assert_eq!(asked(&hub, &again, READ).await.0, 429);
        let (other, its) = admitted(&hub, "office-2").await;
        let other = token(&hub, &other, &its).await;
        let (status, headers, _) = asked(&hub, &other, READ).await;
        assert!(status == 200 && !headers.contains_key("ratelimit"), "no limit is registered");
        // Raised, it goes on at once.
        execute::sql(&url, "UPDATE client SET daily = 50").await;
        assert_eq!(asked(&hub, &again, READ).await.0, 200);
        // Of the department together.
        limited(&hub, (None, Some(2))).await;
        assert_eq!([asked(&hub, &other, READ).await.0, asked(&hub, &again, READ).await.0], [200, 200]);
        for token in [&other, &again] {
            let (status, headers, _) = asked(&hub, token, READ).await;
            assert_eq!(status, 429);
            assert!(headers["ratelimit"].to_str().unwrap().contains(r#""department-day";r=0"#), "{headers:?}");
        }
        // Administrators and strangers are not counted here.
        hub.data("admin", "{ departments { code daily clients { id daily } } }", json!({})).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_lets_through_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display());
    let first = TestHub::start(&url).await;
    let (client, secret) = admitted(&first, "office-1").await;
    let callers = CallerSettings { client: Limit { rate: Some(20), daily: None }, ..CallerSettings::default() };
    let hub = TestHub::with(HubSettings { callers, ..settings(&url) }).await;
    let token = token(&hub, &client, &secret).await;
    let (began, mut let_in) = (Instant::now(), 0_u32);
    while began.elapsed() < Duration::from_secs(2) {
        let_in += u32::from(asked(&hub, &token, "{ __typename }").await.0 == 200);
    }
    assert!((40..=65).contains(&let_in), "{let_in} in two seconds, twenty at once and twenty a second");
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_count_together_and_alone_while_redis_is_away() {
    on_each(|url| async move {
        let mut redis = RedisServer::start();
        let first = TestHub::start(&url).await;
        let (client, secret) = admitted(&first, "office-1").await;
        drop(first);
        execute::sql(&url, "UPDATE client SET daily = 40").await;
        let cache = || CacheSettings {
            changes: ChangesSettings {
                replicas: Replicas::Several,
                lease: Duration::from_secs(1),
                redis: Some(RedisSettings { url: redis.url() }),
            },
            ..CacheSettings::default()
        };
        let (one, other) = (TestHub::replica(&url, cache()).await, TestHub::replica(&url, cache()).await);
        let token = token(&one, &client, &secret).await;
        let let_in = async |hub: &TestHub, times: usize| {
            let mut count = 0;
            for _ in 0..times {
                count += usize::from(asked(hub, &token, "{ __typename }").await.0 == 200);
            }
            count
        };
        // Both are asked in turn until neither lets anything in; what one has not heard of the other yet comes on top.
        let mut total = 0;
        loop {
            let round = let_in(&one, 2).await + let_in(&other, 2).await;
            total += round;
            if round == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        assert!((40..=60).contains(&total), "{total} of forty for both together; each alone would let in forty");
        // Away: each counts on by itself, and says so.
        execute::sql(&url, "UPDATE client SET daily = 200").await;
        redis.kill();
        let began = Instant::now();
        let told = async || String::from_utf8(one.http(Request::get("/readyz").body(Body::empty()).unwrap()).await.1).unwrap();
        while !told().await.contains("counted by this replica alone") {
            assert!(began.elapsed() < Duration::from_secs(10), "{}", told().await);
            let_in(&one, 1).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_guesses_waits_and_his_neighbours_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display());
    drop(TestHub::start(&url).await);
    let callers = CallerSettings {
        guesses: GuessLimits { per_address: 6, per_number: 4 },
        proxies: vec!["127.0.0.1".parse().unwrap()],
        ..CallerSettings::default()
    };
    let hub = TestHub::with(HubSettings { callers, ..settings(&url) }).await;
    let share = async |from: &str, forwarded: Option<&str>, number: &str| {
        let data = json!({ "certTypeCode": "SafetyOfficerCertificate", "certData": { "certNo": number, "holder": "张测试" } });
        let mut request = Request::post("/share/v1/verifyCertInfo").header("content-type", "application/json");
        if let Some(forwarded) = forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        let mut request = request.body(Body::from(json!({ "data": data }).to_string())).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(from.parse().unwrap(), 4711)));
        hub.whole(request).await.0
    };
    // One number, from many addresses.
    for host in 1..=4 {
        assert_eq!(share(&format!("192.0.2.{host}"), None, "A1").await, 200);
    }
    assert_eq!(share("192.0.2.9", None, "A1").await, 429);
    assert_eq!(share("192.0.2.9", None, "A2").await, 200);
    // One address, many numbers: whatever it says of proxies.
    for number in 0..6 {
        assert_eq!(share("198.51.100.1", Some(&format!("203.0.113.{number}")), &format!("B{number}")).await, 200);
    }
    assert_eq!(share("198.51.100.1", Some("203.0.113.99"), "B9").await, 429);
    // Behind the proxy each is himself.
    for number in 0..8 {
        assert_eq!(share("127.0.0.1", Some(&format!("203.0.113.{number}")), &format!("C{number}")).await, 200);
    }
    // GraphQL counts the same, each alias of one request too.
    let fields: String = (0..10)
        .map(|number| format!("a{number}: verifyInformation(typeCode: \"SafetyOfficerCertificate\", number: \"D{number}\", holderName: \"张测试\") {{ result }} "))
        .collect();
    let mut request = Request::post("/graphql").header("content-type", "application/json");
    request = request.header("accept-language", "en");
    let mut request = request.body(Body::from(json!({ "query": format!("{{ {fields} }}") }).to_string())).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new("203.0.113.200".parse().unwrap(), 1)));
    let (_, _, body) = hub.whole(request).await;
    let refused = body["errors"].as_array().unwrap();
    assert!(!refused.is_empty() && refused.iter().all(|error| error["extensions"]["code"] == "RATE_LIMITED"), "{body}");
}
