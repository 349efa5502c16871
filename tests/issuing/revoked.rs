//! A signer's certificate is revoked: by a list that the running hub finds, and publishes.

use axum::body::Body;
use axum::http::Request;
use chrono::{TimeDelta, Utc};
use model::registry::State;
use tower::ServiceExt as _;
use verify::report::VerificationResult::Passed;
use zhengzhao::files::Format;
use zhengzhao::hub::{CacheSettings, Hub, HubSettings};
use zhengzhao::registration::AuthorityInput;
use zhengzhao::sign::Holder;
use zhengzhao::sign::authority_ca::{create_ca, create_holder, create_issuing, create_signer, export_anchor};
use zhengzhao::sign::revoking::{RevocationReason, revoke, write_crls};
use zhengzhao::store::{ChangesSettings, Replicas};

use super::*;
use crate::support::each::on_each;
use crate::support::hub::{administrator, settings, type_files};

#[tokio::test(flavor = "multi_thread")]
async fn a_running_hub_finds_a_new_list_and_nothing_of_a_revoked_signer_passes() {
    on_each(|url| async move {
        let folder = tempfile::tempdir().unwrap();
        let (keys, trust, now) = (folder.path().join("keys"), folder.path().join("trust"), Utc::now());
        create_ca(&keys, "测试根", "p", true, now).unwrap();
        // Certificates say where the lists are: without one that is fresh nothing is sure.
        create_issuing(&keys, "测试签发", Some("http://hub.test/revocations"), "p", now).unwrap();
        create_signer(&keys, AUTHORITY, "测试省住房和城乡建设厅", "p", now).unwrap();
        create_holder(&keys, &Holder::SealMaker, "测试制章中心", "p", now).unwrap();
        create_holder(&keys, &Holder::TimestampUnit, "测试时间戳服务", "p", now).unwrap();
        export_anchor(&keys, &trust).unwrap();
        let cache = CacheSettings {
            changes: ChangesSettings { replicas: Replicas::One, ..ChangesSettings::default() },
            ..CacheSettings::default()
        };
        let settings = HubSettings { keys: keys.clone(), trust: trust.clone(), passphrase: "p".into(), cache, ..settings(&url) };
        let hub = Hub::open(settings).await.unwrap();
        let input = AuthorityInput {
            code: AUTHORITY.into(),
            name: "测试省住房和城乡建设厅".into(),
            level: Some("2".into()),
            division: Some("990000".into()),
            parent: None,
        };
        hub.registration.register_authority(input, &administrator()).await.unwrap();
        let outcome = hub.registration.register(type_files(), &administrator(), State::Published, false).await.unwrap();
        assert!(outcome.registered);
        let issue = async |n| hub.issuing.issue(&issuer(), OFFICER, super::input(officer(n, "A")), Utc::now()).await;
        let id = issue(1).await.unwrap();
        let report = async || hub.verification.by_ids(&[id.to_string()], Utc::now()).await.unwrap().remove(0);
        assert_eq!(report().await.gb_result, None, "no list: nobody knows");
        // Reports are kept from now on, and must not outlive what was trusted.
        hub.follow();
        while !hub.store.ledger().serves() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(report().await.gb_result, None);

        write_crls(&keys, &trust, "p", 7, Utc::now()).unwrap();
        // The hub may have looked by itself meanwhile.
        hub.follow_trust().unwrap();
        assert!(!hub.follow_trust().unwrap(), "read once");
        assert_eq!((report().await.result, report().await.result), (Passed, Passed));
        let pdf = hub.files.file(id, Format::Pdf, Utc::now()).await.unwrap().bytes;
        long_after(&pdf, &keys);

        let router = zhengzhao::http::router(hub.clone());
        let get = async |path: &str| {
            let response = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            (response.status().as_u16(), axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap())
        };
        let (status, list) = get("/revocations/issuing.crl").await;
        assert_eq!((status, list.as_ref()), (200, std::fs::read(trust.join("revocations/issuing.crl")).unwrap().as_slice()));
        for path in ["/revocations/none.crl", "/revocations/..%2Fca.cert.pem", "/revocations/..%2F..%2Fkeys%2Fx.crl"] {
            assert_eq!(get(path).await.0, 404, "{path}");
        }

        // Since before it was issued: what the record proves to be older would stand.
        revoke(&keys, AUTHORITY, RevocationReason::KeyCompromise, now - TimeDelta::minutes(1)).unwrap();
        write_crls(&keys, &trust, "p", 7, Utc::now()).unwrap();
        hub.follow_trust().unwrap();
        let report = report().await;
        assert_ne!(report.result, Passed, "{report:#?}");
        assert!(report.reasons.iter().any(|reason| reason.code.starts_with("REVOKED")), "{report:#?}");
        assert!(issue(2).await.is_err(), "a revoked signer issues nothing");
        std::fs::write(trust.join("revocations/other.crl"), b"no list").unwrap();
        assert!(hub.follow_trust().is_err(), "what does not read is told");
    })
    .await;
}

/// The file brings what verifies it: the lists as they were, and the time; by then its signer has run out, and nobody publishes lists.
fn long_after(pdf: &[u8], keys: &std::path::Path) {
    let root = std::fs::read_to_string(keys.join("ca.cert.pem")).unwrap();
    let trust = verify::Trust::from_pem(&[root]).unwrap();
    for years in [0, 12] {
        let at = Utc::now() + TimeDelta::days(365 * years);
        let report = verify::verify_bytes(pdf, &trust, &verify::Policy::default(), at).unwrap();
        for check in report.checks.iter().filter(|check| check.name.starts_with("document-") && check.outcome != Outcome::NotApplicable) {
            assert_eq!(check.outcome, Outcome::Ok, "{years} years on: {check:#?}");
        }
        assert_eq!(report.outcome("document-signer-revocation"), Some(Outcome::Ok));
        assert_eq!(report.outcome("signer-revocation"), Some(Outcome::Ok));
    }
}
