//! Numbers given by hand and numbers counted: they never meet, however the given ones lie.

use chrono::{Datelike as _, NaiveDate, Utc};
use zhengzhao::issue::IssueInput;

use super::*;
use crate::support::each::on_each;

fn numbered(sequence: u32, count: u32) -> IssueInput {
    IssueInput { number: Some(number(count)), ..input(officer(sequence, "A")) }
}

fn number(count: u32) -> String {
    format!("测建安A（{}）{count:07}", year())
}

/// Issued last year with numbers of this year: they do not read back through the template, and no counter knows of them.
fn unread(sequence: u32, count: u32) -> IssueInput {
    let issued_on = NaiveDate::from_ymd_opt(Utc::now().year() - 1, 6, 1);
    IssueInput { issued_on, ..numbered(sequence, count) }
}

async fn issue_all(hub: &TestHub, inputs: Vec<IssueInput>, all_or_nothing: bool) -> Vec<String> {
    let answers = hub.hub.issuing.issue_many(&issuer(), OFFICER, inputs, all_or_nothing, Utc::now()).await.unwrap();
    let mut numbers = Vec::new();
    for answer in answers {
        numbers.push(evidence(hub, answer.unwrap()).await.row.number);
    }
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_goes_on_behind_numbers_given_by_hand() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        issue_all(&hub, (1..=40).map(|count| numbered(count, count)).collect(), false).await;
        // Brackets in half width are the same number.
        let spelt = IssueInput { number: Some(number(41).replace('（', "(").replace('）', ")")), ..input(officer(41, "A")) };
        issue_all(&hub, vec![spelt], false).await;
        assert_eq!(issue_all(&hub, vec![input(officer(100, "A"))], false).await, [number(42)]);
        let scope = format!("number/{OFFICER}/{}/{}", AUTHORITY, year());
        assert_eq!(hub.hub.store.reserve(&scope, 1).await.unwrap().first, 43, "raised with the rows, and drawn from once");
        // One odd number near the end does not use up what lies below it; a low one leaves the counter alone.
        issue_all(&hub, vec![numbered(101, 9_999_999), numbered(102, 43)], false).await;
        assert_eq!(issue_all(&hub, vec![input(officer(103, "A"))], false).await, [number(44)]);
        // What is refused raises nothing.
        let mut refused = numbered(104, 600);
        refused.data["identityCard"] = json!(citizen(103));
        let given = vec![refused.clone(), input(officer(105, "Z"))];
        let answers = hub.hub.issuing.issue_many(&issuer(), OFFICER, given, true, Utc::now()).await.unwrap();
        assert!(answers.iter().all(Result::is_err));
        assert_eq!(issue_all(&hub, vec![input(officer(106, "A"))], false).await, [number(45)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drawing_jumps_over_a_block_that_is_taken() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let taken = (1..=900).map(|count| unread(count, count)).collect();
        issue_all(&hub, taken, false).await;
        assert_eq!(issue_all(&hub, vec![input(officer(1000, "A"))], false).await, [number(901)], "no gap behind the block");
        // Every second one is taken: a batch finds its way through.
        issue_all(&hub, (0..40).map(|step| unread(1100 + step, 910 + 2 * step)).collect(), false).await;
        let numbers = issue_all(&hub, (0..30).map(|row| input(officer(1200 + row, "A"))).collect(), true).await;
        assert_eq!(numbers.len(), 30);
        assert!(numbers.iter().all(|drawn| *drawn < number(1010)), "not far behind the last that is taken: {numbers:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_brought_along_is_not_drawn_for_another_row_of_the_batch() {
    on_each(|url| async move {
        let hub = TestHub::start(&url).await;
        let inputs = vec![input(officer(1, "A")), input(officer(2, "A")), numbered(3, 1), numbered(4, 2), numbered(5, 4)];
        let mut numbers = issue_all(&hub, inputs, true).await;
        assert_eq!(numbers[2..], [number(1), number(2), number(4)]);
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 5);
    })
    .await;
}
