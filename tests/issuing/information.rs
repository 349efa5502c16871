//! Anybody may ask what is printed on a certificate, as often as he likes: what the answers must not help to guess.

use chrono::Utc;
use model::registry::{SourceFile, State};
use verify::Presented;
use verify::report::VerificationResult::{Failed, Indeterminate, Passed};
use zhengzhao::verification::Information;

use super::*;
use crate::support::each::on_each;
use crate::support::hub::administrator;

const LICENCE: &str = "DrivingLicence";

/// `number`, `holderName` and `holderCode` by name, all else as data.
async fn ask(hub: &TestHub, ty: &str, given: Json) -> Result<Report, model::plan::PlanError> {
    let mut data = given.as_object().cloned().unwrap();
    let mut text = |name: &str| data.remove(name).map(|value| value.as_str().unwrap().to_owned());
    let (number, holder_name, holder_code) = (text("number"), text("holderName"), text("holderCode"));
    let presented = Presented { number, holder_name, holder_code, data: Some(data) };
    // One instant for all, so that whole reports can be compared.
    let at = Utc::now().date_naive().and_hms_opt(23, 0, 0).unwrap().and_utc();
    hub.hub.verification.by_information(&Information { type_code: ty.into(), presented }, at).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_guess_is_told_nothing_but_that_it_is_wrong() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let mut data = officer(1, "A");
        data["sex"] = json!("1");
        let id = issue(&hub, data).await;
        let number = evidence(&hub, id).await.row.number.to_string();
        let right = json!({ "number": number, "holderName": "测试1", "sex": "1", "categoryCode": "A" });
        assert_eq!(verdict(&ask(&hub, OFFICER, right.clone()).await.unwrap()), (Passed, Some(0)));
        // In no way does the answer depend on which it was, nor on the status.
        let mut answers = Vec::new();
        for suspend in [false, true] {
            if suspend {
                let suspend = model::registry::Operation::Suspend;
                hub.hub.issuing.change_status(&issuer(), &id.to_string(), suspend, "检查", None, Utc::now()).await.unwrap();
            }
            for (member, wrong) in [("holderName", "测试2"), ("sex", "2"), ("categoryCode", "B"), ("holderCode", "990000190001010016")] {
                let mut given = right.clone();
                given[member] = json!(wrong);
                answers.push(ask(&hub, OFFICER, given).await.unwrap());
            }
        }
        assert_eq!((verdict(&answers[0]), failed(&answers[0])), ((Failed, Some(5)), vec!["presented"]));
        assert!(answers[0].reasons.iter().all(|reason| reason.code == "DATA_MISMATCH" && reason.params.is_empty()));
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_printed_cannot_be_asked_for() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        let number = evidence(&hub, id).await.row.number.to_string();
        for (member, path, zh) in [
            ("identityCard", "data.identityCard", "证照上没有印制此项，不能用来验证"),
            ("employerCreditCode", "data.employerCreditCode", "证照上没有印制此项，不能用来验证"),
            ("nowhere", "data.nowhere", "该证照类型没有此数据项"),
        ] {
            for number in [number.as_str(), "测建安A（2026）9999999"] {
                let mut given = json!({ "number": number, "holderName": "测试1" });
                given[member] = json!(citizen(1));
                let error = ask(&hub, OFFICER, given).await.unwrap_err();
                assert_eq!(error.message(verify::Lang::Zh), format!("{path}：{zh}"));
                assert!(error.to_string().starts_with(&format!("{path}: ")), "{error}");
            }
        }
        // The caller hears of it as of any wrong input.
        let query =
            "query($n: String, $d: JSON) { verifyInformation(typeCode: \"SafetyOfficerCertificate\", number: $n, data: $d) { result } }";
        let asked = json!({ "n": number, "d": { "identityCard": citizen(1) } });
        let answer = hub.refused("", query, asked, "INVALID_INPUT").await;
        assert!(answer.to_string().contains("data.identityCard"), "{answer}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_number_is_not_told_by_a_wrong_name() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let data = json!({
            "identityCard": citizen(1), "personName": "测试1", "photo": "iVBORw0KGgo=", "fileNumber": "990000000001",
            "effectiveDate": "2026-03-10", "expiringDate": "2036-03-10"
        });
        hub.hub.issuing.issue(&issuer(), LICENCE, input(data), Utc::now()).await.unwrap();
        let unknown = ask(&hub, LICENCE, json!({ "number": citizen(2), "holderName": "测试1" })).await.unwrap();
        assert_eq!((verdict(&unknown), unknown.reasons[0].code), ((Indeterminate, Some(5)), "NOT_KNOWN"));
        for wrong in [
            json!({ "number": citizen(1), "holderName": "测试2" }),
            json!({ "number": citizen(1), "fileNumber": "990000000002" }),
            json!({ "number": citizen(1), "holderName": "测试2", "fileNumber": "990000000002" }),
            json!({ "number": citizen(1), "holderName": "测试2", "vehicleClass": "C1" }),
        ] {
            assert_eq!(ask(&hub, LICENCE, wrong.clone()).await.unwrap(), unknown, "{wrong}");
        }
        // Whoever has one sufficient set in full knows of it anyway.
        let open = ask(&hub, LICENCE, json!({ "number": citizen(1), "holderName": "测试1", "fileNumber": "990000000002" })).await.unwrap();
        assert_eq!(verdict(&open), (Failed, Some(5)));
        let good = ask(&hub, LICENCE, json!({ "number": citizen(1), "fileNumber": "990000000001" })).await.unwrap();
        let masked = good.subject.as_ref().and_then(|subject| subject.masked_number.clone()).unwrap();
        assert_eq!((verdict(&good), masked.chars().filter(|each| *each == '*').count()), ((Passed, Some(0)), 16), "{masked}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_is_not_told_by_a_wrong_name() {
    on_each(|url| async move {
        let hub = TestHub::empty(&url).await;
        let text = include_str!("scanned.json").replace(r#"[["number", "holderName"]]"#, r#"[["holderName", "holderCode"]]"#);
        let file = SourceFile { name: "scanned.json".into(), text };
        let outcome = hub.hub.registration.register(vec![file], &administrator(), State::Published, false).await.unwrap();
        assert!(outcome.registered, "{:#?}", outcome.diagnostics);
        let data = json!({ "holderName": "测试建设有限公司", "holder": "91990000MAH0TEXT1J" });
        let issued = hub.hub.issuing.issue(&issuer(), "ScannedLicence", input(data), Utc::now()).await;
        let number = evidence(&hub, issued.unwrap()).await.row.number.to_string();
        let by =
            async |code: &str, name: &str| ask(&hub, "ScannedLicence", json!({ "holderCode": code, "holderName": name })).await.unwrap();
        assert_eq!(verdict(&by("91990000MAH0TEXT1J", "测试建设有限公司").await), (Passed, Some(0)));
        let nobody = by("91990000MAH0FAKE94", "测试建设有限公司").await;
        assert_eq!((verdict(&nobody), nobody.reasons[0].code), ((Indeterminate, Some(5)), "NOT_KNOWN"));
        assert_eq!(by("91990000MAH0TEXT1J", "样例置业有限公司").await, nobody);
        // With the number in hand, the certificate is known.
        let given = json!({ "number": number, "holderCode": "91990000MAH0TEXT1J", "holderName": "样例置业有限公司" });
        assert_eq!(verdict(&ask(&hub, "ScannedLicence", given).await.unwrap()), (Failed, Some(5)));
    })
    .await;
}
