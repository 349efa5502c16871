//! The hub is killed again and again while it issues, answers and keeps its log: nothing acknowledged is lost, and the log holds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::{Demo, command};
use crate::issuing::{citizen, officer};

/// How often it is killed; `ZHENGZHAO_TEST_KILLS` asks for more.
const KILLS: u32 = 12;

/// What clients were told, each by the answer itself.
#[derive(Default)]
struct Told {
    issued: Vec<String>,
    read: usize,
}

/// Issues and reads until the hub no longer answers.
fn client(address: &str, tokens: &[String; 2], first: u32, stop: &AtomicBool, told: &Mutex<Told>) {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(10))).build().into();
    let ask = |token: &str, query: &str, variables: Json| -> Option<Json> {
        let body = json!({ "query": query, "variables": variables, "extensions": { "purpose": { "useFor": "test" } } });
        let request = agent.post(format!("{address}/graphql")).header("authorization", format!("Bearer {token}"));
        request.send_json(&body).ok()?.body_mut().read_json().ok()
    };
    let mut number = first;
    while !stop.load(Ordering::Relaxed) {
        let issue =
            "mutation($data: SafetyOfficerCertificateData!) { issueSafetyOfficerCertificate(input: { data: $data }) { identifier } }";
        let Some(answer) = ask(&tokens[0], issue, json!({ "data": officer(number, "A") })) else { return };
        let identifier = answer["data"]["issueSafetyOfficerCertificate"]["identifier"].as_str();
        told.lock().unwrap().issued.push(identifier.unwrap_or_else(|| panic!("{answer:#}")).to_owned());
        let read = "query($code: String!) { holder(code: $code) { name } }";
        let Some(answer) = ask(&tokens[1], read, json!({ "code": citizen(number) })) else { return };
        assert!(answer["data"]["holder"]["name"].is_string(), "{answer:#}");
        told.lock().unwrap().read += 1;
        number += 1;
    }
}

#[test]
fn a_hub_killed_again_and_again_loses_nothing_it_acknowledged_and_its_log_holds() {
    let kills = std::env::var("ZHENGZHAO_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().unwrap();
    let told = Arc::new(Mutex::new(Told::default()));
    for turn in 0..kills {
        let hub = Demo::start_in(folder.path(), 0);
        let stop = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> = (0..3)
            .map(|place| {
                let (address, tokens) = (hub.address(), [hub.token("issuer"), hub.token("department")]);
                let (stop, told) = (stop.clone(), told.clone());
                std::thread::spawn(move || client(&address, &tokens, 160 * (3 * turn + place) + 1, &stop, &told))
            })
            .collect();
        // Sometimes before the log has looked the first time, sometimes in its midst.
        std::thread::sleep(Duration::from_millis(u64::from(150 + (turn * 137) % 900)));
        drop(hub);
        stop.store(true, Ordering::Relaxed);
        for client in clients {
            client.join().unwrap();
        }
    }
    let hub = Demo::start_in(folder.path(), 0);
    let told = Arc::into_inner(told).unwrap().into_inner().unwrap();
    assert!(told.issued.len() > kills as usize && told.read > 0, "the hub was killed before it did anything");
    for ids in told.issued.chunks(100) {
        let answer = hub.ask("", "query($ids: [ID!]!) { verifyCertificates(ids: $ids) { result } }", json!({ "ids": ids }));
        let reports = answer["data"]["verifyCertificates"].as_array().unwrap();
        assert!(reports.iter().all(|report| report["result"] == "PASSED"), "{answer:#}");
    }
    settle(&hub);
    let data = folder.path().join("data");
    let output = command(&["log", "verify", "--format", "json", "--demo", data.to_str().unwrap()]);
    let found: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!((output.status.code(), &found["sound"]), (Some(0), &json!(true)), "{found:#}");
    assert_eq!(found["report"]["size"], found["report"]["events"], "every event is there");
    let events = found["report"]["events"].as_u64().unwrap();
    assert!(events >= (told.issued.len() + told.read) as u64, "{events} events of {} commands and {} reads", told.issued.len(), told.read);
    println!("{kills} kills, {} certificates and {} reads acknowledged, {events} events", told.issued.len(), told.read);

    // The same from outside, hashes alone.
    let trust = data.join("trust");
    let output = command(&["log", "verify", "--hub", &hub.address(), "--trust", trust.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

/// Waits until the log stands still, for longer than the lease of a hub that was killed.
fn settle(hub: &Demo) {
    let size = || -> u64 {
        let note = ureq::get(format!("{}/log/checkpoint", hub.address())).call().and_then(|mut answer| answer.body_mut().read_to_string());
        note.ok().and_then(|note| note.lines().nth(1)?.parse().ok()).unwrap_or_default()
    };
    let began = Instant::now();
    let (mut last, mut since) = (size(), Instant::now());
    while since.elapsed() < Duration::from_secs(8) {
        std::thread::sleep(Duration::from_millis(500));
        let now = size();
        if now != last {
            (last, since) = (now, Instant::now());
        }
        assert!(began.elapsed() < Duration::from_secs(120), "the log never stands still");
    }
}
