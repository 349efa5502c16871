//! A change acknowledged by one replica: when does every other, and verification, answer by it?

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::BenchError;
use super::load::ask;
use super::load::served::{Served, free_address};
use super::place::Folder;
use super::run::{FRESH, Verdict};
use super::workloads;

/// How long a replica may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(30);
const VERIFY: &str = "query($id: ID!) { verifyCertificate(id: $id) { genuine status } }";
const READ: &str = "query($id: ID!) { safetyOfficerCertificate(id: $id) { status } }";
const SUSPEND: &str = "mutation($id: ID!) { suspendCertificate(id: $id, reason: \"bench\") { id } }";

/// Longest times in milliseconds, after the acknowledgement.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Seen {
    pub changes: usize,
    /// An issue, read from the other replica and verified there.
    pub issue: f64,
    /// A suspension of a certificate that the other replica had answered before.
    pub status: f64,
}

impl Seen {
    pub fn verdicts(&self) -> Vec<Verdict> {
        vec![
            Verdict::at_most("an issue is seen by the other replica and by verification", self.issue, 2000.0, " ms"),
            Verdict::at_most("a suspension is seen by the other replica and by verification", self.status, 2000.0, " ms"),
        ]
    }
}

/// Issues and suspends on one of two hubs and asks the other.
///
/// # Errors
/// A hub that does not start, an error in an answer, a change that is never seen.
pub async fn seen(folder: &Path, changes: usize, extra: &str) -> Result<Seen, BenchError> {
    let folder = Folder::open(folder)?;
    let about = folder.loaded()?;
    let program: PathBuf = std::env::current_exe().map_err(|error| BenchError::tool("this program", error))?;
    let mut hubs = Vec::new();
    for _ in 0..2 {
        let address = free_address()?;
        let configuration = folder.configuration(&about.database, &address.to_string(), extra)?;
        hubs.push(Served::hub(&program, &configuration, address, None).await?);
    }
    let (one, other) = (hubs[0].address, hubs[1].address);
    let world = about.world();
    let all = workloads::all(&about, folder.take_fresh(FRESH)?)?;
    let issue = all.iter().find(|workload| workload.name() == "W6").ok_or_else(|| BenchError::tool("the bench", "W6 is missing"))?;
    let mut seen = Seen { changes, ..Seen::default() };
    let mut chance = world.chance(0);
    for _ in 0..changes {
        let answer = ask(one, &issue.call(&world, &mut chance).request).await?;
        let began = Instant::now();
        let id = answer["data"]["issueSafetyOfficerCertificate"]["id"].clone();
        let read = workloads::request(&about.department, READ, &json!({ "id": id }));
        let verify = workloads::request("", VERIFY, &json!({ "id": id }));
        let issued = |answer: &Json| answer.pointer("/data/safetyOfficerCertificate/status").is_some_and(|status| status == "VALID");
        until(other, &read, issued).await?;
        until(other, &verify, |answer| answer["data"]["verifyCertificate"]["genuine"] == true).await?;
        seen.issue = seen.issue.max(began.elapsed().as_secs_f64() * 1000.0);
        ask(one, &workloads::request(&about.issuer, SUSPEND, &json!({ "id": id }))).await?;
        let began = Instant::now();
        until(other, &read, |answer| answer["data"]["safetyOfficerCertificate"]["status"] == "SUSPENDED").await?;
        until(other, &verify, |answer| answer["data"]["verifyCertificate"]["status"] == "SUSPENDED").await?;
        seen.status = seen.status.max(began.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(seen)
}

async fn until(address: std::net::SocketAddr, request: &[u8], right: impl Fn(&Json) -> bool) -> Result<(), BenchError> {
    let began = Instant::now();
    loop {
        let answer = ask(address, request).await?;
        if right(&answer) {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(BenchError::tool("the other replica", format!("it never saw the change: {answer}")));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
