//! Photos: signed by their digest, stored apart, answered as Base64, exported beside the statement.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use model::registry::{SourceFile, State};
use serde_json::{Value as Json, json};
use verify::attachment::name_of;
use verify::report::VerificationResult::{Failed, Passed};
use verify::{Envelope, Presented, Trust};
use zhengzhao::issue::{IssueError, SuccessorInput};
use zhengzhao::verification::Information;

use super::*;
use crate::support::each::{execute, on_each};
use crate::support::hub::{administrator, settings};

const TYPE: &str = "ScannedLicence";
const PHOTOS: &str = "cover thumbs pages { caption scan }";

fn base64(text: &str) -> String {
    STANDARD.encode(text)
}

fn scanned(which: &str) -> Json {
    json!({
        "holderName": "测试建设有限公司",
        "holder": "91990000MAH0TEXT1J",
        "cover": base64(&format!("cover-{which}")),
        "thumbs": [base64("same"), base64(&format!("thumb-{which}"))],
        "pages": [{"caption": "一", "scan": base64("same")}, {"caption": "二"}, {"scan": base64(&format!("page-{which}"))}]
    })
}

async fn start(url: &str) -> TestHub {
    let hub = TestHub::empty(url).await;
    let file = SourceFile { name: "scanned.json".into(), text: include_str!("scanned.json").into() };
    let outcome = hub.hub.registration.register(vec![file], &administrator(), State::Published, false).await.unwrap();
    assert!(outcome.registered, "{:#?}", outcome.diagnostics);
    hub
}

async fn issued(hub: &TestHub, data: Json) -> Uuid {
    hub.hub.issuing.issue(&issuer(), TYPE, input(data), Utc::now()).await.unwrap()
}

/// The data as they were signed.
async fn stated(hub: &TestHub, id: Uuid) -> Json {
    serde_json::from_str::<Json>(&evidence(hub, id).await.row.statement).unwrap()["data"].take()
}

async fn seen(hub: &TestHub, id: Uuid) -> Json {
    let query = format!("query($id: ID!) {{ scannedLicence(id: $id) {{ {PHOTOS} }} }}");
    hub.ask("department", &query, json!({ "id": id.to_string() })).await
}

fn trust() -> Trust {
    zhengzhao::sign::read_trust(&settings("").trust).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn digests_are_signed_and_base64_is_answered() {
    on_each(|url| async move {
        let hub = start(&url).await;
        let id = issued(&hub, scanned("a")).await;
        let name = |text: &str| name_of(text.as_bytes());
        let expected = json!({
            "holderName": "测试建设有限公司",
            "holder": "91990000MAH0TEXT1J",
            "cover": name("cover-a"),
            "thumbs": [name("same"), name("thumb-a")],
            "pages": [{"caption": "一", "scan": name("same")}, {"caption": "二"}, {"scan": name("page-a")}]
        });
        assert_eq!(stated(&hub, id).await, expected);
        assert!(expected["cover"].as_str().unwrap().starts_with("sm3:") && expected["cover"].as_str().unwrap().len() == 68);
        let bytes = evidence(&hub, id).await.attachments;
        assert_eq!(bytes.len(), 4, "what is named twice lies there once");
        assert!(bytes.iter().all(|apart| name_of(&apart.bytes) == apart.name));
        let given = scanned("a");
        let answered = seen(&hub, id).await;
        assert!(answered.get("errors").is_none(), "{answered:#}");
        let answered = &answered["data"]["scannedLicence"];
        assert_eq!((&answered["cover"], &answered["thumbs"]), (&given["cover"], &given["thumbs"]));
        let scans: Vec<&Json> = answered["pages"].as_array().unwrap().iter().map(|page| &page["scan"]).collect();
        assert_eq!(scans, [&given["pages"][0]["scan"], &Json::Null, &given["pages"][2]["scan"]]);

        // One statement a field for a whole page (async-graphql asks the fields of an object one after another), and none where no
        // photo is asked for.
        for which in ["b", "c", "d", "e"] {
            issued(&hub, scanned(which)).await;
        }
        let cost = async |fields: &str, first: usize| {
            let before = hub.statements().await;
            let query = format!("{{ scannedLicences(first: {first}) {{ nodes {{ {fields} }} }} }}");
            let found = hub.data("department", &query, json!({})).await;
            assert_eq!(found["scannedLicences"]["nodes"].as_array().unwrap().len(), first);
            hub.statements().await - before
        };
        let plain = cost("number", 5).await;
        for size in [1, 5] {
            assert_eq!(cost("cover", size).await, plain + 1);
            assert_eq!(cost("pages { caption scan }", size).await, plain + 1);
            assert_eq!(cost(PHOTOS, size).await, plain + 3);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_of_the_version_replaced_means_the_same_photo() {
    on_each(|url| async move {
        let hub = start(&url).await;
        let (issuing, caller) = (&hub.hub.issuing, issuer());
        let first = issued(&hub, scanned("a")).await;
        let other = issued(&hub, scanned("b")).await;
        let second = issuing.renew(&caller, &first.to_string(), SuccessorInput::default(), Utc::now()).await.unwrap();
        assert_eq!(stated(&hub, second).await, stated(&hub, first).await);
        assert_eq!(verdict(&report(&hub, second).await), (Passed, Some(0)));
        let mut data = stated(&hub, second).await;
        data["thumbs"] = json!([data["cover"], base64("new")]);
        let change = |data: &Json| SuccessorInput { data: Some(data.clone()), ..SuccessorInput::default() };
        let third = issuing.amend(&caller, &second.to_string(), change(&data), Utc::now()).await.unwrap();
        data["thumbs"][1] = json!(name_of(b"new"));
        assert_eq!(stated(&hub, third).await, data);
        assert_eq!(seen(&hub, third).await["data"]["scannedLicence"]["thumbs"], json!([base64("cover-a"), base64("new")]));
        // A name that the version replaced does not state is no photo, wherever else it stands.
        data["cover"] = stated(&hub, other).await["cover"].take();
        for (answer, path) in [
            (issuing.amend(&caller, &third.to_string(), change(&data), Utc::now()).await, "data.cover"),
            (issuing.issue(&caller, TYPE, input(stated(&hub, other).await), Utc::now()).await, "data.cover"),
        ] {
            let Err(IssueError::InvalidInput(faults)) = answer else { panic!("{answer:?}") };
            assert!(faults.iter().any(|fault| fault.path == path && fault.en.contains("Base64")), "{faults:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_file_brings_its_photos_and_they_are_checked_offline() {
    on_each(|url| async move {
        let hub = start(&url).await;
        let id = issued(&hub, scanned("a")).await;
        let evidence = evidence(&hub, id).await;
        let file = hub.hub.verification.export(&evidence, Utc::now()).to_json().unwrap();
        let offline = |file: &str| verify::verify_bytes(file.as_bytes(), &trust(), &verify::Policy::default(), Utc::now()).unwrap();
        let report = offline(&file);
        assert_eq!((report.result, report.outcome("attachments")), (Passed, Some(Outcome::Ok)), "{report:#?}");
        let envelope = Envelope::from_json(file.as_bytes()).unwrap();
        assert_eq!(envelope.attachments[&name_of(b"cover-a")], b"cover-a");
        let without = Envelope { attachments: Default::default(), ..envelope };
        assert_eq!(offline(&without.to_json().unwrap()).result, Passed);
        let changed = file.replace(&base64("cover-a"), &base64("cover-x"));
        assert_ne!(changed, file);
        assert_eq!((offline(&changed).genuine, failed(&offline(&changed))), (Some(false), vec!["attachments"]));
        let here = hub.hub.verification.file(changed.as_bytes(), Utc::now()).await.unwrap();
        assert_eq!((here.genuine, here.gb_file_result), (Some(false), Some(2)));
        // What somebody has in hand is held against the digest.
        let ask = async |photo: &str| {
            let data = json!({ "cover": photo, "pages": scanned("a")["pages"] }).as_object().cloned();
            let presented = Presented {
                number: Some(evidence.row.number.clone()),
                holder_name: Some("测试建设有限公司".into()),
                data,
                ..Presented::default()
            };
            let asked = Information { type_code: TYPE.into(), presented };
            hub.hub.verification.by_information(&asked, Utc::now()).await.unwrap()
        };
        assert_eq!(verdict(&ask(&base64("cover-a")).await), (Passed, Some(0)));
        let other = ask(&base64("cover-b")).await;
        assert_eq!((verdict(&other), failed(&other)), ((Failed, Some(5)), vec!["presented"]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_photo_fails_and_a_missing_one_is_told() {
    on_each(|url| async move {
        let hub = start(&url).await;
        let (id, sound) = (issued(&hub, scanned("a")).await, issued(&hub, scanned("b")).await);
        let name = name_of(b"cover-a");
        let changed = if url.starts_with("postgres") { "'other'::bytea" } else { "CAST('other' AS BLOB)" };
        let change = format!("UPDATE attachment SET bytes = {changed} WHERE digest = '{name}'");
        for (sql, result, checks) in
            [(change, Failed, vec!["attachments"]), (format!("DELETE FROM attachment WHERE digest = '{name}'"), Passed, vec![])]
        {
            assert_eq!(execute::sql(&url, &sql).await, 1);
            let report = report(&hub, id).await;
            assert_eq!((report.result, failed(&report)), (result, checks));
            let answer = seen(&hub, id).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL", "{answer:#}");
            assert_eq!(answer["errors"][0]["path"], json!(["scannedLicence", "cover"]), "{answer:#}");
            assert_eq!(answer["data"]["scannedLicence"]["cover"], Json::Null);
            assert_eq!(answer["data"]["scannedLicence"]["thumbs"], scanned("a")["thumbs"]);
            let renewed = hub.hub.issuing.renew(&issuer(), &id.to_string(), SuccessorInput::default(), Utc::now()).await;
            assert!(matches!(&renewed, Err(IssueError::Bug(detail)) if detail.contains(&name)), "{renewed:?}");
        }
        assert_eq!(report(&hub, sound).await.result, Passed);
    })
    .await;
}
