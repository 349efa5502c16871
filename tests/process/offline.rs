//! `zhengzhao verify`, with nothing but the file and the trust anchors.

use super::{Demo, command};

#[test]
fn an_exported_certificate_verifies_offline_and_a_changed_one_does_not() {
    let demo = Demo::start(0);
    let identifier = demo.about["examples"]["SafetyOfficerCertificate"]["identifier"].as_str().unwrap();
    let text: String = ureq::get(format!("{}/certificates/{identifier}.json", demo.address()))
        .header("authorization", format!("Bearer {}", demo.token("department")))
        .header("x-purpose", "%7B%22useFor%22%3A%22%E7%A6%BB%E7%BA%BF%E6%A0%B8%E9%AA%8C%22%7D")
        .call()
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
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
}
