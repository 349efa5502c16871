//! `zhengzhao serve`: from nothing to an answering hub with the commands of docs/operations.md, on both databases; backup and
//! restore from one to the other; the demo CA is refused.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::PROGRAM;
use crate::support::each::on_each;

pub(super) const AUTHORITY: &str = "11990000000000GX2C";

pub(super) struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(super) fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let done = Command::new(PROGRAM)
        .args(["--lang", "en"])
        .args(arguments)
        .current_dir(folder)
        .env("ZHENGZHAO_KEYS_PASSPHRASE", "of this test")
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    (done.status.code().unwrap(), text)
}

pub(super) fn must(folder: &Path, arguments: &[&str]) -> String {
    let (code, text) = run(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}\n{text}");
    text
}

pub(super) fn configure(folder: &Path, url: &str) -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = format!(
        "[listen]\naddress = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n[database]\nurl = \"{url}\"\n[keys]\nfolder = \"keys\"\ntrust = \"trust\"\n"
    );
    std::fs::File::create(folder.join("zhengzhao.toml")).unwrap().write_all(text.as_bytes()).unwrap();
    format!("http://127.0.0.1:{port}")
}

/// Begins to serve, ready or not.
pub(super) fn serving(folder: &Path) -> Served {
    let child = Command::new(PROGRAM)
        .args(["serve", "--config", "zhengzhao.toml"])
        .current_dir(folder)
        .env("ZHENGZHAO_KEYS_PASSPHRASE", "of this test")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Served(child)
}

pub(super) fn serve(folder: &Path, address: &str) -> Served {
    let mut served = serving(folder);
    let began = Instant::now();
    while ureq::get(format!("{address}/readyz")).call().is_err() {
        assert!(served.0.try_wait().unwrap().is_none(), "serve ended by itself");
        assert!(began.elapsed() < Duration::from_secs(60), "not ready after a minute");
        std::thread::sleep(Duration::from_millis(50));
    }
    served
}

fn ask(address: &str, token: &str, query: &str, variables: Json) -> Json {
    let body = json!({ "query": query, "variables": variables, "extensions": { "purpose": { "useFor": "test" } } });
    let request = ureq::post(format!("{address}/graphql")).header("authorization", format!("Bearer {token}"));
    request.send_json(&body).unwrap().body_mut().read_json().unwrap()
}

fn token(folder: &Path, arguments: &[&str]) -> String {
    let text = must(folder, &[&["token", "create"], arguments].concat());
    text.split_whitespace().find(|word| word.starts_with("zz_")).unwrap_or_else(|| panic!("no token in {text}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_production_hub_starts_from_nothing_and_moves_with_its_backup() {
    on_each(|url| async move {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let address = configure(folder, &url);
        must(folder, &["keys", "ca", "测试根"]);
        must(folder, &["keys", "signer", AUTHORITY, "测试省林业局"]);
        must(folder, &["migrate"]);
        let admin = token(folder, &["admin", "--role", "admin"]);
        let issuer = token(folder, &["issuer", "--role", "issuer", "--types", "all", "--authorities", AUTHORITY]);
        let department = token(folder, &["department", "--role", "department", "--types", "all"]);
        let hub = serve(folder, &address);
        let registered = ask(&address, &admin, "mutation($code: String!) { registerAuthority(code: $code, name: \"测试省林业局\", division: \"990000\") { code } }", json!({ "code": AUTHORITY }));
        assert!(registered.get("errors").is_none(), "{registered}");
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/tree.json");
        must(folder, &["type", "register", file, "--hub", &address, "--token", &admin]);
        let data: Json = serde_json::from_str::<Json>(include_str!("../api/tree.json")).unwrap()["examples"][0].take();
        let issue = "mutation($data: AncientTreeCertificateData!) { issueAncientTreeCertificate(input: { data: $data }) { id identifier holders { code } } }";
        let issued = ask(&address, &issuer, issue, json!({ "data": data }))["data"]["issueAncientTreeCertificate"].take();
        assert!(issued["id"].is_string(), "{issued}");
        let (code, text) = run(folder, &["doctor"]);
        assert_eq!(code, 0, "{text}");
        must(folder, &["backup", "hub.backup"]);
        drop(hub);

        // The same hub over another database: SQLite, whatever it was before.
        let moved = configure(folder, &format!("sqlite://{}", folder.join("moved.db").display()));
        must(folder, &["migrate"]);
        must(folder, &["restore", "hub.backup"]);
        assert_ne!(run(folder, &["restore", "hub.backup"]).0, 0, "only into an empty database");
        let _hub = serve(folder, &moved);
        let query = "query($id: ID!, $code: String!) { verifyCertificate(id: $id) { result } holder(code: $code) { certificates { nodes { id } } } }";
        let found = ask(&moved, &department, query, json!({ "id": issued["identifier"], "code": issued["holders"][0]["code"] }));
        assert_eq!(found["data"]["verifyCertificate"]["result"], "PASSED", "{found}");
        assert_eq!(found["data"]["holder"]["certificates"]["nodes"][0]["id"], issued["id"], "{found}");
        let again = ask(&moved, &issuer, issue, json!({ "data": data }));
        assert!(again["data"]["issueAncientTreeCertificate"]["id"].is_string(), "numbers go on where they were: {again}");
    })
    .await;
}

#[test]
fn serve_refuses_the_keys_of_a_demonstration() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configure(folder, &format!("sqlite://{}", folder.join("hub.db").display()));
    let now = chrono::Utc::now();
    zhengzhao::sign::authority_ca::create_ca(&folder.join("keys"), "DEMO", "of this test", true, now).unwrap();
    zhengzhao::sign::authority_ca::create_signer(&folder.join("keys"), AUTHORITY, "演示", "of this test", now).unwrap();
    zhengzhao::sign::authority_ca::export_anchor(&folder.join("keys"), &folder.join("trust")).unwrap();
    let (code, text) = run(folder, &["serve", "--config", "zhengzhao.toml"]);
    assert_ne!(code, 0);
    assert!(text.contains("demo"), "{text}");
}
