//! What an insider changes in the database shows: statement, signature, signer and events are each guarded by a check.

use chrono::Utc;
use model::registry::Operation;
use verify::report::VerificationResult::Failed;

use super::*;
use crate::support::each::{execute, on_each};

/// Wherever the holder's name begins.
const HOLDER_NAME: u32 = u32::MAX;

#[tokio::test(flavor = "multi_thread")]
async fn every_changed_byte_fails_the_check_that_guards_it() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let flip = |table: &str, column: &str, at: u32, condition: &str| {
            if url.starts_with("postgres") {
                format!("UPDATE {table} SET {column} = set_byte({column}, {at}, get_byte({column}, {at}) # 1) WHERE {condition}")
            } else {
                let (before, after) = (at, at + 2);
                format!("UPDATE {table} SET {column} = CAST(substr({column}, 1, {before}) || CASE WHEN substr({column}, {at} + 1, 1) = X'3F' THEN X'3E' ELSE X'3F' END || substr({column}, {after}) AS BLOB) WHERE {condition}")
            }
        };
        let cases = [
            ("certificate_version", "statement", 60, vec!["signature"]),
            // Inside the holder's name: what is left is no UTF-8.
            ("certificate_version", "statement", HOLDER_NAME, vec!["signature"]),
            ("certificate_version", "signature", 20, vec!["signature"]),
            ("certificate_event", "statement", 60, vec!["event-signatures", "event-chain", "canonical-form", "statement-shape"]),
            ("certificate_event", "signature", 20, vec!["event-signatures"]),
        ];
        for (place, (table, column, at, checks)) in cases.into_iter().enumerate() {
            let id = issue(&hub, officer(u32::try_from(place).unwrap(), "A")).await;
            hub.hub.issuing.change_status(&issuer(), &id.to_string(), Operation::Suspend, "检查", None, Utc::now()).await.unwrap();
            assert_eq!(verdict(&report(&hub, id).await), (Failed, Some(2)), "genuine before");
            let row = evidence(&hub, id).await.row;
            let identifier = row.identifier;
            let at = if at == HOLDER_NAME { u32::try_from(row.statement.find("测试").unwrap()).unwrap() } else { at };
            let condition = match table {
                "certificate_version" => format!("identifier = '{identifier}'"),
                _ => format!("version_id = (SELECT id FROM certificate_version WHERE identifier = '{identifier}') AND seq = 1"),
            };
            assert_eq!(execute::sql(&url, &flip(table, column, at, &condition)).await, 1, "{table}.{column}");
            let report = report(&hub, id).await;
            assert_eq!((report.result, report.genuine), (Failed, Some(false)), "{table}.{column}: {report:#?}");
            assert!(checks.iter().any(|check| failed(&report).contains(check)), "{table}.{column}: {:?}", failed(&report));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_event_and_a_changed_status_show() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        hub.hub.issuing.change_status(&issuer(), &id.to_string(), Operation::Revoke, "检查", None, Utc::now()).await.unwrap();
        let identifier = evidence(&hub, id).await.row.identifier;
        let version = format!("(SELECT id FROM certificate_version WHERE identifier = '{identifier}')");
        execute::sql(&url, &format!("DELETE FROM certificate_event WHERE seq = 1 AND version_id = {version}")).await;
        assert!(failed(&report(&hub, id).await).contains(&"record"));
        // Taking the status back as well leaves a certificate that never had the event: only the log to come can tell.
        let forged = issue(&hub, officer(2, "A")).await;
        let identifier = evidence(&hub, forged).await.row.identifier;
        execute::sql(&url, &format!("UPDATE certificate_version SET event_status = 'SUSPENDED' WHERE identifier = '{identifier}'")).await;
        assert!(failed(&report(&hub, forged).await).contains(&"record"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_in_a_column_concerns_that_certificate_alone() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let mut ids = Vec::new();
        for sequence in 0..6 {
            ids.push(issue(&hub, officer(sequence, "A")).await);
        }
        let broken = ids[5].to_string();
        hub.hub.issuing.change_status(&issuer(), &broken, Operation::Suspend, "检查", None, Utc::now()).await.unwrap();
        let mut rows = Vec::new();
        for (id, change) in ids.iter().zip([
            "",
            "issued_on = '31.12.2026'",
            "valid_to = 'never'",
            "event_status = 'FINE'",
            "updated_at = 9223372036854775807",
            "",
        ]) {
            let identifier = evidence(&hub, *id).await.row.identifier;
            if !change.is_empty() {
                let sql = format!("UPDATE certificate_version SET {change} WHERE identifier = '{identifier}'");
                assert_eq!(execute::sql(&url, &sql).await, 1);
            }
            rows.push(identifier);
        }
        let version = format!("(SELECT id FROM certificate_version WHERE identifier = '{}')", rows[5]);
        let sql =
            format!("UPDATE certificate_event SET status = 'FINE', at = 9223372036854775807 WHERE seq = 1 AND version_id = {version}");
        assert_eq!(execute::sql(&url, &sql).await, 1);
        let reports = hub.hub.verification.by_ids(&rows, Utc::now()).await.unwrap();
        assert_eq!(verdict(&reports[0]), (VerificationResult::Passed, Some(0)));
        for (report, member) in reports.iter().zip(["", "issuedOn", "validTo", "status", "updatedAt", "events"]).skip(1) {
            assert_eq!((report.result, report.genuine, failed(report)[0]), (Failed, Some(false), "record"), "{member}");
            assert!(report.reasons[0].params["members"].contains(member), "{member}: {:?}", report.reasons);
        }
        // Nobody builds on such a row.
        for id in &rows[1..] {
            let answer = hub.hub.issuing.change_status(&issuer(), id, Operation::Revoke, "检查", None, Utc::now()).await;
            assert!(matches!(answer, Err(IssueError::Bug(_))), "{answer:?}");
        }
        hub.hub.issuing.change_status(&issuer(), &rows[0], Operation::Revoke, "检查", None, Utc::now()).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_missing_signer_shows() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let id = issue(&hub, officer(1, "A")).await;
        let cut = if url.starts_with("postgres") { "'\\x0001'::bytea" } else { "X'0001'" };
        for change in [format!("chain = {cut}"), "id = 'gone'".to_owned()] {
            execute::sql(&url, &format!("UPDATE signer SET {change}")).await;
            let report = report(&hub, id).await;
            assert_eq!(report.result, Failed, "{report:#?}");
            assert!(failed(&report).contains(&"container"), "{:?}", failed(&report));
        }
    })
    .await;
}
