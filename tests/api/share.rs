//! `/share/v1` and `/.well-known/zhengzhao.json`.

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use model::registry::Operation;
use serde_json::{Value as Json, json};
use zhengzhao::files::Format;

use crate::issuing::{issue, issuer, officer};
use crate::support::each::on_each;
use crate::support::hub::TestHub;

async fn ask(hub: &TestHub, service: &str, message: Json) -> Json {
    let request = Request::post(format!("/share/v1/{service}")).header("content-type", "application/json");
    let (status, body) = hub.http(request.body(Body::from(message.to_string())).unwrap()).await;
    assert_eq!(status, 200);
    serde_json::from_slice(&body).unwrap()
}

fn head(answer: &Json) -> i64 {
    answer["head"]["status"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_information_are_verified_with_the_codes_of_the_standard() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        let number = hub.data("department", "query($id: ID!) { certificate(id: $id) { number } }", json!({ "id": id })).await;
        let number = number["certificate"]["number"].as_str().unwrap().to_owned();
        let information = async |holder: &str| {
            let data = json!({ "certTypeCode": "SafetyOfficerCertificate", "certData": { "certNo": number, "holder": holder }, "useCause": "投标" });
            ask(&hub, "verifyCertInfo", json!({ "data": data })).await
        };
        let files = [Format::Pdf, Format::Ofd].map(async |format| hub.hub.files.file(id, format, Utc::now()).await.unwrap().bytes);
        let [pdf, ofd] = files;
        let (pdf, ofd) = (pdf.await, ofd.await);
        let file = async |bytes: &[u8]| ask(&hub, "verifyFile", json!({ "data": { "content": STANDARD.encode(bytes), "contentType": "base64" } })).await;
        for answer in [information("测试1").await, file(&pdf).await, file(&ofd).await] {
            assert_eq!((head(&answer), &answer["data"]["result"], &answer["data"]["report"]["result"]), (0, &json!(0), &json!("PASSED")), "{answer:#}");
        }
        assert_eq!(information("测试2").await["data"]["result"], 5, "it is not told that there is such a number");
        let mut altered = pdf.to_vec();
        altered[2000] ^= 1;
        let answer = file(&altered).await;
        assert!(answer["data"]["result"] != 0, "{answer:#}");
        hub.hub.issuing.change_status(&issuer(), &id.to_string(), Operation::Suspend, "检查", None, Utc::now()).await.unwrap();
        assert_eq!(information("测试1").await["data"]["result"], 2);

        for (service, message, status) in [
            ("verifyFile", json!({}), 12),
            ("verifyFile", json!({ "data": { "content": "!" } }), 102),
            ("verifyFile", json!({ "data": { "content": "AAAA", "contentType": "url" } }), 102),
            ("verifyFile", json!({ "data": { "content": "AAAA" } }), 12),
            ("verifyFile", json!({ "accessToken": "zz_wrong", "data": { "content": "AAAA" } }), 11),
            ("verifyCertInfo", json!({ "data": { "certTypeCode": "Nothing", "certData": {} } }), 13),
            ("verifyCertInfo", json!({ "data": { "certTypeCode": "SafetyOfficerCertificate" } }), 12),
            ("verifyCertInfo", json!([1]), 12),
        ] {
            let answer = ask(&hub, service, message.clone()).await;
            assert_eq!(head(&answer), status, "{message} {answer:#}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_this_hub_is_is_signed_by_a_signer_that_leads_to_its_root() {
    let folder = tempfile::tempdir().unwrap();
    let hub = TestHub::start(&format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display())).await;
    let (status, body) = hub.http(Request::get("/.well-known/zhengzhao.json").body(Body::empty()).unwrap()).await;
    assert_eq!(status, 200);
    let told: Json = serde_json::from_slice(&body).unwrap();
    let decoded = |text: &Json| STANDARD.decode(text.as_str().unwrap()).unwrap();
    let chain: Vec<Vec<u8>> = told["signature"]["certificates"].as_array().unwrap().iter().map(decoded).collect();
    let path: Vec<_> = chain.iter().map(|der| verify::chain::X509::from_der(der).unwrap()).collect();
    assert!(matches!(
        verify::chain::follow(&path, &hub.hub.trust().unwrap().anchors, Utc::now()),
        verify::chain::ChainOutcome::Trusted { .. }
    ));
    let text = told["statement"].as_str().unwrap();
    let value = decoded(&told["signature"]["value"]);
    verify::signature::verify_signature(path[0].public_key(), text.as_bytes(), &value).unwrap();
    assert!(verify::signature::verify_signature(path[0].public_key(), text.replace("hub.test", "hub.forged").as_bytes(), &value).is_err());
    let statement: Json = serde_json::from_str(text).unwrap();
    assert_eq!(statement["hosts"], json!(["http://hub.test"]));
    assert_eq!(statement["signers"][0]["key"].as_str().unwrap().len(), 16);
}
