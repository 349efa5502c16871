//! The walk of docs/departments.md: admit a department and its client, get tokens by secret and by signed request, rotate, revoke. And
//! the clients of a demonstration.

use serde_json::Value as Json;

use super::Demo;
use super::serve::{AUTHORITY, configure, must, run, serve};

const JWT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Posts a form; status and body.
fn asked(address: &str, form: &[(&str, &str)]) -> (u16, Json) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.post(format!("{address}/oauth/token")).send_form(form.iter().copied()).unwrap();
    (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
}

fn by_secret(address: &str, client: &str, secret: &str) -> (u16, Json) {
    asked(address, &[("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret)])
}

/// Whether a token is let in.
fn counts(address: &str, token: &Json) -> bool {
    let token = token["access_token"].as_str().unwrap();
    let request = ureq::post(format!("{address}/graphql")).header("authorization", format!("Bearer {token}"));
    request.send_json(serde_json::json!({ "query": "{ __typename }" })).is_ok()
}

/// The secret in what a command says.
fn secret(text: &str) -> String {
    text.split_whitespace().find(|word| word.starts_with("zzs_")).unwrap_or_else(|| panic!("no secret in {text}")).to_owned()
}

#[test]
fn a_department_is_admitted_and_its_client_asks_rotates_and_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let address = configure(folder, "sqlite://hub.db?mode=rwc");
    must(folder, &["keys", "ca", "测试根"]);
    must(folder, &["keys", "signer", AUTHORITY, "测试局"]);
    must(folder, &["migrate"]);
    assert!(must(folder, &["doctor"]).contains("no key for access tokens"));
    must(folder, &["keys", "tokens"]);
    assert_ne!(run(folder, &["department", "client", "add", AUTHORITY, "办件系统"]).0, 0, "no such department yet");
    must(folder, &["department", "add", AUTHORITY, "测试局", "--level", "4", "--division", "990000", "--contact", "测试联系人,010-1"]);
    assert_ne!(run(folder, &["department", "add", AUTHORITY, "测试局", "--division", "99"]).0, 0);
    let add = ["department", "client", "add", AUTHORITY, "办件系统", "--id", "service-hall", "--for", "资质核验", "--ends", "2099-12-31"];
    let first = secret(&must(folder, &add));
    assert!(run(folder, &add).1.contains("already"));
    // The signer's key stands in for one of the department's own.
    let (key, certificate) = (format!("keys/signers/{AUTHORITY}.key.pem"), format!("keys/signers/{AUTHORITY}.cert.pem"));
    must(folder, &["department", "client", "certificate", "service-hall", &certificate]);
    let _served = serve(folder, &address);
    let (status, by_first) = by_secret(&address, "service-hall", &first);
    assert!(status == 200 && counts(&address, &by_first), "{by_first}");
    let endpoint = format!("{address}/oauth/token");
    let assertion =
        ["department", "client", "assertion", "service-hall", "--audience", &endpoint, "--key", &key, "--certificate", &certificate];
    let assertion = must(folder, &assertion);
    let form = [("grant_type", "client_credentials"), ("client_assertion_type", JWT), ("client_assertion", assertion.trim())];
    let (status, by_signature) = asked(&address, &form);
    assert!(status == 200 && counts(&address, &by_signature), "{by_signature}");
    assert_eq!(asked(&address, &form).0, 401, "sent again");
    // Another secret, then the first is taken back; the hub that runs hears of it.
    let second = secret(&must(folder, &["department", "client", "secret", "service-hall"]));
    let listed = must(folder, &["department", "client", "list"]);
    let credential = listed.lines().find(|line| line.contains("secret")).and_then(|line| line.split_whitespace().next()).unwrap();
    must(folder, &["department", "client", "revoke", "service-hall", "--credential", credential, "--reason", "轮换"]);
    assert!(!counts(&address, &by_first) && counts(&address, &by_signature));
    let (status, by_second) = by_secret(&address, "service-hall", &second);
    assert!(status == 200 && counts(&address, &by_second));
    must(folder, &["department", "client", "review", "service-hall"]);
    must(folder, &["department", "client", "revoke", "service-hall", "--reason", "停用"]);
    assert!(!counts(&address, &by_second) && !counts(&address, &by_signature));
    assert_eq!(by_secret(&address, "service-hall", &second).0, 401);
    assert!(must(folder, &["department", "list"]).contains("revoked"));
}

#[test]
fn the_clients_of_a_demonstration_get_tokens() {
    let demo = Demo::start(1);
    for name in ["department", "restricted"] {
        let client = &demo.about["clients"][name];
        let (status, token) = by_secret(&demo.address(), client["id"].as_str().unwrap(), client["secret"].as_str().unwrap());
        assert!(status == 200 && counts(&demo.address(), &token), "{token}");
    }
}
