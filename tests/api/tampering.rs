//! A changed byte in what is stored makes the report FAILED, with the check that says so.

use serde_json::{Value as Json, json};

use super::each_type::example;
use crate::support::each::{execute, on_each};
use crate::support::hub::TestHub;

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_byte_is_found_by_the_check_that_guards_it() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let officer = example(&hub, "SafetyOfficerCertificate", 0).await;
        let identifier = officer["identifier"].as_str().unwrap();
        let binary = |column: &str| {
            if url.starts_with("postgres") {
                format!("UPDATE certificate_version SET {column} = set_byte({column}, 40, get_byte({column}, 40) # 1) WHERE identifier = '{identifier}'")
            } else {
                // One byte in the middle is replaced; the text stays as long as it was.
                format!("UPDATE certificate_version SET {column} = CAST(substr({column}, 1, 40) || X'3F' || substr({column}, 42) AS BLOB) WHERE identifier = '{identifier}'")
            }
        };
        let cases = [
            ("the signed data", binary("statement"), "signature"),
            ("the signature", binary("signature"), "signature"),
            ("the number in its column", format!("UPDATE certificate_version SET number = 'X' WHERE identifier = '{identifier}'"), "record"),
            ("the end of validity in its column", format!("UPDATE certificate_version SET valid_to = '2099-01-01' WHERE identifier = '{identifier}'"), "record"),
        ];
        let kept = execute::snapshot(&url, identifier).await;
        for (what, sql, check) in cases {
            assert_eq!(execute::sql(&url, &sql).await, 1, "{what}");
            let report = report(&hub, identifier).await;
            assert_eq!(report["result"], "FAILED", "{what}: {report:#}");
            assert!(failed(&report).contains(&check.to_owned()), "{what}: {report:#}");
            execute::restore(&url, identifier, &kept).await;
            assert_eq!(self::report(&hub, identifier).await["result"], "PASSED", "{what} put right again");
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
    let query = "query($id: ID!) { verifyCertificate(id: $id) { result genuine status checks { name outcome detail } reasons { code message } } }";
    hub.data("", query, json!({ "id": identifier })).await["verifyCertificate"].take()
}

fn failed(report: &Json) -> Vec<String> {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().filter(|check| check["outcome"] == "FAILED").map(|check| check["name"].as_str().unwrap().to_owned()).collect()
}
