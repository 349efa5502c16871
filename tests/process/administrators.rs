//! The walk of docs/administrators.md: the first account by command line, signing in, changing, disabling. And those of a demonstration.

use chrono::Utc;
use serde_json::{Value as Json, json};
use zhengzhao::administrators::code_at;

use super::Demo;
use super::serve::{configure, must, run, serve};

const SIGN_IN: &str = "mutation($name: String!, $password: String!, $code: String!) {
    signIn(name: $name, password: $password, code: $code) { token } }";

/// The answer's `data`.
fn asked(address: &str, token: Option<&str>, query: &str, variables: &Json) -> Json {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = agent.post(format!("{address}/graphql"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut answer = request.send_json(json!({ "query": query, "variables": variables })).unwrap();
    answer.body_mut().read_json::<Json>().unwrap()["data"].take()
}

fn signed_in(address: &str, name: &str, password: &str, secret: &str) -> Option<String> {
    let code = code_at(secret, Utc::now()).unwrap();
    let data = asked(address, None, SIGN_IN, &json!({ "name": name, "password": password, "code": code }));
    data["signIn"]["token"].as_str().map(str::to_owned)
}

/// What stands behind these words in what a command says.
fn behind<'a>(text: &'a str, words: &str) -> &'a str {
    text.lines().find_map(|line| line.strip_prefix(words)).unwrap_or_else(|| panic!("no {words} in {text}")).trim()
}

#[test]
fn the_first_administrator_is_made_by_command_line_and_signs_in() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let address = configure(folder, "sqlite://hub.db?mode=rwc");
    must(folder, &["keys", "ca", "测试根"]);
    must(folder, &["migrate"]);
    let made = must(folder, &["administrator", "add", "li.wei", "测试管理员甲"]);
    let (password, secret) = (behind(&made, "password:"), behind(&made, "secret of codes (for an authenticator app):"));
    assert!(made.contains(&format!("otpauth://totp/zhengzhao:li%2Ewei?secret={secret}&")));
    assert!(run(folder, &["administrator", "add", "li.wei", "测试管理员甲"]).1.contains("already"));
    assert!(run(folder, &["token", "create", "script", "--role", "admin", "--person", "nobody"]).1.contains("no account nobody"));
    let token = must(folder, &["token", "create", "script", "--role", "admin", "--person", "li.wei"]);
    let token = token.lines().next().unwrap();
    let _served = serve(folder, &address);
    let session = signed_in(&address, "li.wei", password, secret).expect("signed in");
    let counts = |token: &str| asked(&address, Some(token), "{ me { name } }", &json!({}))["me"]["name"] == "li.wei";
    assert!(counts(&session) && counts(token));
    assert!(must(folder, &["administrator", "list"]).contains("last signed in"));
    assert!(must(folder, &["administrator", "sign-out", "li.wei"]).contains('1'));
    assert!(!counts(&session) && counts(token));
    let changed = must(folder, &["administrator", "password", "li.wei"]);
    assert_ne!(behind(&changed, "password:"), password);
    must(folder, &["administrator", "totp", "li.wei"]);
    assert_eq!(signed_in(&address, "li.wei", password, secret), None);
    must(folder, &["administrator", "disable", "li.wei"]);
    assert!(!counts(token) && must(folder, &["administrator", "list"]).contains("disabled"));
    must(folder, &["administrator", "enable", "li.wei"]);
    assert!(counts(token));
}

#[test]
fn the_administrators_of_a_demonstration_sign_in() {
    let demo = Demo::start(1);
    let people = demo.about["administrators"].as_array().unwrap();
    assert_eq!(people.len(), 2);
    let text = |person: &Json, key: &str| person[key].as_str().unwrap().to_owned();
    for person in people {
        assert!(signed_in(&demo.address(), &text(person, "name"), &text(person, "password"), &text(person, "totp")).is_some());
    }
}
