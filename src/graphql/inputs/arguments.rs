//! Reading arguments that validation has already typed.

use async_graphql::{Name, Value};
use indexmap::IndexMap;
use serde_json::Value as Json;
use verify::status::CertificateStatus;

use crate::graphql::errors::ApiError;

/// The arguments of one field, variables put in.
pub(crate) type Arguments = IndexMap<Name, Value>;

pub(crate) fn text(args: &Arguments, name: &str) -> Option<String> {
    match args.get(name)? {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

pub(crate) fn integer(args: &Arguments, name: &str) -> Option<i64> {
    match args.get(name)? {
        Value::Number(number) => number.as_i64(),
        _ => None,
    }
}

pub(crate) fn flag(args: &Arguments, name: &str) -> bool {
    matches!(args.get(name), Some(Value::Boolean(true)))
}

/// A list of texts; a single value stands for a list of one (GraphQL's input coercion).
pub(crate) fn texts(args: &Arguments, name: &str) -> Option<Vec<String>> {
    match args.get(name)? {
        Value::Null => None,
        Value::List(items) => Some(items.iter().filter_map(as_text).collect()),
        one => as_text(one).map(|one| vec![one]),
    }
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Enum(name) => Some(name.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

pub(crate) fn statuses(args: &Arguments, name: &str) -> Result<Option<Vec<CertificateStatus>>, ApiError> {
    let Some(names) = texts(args, name) else { return Ok(None) };
    names
        .iter()
        .map(|text| serde_json::from_value(Json::String(text.clone())).map_err(|_| ApiError::Bug(format!("no status {text}"))))
        .collect::<Result<Vec<_>, _>>()
        .map(Some)
}

/// Any input value as JSON.
pub(crate) fn json(args: &Arguments, name: &str) -> Option<Json> {
    args.get(name).and_then(|value| value.clone().into_json().ok()).filter(|value| !value.is_null())
}

/// A date as given.
pub(crate) fn as_date(path: &str, given: &str) -> Result<chrono::NaiveDate, ApiError> {
    // Four digits of the year: chrono would take more, and signs.
    let strict = (given.len() == 10).then(|| given.parse::<chrono::NaiveDate>().ok()).flatten();
    strict.filter(|date| chrono::Datelike::year(date) >= 1).ok_or_else(|| ApiError::Input {
        path: path.into(),
        zh: format!("{given:?} 不是日期（YYYY-MM-DD）"),
        en: format!("{given:?} is no date (YYYY-MM-DD)"),
    })
}
