//! The exported file, judged by this hub and by OpenSSL, and certificates verified by what is printed on them.

use chrono::Utc;
use model::registry::Operation;
use verify::report::VerificationResult::{Failed, Indeterminate, Passed};
use verify::{Presented, Trust};
use zhengzhao::verification::Information;

use super::*;
use crate::support::each::on_each;

#[tokio::test(flavor = "multi_thread")]
async fn openssl_verifies_the_exported_signature_over_the_exact_bytes() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        let envelope = hub.hub.verification.export(&evidence(&hub, id).await, Utc::now());
        let block = envelope.signature.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        write("statement", envelope.statement.as_bytes());
        write("signature", &block.value);
        write("signer.der", &block.certificates[0]);
        let openssl =
            |arguments: &[&str]| std::process::Command::new("openssl").args(arguments).current_dir(folder.path()).output().unwrap();
        let made = openssl(&["x509", "-inform", "DER", "-in", "signer.der", "-pubkey", "-noout"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        write("key.pem", &made.stdout);
        let verify = ["dgst", "-sm3", "-verify", "key.pem", "-sigopt", "distid:1234567812345678", "-signature", "signature", "statement"];
        let said = openssl(&verify);
        assert!(said.status.success(), "{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        write("statement", envelope.statement.replace("测试1", "测试2").as_bytes());
        assert!(!openssl(&verify).status.success(), "a changed statement does not verify");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_file_is_judged_by_the_status_of_today() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        let file = hub.hub.verification.export(&evidence(&hub, id).await, Utc::now()).to_json().unwrap();
        let ask = async |file: &str| hub.hub.verification.file(file.as_bytes(), Utc::now()).await.unwrap();
        let report = ask(&file).await;
        assert_eq!((verdict(&report), report.gb_file_result), ((Passed, Some(0)), Some(0)));
        hub.hub.issuing.change_status(&issuer(), &id.to_string(), Operation::Suspend, "检查", None, Utc::now()).await.unwrap();
        assert_eq!(verdict(&ask(&file).await), (Failed, Some(2)), "the file says nothing of it");
        let newer = hub.hub.verification.export(&evidence(&hub, id).await, Utc::now()).to_json().unwrap();
        assert_eq!(verdict(&ask(&newer).await), (Failed, Some(2)));
        let mut bare = verify::Envelope::from_json(newer.as_bytes()).unwrap();
        bare.as_of = None;
        bare.events.clear();
        assert_eq!(verdict(&ask(&bare.to_json().unwrap()).await), (Failed, Some(2)), "the record knows");
        let offline = verify::verify_bytes(newer.as_bytes(), &Trust::default(), &verify::Policy::default(), Utc::now()).unwrap();
        assert_eq!(offline.genuine, None, "without a root nothing can be said");
        let changed = ask(&file.replace("测试1", "测试2")).await;
        assert_eq!((changed.genuine, changed.gb_file_result), (Some(false), Some(1)), "{changed:?}");
        assert!(hub.hub.verification.file(b"GIF89a", Utc::now()).await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_printed_is_enough_where_the_type_says_so() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        issue(&hub, officer(1, "B")).await;
        let row = evidence(&hub, id).await.row;
        let ask = async |number: Option<&str>, name: Option<&str>, code: Option<&str>| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            let presented = Presented { number: own(number), holder_name: own(name), holder_code: own(code), data: None };
            let asked = Information { type_code: OFFICER.into(), presented };
            verdict(&hub.hub.verification.by_information(&asked, Utc::now()).await.unwrap())
        };
        let halfwidth = row.number.replace('（', "(").replace('）', ")");
        assert_eq!(ask(Some(&row.number), Some("测试1"), None).await, (Passed, Some(0)));
        assert_eq!(ask(Some(&format!(" {halfwidth}")), None, Some(&citizen(1))).await, (Passed, Some(0)));
        assert_eq!(ask(Some(&row.number), Some("测试2"), None).await, (Failed, Some(5)));
        assert_eq!(ask(Some("测建安A（2026）9999999"), Some("测试1"), None).await, (Indeterminate, Some(5)));
        assert_eq!(ask(Some(&row.number), None, None).await, (Indeterminate, Some(4)));
        assert_eq!(ask(None, Some("测试1"), Some(&citizen(1))).await, (Indeterminate, Some(4)));
        assert_eq!(ask(Some(&row.number), Some("  "), None).await, (Indeterminate, Some(4)));
        let nothing = Information { type_code: "NoSuchType".into(), presented: Presented::default() };
        assert!(hub.hub.verification.by_information(&nothing, Utc::now()).await.is_err());
        assert_eq!(verdict(&hub.hub.verification.by_ids(&["no such".into()], Utc::now()).await.unwrap()[0]), (Indeterminate, Some(5)));
    })
    .await;
}
