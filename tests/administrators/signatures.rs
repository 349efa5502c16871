//! Signing in by the signature of a registered certificate's key.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{TimeDelta, Utc};
use serde_json::{Value as Json, json};
use zhengzhao::sign::authority_ca::{create_ca, create_signer};
use zhengzhao::sign::{KeyRing, Signer};

use super::{account, is_refused, operator};
use crate::support::each::on_each;
use crate::support::hub::{AUTHORITY, TestHub, settings};

const CHALLENGE: &str = "mutation($name: String!) { signInChallenge(name: $name) { nonce text until } }";
const BY_SIGNATURE: &str = "mutation($name: String!, $nonce: String!, $signature: String!) {
    signInBySignature(name: $name, nonce: $nonce, signature: $signature) { token account { name } } }";

/// Somebody's own key and certificate.
fn signer() -> Arc<dyn Signer> {
    let folder = tempfile::tempdir().unwrap();
    create_ca(folder.path(), "测试根", "p", true, Utc::now()).unwrap();
    create_signer(folder.path(), AUTHORITY, "测试管理员甲", "p", Utc::now()).unwrap();
    KeyRing::open(folder.path(), "p").unwrap().signer(AUTHORITY).unwrap()
}

async fn challenge(hub: &TestHub, name: &str) -> Json {
    hub.data("", CHALLENGE, json!({ "name": name })).await["signInChallenge"].take()
}

async fn answered(hub: &TestHub, name: &str, nonce: &Json, signature: &[u8]) -> Json {
    hub.ask("", BY_SIGNATURE, json!({ "name": name, "nonce": nonce, "signature": STANDARD.encode(signature) })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_opens_one_session_on_whichever_replica() {
    on_each(|url| async move {
        let hub = TestHub::empty(&url).await;
        let other = TestHub::with(settings(&url)).await;
        account(&hub, "li.wei").await;
        let (signer, stranger) = (signer(), signer());
        let asked = challenge(&hub, "li.wei").await;
        let text = asked["text"].as_str().unwrap().to_owned();
        assert_eq!(text, format!("zhengzhao/sign-in/v1\nhttp://hub.test\nli.wei\n{}", asked["nonce"].as_str().unwrap()));
        let signature = signer.sign(text.as_bytes()).unwrap();
        assert!(is_refused(&answered(&hub, "li.wei", &asked["nonce"], &signature).await), "no certificate is registered");
        let accounts = &hub.hub.administrators.accounts;
        accounts.certificate("li.wei", Some(&signer.chain()[0]), &operator(), Utc::now()).await.unwrap();
        for (what, name, nonce, signature) in [
            ("a stranger's key", "li.wei", asked["nonce"].clone(), stranger.sign(text.as_bytes()).unwrap()),
            ("another text", "li.wei", asked["nonce"].clone(), signer.sign(b"zhengzhao/sign-in/v1").unwrap()),
            ("the nonce alone", "li.wei", asked["nonce"].clone(), signer.sign(asked["nonce"].as_str().unwrap().as_bytes()).unwrap()),
            ("no nonce", "li.wei", json!(""), signature.clone()),
        ] {
            assert!(is_refused(&answered(&hub, name, &nonce, &signature).await), "{what}");
        }
        // Challenged here, answered there; then nowhere again.
        let opened = answered(&other, "li.wei", &asked["nonce"], &signature).await;
        let token = opened["data"]["signInBySignature"]["token"].as_str().unwrap_or_else(|| panic!("{opened:#}"));
        let sessions = hub.data(token, "{ sessions { way mine } }", json!({})).await;
        assert_eq!(sessions["sessions"], json!([{ "way": "certificate", "mine": true }]));
        assert!(is_refused(&answered(&other, "li.wei", &asked["nonce"], &signature).await), "sent again");
        // A challenge for somebody else, one of another hub, one that is past.
        let elsewhere = challenge(&hub, "nobody").await;
        let signed = signer.sign(elsewhere["text"].as_str().unwrap().as_bytes()).unwrap();
        assert!(is_refused(&answered(&other, "li.wei", &elsewhere["nonce"], &signed).await));
        let past = hub.hub.administrators.challenge("li.wei", Utc::now() - TimeDelta::seconds(121));
        let signed = signer.sign(past.text.as_bytes()).unwrap();
        assert!(is_refused(&answered(&other, "li.wei", &json!(past.nonce), &signed).await));
        // The certificate's term counts when it is used: ten years on it is over.
        let later = Utc::now() + TimeDelta::days(3660 * 3);
        let then = hub.hub.administrators.challenge("li.wei", later);
        let signed = STANDARD.encode(signer.sign(then.text.as_bytes()).unwrap());
        let refused = other.hub.administrators.sign_in_by_signature("li.wei", &then.nonce, &signed, None, later).await;
        assert!(refused.is_err(), "an ended certificate");
        // Taken away it signs nobody in, and what it opened is over.
        accounts.certificate("li.wei", None, &operator(), Utc::now()).await.unwrap();
        assert!(is_refused(&hub.ask(token, "{ me { name } }", json!({})).await));
        let fresh = challenge(&hub, "li.wei").await;
        let signed = signer.sign(fresh["text"].as_str().unwrap().as_bytes()).unwrap();
        let (nonce, signed) = (fresh["nonce"].as_str().unwrap(), STANDARD.encode(&signed));
        let from = "192.0.2.7".parse().ok();
        let refused = hub.hub.administrators.sign_in_by_signature("li.wei", nonce, &signed, from, Utc::now());
        assert!(refused.await.is_err());
    })
    .await;
}
