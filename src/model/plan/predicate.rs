//! `where` → conditions on columns, values in their stored form.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};
use serde_json::Value as Json;
use verify::status::CertificateStatus;

use super::column::{self, Column, Form, Indexed, METADATA, Value};
use super::{Compare, Filter, Plan, PlanError, Statistics, Step, TypeScope, access, guarantee};
use crate::actor::Caller;
use crate::registry::{CertificateType, Registry};

/// Conditions as the store runs them.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// Holds for every row of the scope.
    All,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Column(Column, Comparison),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    Eq(Value),
    Ne(Value),
    In(Vec<Value>),
    Gt(Value),
    Gte(Value),
    Lt(Value),
    Lte(Value),
    /// Starts with this text, as a range over bytes.
    Prefix(String),
    Contains(String),
    Absent,
    Present,
}

impl Predicate {
    /// This and that, in one list.
    #[must_use]
    pub(crate) fn and(self, other: Option<Self>) -> Self {
        match (self, other) {
            (one, None) => one,
            (Self::All, Some(other)) => other,
            (Self::And(mut parts), Some(other)) => {
                parts.push(other);
                Self::And(parts)
            }
            (one, Some(other)) => Self::And(vec![one, other]),
        }
    }
}

/// Can these rows of a type be found by an index, whatever else is asked?
///
/// # Errors
/// What is wrong with the condition.
pub fn check_rows(ty: &CertificateType, rows: &Filter, now: DateTime<Utc>) -> Result<(), PlanError> {
    guarantee::check(&compile(ty, rows, now)?, &[(Column::Id, super::Direction::Asc)]).map(drop)
}

/// How deep and how wide a `where` may be.
const MAX_DEPTH: usize = 8;
const MAX_CONDITIONS: usize = 100;
const MAX_IN: usize = 500;

/// Compiles a filter for one type; `now` decides what a status means.
pub(super) fn compile(ty: &CertificateType, filter: &Filter, now: DateTime<Utc>) -> Result<Predicate, PlanError> {
    let mut conditions = 0;
    tree(ty, filter, now, 0, &mut conditions)
}

fn tree(ty: &CertificateType, filter: &Filter, now: DateTime<Utc>, depth: usize, conditions: &mut usize) -> Result<Predicate, PlanError> {
    *conditions += 1;
    if depth > MAX_DEPTH || *conditions > MAX_CONDITIONS {
        return Err(PlanError::limit(
            format!("where is nested deeper than {MAX_DEPTH} or has more than {MAX_CONDITIONS} conditions"),
            format!("where 嵌套超过{MAX_DEPTH}层或条件超过{MAX_CONDITIONS}个"),
        ));
    }
    let mut many = |parts: &[Filter]| parts.iter().map(|part| tree(ty, part, now, depth + 1, conditions)).collect::<Result<Vec<_>, _>>();
    match filter {
        Filter::And(parts) => Ok(Predicate::And(many(parts)?)),
        Filter::Or(parts) if parts.is_empty() => {
            Err(PlanError::input("where.or", "an empty or matches nothing: leave it out", "or 为空列表，不会匹配任何证照：请去掉"))
        }
        Filter::Or(parts) => Ok(Predicate::Or(many(parts)?)),
        Filter::Not(part) => Ok(Predicate::Not(Box::new(tree(ty, part, now, depth + 1, conditions)?))),
        Filter::Field { field, compare, value } => condition(ty, field, *compare, value, now),
    }
}

fn condition(ty: &CertificateType, field: &str, compare: Compare, value: &Json, now: DateTime<Utc>) -> Result<Predicate, PlanError> {
    let path = format!("where.{field}.{}", compare.as_str());
    let Some(indexed) = column::indexed(ty, field) else {
        return Err(PlanError::input(path, format!("{field} is not searchable"), format!("{field} 不可检索")));
    };
    let known = comparisons(&indexed);
    if !known.contains(&compare.as_str()) {
        let known = known.join(", ");
        let sentence = format!("{field} cannot be compared with {}; it knows {known}", compare.as_str());
        return Err(PlanError::input(path, sentence, format!("{field} 不支持 {} 比较；可用：{known}", compare.as_str())));
    }
    if indexed.form == Form::Status {
        return status_condition(&path, compare, value, now);
    }
    let one = |value: &Json| stored(&indexed, &path, value);
    let comparison = match compare {
        Compare::Eq => Comparison::Eq(one(value)?),
        Compare::Ne => Comparison::Ne(one(value)?),
        Compare::Gt => Comparison::Gt(one(value)?),
        Compare::Gte => Comparison::Gte(one(value)?),
        Compare::Lt => Comparison::Lt(one(value)?),
        Compare::Lte => Comparison::Lte(one(value)?),
        Compare::In => Comparison::In(list(&path, value)?.iter().map(one).collect::<Result<_, _>>()?),
        Compare::StartsWith => Comparison::Prefix(text(&indexed, &path, value)?),
        Compare::Contains => Comparison::Contains(text(&indexed, &path, value)?),
        Compare::IsNull => match value {
            Json::Bool(true) => Comparison::Absent,
            Json::Bool(false) => Comparison::Present,
            _ => return Err(PlanError::input(path, "isNull takes true or false", "isNull 须为 true 或 false")),
        },
    };
    let below = matches!(comparison, Comparison::Lt(_) | Comparison::Lte(_));
    let compared = Predicate::Column(indexed.column, comparison);
    // What is absent lies before everything, and is not less than anything.
    Ok(if below { Predicate::And(vec![compared, Predicate::Column(indexed.column, Comparison::Present)]) } else { compared })
}

/// What a field may be compared with.
fn comparisons(indexed: &Indexed) -> Vec<&'static str> {
    let allowed = |compare: &Compare| match compare {
        Compare::Gt | Compare::Gte | Compare::Lt | Compare::Lte => indexed.order,
        Compare::StartsWith | Compare::Contains => indexed.prefix,
        Compare::Ne | Compare::IsNull => !indexed.opaque,
        Compare::Eq | Compare::In => true,
    };
    Compare::ALL.into_iter().filter(allowed).map(Compare::as_str).collect()
}

fn stored(indexed: &Indexed, path: &str, value: &Json) -> Result<Value, PlanError> {
    column::stored(indexed.form, indexed.opaque, value).ok_or_else(|| {
        let shape = match indexed.form {
            Form::Date => ("a date YYYY-MM-DD", "日期 YYYY-MM-DD"),
            Form::DateTime | Form::Micros => {
                ("a time with offset, e.g. 2026-01-01T00:00:00+08:00", "带时区的时间，如 2026-01-01T00:00:00+08:00")
            }
            Form::Integer => ("an integer", "整数"),
            Form::Scaled => ("a decimal number", "十进制数"),
            Form::Bool => ("true or false", "true 或 false"),
            _ => ("a text", "文本"),
        };
        PlanError::input(
            path,
            format!("{value} is not {} (for absent values use isNull)", shape.0),
            format!("{value} 不是{}（查空值请用 isNull）", shape.1),
        )
    })
}

fn text(indexed: &Indexed, path: &str, value: &Json) -> Result<String, PlanError> {
    match stored(indexed, path, value)? {
        Value::Text(text) if !text.is_empty() => Ok(text),
        _ => Err(PlanError::input(path, "an empty text matches everything: leave it out", "空文本会匹配全部：请去掉该条件")),
    }
}

fn list<'a>(path: &str, value: &'a Json) -> Result<&'a [Json], PlanError> {
    match value {
        Json::Array(items) if (1..=MAX_IN).contains(&items.len()) => Ok(items),
        _ => Err(PlanError::input(path, format!("in takes 1 to {MAX_IN} values"), format!("in 须有1至{MAX_IN}个值"))),
    }
}

fn status_condition(path: &str, compare: Compare, value: &Json, now: DateTime<Utc>) -> Result<Predicate, PlanError> {
    let one = |value: &Json| {
        value
            .as_str()
            .and_then(|text| serde_json::from_value::<CertificateStatus>(Json::String(text.to_owned())).ok())
            .ok_or_else(|| PlanError::input(path, format!("{value} is no certificate status"), format!("{value} 不是证照状态")))
    };
    match compare {
        Compare::Eq => Ok(status_is(one(value)?, now)),
        Compare::Ne => Ok(Predicate::Not(Box::new(status_is(one(value)?, now)))),
        Compare::In => {
            let statuses = list(path, value)?.iter().map(one).collect::<Result<Vec<_>, _>>()?;
            Ok(statuses_are(&statuses, now))
        }
        _ => Err(PlanError::input(path, "status knows eq, ne and in", "status 只支持 eq、ne、in")),
    }
}

/// One of these answered statuses.
pub(super) fn statuses_are(statuses: &[CertificateStatus], now: DateTime<Utc>) -> Predicate {
    match statuses {
        [one] => status_is(*one, now),
        several => {
            let events: Vec<Value> =
                several.iter().flat_map(|status| events_of(*status)).map(|event| Value::Text(event.as_str().into())).collect();
            let exact = several.iter().map(|status| status_is(*status, now)).collect();
            Predicate::And(vec![Predicate::Column(Column::EventStatus, Comparison::In(events)), Predicate::Or(exact)])
        }
    }
}

/// The last events from which this status can be answered.
fn events_of(status: CertificateStatus) -> Vec<CertificateStatus> {
    use CertificateStatus::{Expired, NotYetValid, Other, Suspended, Valid};
    match status {
        Expired => vec![Expired, Suspended, Other, NotYetValid, Valid],
        NotYetValid => vec![NotYetValid, Valid],
        other => vec![other],
    }
}

/// The answered status as event status and dates at `now`: the twin of [`verify::status::derive`].
pub(super) fn status_is(status: CertificateStatus, now: DateTime<Utc>) -> Predicate {
    use CertificateStatus::{Cancelled, Expired, NotYetValid, Other, Revoked, Superseded, Suspended, Transferred, Valid};
    let today = Value::Text(today(now));
    let event = |status: CertificateStatus| Predicate::Column(Column::EventStatus, Comparison::Eq(Value::Text(status.as_str().into())));
    let over = || {
        Predicate::And(vec![
            Predicate::Column(Column::ValidTo, Comparison::Present),
            Predicate::Column(Column::ValidTo, Comparison::Lt(today.clone())),
        ])
    };
    let running = || {
        Predicate::Or(vec![
            Predicate::Column(Column::ValidTo, Comparison::Absent),
            Predicate::Column(Column::ValidTo, Comparison::Gte(today.clone())),
        ])
    };
    let begun = || Predicate::Column(Column::ValidFrom, Comparison::Lte(today.clone()));
    match status {
        Revoked | Cancelled | Transferred | Superseded => event(status),
        Expired => {
            let events = events_of(Expired).into_iter().map(|event| Value::Text(event.as_str().into())).collect();
            Predicate::And(vec![
                Predicate::Column(Column::EventStatus, Comparison::In(events)),
                Predicate::Or(vec![event(Expired), over()]),
            ])
        }
        Suspended | Other => Predicate::And(vec![event(status), running()]),
        NotYetValid => {
            let events = events_of(NotYetValid).into_iter().map(|event| Value::Text(event.as_str().into())).collect();
            let waiting = Predicate::Column(Column::ValidFrom, Comparison::Gt(today.clone()));
            Predicate::And(vec![
                Predicate::Column(Column::EventStatus, Comparison::In(events)),
                running(),
                Predicate::Or(vec![event(NotYetValid), waiting]),
            ])
        }
        Valid => Predicate::And(vec![event(Valid), running(), begun()]),
    }
}

/// The day in Asia/Shanghai (no daylight saving since 1991).
pub fn today(now: DateTime<Utc>) -> String {
    let offset = FixedOffset::east_opt(8 * 3600).map_or_else(|| now.date_naive(), |offset| now.with_timezone(&offset).date_naive());
    offset.to_string()
}

/// The plan of a statistics question: a scan of one type's index rows, grouped.
pub(super) fn statistics(asked: &Statistics, registry: &Registry, caller: &Caller, now: DateTime<Utc>) -> Result<Plan, PlanError> {
    let ty = access::one(&asked.type_name, registry, caller)?;
    if asked.group_by.is_empty() || asked.group_by.len() > 3 {
        return Err(PlanError::input("groupBy", "group by one to three fields", "groupBy 须为一至三个字段"));
    }
    let predicate = asked.filter.as_ref().map_or(Ok(Predicate::All), |filter| compile(&ty, filter, now))?;
    let mut columns = Vec::new();
    if asked.group_by.iter().enumerate().any(|(place, key)| asked.group_by[..place].contains(key)) {
        return Err(PlanError::input("groupBy", "a field is named twice", "分组字段重复"));
    }
    for key in &asked.group_by {
        let indexed = column::indexed(&ty, &key.field).filter(|indexed| !indexed.opaque && indexed.column != Column::Number);
        let Some(indexed) = indexed else {
            let known: Vec<_> = METADATA.iter().map(|(name, ..)| *name).collect();
            let sentence = format!("{} cannot be grouped by: searchable fields that are not personal, and {}", key.field, known.join(", "));
            return Err(PlanError::input("groupBy", sentence, format!("{} 不能用于分组", key.field)));
        };
        columns.push(indexed.column);
    }
    let types = TypeScope::Only(vec![Arc::clone(&ty.name)]);
    let predicate = predicate.and(access::rows(&types, registry, caller, now)?);
    let step = Step::Statistics { predicate, group_by: asked.group_by.clone(), columns };
    Ok(Plan::of(step, types, now))
}
