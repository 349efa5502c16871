//! `zhengzhao bench`: the data are certificates like any others, and every workload asks and checks without an error.

use std::path::Path;

use super::command;
use crate::support::each::on_postgres;
use crate::support::redis::RedisServer;

/// How many of the 2,000 certificates are verified.
const VERIFIED: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_world_verifies_and_every_workload_gets_right_answers() {
    on_postgres(async |url| {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().display().to_string();
        let bench = |arguments: &[&str]| bench(&place, arguments);
        let made = ["data", "--database", &url, "--certificates", "2000", "--seed", "7"];
        bench(&made);
        assert!(bench(&made).contains("already"), "a second time nothing is made");
        verifies(folder.path(), &url).await;
        let redis = RedisServer::start();
        let told = bench(&["run", "--quick", "--connections", "2", "--redis", &redis.url()]);
        println!("{told}");
        for name in ["W1", "W1c", "W2", "W3", "W4", "W5", "W5c", "W6", "W7", "W8", "W9 import", "W9: time", "constant", "sign", "copy"] {
            assert!(told.contains(name), "{name} is missing:\n{told}");
        }
    })
    .await;
}

fn bench(place: &str, arguments: &[&str]) -> String {
    let (verb, rest) = arguments.split_first().unwrap();
    let done = command(&[&["bench", verb, "--folder", place], rest].concat());
    let told = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert_eq!(done.status.code(), Some(0), "bench {arguments:?}\n{told}");
    told
}

/// Certificates from all over the world are genuine to a hub over the same database.
async fn verifies(folder: &Path, url: &str) {
    let folder = zhengzhao::bench::place::Folder::open(folder).unwrap();
    let world = folder.loaded().unwrap().world();
    let hub = zhengzhao::hub::Hub::open(folder.hub_settings(url).unwrap()).await.unwrap();
    let step = usize::try_from(world.certificates).unwrap() / VERIFIED;
    let ids: Vec<String> =
        (0..world.certificates).step_by(step).map(|t| world.id(t, zhengzhao::bench::world::IdOf::Version).to_string()).collect();
    for ids in ids.chunks(100) {
        let reports = hub.verification.by_ids(ids, chrono::Utc::now()).await.unwrap();
        assert_eq!(reports.len(), ids.len());
        for (id, report) in ids.iter().zip(reports) {
            assert_eq!(report.genuine, Some(true), "{id}: {:?}", report.reasons);
        }
    }
    hub.store.close().await.unwrap();
}
