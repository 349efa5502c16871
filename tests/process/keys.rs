//! `zhengzhao keys …` from the command line: authorities, everybody they certify, requests, lists of revoked certificates.

use verify::chain::X509;
use verify::revocation::{RevocationStatus, Revocations};

use super::serve::{AUTHORITY, configure, must, run};

#[test]
fn keys_are_made_requested_refused_and_revoked_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder, "sqlite://hub.db");
    assert_ne!(run(folder, &["keys", "ca", "测试根", "--crls", "ftp://here"]).0, 0);
    let made = must(folder, &["keys", "ca", "测试根", "--crls", "https://hub.test/crls/"]);
    assert!(made.contains("issuing.cert.pem") && made.contains("issuing.crl"), "{made}");
    must(folder, &["keys", "signer", AUTHORITY, "测试省住房和城乡建设厅"]);
    must(folder, &["keys", "maker", "测试制章中心"]);
    must(folder, &["keys", "timestamp", "测试时间戳"]);
    assert_ne!(run(folder, &["keys", "maker", "另一个"]).0, 0, "a key is never overwritten");

    must(folder, &["keys", "csr", "91990000MAH0TEXT1J", "测试企业"]);
    let request = folder.join("keys/requests/91990000MAH0TEXT1J.csr.pem");
    assert!(std::fs::read_to_string(request).unwrap().starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
    let (code, text) = run(folder, &["keys", "import", "91990000MAH0TEXT1J", "keys/seal-maker.cert.pem"]);
    assert!(code != 0 && text.contains("no certificate in the file is of the key"), "{text}");
    let listed = must(folder, &["keys", "list"]);
    for part in ["seal-maker.cert.pem", "timestamp.cert.pem", AUTHORITY, "91990000MAH0TEXT1J.csr.pem", "trust/ca.cert.pem"] {
        assert!(listed.contains(part), "{part} in {listed}");
    }

    let read = |name: &str| X509::from_pem(&std::fs::read_to_string(folder.join("keys").join(name)).unwrap()).unwrap().remove(0);
    let (signer, issuing) = (read(&format!("signers/{AUTHORITY}.cert.pem")), read("issuing.cert.pem"));
    let status = || {
        let list = std::fs::read(folder.join("trust/revocations/issuing.crl")).unwrap();
        Revocations::read(&[list], &[]).status(&signer, &issuing, chrono::Utc::now())
    };
    assert!(matches!(status(), RevocationStatus::Good { .. }), "{:?}", status());
    must(folder, &["keys", "revoke", AUTHORITY, "--reason", "key-compromise"]);
    assert!(matches!(status(), RevocationStatus::Revoked { .. }), "{:?}", status());
    assert_ne!(run(folder, &["keys", "revoke", AUTHORITY]).0, 0, "it is revoked already");
    let listed = must(folder, &["keys", "crl", "--days", "3"]);
    assert!(listed.contains("key-compromise") && listed.contains("1 on it"), "{listed}");
}
