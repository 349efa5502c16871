//! The transparency log: what was read and changed can be proved, and nothing of it altered unseen.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use chrono::Utc;
use model::registry::Operation;
use serde_json::{Value as Json, json};
use tlog::audit::{Log, Report};
use tlog::{Bundle, Receipt, Tile, TileReader, Trust, audit, verify_receipt};
use uuid::Uuid;
use zhengzhao::hub::{Hub, HubSettings};
use zhengzhao::transparency::{Database, log_key};

use crate::issuing::{citizen, issue, issuer, officer};
use crate::support::each::{execute, on_each};
use crate::support::hub::{TestHub, settings};

const READ: &str = "query($code: String!) { holder(code: $code) { name certificates(first: 5) { nodes { number } } } }";

async fn round(hub: &Hub, owner: &str) -> u64 {
    hub.transparency.round(owner, Utc::now()).await.unwrap()
}

fn trust(hub: &Hub) -> Trust {
    let certificate = hub.settings.keys.join("log.cert.pem");
    let roots = hub.trust().unwrap();
    Trust::of_log(hub.transparency.origin(), vec![log_key(&certificate, &roots, hub.transparency.origin(), Utc::now()).unwrap()])
}

/// What walking the tables found, events and all, beside the tree itself.
#[derive(Debug, Default, PartialEq)]
struct Beside {
    missing: Vec<u64>,
    erased: Vec<u64>,
    altered: Vec<u64>,
    unaccounted: Vec<Uuid>,
}

async fn audited(hub: &Arc<Hub>) -> (Report, Beside) {
    let (hub, runtime) = (Arc::clone(hub), tokio::runtime::Handle::current());
    let latest = hub.transparency.checkpoint().await.unwrap().unwrap();
    tokio::task::spawn_blocking(move || {
        let mut database = Database::new(&hub.transparency, runtime);
        let report = audit(&mut database, latest.note.as_bytes(), [], &trust(&hub)).unwrap();
        let unaccounted = database.unaccounted().unwrap();
        let Database { missing, erased, altered, .. } = database;
        (report, Beside { missing, erased, altered, unaccounted })
    })
    .await
    .unwrap()
}

async fn get(hub: &TestHub, path: &str, token: &str) -> (u16, Vec<u8>) {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    hub.http(if token.is_empty() { Request::get(path) } else { request }.body(Body::empty()).unwrap()).await
}

async fn newest(hub: &TestHub, actor: &str) -> Uuid {
    let events = hub.hub.store.access_events(1000).await.unwrap();
    events.into_iter().find(|event| event.actor == actor).unwrap().id
}

/// The log as anybody reads it over HTTP.
struct Served<'a>(&'a TestHub);

impl Served<'_> {
    fn file(&self, path: &str) -> Option<Vec<u8>> {
        let (status, bytes) =
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(get(self.0, &format!("/log/{path}"), "")));
        (status == 200).then_some(bytes)
    }
}

impl TileReader for Served<'_> {
    type Error = String;

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, String> {
        Ok(self.file(&tile.path()))
    }
}

impl Log for Served<'_> {
    fn bundle(&mut self, bundle: Bundle) -> Result<Option<Vec<u8>>, String> {
        Ok(self.file(&bundle.path()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asked_can_prove_it_and_nobody_learns_of_others() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        issue(&hub, officer(1, "A")).await;
        assert_eq!(get(&hub, "/log/checkpoint", "").await.0, 404, "nothing is signed yet");
        assert!(round(&hub.hub, "a").await > 2);
        let before = get(&hub, "/log/checkpoint", "").await.1;
        hub.data("department", READ, json!({ "code": citizen(1) })).await;
        let event = newest(&hub, "department").await;
        let path = format!("/log/receipt/{event}");
        assert_eq!(get(&hub, &path, "department").await.0, 404, "it has no number yet");
        assert!(round(&hub.hub, "a").await > 0);
        assert_eq!(round(&hub.hub, "a").await, 0);

        let trust = trust(&hub.hub);
        for token in ["department", "admin"] {
            let (status, answer) = get(&hub, &path, token).await;
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
            let answer: Json = serde_json::from_slice(&answer).unwrap();
            let receipt = Receipt::from_json(answer["receipt"].to_string().as_bytes()).unwrap();
            let text = answer["event"].as_str().unwrap();
            assert!(text.contains("\\\"useFor\\\":\\\"test\\\"") && text.contains("\"actor\":\"department\""), "{text}");
            assert!(verify_receipt(&receipt, text.as_bytes(), &trust).unwrap().index < receipt.tree_size);
            assert!(verify_receipt(&receipt, text.replace("department", "somebody").as_bytes(), &trust).is_err());
        }
        for token in ["restricted", "issuer"] {
            assert_eq!(get(&hub, &path, token).await.0, 404, "{token}");
        }
        assert_eq!(get(&hub, &path, "no token of ours").await.0, 401);
        assert_eq!(get(&hub, "/log/receipt/..%2F..", "admin").await.0, 404);
        assert_eq!(get(&hub, "/log/tile/0/000", "").await.0, 404, "no full tile yet");

        // As others walk it: hashes only, and it has grown out of what they saw.
        let latest = get(&hub, "/log/checkpoint", "").await.1;
        let report = audit(&mut Served(&hub), &latest, [before], &trust).unwrap();
        assert!(report.is_sound() && report.checkpoints == 2 && report.events == 0, "{report:#?}");
        let (report, beside) = audited(&hub.hub).await;
        assert!(report.is_sound() && report.events == report.leaves && beside == Beside::default(), "{report:#?} {beside:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_altered_in_the_tables_is_found_by_its_number() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        for number in 1..=3 {
            issue(&hub, officer(number, "A")).await;
        }
        round(&hub.hub, "a").await;
        let (sound, ..) = audited(&hub.hub).await;
        assert!(sound.is_sound(), "{sound:#?}");
        // Each alteration, and how it is undone.
        let alterations = [
            (
                "UPDATE access_event SET actor = actor || 'x' WHERE seq = 2",
                "UPDATE access_event SET actor = substr(actor, 1, length(actor) - 1) WHERE seq = 2",
            ),
            ("UPDATE access_event SET count = count + 1 WHERE seq = 2", "UPDATE access_event SET count = count - 1 WHERE seq = 2"),
            ("UPDATE access_event SET at = at + 1 WHERE seq = 2", "UPDATE access_event SET at = at - 1 WHERE seq = 2"),
        ];
        for (alter, undo) in alterations {
            assert_eq!(execute::sql(&url, alter).await, 1, "{alter}");
            let (report, ..) = audited(&hub.hub).await;
            assert!(report.findings.iter().any(|finding| finding.to_string().contains('2')), "{alter}: {report:#?}");
            assert_eq!(execute::sql(&url, undo).await, 1);
            assert!(audited(&hub.hub).await.0.is_sound(), "{undo}");
        }
        execute::sql(&url, "UPDATE log_tile SET bytes = (SELECT bytes FROM log_tile WHERE level = 0) WHERE level = -1").await;
        assert!(!audited(&hub.hub).await.0.is_sound());
        assert!(hub.hub.transparency.round("a", Utc::now()).await.is_ok_and(|written| written == 0), "there is nothing to write");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_altered_taken_out_or_put_in_is_found_by_the_event_that_wrote_it() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        hub.hub.issuing.change_status(&issuer(), &id.to_string(), Operation::Suspend, "检查", None, Utc::now()).await.unwrap();
        round(&hub.hub, "a").await;
        let (report, beside) = audited(&hub.hub).await;
        assert!(report.is_sound() && beside == Beside::default(), "{report:#?} {beside:?}");
        let events = hub.hub.store.logged(0, 1000).await.unwrap();
        let number = |kind: &str| events.iter().find(|logged| logged.event.kind == kind).unwrap().seq;
        let (issued, suspended) = (number("issue"), number("suspend"));

        let altered = |table: &str, from: &str, to: &str| match url.starts_with("sqlite") {
            true => format!("UPDATE {table} SET statement = CAST(replace(CAST(statement AS TEXT), '{from}', '{to}') AS BLOB)"),
            false => {
                format!("UPDATE {table} SET statement = convert_to(replace(convert_from(statement, 'UTF8'), '{from}', '{to}'), 'UTF8')")
            }
        };
        execute::sql(&url, &altered("certificate_version", "测试", "测验")).await;
        assert_eq!(audited(&hub.hub).await.1.altered, [issued]);
        execute::sql(&url, &altered("certificate_version", "测验", "测试")).await;
        assert_eq!(audited(&hub.hub).await.1, Beside::default());
        assert_eq!(execute::sql(&url, "DELETE FROM certificate_event WHERE statement IS NOT NULL").await, 1);
        assert_eq!(audited(&hub.hub).await.1.altered, [suspended], "the suspension was taken out");
        // A certificate that nobody issued: as a copy of the row under another name of the version.
        let foreign = Uuid::now_v7();
        let column = if url.starts_with("sqlite") { format!("x'{}'", foreign.simple()) } else { format!("'{foreign}'::uuid") };
        execute::sql(&url, &format!("UPDATE access_event SET version_id = {column} WHERE seq = {issued}")).await;
        let (report, beside) = audited(&hub.hub).await;
        assert!(!report.is_sound(), "the event was altered for it");
        assert_eq!(beside.unaccounted, [id]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_taken_out_is_missed_and_an_erased_one_keeps_its_place() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        issue(&hub, officer(1, "A")).await;
        round(&hub.hub, "a").await;
        execute::sql(&url, "UPDATE access_event SET salt = NULL WHERE seq = 0").await;
        execute::sql(&url, "DELETE FROM access_event WHERE seq = 1").await;
        let (report, beside) = audited(&hub.hub).await;
        assert_eq!((report.findings.len(), beside.missing, beside.erased), (0, vec![1], vec![0]), "the tree stands, and tells of both");
        // The tree grows on.
        issue(&hub, officer(2, "A")).await;
        assert!(round(&hub.hub, "a").await > 0);
        assert!(audited(&hub.hub).await.0.is_sound());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_about_persons_stop_while_nothing_gets_into_the_log() {
    on_each(|url| async move {
        let first = TestHub::start(&url).await;
        let id = issue(&first, officer(1, "A")).await;
        let hub = TestHub::with(HubSettings { unlogged: Duration::ZERO, ..settings(&url) }).await;
        let late = Utc::now() + chrono::TimeDelta::seconds(1);
        assert!(hub.hub.transparency.overdue(late).await.unwrap().is_some());
        hub.hub.audit.hold(true);
        hub.refused("department", READ, json!({ "code": citizen(1) }), "UNAVAILABLE").await;
        let verified = "query($id: ID!) { verifyCertificate(id: $id) { result } }";
        assert_eq!(
            hub.data("", verified, json!({ "id": id.to_string() })).await["verifyCertificate"]["result"],
            "PASSED",
            "of nobody in clear"
        );
        let (status, answer) = get(&hub, "/readyz", "").await;
        assert!(status == 503 && String::from_utf8_lossy(&answer).contains("wait too long"), "{}", String::from_utf8_lossy(&answer));
        hub.hub.audit.settle().await.unwrap();
        round(&hub.hub, "a").await;
        assert_eq!(hub.hub.transparency.overdue(late).await.unwrap(), None);
        hub.hub.audit.hold(false);
        hub.data("department", READ, json!({ "code": citizen(1) })).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_number_every_event_once() {
    on_each(|url| async move {
        let one = TestHub::start(&url).await;
        issue(&one, officer(1, "A")).await;
        let other = TestHub::with(settings(&url)).await;
        let mut written = 0;
        for turn in 0..6 {
            for _ in 0..60 {
                one.data("department", READ, json!({ "code": citizen(1) })).await;
            }
            // The one that holds the lease writes; then it is taken from it, as from one that was killed.
            let (a, b) = tokio::join!(round(&one.hub, "one"), round(&other.hub, "other"));
            written += a + b;
            one.hub.store.release_lease("log", if turn % 2 == 0 { "one" } else { "other" }).await.unwrap();
        }
        one.hub.store.release_lease("log", "one").await.unwrap();
        one.hub.store.release_lease("log", "other").await.unwrap();
        written += round(&other.hub, "other").await;
        let (report, beside) = audited(&one.hub).await;
        assert!(report.is_sound() && beside == Beside::default(), "{report:#?} {beside:?}");
        assert_eq!((report.size, report.events), (Some(written), written));
        assert!(written > 360, "more than a tile: {written}");
    })
    .await;
}
