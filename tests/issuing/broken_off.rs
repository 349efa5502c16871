//! Batches that nobody waits for, and batches that the store fails in.

use std::time::{Duration, Instant};

use chrono::Utc;
use verify::messages::Lang;
use zhengzhao::issue::IssueInput;

use super::*;
use crate::support::each::{execute, on_each};

async fn issued(url: &str) -> Vec<String> {
    let dump = execute::dump(url).await;
    dump.into_iter().filter(|(table, column, _)| table == "certificate" && column == "number_key").map(|(.., value)| value).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_runs_to_its_end_whoever_goes_away() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let inputs: Vec<IssueInput> = (0..600).map(|row| input(officer(row, "A"))).collect();
        let (caller, issuing) = (issuer(), &hub.hub.issuing);
        let batch = issuing.issue_many(&caller, OFFICER, inputs, false, Utc::now());
        assert!(tokio::time::timeout(Duration::from_millis(2), batch).await.is_err(), "the client has left");
        let began = Instant::now();
        while issued(&url).await.len() < 600 {
            assert!(began.elapsed() < Duration::from_secs(60), "{} of 600", issued(&url).await.len());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_within_a_batch_leaves_no_row_untold() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        // From this number on nothing is written any more: it lies in the second of three chunks.
        let trap = if url.starts_with("sqlite") {
            "CREATE TRIGGER trap BEFORE INSERT ON certificate_version WHEN NEW.number LIKE '%0000480' BEGIN SELECT RAISE(ABORT, 'trap'); END"
        } else {
            "ALTER TABLE certificate_version ADD CONSTRAINT trap CHECK (number NOT LIKE '%0000480')"
        };
        execute::sql(&url, trap).await;
        let inputs: Vec<IssueInput> = (0..600).map(|row| input(officer(row, "A"))).collect();
        let answers = hub.hub.issuing.issue_many(&issuer(), OFFICER, inputs, false, Utc::now()).await.unwrap();
        assert_eq!(answers.len(), 600);
        let done = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(issued(&url).await.len(), done, "what is told as issued is, and nothing else");
        assert!(answers[..250].iter().all(Result::is_ok));
        let told = |row: usize| answers[row].as_ref().unwrap_err().message(Lang::En);
        assert!(told(479).contains("is not known"), "{}", told(479));
        assert!((500..600).all(|row| told(row).contains("was not, and may be sent again")), "{}", told(500));
        // SQLite writes 200 in a transaction: those before the one that failed are found.
        assert_eq!(answers[430].is_ok(), url.starts_with("sqlite"));
    })
    .await;
}
