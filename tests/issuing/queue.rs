//! Sealing by hand: what is issued waits for its officer, who seals it, one or many, or refuses to.

use model::registry::{SourceFile, State};
use zhengzhao::files::{FileError, Format};
use zhengzhao::worker;

use super::*;
use crate::support::each::on_each;
use crate::support::hub::{administrator, type_files};

/// A hub whose safety officers' certificates are sealed by hand.
async fn by_hand(url: &str) -> TestHub {
    let hub = TestHub::empty(url).await;
    let manual = |file: SourceFile| SourceFile {
        text: file.text.replace("\"sealing\": { \"mode\": \"automatic\" }", "\"sealing\": { \"mode\": \"manual\" }"),
        ..file
    };
    let files: Vec<_> = type_files().into_iter().map(manual).collect();
    let outcome = hub.hub.registration.register(files, &administrator(), State::Published, false).await.unwrap();
    assert!(outcome.registered, "{:#?}", outcome.diagnostics);
    hub
}

const QUEUE: &str = "query($state: SealingState) { sealingQueue(state: $state) { id state officer reason certificate { number } } }";
const SEAL: &str = "mutation($ids: [ID!]!) { sealCertificates(ids: $ids) { id ok code message } }";
const REFUSE: &str = "mutation($id: ID!, $reason: String!) { refuseSealing(id: $id, reason: $reason) { ok code } }";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_issued_waits_for_its_officer() {
    on_each(|url| async move {
        let hub = by_hand(&url).await;
        let mut ids = Vec::new();
        for sequence in 1..=3 {
            ids.push(issue(&hub, officer(sequence, "A")).await);
        }
        assert!(matches!(hub.hub.files.file(ids[0], Format::Pdf, Utc::now()).await, Err(FileError::Waiting)));
        // Nor is there a copy with a seal that nobody has put to it.
        let copy = "mutation($id: ID!, $to: Date!) { createUsageCopy(id: $id, purpose: \"投标\", expiresOn: $to) { id files { path } } }";
        let to = zhengzhao::faces::day_in_beijing(Utc::now()).to_string();
        hub.refused("issuer", copy, json!({ "id": ids[0], "to": to }), "CONFLICT").await;
        worker::round(&hub.hub, "test").await.unwrap();
        assert!(hub.hub.store.outbox_pending(10).await.unwrap().is_empty(), "each message is struck out");
        let waiting = hub.data("issuer", QUEUE, json!({})).await;
        let told: Vec<_> = waiting["sealingQueue"].as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(told, ids.iter().map(ToString::to_string).collect::<Vec<_>>(), "oldest first");
        hub.refused("department", QUEUE, json!({}), "FORBIDDEN").await;

        let sealed = hub.data("issuer", SEAL, json!({ "ids": [ids[0], ids[1], Uuid::nil()] })).await;
        let ok: Vec<_> = sealed["sealCertificates"].as_array().unwrap().iter().map(|one| one["ok"].as_bool().unwrap()).collect();
        assert_eq!((ok, &sealed["sealCertificates"][2]["code"]), (vec![true, true, false], &json!("NOT_FOUND")), "{sealed:#}");
        let file = hub.hub.files.file(ids[0], Format::Pdf, Utc::now()).await.unwrap();
        assert_eq!(hub.data("issuer", SEAL, json!({ "ids": [ids[0]] })).await["sealCertificates"][0]["ok"], true, "once more is no fault");
        assert_eq!(hub.hub.files.file(ids[0], Format::Pdf, Utc::now()).await.unwrap().digest, file.digest);

        let refused = hub.data("issuer", REFUSE, json!({ "id": ids[0], "reason": "照片不符" })).await;
        assert_eq!(refused["refuseSealing"]["code"], "CONFLICT", "it is sealed");
        assert_eq!(hub.data("issuer", REFUSE, json!({ "id": ids[2], "reason": " " })).await["refuseSealing"]["code"], "INVALID_INPUT");
        assert_eq!(hub.data("issuer", REFUSE, json!({ "id": ids[2], "reason": "照片不符" })).await["refuseSealing"]["ok"], true);
        assert!(matches!(hub.hub.files.file(ids[2], Format::Ofd, Utc::now()).await, Err(FileError::Waiting)));
        let decided = hub.data("issuer", QUEUE, json!({ "state": "REFUSED" })).await;
        assert_eq!(decided["sealingQueue"][0]["reason"], "照片不符");
        assert_eq!(hub.data("admin", QUEUE, json!({})).await["sealingQueue"], json!([]));
        let kinds: Vec<_> = hub.hub.store.access_events(50).await.unwrap().into_iter().map(|event| event.kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "seal").count(), 2, "{kinds:?}");
        assert_eq!(kinds.iter().filter(|kind| *kind == "refuseSeal").count(), 1, "{kinds:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_type_is_sealed_and_goes_on_where_it_was_broken_off() {
    on_each(|url| async move {
        let hub = by_hand(&url).await;
        for sequence in 1..=4 {
            issue(&hub, officer(sequence, "A")).await;
        }
        let seal = async |officer: &Caller| hub.hub.files.seal_type(officer, OFFICER, verify::Lang::Zh, |_| {}).await.unwrap();
        let nobody = Caller { actor: Arc::new(administrator()), purpose: None };
        assert_eq!(seal(&nobody).await.made, 0, "who may not act for the authority seals nothing");
        let first = seal(&issuer()).await;
        assert_eq!((first.made, first.refused.len()), (4, 0), "{first:?}");
        issue(&hub, officer(5, "A")).await;
        assert_eq!(seal(&issuer()).await.made, 1);
    })
    .await;
}
