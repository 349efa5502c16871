//! The code on a face, scanned: offline, and by the hub that knows what happened since.

use chrono::Utc;
use model::registry::Operation;
use verify::report::VerificationResult::{Failed, Indeterminate, Passed};
use zhengzhao::verification::CodeError;

use super::*;
use crate::support::each::on_each;

const ORIGIN: &str = "https://hub.example";

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_code_is_answered_by_what_is_so_today() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (one, other) = (issue(&hub, officer(1, "A")).await, issue(&hub, officer(2, "A")).await);
        let code = async |id, fresh| hub.hub.verification.code_for(&evidence(&hub, id).await, ORIGIN, fresh, Utc::now());
        let ask = async |text: &str| hub.hub.verification.file(text.as_bytes(), Utc::now()).await.unwrap();
        let text = code(one, 0).await.unwrap();
        let report = ask(&text).await;
        assert_eq!(verdict(&report), (Passed, Some(0)), "{report:#?}");
        // Offline the printed code says only what was.
        let chain = evidence(&hub, one).await.signers[0].chain.clone();
        let trust = hub.hub.trust().unwrap().with_signers([chain]);
        let offline = |text: &str| verify::verify_bytes(text.as_bytes(), &trust, &verify::Policy::default(), Utc::now()).unwrap();
        let report = offline(&text);
        assert_eq!((report.result, report.genuine), (Indeterminate, Some(true)), "{report:#?}");
        let shown = code(one, 10).await.unwrap();
        assert_eq!(offline(&shown).result, Passed);
        // Another certificate's identifier before this one's claims.
        let forged = text.replace(&evidence(&hub, one).await.row.identifier, &evidence(&hub, other).await.row.identifier);
        assert_eq!((ask(&forged).await.genuine, offline(&forged).genuine), (Some(false), Some(false)));
        hub.hub.issuing.change_status(&issuer(), &one.to_string(), Operation::Suspend, "检查", None, Utc::now()).await.unwrap();
        assert_eq!(verdict(&ask(&text).await), (Failed, Some(2)));
        assert_eq!(offline(&shown).result, Passed, "as of a minute ago");
        assert!(matches!(code(one, 0).await, Err(CodeError::NotInForce(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_answered_too_and_unknown_ones_are_not_known() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let identifier = evidence(&hub, issue(&hub, officer(1, "A")).await).await.row.identifier;
        let ask = async |text: String| hub.hub.verification.file(text.as_bytes(), Utc::now()).await;
        assert_eq!(verdict(&ask(format!("{ORIGIN}/verify/{identifier}")).await.unwrap()), (Passed, Some(0)));
        assert_eq!(verdict(&ask(identifier.clone()).await.unwrap()), (Passed, Some(0)));
        let unknown = verify::identifier::Identifier::build("11100000000013338W011", "11990000000000GX2C", "NOSUCH", 1).unwrap();
        assert_eq!(verdict(&ask(unknown.to_string()).await.unwrap()), (Indeterminate, Some(5)));
        assert!(ask(format!("{ORIGIN}/somewhere")).await.is_err());
        let query = "query($text: String!) { verifyCode(text: $text) { result } }";
        let answer = hub.data("", query, json!({ "text": format!("{ORIGIN}/verify/{identifier}") })).await;
        assert_eq!(answer["verifyCode"]["result"], "PASSED");
        for text in ["{}", "", "HTTPS://HUB.TEST/"] {
            hub.refused("", query, json!({ "text": text }), "INVALID_INPUT").await;
        }
    })
    .await;
}
