//! Commands on certificates, each on SQLite and on PostgreSQL: what is issued verifies, what is changed behind the hub's back
//! does not, and of two at once one wins.

mod batches;
mod broken_off;
mod codes;
mod commands;
mod copies;
mod documents;
mod downloads;
mod files;
mod information;
mod large_batches;
mod numbers;
mod personal_numbers;
mod photos;
mod queue;
mod revoked;
mod seals;
mod tampering;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::actor::{Actor, Caller, Granted, Role};
use serde_json::{Value as Json, json};
use uuid::Uuid;
use verify::Report;
use verify::report::{Outcome, VerificationResult};
use zhengzhao::issue::{IssueError, IssueInput};

use crate::support::hub::{AUTHORITY, TestHub};

pub(crate) const OFFICER: &str = "SafetyOfficerCertificate";

/// The issuer of these tests, who acts for one authority.
pub(crate) fn issuer() -> Caller {
    let authorities = Granted::Only([AUTHORITY.to_owned()].into());
    let actor = Actor::new(Role::Issuer, "issuing", None, Granted::All, authorities);
    Caller { actor: Arc::new(actor), purpose: None }
}

/// A citizen number that nobody has: region 990000, with a right check character.
pub(crate) fn citizen(sequence: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = format!("99000019{:02}0101{:03}", 50 + sequence / 1000, sequence % 1000);
    let sum: u32 = digits.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    format!("{digits}{}", ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][sum as usize % 11])
}

/// The data of a safety officer's certificate of this person.
pub(crate) fn officer(sequence: u32, category: &str) -> Json {
    json!({
        "personName": format!("测试{sequence}"),
        "identityCard": citizen(sequence),
        "identityCardType": "111",
        "categoryCode": category,
        "employerCreditCode": "91990000MAH0TEXT1J"
    })
}

pub(crate) fn input(data: Json) -> IssueInput {
    IssueInput { data, ..IssueInput::default() }
}

pub(crate) async fn issue(hub: &TestHub, data: Json) -> Uuid {
    hub.hub.issuing.issue(&issuer(), OFFICER, input(data), Utc::now()).await.unwrap()
}

pub(crate) async fn report(hub: &TestHub, id: Uuid) -> Report {
    report_at(hub, id, Utc::now()).await
}

pub(crate) async fn report_at(hub: &TestHub, id: Uuid, at: DateTime<Utc>) -> Report {
    hub.hub.verification.by_ids(&[id.to_string()], at).await.unwrap().remove(0)
}

pub(crate) fn verdict(report: &Report) -> (VerificationResult, Option<u8>) {
    (report.result, report.gb_result)
}

pub(crate) fn failed(report: &Report) -> Vec<&'static str> {
    report.checks.iter().filter(|check| check.outcome == Outcome::Failed).map(|check| check.name).collect()
}

/// The stored evidence of a version.
pub(crate) async fn evidence(hub: &TestHub, id: Uuid) -> zhengzhao::store::Evidence {
    let plan = model::plan::evidence_by_keys(vec![id.to_string()]).unwrap();
    hub.hub.store.evidence(&plan).await.unwrap().remove(0)
}

pub(crate) fn conflict(answer: Result<Uuid, IssueError>) -> (String, Option<Uuid>) {
    match answer {
        Err(IssueError::Conflict { en, current, .. }) => (en, current),
        other => panic!("not a conflict: {other:?}"),
    }
}

/// The year of today in Asia/Shanghai, as it stands in numbers.
pub(crate) fn year() -> String {
    (Utc::now() + chrono::TimeDelta::hours(8)).format("%Y").to_string()
}
