//! Copies for one use: marked, signed, and lapsed by themselves while the certificate stays valid.

use axum::body::Body;
use axum::http::Request;
use chrono::{Days, Duration};
use verify::document::Document;
use verify::report::VerificationResult::{Failed, Passed};
use verify::{Envelope, Policy, verify_bytes};

use super::*;
use crate::support::each::on_each;

const CREATE: &str = "mutation($id: ID!, $purpose: String!, $to: Date!) { createUsageCopy(id: $id, purpose: $purpose, expiresOn: $to) { \
    id purpose maker expiresOn madeAt certificate { number } files { format path } } }";

async fn get(hub: &TestHub, token: &str, path: &str) -> (u16, Vec<u8>) {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    hub.http(request.body(Body::empty()).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_passes_until_its_day_and_lapses_alone() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        let today = zhengzhao::faces::day_in_beijing(Utc::now());
        let to = today.checked_add_days(Days::new(30)).unwrap();
        let ask = |purpose: &str, to| json!({ "id": id, "purpose": purpose, "to": to });
        let made = hub.data("issuer", CREATE, ask("参加测试花园一期工程投标", to)).await;
        let copy = &made["createUsageCopy"];
        assert_eq!((&copy["purpose"], &copy["maker"]), (&json!("参加测试花园一期工程投标"), &json!("测试省住房和城乡建设厅")), "{made:#}");
        let trust = hub.hub.trust().unwrap();
        for file in copy["files"].as_array().unwrap() {
            let path = file["path"].as_str().unwrap();
            let (status, bytes) = get(&hub, "issuer", path).await;
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
            let judge = |at| verify_bytes(&bytes, &trust, &Policy::default(), at).unwrap();
            assert_eq!(judge(Utc::now()).result, Passed, "{:#?}", judge(Utc::now()));
            let later = judge(Utc::now() + Duration::days(32));
            let codes: Vec<_> = later.reasons.iter().map(|reason| reason.code).collect();
            assert_eq!((later.result, later.genuine, codes.contains(&"COPY_LAPSED")), (Failed, Some(true), true), "{later:#?}");
            assert_eq!(get(&hub, "department", path).await.0, 404, "a copy is its maker's");
            // The data taken out of the copy, without what they were given for.
            let document = if path.ends_with("pdf") { Document::from_pdf(&bytes) } else { Document::from_ofd(&bytes) };
            let stripped = Envelope { copy: None, ..document.unwrap().envelope().unwrap().clone() }.to_json().unwrap();
            for report in [
                verify_bytes(stripped.as_bytes(), &trust, &Policy::default(), Utc::now()).unwrap(),
                hub.hub.verification.file(stripped.as_bytes(), Utc::now()).await.unwrap(),
            ] {
                let codes: Vec<_> = report.reasons.iter().map(|reason| reason.code).collect();
                assert_eq!((report.result, codes.contains(&"COPY_TAKEN_OUT")), (Failed, true), "{report:#?}");
            }
            assert_eq!(get(&hub, "issuer", path).await.1, bytes, "made once");
        }
        assert_eq!(report(&hub, id).await.result, Passed, "the certificate itself is as it was");
        let kinds: Vec<_> = hub.hub.store.access_events(50).await.unwrap().into_iter().map(|event| event.kind).collect();
        assert!(kinds.iter().any(|kind| kind == "createCopy"), "{kinds:?}");

        for (purpose, to, code) in [
            ("投标", today.pred_opt().unwrap(), "INVALID_INPUT"),
            ("投标", today.checked_add_days(Days::new(181)).unwrap(), "INVALID_INPUT"),
            (" ", to, "INVALID_INPUT"),
            ("🙂投标", to, "INVALID_INPUT"),
            ("投\u{202e}标", to, "INVALID_INPUT"),
        ] {
            hub.refused("issuer", CREATE, ask(purpose, to), code).await;
        }
        hub.refused("department", CREATE, ask("投标", to), "FORBIDDEN").await;
        hub.refused("issuer", CREATE, json!({ "id": Uuid::nil(), "purpose": "投标", "to": to }), "NOT_FOUND").await;
        hub.hub
            .issuing
            .change_status(&issuer(), &id.to_string(), model::registry::Operation::Suspend, "检查", None, Utc::now())
            .await
            .unwrap();
        hub.refused("issuer", CREATE, ask("投标", to), "CONFLICT").await;
    })
    .await;
}
