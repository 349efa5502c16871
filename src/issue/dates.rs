//! Day of issue and term: from the command, from the data, or computed by the type's validity rule.

use chrono::{Datelike, NaiveDate};
use model::registry::{CertificateType, Source, ValidityRule, path};
use model::standards::date::{DateFault, read_date};
use model::standards::open_ended::{EndOf2099, read_end};
use serde_json::{Map, Value};
use verify::messages::Lang;

use super::error::Fault;

/// The dates a certificate states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dates {
    pub(super) issued_on: NaiveDate,
    pub(super) valid_from: Option<NaiveDate>,
    /// None: open-ended.
    pub(super) valid_to: Option<NaiveDate>,
}

/// What the command itself says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) issued_on: Option<NaiveDate>,
    pub(super) valid_from: Option<NaiveDate>,
    pub(super) valid_to: Option<NaiveDate>,
    pub(super) today: NaiveDate,
    /// The term of the version that is amended: kept where neither command nor data say otherwise.
    pub(super) kept: Option<(Option<NaiveDate>, Option<NaiveDate>)>,
}

/// Finds the dates; every fault at once.
pub(super) fn dates(ty: &CertificateType, data: &Map<String, Value>, asked: Asked, faults: &mut Vec<Fault>) -> Option<Dates> {
    let before = faults.len();
    let issued_on = issued_on(ty, data, asked, faults);
    let valid_from = valid_from(ty, data, asked, issued_on, faults);
    let valid_to = valid_to(ty, data, asked, valid_from.unwrap_or(issued_on), faults);
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && from > to
    {
        let path = source_path(&ty.metadata.valid_to, "validTo");
        faults.push(Fault::new(
            path,
            format!("有效期截止日 {to} 早于起始日 {from}"),
            format!("the term ends on {to}, before it begins on {from}"),
        ));
    }
    // Four digits of the year, as GB/T 7408 writes dates: others would be stored as text that sorts elsewhere.
    for (path, date) in [("issuedOn", Some(issued_on)), ("validFrom", valid_from), ("validTo", valid_to)] {
        if let Some(date) = date.filter(|date| !(1..=9999).contains(&date.year())) {
            faults.push(Fault::new(
                path,
                format!("{date} 的年份不在0001至9999之间"),
                format!("the year of {date} is not within 0001 and 9999"),
            ));
        }
    }
    (faults.len() == before).then_some(Dates { issued_on, valid_from, valid_to })
}

fn issued_on(ty: &CertificateType, data: &Map<String, Value>, asked: Asked, faults: &mut Vec<Fault>) -> NaiveDate {
    let stated = from_source(&ty.metadata.issued_on, data, faults);
    agree("issuedOn", asked.issued_on, stated, faults);
    stated.or(asked.issued_on).unwrap_or(asked.today)
}

fn valid_from(
    ty: &CertificateType,
    data: &Map<String, Value>,
    asked: Asked,
    issued_on: NaiveDate,
    faults: &mut Vec<Fault>,
) -> Option<NaiveDate> {
    let stated = from_source(&ty.metadata.valid_from, data, faults);
    agree("validFrom", asked.valid_from, stated, faults);
    if let Some(date) = stated.or(asked.valid_from) {
        return Some(date);
    }
    if let Some((from, _)) = asked.kept {
        return from;
    }
    match ty.metadata.valid_from {
        Source::OpenEnded => None,
        _ => Some(issued_on),
    }
}

fn valid_to(ty: &CertificateType, data: &Map<String, Value>, asked: Asked, from: NaiveDate, faults: &mut Vec<Fault>) -> Option<NaiveDate> {
    let source = &ty.metadata.valid_to;
    let stated = match source {
        Source::From(steps) => path::value(data, steps).map(|value| end(ty, value, &data_path(steps), faults)),
        Source::Constant(text) => Some(end(ty, &Value::String(text.clone()), "validTo", faults)),
        Source::OpenEnded => Some(None),
        Source::Title | Source::IssueDay | Source::IssuedOn | Source::Validity => None,
    };
    if let Some(stated) = stated {
        if let Some(given) = asked.valid_to {
            agree("validTo", Some(given), Some(stated.unwrap_or(NaiveDate::MAX)), faults);
        }
        return stated;
    }
    if asked.valid_to.is_some() {
        return asked.valid_to;
    }
    if let Some((_, to)) = asked.kept {
        return to;
    }
    computed(ty, data, from, faults)
}

/// The end by the validity rule: period or latest date, and never beyond the age cap.
fn computed(ty: &CertificateType, data: &Map<String, Value>, from: NaiveDate, faults: &mut Vec<Fault>) -> Option<NaiveDate> {
    let rule = &ty.validity;
    let ends = latest(ty, rule, data, faults).or_else(|| period(rule, from));
    let cap = age_cap(rule, data, faults);
    match (ends, cap) {
        (Some(end), Some(cap)) => Some(end.min(cap)),
        (end, cap) => end.or(cap),
    }
}

fn period(rule: &ValidityRule, from: NaiveDate) -> Option<NaiveDate> {
    if rule.open_ended {
        return None;
    }
    let end = rule.period?.after(from)?;
    rule.less.map_or(Some(end), |less| less.before(end))
}

fn latest(ty: &CertificateType, rule: &ValidityRule, data: &Map<String, Value>, faults: &mut Vec<Fault>) -> Option<NaiveDate> {
    let steps = rule.latest.as_ref()?;
    let ends: Vec<_> = path::values(data, steps).into_iter().map(|value| end(ty, value, &data_path(steps), faults)).collect();
    // One of them open: no end at all.
    if ends.iter().any(Option::is_none) { None } else { ends.into_iter().flatten().max() }
}

fn age_cap(rule: &ValidityRule, data: &Map<String, Value>, faults: &mut Vec<Fault>) -> Option<NaiveDate> {
    let cap = rule.age_cap.as_ref()?;
    let birth = date_at(data, &cap.birth_date, faults)?;
    let end = birth.checked_add_months(chrono::Months::new(cap.years.checked_mul(12)?))?;
    cap.less.map_or(Some(end), |less| less.before(end))
}

fn from_source(source: &Source, data: &Map<String, Value>, faults: &mut Vec<Fault>) -> Option<NaiveDate> {
    match source {
        Source::From(steps) => date_at(data, steps, faults),
        Source::Constant(text) => read(text, "data", faults),
        Source::Title | Source::IssueDay | Source::IssuedOn | Source::Validity | Source::OpenEnded => None,
    }
}

fn date_at(data: &Map<String, Value>, steps: &[String], faults: &mut Vec<Fault>) -> Option<NaiveDate> {
    let text = path::value(data, steps)?.as_str().unwrap_or_default();
    read(text, &data_path(steps), faults)
}

fn read(text: &str, path: &str, faults: &mut Vec<Fault>) -> Option<NaiveDate> {
    read_date(text.trim()).map_err(|fault| faults.push(fault_of(path, &fault))).ok()
}

/// None is an open end, also in the spellings 长期, 9999-12-31 and, for types that know open ends, 2099-12-31.
fn end(ty: &CertificateType, value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<NaiveDate> {
    let end_of_2099 = if ty.validity.open_ended { EndOf2099::Open } else { EndOf2099::Day };
    let text = value.as_str().unwrap_or("?");
    read_end(text, end_of_2099).unwrap_or_else(|fault| {
        faults.push(fault_of(path, &fault));
        None
    })
}

/// A date of the command must not contradict the data, which are signed beside it.
fn agree(path: &str, given: Option<NaiveDate>, stated: Option<NaiveDate>, faults: &mut Vec<Fault>) {
    if let (Some(given), Some(stated)) = (given, stated)
        && given != stated
    {
        faults.push(Fault::new(
            path,
            format!("与数据中的日期不一致：命令为 {given}"),
            format!("{given} is not the date that the data state"),
        ));
    }
}

fn fault_of(path: &str, fault: &DateFault) -> Fault {
    Fault::new(path, fault.message(Lang::Zh), fault.message(Lang::En))
}

fn source_path(source: &Source, default: &str) -> String {
    match source {
        Source::From(steps) => data_path(steps),
        _ => default.to_owned(),
    }
}

pub(super) fn data_path(steps: &[String]) -> String {
    format!("data.{}", steps.join("."))
}
