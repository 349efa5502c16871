//! `zhengzhao verify`, with nothing but the file and the trust anchors.

use serde_json::{Value as Json, json};

use super::{Demo, command};

#[test]
fn an_exported_certificate_verifies_offline_and_a_changed_one_does_not() {
    let demo = Demo::start(0);
    let identifier = demo.about["examples"]["SafetyOfficerCertificate"]["identifier"].as_str().unwrap();
    let text = exported(&demo, identifier);
    let folder = tempfile::tempdir().unwrap();
    let trust = demo.about["trust"].as_str().unwrap().to_owned();
    let verify = |content: &str, trust: &str| {
        let file = folder.path().join("certificate.json");
        std::fs::write(&file, content).unwrap();
        let done = command(&["verify", file.to_str().unwrap(), "--trust", trust, "--format", "json"]);
        (done.status.code().unwrap(), String::from_utf8(done.stdout).unwrap())
    };
    let (code, report) = verify(&text, &trust);
    assert_eq!(code, 0, "{report}");
    assert!(report.contains("PASSED"), "{report}");
    let plain = folder.path().join("plain.json");
    std::fs::write(&plain, &text).unwrap();
    let said = command(&["verify", plain.to_str().unwrap(), "--trust", &trust]);
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.starts_with("PASSED: genuine, and in force as of 20"), "{said}");
    let (code, report) = verify(&text.replacen("测试甲", "测试丙", 1), &trust);
    assert_eq!(code, 1, "{report}");
    assert!(report.contains("SIG_CRYPTO_FAILURE"), "{report}");
    let others = folder.path().join("others");
    zhengzhao::sign::authority_ca::create_ca(&others, "别的根", "x", true, chrono::Utc::now()).unwrap();
    zhengzhao::sign::authority_ca::export_anchor(&others, &others.join("trust")).unwrap();
    let (code, report) = verify(&text, others.join("trust").to_str().unwrap());
    assert_eq!(code, 2, "under another root nothing can be said: {report}");
    let (code, _) = verify("not a certificate", &trust);
    assert_eq!(code, 3);
    suspended(&demo, identifier, &text, &|content| verify(content, &trust));
}

/// Whatever is taken out of the file of a suspended certificate, it does not pass.
fn suspended(demo: &Demo, identifier: &str, before: &str, verify: &dyn Fn(&str) -> (i32, String)) {
    let suspend = "mutation($id: ID!) { suspendCertificate(id: $id, reason: \"检查\") { status } }";
    let answer = demo.ask("issuer", suspend, json!({ "id": demo.about["examples"]["SafetyOfficerCertificate"]["id"] }));
    assert_eq!(answer["data"]["suspendCertificate"]["status"], "SUSPENDED", "{answer:#}");
    let text = exported(demo, identifier);
    let (code, report) = verify(&text);
    assert_eq!((code, report.contains("SUSPENDED")), (1, true), "{report}");
    let without = |members: &[&str]| {
        let mut file: Json = serde_json::from_str(&text).unwrap();
        assert_eq!(file["events"].as_array().unwrap().len(), 1);
        members.iter().for_each(|member| drop(file.as_object_mut().unwrap().remove(*member)));
        file
    };
    let (code, report) = verify(&without(&["events"]).to_string());
    assert_eq!((code, report.contains("STATUS_MISMATCH")), (1, true), "{report}");
    for members in [&["asOf"][..], &["asOf", "events"]] {
        let (code, report) = verify(&without(members).to_string());
        assert_eq!((code, report.contains("STATUS_UNREACHABLE")), (2, true), "{report}");
    }
    let mut file = without(&["events"]);
    file["statusAsOf"] = json!("2099-01-01T00:00:00Z");
    assert_eq!(verify(&file.to_string()).0, 3, "there is no status that is not signed");
    // The statement of an older file says what was so then, and nothing of the events since.
    let mut file = without(&[]);
    file["asOf"] = serde_json::from_str::<Json>(before).unwrap()["asOf"].take();
    assert_eq!(verify(&file.to_string()).0, 1);
}

fn exported(demo: &Demo, identifier: &str) -> String {
    ureq::get(format!("{}/certificates/{identifier}.json", demo.address()))
        .header("authorization", format!("Bearer {}", demo.token("department")))
        .header("x-purpose", "%7B%22useFor%22%3A%22%E7%A6%BB%E7%BA%BF%E6%A0%B8%E9%AA%8C%22%7D")
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap()
}
