//! Conditions by chance, on both databases and in memory: three times the same answer.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use model::plan::{ABSENT_NUMBER, Column, Compare, Comparison, Filter, Many, PageArgs, Predicate, Request, Step, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;
use verify::number::normalise_number;
use verify::status::{CertificateStatus, derive};
use zhengzhao::store::Store;
use zhengzhao::store::commands::NewVersion;

use super::sample::{Chance, ISSUER, PERMIT, day, now, open, page, planned, try_plan, version};
use crate::support::each::on_each;

const TEXTS: [&str; 14] = ["", "a", "A", "ab", "a%", "a_b", "é", "Z", "建", "建筑", "建筑\u{10ffff}", "证", "\u{d7ff}", "x\0y"];
const NUMBERS: [&str; 7] = ["0", "-1", "-0.000001", "0.5", "12.5", "100", "-100"];
const DAYS: [&str; 5] = ["2020-02-29", "2026-06-14", "2026-06-15", "2026-06-16", "2030-12-31"];
const CODES: [&str; 3] = ["91990000MAH0TEXT1J", "HOLDER2", "HOLDER3"];
const SECRETS: [&str; 3] = ["990000190001010016", "b", "B"];

fn certificates() -> Vec<NewVersion> {
    let mut chance = Chance::new(42);
    let one = |n: u32| {
        let mut data = json!({});
        for (name, values) in [("label", &TEXTS[..]), ("area", &NUMBERS), ("day", &DAYS), ("secret", &SECRETS)] {
            if chance.below(5) > 0 {
                data[name] = json!(chance.pick(values));
            }
        }
        let mut new = version(n, &data);
        new.row.event_status = *chance.pick(&CertificateStatus::ALL);
        new.row.valid_from = (chance.below(3) > 0).then(|| day(DAYS[chance.below(DAYS.len())]));
        new.row.valid_to = (chance.below(3) > 0).then(|| day(DAYS[chance.below(DAYS.len())]));
        new.row.issued_on = day(DAYS[chance.below(DAYS.len())]);
        new.row.updated_at = now() + TimeDelta::hours(chance.below(5) as i64);
        new.holder_codes = (0..chance.below(3)).map(|_| (*chance.pick(&CODES)).to_owned()).collect();
        new
    };
    (0..160).map(one).collect()
}

/// A condition by chance; many are refused by the plan, which is right.
fn filter(chance: &mut Chance, depth: usize) -> Filter {
    let some = |chance: &mut Chance| (0..1 + chance.below(3)).map(|_| filter(chance, depth + 1)).collect();
    match chance.below(if depth < 3 { 9 } else { 5 }) {
        0..=4 => field(chance),
        5 | 6 => Filter::And(some(chance)),
        7 => Filter::Or(some(chance)),
        _ => Filter::Not(Box::new(filter(chance, depth + 1))),
    }
}

fn field(chance: &mut Chance) -> Filter {
    let statuses = CertificateStatus::ALL.map(CertificateStatus::as_str);
    let times = ["2026-06-15T04:00:00Z", "2026-06-15T14:30:00+08:00"];
    let numbers = ["测许[2026]00007", "测", "测许（2026）001"];
    let (name, values): (&str, &[&str]) = *chance.pick(&[
        ("label", &TEXTS[..]),
        ("label", &TEXTS),
        ("area", &NUMBERS),
        ("day", &DAYS),
        ("secret", &SECRETS),
        ("number", &numbers),
        ("issuer", &[ISSUER, "other"]),
        ("issuedOn", &DAYS),
        ("validFrom", &DAYS),
        ("validTo", &DAYS),
        ("status", &statuses),
        ("statusCode", &["01", "02"]),
        ("updatedAt", &times),
        ("holderCode", &CODES),
    ]);
    let compare = *chance.pick(&Compare::ALL);
    let value = match compare {
        Compare::IsNull => json!(chance.below(2) == 0),
        Compare::In => (0..1 + chance.below(5)).map(|_| json!(chance.pick(values))).collect(),
        _ => json!(chance.pick(values)),
    };
    Filter::Field { field: name.into(), compare, value }
}

/// What a condition means, computed without a database.
fn holds(predicate: &Predicate, new: &NewVersion) -> bool {
    match predicate {
        Predicate::All => true,
        Predicate::And(parts) => parts.iter().all(|part| holds(part, new)),
        Predicate::Or(parts) => parts.iter().any(|part| holds(part, new)),
        Predicate::Not(part) => !holds(part, new),
        Predicate::Column(Column::Holder, comparison) => {
            let has = |value: &Value| matches!(value, Value::Opaque(code) if new.holder_codes.contains(code));
            match comparison {
                Comparison::Eq(value) => has(value),
                Comparison::Ne(value) => !has(value),
                Comparison::In(values) => values.iter().any(has),
                Comparison::Absent => new.holder_codes.is_empty(),
                Comparison::Present => !new.holder_codes.is_empty(),
                other => panic!("{other:?}"),
            }
        }
        Predicate::Column(column, comparison) => compared(&lying(*column, new), comparison),
    }
}

fn compared(found: &Value, comparison: &Comparison) -> bool {
    let absent = matches!(found, Value::Text(text) if text.is_empty()) || *found == Value::Number(ABSENT_NUMBER);
    let order = |value: &Value| match (found, value) {
        (Value::Text(found), Value::Text(value)) => found.as_bytes().cmp(clean(value).as_bytes()),
        (Value::Number(found), Value::Number(value)) => found.cmp(value),
        (Value::Opaque(found), Value::Opaque(value)) => found.cmp(value),
        // Nothing absent equals a personal value.
        _ => std::cmp::Ordering::Less,
    };
    let text = |test: fn(&str, &str) -> bool, part: &str| matches!(found, Value::Text(found) if test(found, &clean(part)));
    match comparison {
        Comparison::Eq(value) => order(value).is_eq(),
        Comparison::Ne(value) => order(value).is_ne(),
        Comparison::In(values) => values.iter().any(|value| order(value).is_eq()),
        Comparison::Gt(value) => order(value).is_gt(),
        Comparison::Gte(value) => order(value).is_ge(),
        Comparison::Lt(value) => order(value).is_lt(),
        Comparison::Lte(value) => order(value).is_le(),
        Comparison::Prefix(part) => text(|found, part| found.starts_with(part), part),
        Comparison::Contains(part) => text(|found, part| found.contains(part), part),
        Comparison::Absent => absent,
        Comparison::Present => !absent,
    }
}

/// U+0000 cannot lie in either database.
fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn lying(column: Column, new: &NewVersion) -> Value {
    let row = &new.row;
    let date = |day: Option<chrono::NaiveDate>| Value::Text(day.map(|day| day.to_string()).unwrap_or_default());
    match column {
        Column::Number => Value::Text(normalise_number(&row.number)),
        Column::Issuer => Value::Text(row.issuer.clone()),
        Column::IssuedOn => date(Some(row.issued_on)),
        Column::ValidFrom => date(row.valid_from),
        Column::ValidTo => date(row.valid_to),
        Column::EventStatus => Value::Text(row.event_status.as_str().into()),
        Column::StatusCode => Value::Text(row.status_code.clone()),
        Column::Updated => Value::Number(row.updated_at.timestamp_micros()),
        Column::Slot(_) => {
            let found = new.slots.iter().find(|(known, _)| *known == column).map(|(_, value)| value.clone());
            match found.unwrap_or_else(|| model::plan::absent(column)) {
                Value::Text(text) => Value::Text(clean(&text)),
                other => other,
            }
        }
        other => panic!("{other:?}"),
    }
}

fn asking(filter: Filter) -> Request {
    let page = PageArgs { first: Some(100), ..PageArgs::default() };
    Request::Many(Many { type_name: PERMIT.into(), filter: Some(filter), order_by: vec![], page })
}

async fn found(store: &Store, request: &Request) -> BTreeSet<Uuid> {
    let Request::Many(many) = request else { panic!("{request:?}") };
    let mut many = many.clone();
    let mut found = BTreeSet::new();
    loop {
        let plan = planned(&Request::Many(many.clone()), now());
        let Step::Page(step) = plan.step() else { panic!("{plan:?}") };
        let rows = page(store, &plan).await;
        found.extend(rows.rows.iter().map(|(row, _)| row.id));
        match rows.rows.last() {
            Some((_, values)) if rows.more => many.page.after = Some(model::plan::Cursor::new(now(), &step.order, values.clone()).encode()),
            _ => return found,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_databases_and_the_memory_agree() {
    on_each(|url| async move {
        let store = open(&url).await;
        let certificates = certificates();
        assert!(store.commit(certificates.clone(), false).await.unwrap().iter().all(Result::is_ok));
        let mut chance = Chance::new(7);
        let (mut asked, mut some) = (0, 0);
        for _ in 0..1500 {
            let request = asking(filter(&mut chance, 0));
            let Ok(plan) = try_plan(&request, now()) else { continue };
            let Step::Page(step) = plan.step() else { panic!("{plan:?}") };
            let expected: BTreeSet<Uuid> = certificates.iter().filter(|new| holds(&step.predicate, new)).map(|new| new.row.id).collect();
            assert_eq!(found(&store, &request).await, expected, "{:?}", step.predicate);
            asked += 1;
            some += usize::from(!expected.is_empty() && expected.len() < certificates.len());
        }
        assert!(asked > 300 && some > 150, "{asked} asked, {some} of them told certificates apart");
        store.close().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_filter_answers_what_is_derived() {
    on_each(|url| async move {
        let store = open(&url).await;
        let certificates = certificates();
        assert!(store.commit(certificates.clone(), false).await.unwrap().iter().all(Result::is_ok));
        let mut all = 0;
        for status in CertificateStatus::ALL {
            let request = asking(Filter::Field { field: "status".into(), compare: Compare::Eq, value: Json::from(status.as_str()) });
            let is = |new: &&NewVersion| derive(new.row.event_status, new.row.valid_from, new.row.valid_to, now()) == status;
            let expected: BTreeSet<Uuid> = certificates.iter().filter(is).map(|new| new.row.id).collect();
            assert_eq!(found(&store, &request).await, expected, "{status}");
            all += expected.len();
        }
        assert_eq!(all, certificates.len(), "each certificate has one status");
        store.close().await.unwrap();
    })
    .await;
}
