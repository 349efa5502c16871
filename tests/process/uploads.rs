//! A stranger's file is read in a process of its own, under limits.

use std::io::Write as _;
use std::process::{Command, Stdio};

use verify::Policy;
use zhengzhao::guard::Guard;
use zhengzhao::verification::{READING, UploadFault, Verification};

use crate::issuing::{issue, officer};
use crate::support::hub::TestHub;

#[test]
fn the_process_that_reads_takes_limits_upon_itself() {
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_zhengzhao")).arg(READING.command).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let path = format!("/proc/{}/limits", child.id());
    let told = |limits: &str, name: &str| {
        limits.lines().find(|line| line.starts_with(name)).map(|line| line.split_whitespace().nth(3).unwrap().to_owned())
    };
    let began = std::time::Instant::now();
    let limits = loop {
        let limits = std::fs::read_to_string(&path).unwrap();
        if told(&limits, "Max cpu time").as_deref() == Some("2") || began.elapsed().as_secs() > 20 {
            break limits;
        }
    };
    assert_eq!(told(&limits, "Max cpu time").as_deref(), Some("2"), "{limits}");
    assert_eq!(told(&limits, "Max data size").as_deref(), Some("268435456"), "{limits}");
    child.stdin.take().unwrap().write_all(b"%PDF-1.7 nothing").unwrap();
    assert!(child.wait().unwrap().success(), "what is no certificate is read to its end as well");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_process_does_not_come_through_is_refused_and_costs_the_hub_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let hub = TestHub::start(&format!("sqlite://{}?mode=rwc", folder.path().join("hub.db").display())).await;
    let id = issue(&hub, officer(1, "A")).await;
    let now = chrono::Utc::now();
    let pdf = hub.hub.files.file(id, zhengzhao::files::Format::Pdf, now).await.unwrap().bytes;
    assert_eq!(hub.hub.verification.upload(pdf.clone(), now).await.unwrap().result, verify::report::VerificationResult::Passed);
    let guarded = |program: &str| {
        let hub = &hub.hub;
        std::sync::Arc::new(
            Verification::new(
                hub.store.clone(),
                hub.registry.clone(),
                hub.keys.clone(),
                std::sync::Arc::new(arc_swap::ArcSwap::from_pointee(hub.trust().unwrap())),
                Policy::default(),
            )
            .guarded(Some(std::sync::Arc::new(Guard::new(program.into())))),
        )
    };
    // Programs that end as one does that runs out of memory or time.
    assert!(matches!(guarded("/bin/false").upload(pdf.clone(), now).await, Err(UploadFault::TooMuch)));
    let killed = folder.path().join("killed");
    std::fs::write(&killed, "#!/bin/sh\nkill -KILL $$\n").unwrap();
    Command::new("chmod").arg("755").arg(&killed).status().unwrap();
    assert!(matches!(guarded(&killed.display().to_string()).upload(pdf.clone(), now).await, Err(UploadFault::TooMuch)));
    assert!(matches!(guarded("/nonexistent").upload(pdf.clone(), now).await, Err(UploadFault::Unavailable(_))));
}

/// Connections that announce as much as the hub takes and send next to nothing keep nobody else out.
#[test]
fn slow_bodies_hold_no_room_that_others_need() {
    let hub = super::Demo::start(3);
    let address = hub.address();
    let authority = address.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut slow = Vec::new();
    for place in 0..40 {
        let mut stream = std::net::TcpStream::connect(&authority).unwrap();
        let path = ["/graphql", "/share/v1/verifyFile"][place % 2];
        let length = 24 << 20;
        write!(stream, "POST {path} HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{")
            .unwrap();
        stream.flush().unwrap();
        slow.push(stream);
    }
    // A file of some megabytes that is no certificate: read to its end and judged.
    let query = "query($content: Base64!) { verifyFile(content: $content) { result } }";
    let asked = hub.ask("", query, serde_json::json!({ "content": "A".repeat(6 << 20) }));
    let refused = &asked["errors"][0]["extensions"]["code"];
    assert!(asked["data"]["verifyFile"]["result"].is_string() || refused == "INVALID_INPUT", "{asked}");
    drop(slow);
}
