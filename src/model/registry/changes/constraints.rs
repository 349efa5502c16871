//! Constraints on values, compared keyword by keyword: what narrows them may refuse data that were taken before.

use serde_json::Value;

use super::super::CertificateType;
use super::super::schema::{View, conditions};
use super::{ChangeKind, Found};

const KEYWORDS: &[&str] = &[
    "pattern",
    "format",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "enum",
    "const",
    "minItems",
    "maxItems",
    "uniqueItems",
    "contentEncoding",
];

pub(super) fn compare(found: &mut Found, old: &CertificateType, new: &CertificateType) {
    // Both sources were read before, when the types were made.
    let (Ok(old), Ok(new)) = (serde_json::from_str::<Value>(&old.source), serde_json::from_str::<Value>(&new.source)) else {
        return;
    };
    if let (Some(old), Some(new)) = (View::of_root(&old), View::of_root(&new)) {
        objects(found, "", &old, &new);
    }
}

fn objects(found: &mut Found, parent: &str, old: &View<'_>, new: &View<'_>) {
    let bodies = |view: &View<'_>| -> Vec<Value> {
        view.parts.iter().flat_map(|part| conditions(part.map, &part.at)).map(|(_, value)| value.clone()).collect()
    };
    let (before, after) = (bodies(old), bodies(new));
    let place = if parent.is_empty() { "data" } else { parent };
    if after.iter().any(|body| !before.contains(body)) {
        found.add(
            ChangeKind::ConstraintNarrowed,
            place,
            true,
            format!("{place} 的条件约束有新增或改动"),
            format!("conditions on {place} are new or changed"),
        );
    } else if before.len() > after.len() {
        found.add(
            ChangeKind::ConstraintWidened,
            place,
            false,
            format!("{place} 的条件约束减少了"),
            format!("conditions on {place} are fewer"),
        );
    }
    for name in new.property_names() {
        let (before, after) = (old.property(name), new.property(name));
        if !before.parts.is_empty() {
            let path = if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
            values(found, &path, &before, &after);
        }
    }
}

fn values(found: &mut Found, path: &str, old: &View<'_>, new: &View<'_>) {
    for keyword in KEYWORDS {
        let (before, after) = (old.first(keyword).map(|(_, value)| value), new.first(keyword).map(|(_, value)| value));
        if before == after {
            continue;
        }
        let narrowed = narrows(keyword, before, after);
        let kind = if narrowed { ChangeKind::ConstraintNarrowed } else { ChangeKind::ConstraintWidened };
        let said = |value: Option<&Value>| value.map_or_else(|| "—".to_owned(), ToString::to_string);
        found.add(
            kind,
            path,
            narrowed,
            format!("{path} 的 {keyword} 由 {} 改为 {}", said(before), said(after)),
            format!("{keyword} of {path} was {} and is {}", said(before), said(after)),
        );
    }
    let (before, after) = (old.items(), new.items());
    if !before.parts.is_empty() && !after.parts.is_empty() {
        values(found, path, &before, &after);
    }
    if old.first("properties").is_some() && new.first("properties").is_some() {
        objects(found, path, old, new);
    }
}

/// May the new word refuse what the old one let pass? Where that cannot be told, it may.
fn narrows(keyword: &str, before: Option<&Value>, after: Option<&Value>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return after.is_some();
    };
    let numbers = before.as_f64().zip(after.as_f64());
    match keyword {
        "minLength" | "minimum" | "exclusiveMinimum" | "minItems" => numbers.is_none_or(|(before, after)| after > before),
        "maxLength" | "maximum" | "exclusiveMaximum" | "maxItems" => numbers.is_none_or(|(before, after)| after < before),
        "enum" => match (before.as_array(), after.as_array()) {
            (Some(before), Some(after)) => before.iter().any(|value| !after.contains(value)),
            _ => true,
        },
        "uniqueItems" => after == &Value::Bool(true),
        _ => true,
    }
}
