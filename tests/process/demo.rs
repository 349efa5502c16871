//! `zhengzhao demo`: what it promises in demo.json holds; it survives being killed; new type files are live.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::{Demo, command};

#[test]
fn demo_json_keeps_its_promises_and_a_killed_hub_starts_again() {
    let temporary = tempfile::tempdir().unwrap();
    let demo = Demo::start_in(temporary.path(), 60);
    let examples = demo.about["examples"].as_object().unwrap().clone();
    assert_eq!(examples.len(), 15, "{:?}", examples.keys().collect::<Vec<_>>());
    for (name, example) in &examples {
        let verify =
            "query($id: ID!) { verifyCertificate(id: $id) { result status } certificate(id: $id) { id number identifier __typename } }";
        for key in ["id", "identifier"] {
            let answer = demo.ask("department", verify, json!({ "id": example[key] }));
            assert_eq!(answer["data"]["verifyCertificate"]["result"], "PASSED", "{name}: {answer}");
            assert_eq!(answer["data"]["certificate"]["__typename"], *name);
            assert_eq!(answer["data"]["certificate"]["number"], example["number"]);
        }
        if example["holderCode"].is_string() {
            let answer = demo.ask(
                "department",
                "query($code: String!) { holder(code: $code) { certificates { nodes { id } } } }",
                json!({ "code": example["holderCode"] }),
            );
            let nodes = answer["data"]["holder"]["certificates"]["nodes"].as_array().unwrap();
            assert!(nodes.iter().any(|node| node["id"] == example["id"]), "{name}: {answer}");
        }
    }
    let types = demo.ask("restricted", "{ __schema { types { name interfaces { name } } } }", json!({}));
    let shown = types["data"]["__schema"]["types"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|ty| ty["interfaces"].to_string().contains("Certificate"))
        .count();
    assert_eq!(shown, 2, "restricted sees two types");
    assert!(std::path::Path::new(demo.about["trust"].as_str().unwrap()).is_dir());

    // Killed in the middle of issuing: what was acknowledged is there, nothing is half done, tokens stay.
    let (tokens, example) = (demo.about["tokens"].clone(), examples["BusinessLicence"].clone());
    let issue = "mutation($data: AncientTreeCertificateData!) { issueAncientTreeCertificate(input: { data: $data }) { id } }";
    std::fs::write(demo.folder.join("schema/tree.json"), include_str!("../api/tree.json")).unwrap();
    let data: Json = serde_json::from_str::<Json>(include_str!("../api/tree.json")).unwrap()["examples"][0].take();
    let began = Instant::now();
    let first = loop {
        let answer = demo.ask("issuer", issue, json!({ "data": data }));
        if let Some(id) = answer.pointer("/data/issueAncientTreeCertificate/id") {
            break id.clone();
        }
        assert!(began.elapsed() < Duration::from_secs(10), "the file in the watched folder is not live: {answer}");
        std::thread::sleep(Duration::from_millis(100));
    };
    let mut acknowledged = vec![first];
    for _ in 0..20 {
        acknowledged.push(demo.ask("issuer", issue, json!({ "data": data }))["data"]["issueAncientTreeCertificate"]["id"].clone());
    }
    drop(demo);
    let again = Demo::start_in(temporary.path(), 60);
    assert_eq!(again.about["tokens"], tokens);
    assert_eq!(again.about["examples"]["BusinessLicence"], example);
    for id in acknowledged {
        let answer = again.ask("", "query($id: ID!) { verifyCertificate(id: $id) { result } }", json!({ "id": id }));
        assert_eq!(answer["data"]["verifyCertificate"]["result"], "PASSED", "{answer}");
    }
}

#[test]
fn a_type_file_is_checked_planned_and_registered_from_the_command_line() {
    let demo = Demo::start(0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tree.json");
    std::fs::write(&file, include_str!("../api/tree.json")).unwrap();
    let file = file.to_str().unwrap();
    let hub = ["--hub", &demo.address(), "--token", &demo.token("admin")].map(str::to_owned);
    let hub: Vec<&str> = hub.iter().map(String::as_str).collect();
    let checked = command(&["type", "check", file]);
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    let planned = command(&[&["type", "plan", file], hub.as_slice()].concat());
    assert_eq!(planned.status.code(), Some(0), "{planned:?}");
    let registered = command(&[&["type", "register", file], hub.as_slice()].concat());
    assert_eq!(registered.status.code(), Some(0), "{registered:?}");
    let answer = demo.ask("department", "{ ancientTreeCertificates { totalCount } }", json!({}));
    assert_eq!(answer["data"]["ancientTreeCertificates"]["totalCount"], 0, "{answer}");
    std::fs::write(file, include_str!("../api/tree.json").replace("\"银杏\"", "42")).unwrap();
    let faulty = command(&["type", "check", file, "--format", "json"]);
    assert_eq!(faulty.status.code(), Some(1));
    let found: Json = serde_json::from_slice(&faulty.stdout).unwrap();
    assert!(found.to_string().contains("line"), "{found}");
}
