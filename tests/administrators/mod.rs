//! People who sign in: by password and code, by signature; their sessions, on one hub and on two.

mod approvals;
mod replicas;
mod sessions;
mod signatures;

use chrono::{DateTime, TimeDelta, Utc};
use model::actor::{Caller, Granted, Role};
use serde_json::{Value as Json, json};
use zeroize::Zeroizing;
use zhengzhao::administrators::{AccountInput, AdministratorError, NewAccount, code_at};

use crate::support::each::{execute, on_each};
use crate::support::hub::{TestHub, administrator};

const SIGN_IN: &str = "mutation($name: String!, $password: String!, $code: String!) {
    signIn(name: $name, password: $password, code: $code) { token until account { name displayName role idleSeconds } } }";

fn operator() -> Caller {
    Caller { actor: administrator().into(), purpose: None }
}

fn input(name: &str, role: Role) -> AccountInput {
    AccountInput {
        name: name.into(),
        display_name: "测试管理员甲".into(),
        role,
        types: Granted::All,
        authorities: Granted::All,
        department: None,
    }
}

/// Makes an account with a password that is made up.
pub(crate) async fn account(hub: &TestHub, name: &str) -> NewAccount {
    hub.hub.administrators.accounts.add(input(name, Role::Administrator), None, &operator(), Utc::now()).await.unwrap()
}

/// Signs in over the API: the answer. Codes count once: for another sign-in within half a minute name a later `at`.
async fn asked(hub: &TestHub, account: &NewAccount, password: &str, at: DateTime<Utc>) -> Json {
    let code = code_at(&account.totp.secret, at).unwrap();
    hub.ask("", SIGN_IN, json!({ "name": account.account.name, "password": password, "code": code })).await
}

/// The token of a session that was opened at `at`, which may be now or up to half a minute off.
pub(crate) async fn signed_in(hub: &TestHub, account: &NewAccount, at: DateTime<Utc>) -> String {
    let answer = asked(hub, account, &account.password, at).await;
    answer["data"]["signIn"]["token"].as_str().unwrap_or_else(|| panic!("{answer:#}")).to_owned()
}

/// The token of a session opened at any time, past the API.
async fn opened(hub: &TestHub, account: &NewAccount, at: DateTime<Utc>) -> Result<String, AdministratorError> {
    let code = code_at(&account.totp.secret, at).unwrap();
    let opened = hub.hub.administrators.sign_in(&account.account.name, account.password.clone(), &code, None, at).await?;
    Ok(opened.token.to_string())
}

fn is_refused(answer: &Json) -> bool {
    answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_signs_in_works_and_signs_out() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let one = account(&hub, "li.wei").await;
        let answer = asked(&hub, &one, &one.password, Utc::now()).await;
        let opened = &answer["data"]["signIn"];
        let shown = json!({ "name": "li.wei", "displayName": "测试管理员甲", "role": "ADMINISTRATOR", "idleSeconds": 1800 });
        assert_eq!(opened["account"], shown, "{answer:#}");
        let token = opened["token"].as_str().unwrap().to_owned();
        let me = hub.data(&token, "{ me { name lastSignInAt } departments { code } }", json!({})).await;
        assert!(me["me"]["name"] == "li.wei" && me["me"]["lastSignInAt"].is_string(), "{me:#}");
        let sessions = hub.data(&token, "{ sessions { name way mine since lastUsedAt until } }", json!({})).await;
        assert_eq!((&sessions["sessions"][0]["way"], &sessions["sessions"][0]["mine"]), (&json!("password"), &json!(true)));
        // What he does stands in the log under his own name.
        hub.data(&token, "mutation { registerDepartment(code: \"11990000000000GX2C\", name: \"测试局\") { code } }", json!({})).await;
        hub.data(&token, "mutation { signOut }", json!({})).await;
        let after = hub.ask(&token, "{ me { name } }", json!({})).await;
        assert!(is_refused(&after) && after["errors"][0]["message"].as_str().unwrap().contains("已退出"), "{after:#}");
        let events = hub.hub.store.access_events(50).await.unwrap();
        let by = |kind: &str| events.iter().filter(|event| event.kind == kind && event.actor == "li.wei").count();
        assert_eq!((by("signIn"), by("registerDepartment"), by("signOut")), (1, 1, 1));
        assert!(
            events.iter().any(|event| event.kind == "addAdministrator" && event.purpose.as_ref().is_some_and(|to| to.contains("li.wei")))
        );
        // Neither password, nor secret of codes, nor token lies anywhere, however it is written.
        let secret = one.totp.secret.to_string();
        let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
        for hidden in [&*one.password, &secret, &token[10..], &String::from_utf8_lossy(&bytes)] {
            assert!(execute::dump(&url).await.iter().all(|(_, _, text)| !text.contains(hidden)), "{hidden} lies in the database");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_not_right_is_told_alike_recorded_and_slowed() {
    on_each(|url| async move {
        let hub = TestHub::empty(&url).await;
        let (one, other) = (account(&hub, "li.wei").await, account(&hub, "wang.fang").await);
        let now = Utc::now();
        let code = code_at(&one.totp.secret, now).unwrap();
        let wrong_code = if code == "000000" { "000001" } else { "000000" };
        let mut told = Vec::new();
        for (name, password, code) in [
            ("li.wei", "not the password", &*code),
            ("li.wei", &*one.password, wrong_code),
            ("li.wei", &*one.password, ""),
            ("nobody", &*one.password, &*code),
            ("wang.fang", &*one.password, &*code),
        ] {
            let answer = hub.ask("", SIGN_IN, json!({ "name": name, "password": password, "code": code })).await;
            assert!(is_refused(&answer) && answer["data"]["signIn"].is_null(), "{name}: {answer:#}");
            told.push(answer["errors"][0]["message"].clone());
        }
        told.dedup();
        assert_eq!(told.len(), 1, "nothing tells what of it was wrong");
        let events = hub.hub.store.access_events(50).await.unwrap();
        let refused: Vec<_> = events.iter().filter(|event| event.kind == "refuseSignIn").map(|event| event.actor.as_str()).collect();
        assert_eq!(refused.iter().filter(|actor| **actor == "li.wei").count(), 3, "{refused:?}");
        assert!(refused.contains(&"anonymous") && !refused.contains(&"nobody"), "{refused:?}");
        // A code counts once, whatever was wrong around it.
        let token = asked(&hub, &one, &one.password, now).await;
        assert!(token["data"]["signIn"]["token"].is_string(), "{token:#}");
        assert!(is_refused(&asked(&hub, &one, &one.password, now).await), "the same code again");
        assert!(is_refused(&asked(&hub, &one, &one.password, now - TimeDelta::seconds(30)).await), "the code before it");
        // Whoever goes on waits, the right password included; somebody else does not.
        let mut codes = Vec::new();
        for _ in 0..6 {
            let answer = asked(&hub, &one, "not the password", now).await;
            codes.push(answer["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned());
        }
        assert_eq!(codes.last().map(String::as_str), Some("RATE_LIMITED"), "{codes:?}");
        assert_eq!(asked(&hub, &one, &one.password, now).await["errors"][0]["extensions"]["code"], "RATE_LIMITED");
        signed_in(&hub, &other, now).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_guesses_from_everywhere_does_not_keep_the_owner_out() {
    let folder = tempfile::tempdir().unwrap();
    let hub = TestHub::empty(&format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display())).await;
    let owner = account(&hub, "li.wei").await;
    let now = Utc::now();
    let sign_in = async |password: &str, from: [u8; 4], at: DateTime<Utc>| {
        let code = code_at(&owner.totp.secret, at).unwrap();
        hub.hub.administrators.sign_in("li.wei", password.to_owned().into(), &code, Some(from.into()), at).await.map(drop)
    };
    let home = [192, 0, 2, 1];
    sign_in(&owner.password, home, now).await.unwrap();
    let mut slowed = false;
    for place in 0..40 {
        slowed |= matches!(sign_in("not the password", [198, 51, 100, place], now).await, Err(AdministratorError::Slow { .. }));
    }
    assert!(slowed, "many wrong ones of a name slow whoever comes from anywhere");
    let later = now + TimeDelta::seconds(30);
    let elsewhere = sign_in(&owner.password, [203, 0, 113, 7], later).await;
    assert!(matches!(elsewhere, Err(AdministratorError::Slow { .. })), "{elsewhere:?}");
    sign_in(&owner.password, home, later).await.expect("from where he signed in before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_known_takes_as_long_as_a_wrong_password() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display());
    let hub = TestHub::empty(&url).await;
    let took = async |name: &str| {
        let began = std::time::Instant::now();
        assert!(is_refused(&hub.ask("", SIGN_IN, json!({ "name": name, "password": "not the password", "code": "123456" })).await));
        began.elapsed()
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    // In turn, and the fastest of many: whatever else runs here slows both.
    for number in 0..4 {
        let name = account(&hub, &format!("person-{number}")).await.account.name;
        for _ in 0..4 {
            known.push(took(&name).await);
            unknown.push(took(&format!("nobody-{number}")).await);
        }
    }
    let (known, unknown) = (known.into_iter().min().unwrap(), unknown.into_iter().min().unwrap());
    println!("a wrong password took {known:?}, an unknown name {unknown:?}");
    assert!(known < unknown * 2 && unknown < known * 2, "{known:?} {unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_changed_and_weak_ones_refused_with_the_reason() {
    on_each(|url| async move {
        let hub = TestHub::empty(&url).await;
        let accounts = &hub.hub.administrators.accounts;
        for weak in ["short", "Password2026!", "123456789012", "I am li.wei today"] {
            let refused =
                accounts.add(input("li.wei", Role::Administrator), Some(Zeroizing::new(weak.into())), &operator(), Utc::now()).await;
            assert!(matches!(refused, Err(AdministratorError::Weak(_))), "{weak}");
        }
        let one = account(&hub, "li.wei").await;
        assert!(accounts.add(input("li.wei", Role::Administrator), None, &operator(), Utc::now()).await.is_err(), "the name is taken");
        for (name, role) in [("Li", Role::Administrator), ("l", Role::Administrator), ("portal", Role::Portal), ("clerk", Role::Department)]
        {
            assert!(accounts.add(input(name, role), None, &operator(), Utc::now()).await.is_err(), "{name} {role:?}");
        }
        let now = Utc::now();
        let token = signed_in(&hub, &one, now - TimeDelta::seconds(30)).await;
        let change = "mutation($old: String!, $new: String!, $code: String!) {
            changePassword(oldPassword: $old, newPassword: $new, code: $code) }";
        let code = code_at(&one.totp.secret, now).unwrap();
        let refused =
            hub.refused(&token, change, json!({ "old": *one.password, "new": "qwertyuiop12", "code": code }), "INVALID_INPUT").await;
        assert!(refused["errors"][0]["message"].as_str().unwrap().contains("keyboard"), "{refused:#}");
        let sentence = "三只猫在屋顶上看了一夜的雨";
        hub.refused(&token, change, json!({ "old": "not the password", "new": sentence, "code": code }), "UNAUTHENTICATED").await;
        hub.refused("admin", change, json!({ "old": *one.password, "new": sentence, "code": code }), "FORBIDDEN").await;
        hub.data(&token, change, json!({ "old": *one.password, "new": sentence, "code": code })).await;
        assert!(is_refused(&hub.ask(&token, "{ me { name } }", json!({})).await), "a session ends with the password that opened it");
        let later = now + TimeDelta::seconds(30);
        assert!(is_refused(&asked(&hub, &one, &one.password, later).await), "the old one");
        assert!(asked(&hub, &one, sentence, later).await["data"]["signIn"]["token"].is_string());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clerks_have_the_rights_of_their_role_and_no_more() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let clerk = hub.hub.administrators.accounts.add(input("clerk", Role::Issuer), None, &operator(), Utc::now()).await.unwrap();
        let other = account(&hub, "li.wei").await;
        let now = Utc::now();
        let (token, admins) = (signed_in(&hub, &clerk, now).await, signed_in(&hub, &other, now).await);
        hub.data(&token, "{ me { role } certificates(first: 1) { totalCount } }", json!({})).await;
        hub.refused(&token, "{ departments { code } }", json!({}), "FORBIDDEN").await;
        // Of sessions he sees and ends his own.
        let mine = hub.data(&token, "{ sessions { name } }", json!({})).await;
        assert_eq!(mine["sessions"], json!([{ "name": "clerk" }]));
        hub.refused(&token, "{ sessions(name: \"li.wei\") { name } }", json!({}), "FORBIDDEN").await;
        hub.refused(&token, "mutation { endAllSessions(name: \"li.wei\") }", json!({}), "FORBIDDEN").await;
        let all = hub.data(&admins, "{ sessions { id name } }", json!({})).await["sessions"].take();
        let of = |name: &str| all.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap()["id"].clone();
        hub.refused(&token, "mutation($id: ID!) { endSession(id: $id) }", json!({ "id": of("li.wei") }), "NOT_FOUND").await;
        hub.data(&admins, "mutation($id: ID!) { endSession(id: $id) }", json!({ "id": of("clerk") })).await;
        assert!(is_refused(&hub.ask(&token, "{ me { role } }", json!({})).await));
        // A token made for somebody ends with his account; so do his sessions.
        let mut actor = administrator();
        actor.person = Some(model::actor::Person { name: "li.wei".into(), session: None });
        let row = zhengzhao::store::TokenRow { name: "of-li".into(), actor, created_at: now, expires_at: None, revoked_at: None };
        hub.hub.store.put_token(&verify::digest::sm3_hex(b"of-li"), &row).await.unwrap();
        assert_eq!(hub.data("of-li", "{ me { name } }", json!({})).await["me"]["name"], "li.wei");
        hub.hub.administrators.accounts.disable("li.wei", true, &operator(), now).await.unwrap();
        for token in ["of-li", &*admins] {
            assert!(is_refused(&hub.ask(token, "{ departments { code } }", json!({})).await), "{token}");
        }
        let later = now + TimeDelta::seconds(30);
        assert!(is_refused(&asked(&hub, &other, &other.password, later).await), "he signs in no more");
        hub.hub.administrators.accounts.disable("li.wei", false, &operator(), now).await.unwrap();
        hub.data("of-li", "{ departments { code } }", json!({})).await;
        assert!(is_refused(&hub.ask(&admins, "{ me { name } }", json!({})).await), "what ended stays ended");
        assert!(asked(&hub, &other, &other.password, later).await["data"]["signIn"]["token"].is_string());
    })
    .await;
}
