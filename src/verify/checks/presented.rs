//! What the caller read off a printed certificate is what was signed. Which members differ is not told: anybody may ask,
//! and would learn one member after another.

use serde_json::Value;

use super::Finding;
use crate::{
    Presented, attachment,
    facts::{CertificateFacts, Facts},
    number::{half_width, normalise_number},
    report::Reason,
    statement::{StatedHolder, Statement},
};

pub(super) fn run(facts: &Facts<'_>, certificate: &CertificateFacts<'_>) -> Finding {
    let Some(presented) = facts.input.presented else {
        return Finding::not_applicable("NOTHING_PRESENTED");
    };
    let Some(statement) = certificate.whole() else {
        return Finding::unread();
    };
    if presented.is_empty() {
        return Finding::unknown(Reason::new("TOO_LITTLE_GIVEN", [("what", "number, holderName, holderCode, data".to_owned())]));
    }
    if presented.agrees_with(statement) {
        return Finding::ok();
    }
    Finding::failed(Reason::new("DATA_MISMATCH", []))
}

impl Presented {
    /// Whether every member given is what was signed; nothing given agrees with everything.
    pub fn agrees_with(&self, statement: &Statement) -> bool {
        let number = self.number.as_ref().is_none_or(|number| normalise_number(number) == normalise_number(&statement.number));
        // Name and code must be of one holder, not of two.
        let asks_holder = self.holder_name.is_some() || self.holder_code.is_some();
        let holder = !asks_holder || statement.holders.iter().any(|holder| names_match(self, holder) && codes_match(self, holder));
        let member = |(name, value): (&String, &Value)| {
            let stated = statement.data.get(name);
            stated.is_some_and(|stated| agrees(value, stated))
        };
        number && holder && self.data.iter().flatten().all(member)
    }
}

fn names_match(presented: &Presented, holder: &StatedHolder) -> bool {
    presented.holder_name.as_ref().is_none_or(|name| normalise_number(name) == normalise_number(&holder.name))
}

fn codes_match(presented: &Presented, holder: &StatedHolder) -> bool {
    presented
        .holder_code
        .as_ref()
        .is_none_or(|code| holder.code.as_ref().is_some_and(|stated| normalise_number(code) == normalise_number(stated)))
}

/// Members of an object may be left out; the items of an array may not. Scalars agree when they read the same; Base64
/// agrees with the name of its bytes.
fn agrees(presented: &Value, stated: &Value) -> bool {
    match (presented, stated) {
        (Value::Object(presented), Value::Object(stated)) => {
            presented.iter().all(|(name, value)| stated.get(name).is_some_and(|stated| agrees(value, stated)))
        }
        (Value::Array(presented), Value::Array(stated)) => {
            presented.len() == stated.len() && presented.iter().zip(stated).all(|(left, right)| agrees(left, right))
        }
        (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => false,
        (Value::String(given), Value::String(name)) if attachment::is_base64_of(given, name) => true,
        _ => presented == stated || reading(presented) == reading(stated),
    }
}

fn reading(scalar: &Value) -> String {
    let text = scalar.as_str().map_or_else(|| scalar.to_string(), str::to_owned);
    text.trim().chars().map(half_width).collect()
}
