//! Requests signed with the key of a registered certificate; each counts once, on whichever replica it arrives.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use model::actor::Caller;
use serde_json::json;
use zhengzhao::clients::make_assertion;
use zhengzhao::sign::authority_ca::{create_ca, create_signer};
use zhengzhao::sign::{KeyRing, Signer};

use super::{READ, admitted, asked, is_refused, seconds};
use crate::support::each::on_each;
use crate::support::hub::{AUTHORITY, TestHub, administrator, settings};

const ENDPOINT: &str = "http://hub.test/oauth/token";
const TYPE: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

/// A department's own key and certificate.
fn signer() -> Arc<dyn Signer> {
    let folder = tempfile::tempdir().unwrap();
    create_ca(folder.path(), "测试根", "p", true, Utc::now()).unwrap();
    create_signer(folder.path(), AUTHORITY, "测试局", "p", Utc::now()).unwrap();
    KeyRing::open(folder.path(), "p").unwrap().signer(AUTHORITY).unwrap()
}

fn form(assertion: &str) -> String {
    format!("grant_type=client_credentials&client_assertion_type={TYPE}&client_assertion={assertion}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_request_counts_once_on_every_replica() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let other = TestHub::with(settings(&url)).await;
        let (client, _) = admitted(&hub, "office-1").await;
        let signer = signer();
        let caller = Caller { actor: administrator().into(), purpose: None };
        let der = signer.chain()[0].clone();
        let made = |audience: &str, at| make_assertion(&client, audience, &der, at, |bytes| signer.sign(bytes)).unwrap().unwrap();
        let now = Utc::now();
        assert_eq!(asked(&hub, &form(&made(ENDPOINT, now)), None).await.0, 401, "no certificate is registered");
        hub.hub.clients.register.certificate(&client, &der, &caller, now).await.unwrap();
        // Several, in another order than they were made, each once, wherever it comes.
        let (one, two, three) = (made(ENDPOINT, now), made(ENDPOINT, now), made("http://hub.test", now));
        let (status, body) = asked(&hub, &form(&three), None).await;
        assert_eq!(status, 200, "{body}");
        hub.data(body["access_token"].as_str().unwrap(), READ, json!({})).await;
        assert_eq!(asked(&other, &form(&one), None).await.0, 200);
        assert_eq!(asked(&hub, &form(&two), None).await.0, 200);
        for used in [&one, &two, &three] {
            for replica in [&hub, &other] {
                assert_eq!(asked(replica, &form(used), None).await.0, 401, "sent again");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_the_same_at_once_give_one_token() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let other = TestHub::with(settings(&url)).await;
        let (client, _) = admitted(&hub, "office-1").await;
        let signer = signer();
        let caller = Caller { actor: administrator().into(), purpose: None };
        let der = signer.chain()[0].clone();
        hub.hub.clients.register.certificate(&client, &der, &caller, Utc::now()).await.unwrap();
        let assertion = make_assertion(&client, ENDPOINT, &der, Utc::now(), |bytes| signer.sign(bytes)).unwrap().unwrap();
        let body = form(&assertion);
        let asked = [&hub, &other, &hub, &other].map(|replica| asked(replica, &body, None));
        let statuses: Vec<u16> = futures_util::future::join_all(asked).await.into_iter().map(|(status, _)| status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_otherwise_is_refused() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let (client, _) = admitted(&hub, "office-1").await;
        admitted(&hub, "office-2").await;
        let (signer, stranger) = (signer(), signer());
        let caller = Caller { actor: administrator().into(), purpose: None };
        let (der, foreign) = (signer.chain()[0].clone(), stranger.chain()[0].clone());
        let credential = hub.hub.clients.register.certificate(&client, &der, &caller, Utc::now()).await.unwrap();
        let now = Utc::now();
        let signed = |client: &str, audience: &str, certificate: &[u8], at, signer: &Arc<dyn Signer>| {
            make_assertion(client, audience, certificate, at, |bytes| signer.sign(bytes)).unwrap().unwrap()
        };
        for (what, assertion) in [
            ("a stranger's key", signed(&client, ENDPOINT, &foreign, now, &stranger)),
            ("a stranger's key under our certificate's name", signed(&client, ENDPOINT, &der, now, &stranger)),
            ("for somebody else", signed(&client, "http://other.test/oauth/token", &der, now, &signer)),
            ("made two minutes ago, for one", signed(&client, ENDPOINT, &der, now - TimeDelta::seconds(120), &signer)),
            ("made in the future", signed(&client, ENDPOINT, &der, now + TimeDelta::seconds(120), &signer)),
            ("in another client's name", signed("office-2", ENDPOINT, &der, now, &signer)),
            ("in nobody's name", signed("nobody", ENDPOINT, &der, now, &signer)),
        ] {
            let (status, body) = asked(&hub, &form(&assertion), None).await;
            assert_eq!((status, body["error"].as_str()), (401, Some("invalid_client")), "{what} at {}", seconds(now));
        }
        let mismatched = format!("{}&client_id=office-2", form(&signed(&client, ENDPOINT, &der, now, &signer)));
        assert_eq!(asked(&hub, &mismatched, None).await.0, 401, "client_id says another");
        // Whoever was wrong so often waits a second.
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        // A revoked certificate ends its tokens, and gives no more.
        let (status, body) = asked(&hub, &form(&signed(&client, ENDPOINT, &der, Utc::now(), &signer)), None).await;
        assert_eq!(status, 200, "{body}");
        let token = body["access_token"].as_str().unwrap();
        hub.data(token, READ, json!({})).await;
        hub.hub.clients.register.revoke_credential(&client, credential.id, "泄露", &caller, Utc::now()).await.unwrap();
        assert!(is_refused(&hub.ask(token, READ, json!({})).await));
        assert_eq!(asked(&hub, &form(&signed(&client, ENDPOINT, &der, Utc::now(), &signer)), None).await.0, 401);
    })
    .await;
}
