//! What the hub says of a certificate in its own columns, and who signed it, is held against the signed statement. (Changed
//! bytes of statements, signatures and events: `issuing::tampering`.)

use serde_json::{Value as Json, json};

use super::each_type::example;
use crate::support::each::{execute, on_each};
use crate::support::hub::TestHub;

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_column_is_found_by_the_record_check() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        for (type_name, change) in
            [("DrivingLicence", "number = 'X'"), ("SafetyProductionLicence", "valid_to = '2099-01-01'"), ("PresalePermit", "issuer = 'X'")]
        {
            let certificate = example(&hub, type_name, 0).await;
            let identifier = certificate["identifier"].as_str().unwrap();
            assert_eq!(report(&hub, identifier).await["result"], "PASSED");
            assert_eq!(execute::sql(&url, &format!("UPDATE certificate_version SET {change} WHERE identifier = '{identifier}'")).await, 1);
            let report = report(&hub, identifier).await;
            assert_eq!(report["result"], "FAILED", "{change}: {report:#}");
            assert!(failed(&report).contains(&"record".to_owned()), "{change}: {report:#}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_signers_certificate_is_not_taken() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let officer = example(&hub, "SafetyOfficerCertificate", 0).await;
        let identifier = officer["identifier"].as_str().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let now = chrono::Utc::now();
        zhengzhao::sign::authority_ca::create_ca(folder.path(), "别的根", "x", true, now).unwrap();
        zhengzhao::sign::authority_ca::create_signer(folder.path(), crate::support::hub::AUTHORITY, "冒名者", "x", now).unwrap();
        let other = zhengzhao::sign::KeyRing::open(folder.path(), "x").unwrap().signer(crate::support::hub::AUTHORITY).unwrap();
        let row = zhengzhao::store::SignerRow { id: other.id().into(), chain: other.chain().to_vec() };
        hub.hub.store.put_signer(&row).await.unwrap();
        execute::sql(&url, &format!("UPDATE certificate_version SET signer = '{}' WHERE identifier = '{identifier}'", other.id())).await;
        let report = report(&hub, identifier).await;
        assert_eq!(report["result"], "FAILED", "{report:#}");
        assert!(failed(&report).contains(&"signature".to_owned()), "{report:#}");
    })
    .await;
}

async fn report(hub: &TestHub, identifier: &str) -> Json {
    let query =
        "query($id: ID!) { verifyCertificate(id: $id) { result genuine status checks { name outcome detail } reasons { code message } } }";
    hub.data("", query, json!({ "id": identifier })).await["verifyCertificate"].take()
}

fn failed(report: &Json) -> Vec<String> {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().filter(|check| check["outcome"] == "FAILED").map(|check| check["name"].as_str().unwrap().to_owned()).collect()
}
