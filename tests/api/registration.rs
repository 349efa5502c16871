//! Types registered on a running hub.

use std::time::{Duration, Instant};

use model::registry::{SourceFile, State};
use serde_json::{Value as Json, json};

use crate::support::each::on_each;
use crate::support::hub::{TestHub, administrator, settings};

const REGISTER: &str = "mutation($source: String!, $dryRun: Boolean) { registerCertificateType(source: $source, dryRun: $dryRun, file: \"tree.json\") {
    registered type { name version state } diagnostics { code severity message help file line column } changes { path breaking message } checkedCertificates } }";

/// A type of another domain: the protection of old trees.
fn tree(version: &str, change: impl FnOnce(&mut Json)) -> String {
    let mut file: Json = serde_json::from_str(include_str!("tree.json")).unwrap();
    file["x-certificate"]["version"] = json!(version);
    change(&mut file);
    file.to_string()
}

async fn register(hub: &TestHub, source: &str, dry_run: bool) -> Json {
    hub.data("admin", REGISTER, json!({ "source": source, "dryRun": dry_run })).await["registerCertificateType"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_type_is_live_after_one_call_and_versions_follow_one_another() {
    on_each(|url| async move {
        let hub = TestHub::empty(&url).await;
        let first = tree("1.0.0", |_| {});
        let dry = register(&hub, &first, true).await;
        assert_eq!((dry["registered"].clone(), dry["type"]["name"].clone()), (json!(false), json!("AncientTreeCertificate")));
        assert!(hub.hub.registry.load().is_empty(), "a dry run changes nothing");
        assert_eq!(register(&hub, &first, false).await["registered"], true);
        assert_eq!(register(&hub, &first, false).await["registered"], true, "the same file again is no conflict");

        let data: Json = serde_json::from_str::<Json>(&first).unwrap()["examples"][0].take();
        let issue =
            "mutation($data: AncientTreeCertificateData!) { issueAncientTreeCertificate(input: { data: $data }) { id identifier number } }";
        let issued = hub.data("issuer", issue, json!({ "data": data })).await;
        let id = issued["issueAncientTreeCertificate"]["id"].clone();
        let report = hub.data("", "query($id: ID!) { verifyCertificate(id: $id) { result } }", json!({ "id": id })).await;
        assert_eq!(report["verifyCertificate"]["result"], "PASSED");

        // The same version with other bytes, and a lower one, are conflicts.
        hub.refused("admin", REGISTER, json!({ "source": tree("1.0.0", |file| file["title"] = json!("别的名称")) }), "CONFLICT").await;
        hub.refused("admin", REGISTER, json!({ "source": tree("0.9.0", |_| {}) }), "CONFLICT").await;

        // A field more: taken, live at once; the stored certificate reads, and is found by the field that is now searchable.
        let second = tree("1.1.0", |file| {
            file["properties"]["remark"] = json!({ "type": "string", "title": "备注" });
            file["properties"]["species"]["x-field"]["searchable"] = json!(true);
        });
        let taken = register(&hub, &second, false).await;
        assert_eq!((taken["registered"].clone(), taken["checkedCertificates"].clone()), (json!(true), json!(1)), "{taken:#}");
        assert!(
            taken["changes"].as_array().unwrap().iter().any(|change| change["path"] == "remark" && change["breaking"] == false),
            "{taken:#}"
        );
        let query = "query($species: String!) { ancientTreeCertificates(where: { species: { eq: $species } }) { nodes { id remark } } }";
        let found = hub.data("department", query, json!({ "species": data["species"] })).await;
        assert_eq!(found["ancientTreeCertificates"]["nodes"][0]["id"], id, "{found}");

        // A version under which the stored certificate would not read is reported and changes nothing.
        let third = tree("2.0.0", |file| {
            file["properties"]["height"] = json!({ "type": "boolean", "title": "树高" });
            for example in file["examples"].as_array_mut().unwrap() {
                example["height"] = json!(true);
            }
        });
        let refused = register(&hub, &third, false).await;
        assert_eq!(refused["registered"], false, "{refused:#}");
        assert!(
            refused["changes"].as_array().unwrap().iter().any(|change| change["path"] == "height" && change["breaking"] == true),
            "{refused:#}"
        );
        assert_eq!(hub.hub.registry.load().get("AncientTreeCertificate").unwrap().ty.version.to_string(), "1.1.0");

        // A faulty file changes nothing and returns its diagnostics.
        let faulty = register(&hub, "{ \"title\": ", false).await;
        assert_eq!((faulty["registered"].clone(), faulty["type"].clone()), (json!(false), Json::Null));
        assert_eq!(faulty["diagnostics"][0]["severity"], "ERROR");
        assert!(faulty["diagnostics"][0]["line"].as_i64().unwrap() >= 1);

        // Withdrawn: no issue; still read and verified.
        let withdraw = "mutation { withdrawCertificateType(name: \"AncientTreeCertificate\") { state } }";
        assert_eq!(hub.data("admin", withdraw, json!({})).await["withdrawCertificateType"]["state"], "WITHDRAWN");
        let answer = hub.ask("issuer", issue, json!({ "data": data })).await;
        assert!(answer["errors"].is_array(), "{answer}");
        let report = hub.data("", "query($id: ID!) { verifyCertificate(id: $id) { result } }", json!({ "id": id })).await;
        assert_eq!(report["verifyCertificate"]["result"], "PASSED");
        let read = hub.data("department", "query($id: ID!) { ancientTreeCertificate(id: $id) { number } }", json!({ "id": id })).await;
        assert!(read["ancientTreeCertificate"]["number"].is_string());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_replica_follows_within_two_seconds() {
    on_each(|url| async move {
        let hub = TestHub::empty(&url).await;
        let other = zhengzhao::hub::Hub::open(settings(&url)).await.unwrap();
        let following = other.follow();
        let began = Instant::now();
        register(&hub, &tree("1.0.0", |_| {}), false).await;
        while other.registry.load().get("AncientTreeCertificate").is_none() {
            assert!(began.elapsed() < Duration::from_secs(2), "not there after two seconds");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        println!("the other replica had the type after {:?}", began.elapsed());
        let slots = |hub: &zhengzhao::hub::Hub| hub.registry.load().get("AncientTreeCertificate").unwrap().ty.slots.clone();
        assert_eq!(slots(&hub.hub), slots(&other));
        following.abort();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_replicas_open_an_empty_database_at_once() {
    on_each(|url| async move {
        let opened = (0..6).map(|_| {
            let url = url.clone();
            tokio::spawn(async move { zhengzhao::hub::Hub::open(settings(&url)).await.map(|_| ()) })
        });
        for hub in opened.collect::<Vec<_>>() {
            hub.await.unwrap().unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn running_operations_finish_on_the_registry_they_began_with() {
    on_each(|url| async move {
        let hub = TestHub::empty(&url).await;
        let register = |version: &'static str| {
            let file = SourceFile { name: "tree.json".into(), text: tree(version, |_| {}) };
            let hub = hub.hub.clone();
            async move { hub.registration.register(vec![file], &administrator(), State::Published, false).await }
        };
        register("1.0.0").await.unwrap();
        let before = hub.hub.registry.load_full();
        let old = before.get("AncientTreeCertificate").unwrap().clone();
        register("1.0.1").await.unwrap();
        assert_eq!(old.ty.version.to_string(), "1.0.0", "what was taken stays");
        assert_eq!(hub.hub.registry.load().get("AncientTreeCertificate").unwrap().ty.version.to_string(), "1.0.1");
        // Queries go on through a row of registrations without a fault.
        let asking = async {
            for _ in 0..50 {
                hub.data("department", "{ ancientTreeCertificates { nodes { id } } certificateTypes { version } }", json!({})).await;
            }
        };
        let registering = async {
            for patch in 2..20 {
                let text = tree(&format!("1.0.{patch}"), |_| {});
                let file = SourceFile { name: "tree.json".into(), text };
                hub.hub.registration.register(vec![file], &administrator(), State::Published, false).await.unwrap();
            }
        };
        tokio::join!(asking, registering);
    })
    .await;
}
