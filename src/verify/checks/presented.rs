//! What the caller read off a printed certificate is what was signed. Members that differ are named; what they should
//! be is not told.

use serde_json::Value;

use super::Finding;
use crate::{
    Presented, attachment,
    facts::Facts,
    number::{half_width, normalise_number},
    report::Reason,
    statement::{StatedHolder, Statement},
};

pub(super) fn run(facts: &Facts<'_>) -> Finding {
    let Some(presented) = facts.input.presented else {
        return Finding::not_applicable("NOTHING_PRESENTED");
    };
    let Ok(statement) = &facts.statement else {
        return Finding::unread();
    };
    if presented.is_empty() {
        return Finding::unknown(Reason::new(
            "TOO_LITTLE_GIVEN",
            [("what", "number, holderName, holderCode, data".to_owned())],
        ));
    }
    let differing = differing(presented, statement);
    if differing.is_empty() {
        return Finding::ok();
    }
    Finding::failed(Reason::new(
        "DATA_MISMATCH",
        [("members", differing.join(", "))],
    ))
}

fn differing(presented: &Presented, statement: &Statement) -> Vec<String> {
    let mut differing = Vec::new();
    if presented
        .number
        .as_ref()
        .is_some_and(|number| normalise_number(number) != normalise_number(&statement.number))
    {
        differing.push("number".to_owned());
    }
    // Name and code must be of one holder, not of two.
    if !statement
        .holders
        .iter()
        .any(|holder| names_match(presented, holder) && codes_match(presented, holder))
    {
        if presented.holder_name.is_some()
            && !statement
                .holders
                .iter()
                .any(|holder| names_match(presented, holder))
        {
            differing.push("holderName".to_owned());
        } else if presented.holder_code.is_some() {
            differing.push("holderCode".to_owned());
        }
    }
    for (name, value) in presented.data.iter().flatten() {
        if !statement
            .data
            .get(name)
            .is_some_and(|stated| agrees(value, stated))
        {
            differing.push(format!("data.{name}"));
        }
    }
    differing
}

fn names_match(presented: &Presented, holder: &StatedHolder) -> bool {
    presented
        .holder_name
        .as_ref()
        .is_none_or(|name| normalise_number(name) == normalise_number(&holder.name))
}

fn codes_match(presented: &Presented, holder: &StatedHolder) -> bool {
    presented.holder_code.as_ref().is_none_or(|code| {
        holder
            .code
            .as_ref()
            .is_some_and(|stated| normalise_number(code) == normalise_number(stated))
    })
}

/// Members of an object may be left out; the items of an array may not. Scalars agree when they read the same; Base64
/// agrees with the name of its bytes.
fn agrees(presented: &Value, stated: &Value) -> bool {
    match (presented, stated) {
        (Value::Object(presented), Value::Object(stated)) => presented
            .iter()
            .all(|(name, value)| stated.get(name).is_some_and(|stated| agrees(value, stated))),
        (Value::Array(presented), Value::Array(stated)) => {
            presented.len() == stated.len()
                && presented
                    .iter()
                    .zip(stated)
                    .all(|(left, right)| agrees(left, right))
        }
        (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => false,
        (Value::String(given), Value::String(name)) if attachment::is_base64_of(given, name) => true,
        _ => presented == stated || reading(presented) == reading(stated),
    }
}

fn reading(scalar: &Value) -> String {
    let text = scalar
        .as_str()
        .map_or_else(|| scalar.to_string(), str::to_owned);
    text.trim().chars().map(half_width).collect()
}
