//! Does a stored certificate still read under another version of its type?

use model::registry::{Field, FieldKind};
use serde_json::{Map, Value as Json};

/// The members of `data` that the fields cannot answer: gone, or of another shape.
pub(super) fn unreadable(fields: &[Field], data: &Map<String, Json>, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in data {
        let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match fields.iter().find(|field| field.name == *name) {
            None => found.push(at),
            Some(field) => shape(&field.kind, value, &at, &mut found),
        }
    }
    found
}

fn shape(kind: &FieldKind, value: &Json, path: &str, found: &mut Vec<String>) {
    let fits = match (kind, value) {
        (_, Json::Null) => true,
        (FieldKind::List(item), Json::Array(items)) => {
            items.iter().for_each(|item_value| shape(item, item_value, path, found));
            true
        }
        (FieldKind::Object(object), Json::Object(members)) => {
            found.extend(unreadable(&object.fields, members, path));
            true
        }
        (FieldKind::Bool, Json::Bool(_)) | (FieldKind::Decimal | FieldKind::Float, Json::Number(_)) => true,
        (FieldKind::Int, Json::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        (FieldKind::Long, Json::Number(number)) => number.is_i64(),
        (FieldKind::Date, Json::String(text)) => text.parse::<chrono::NaiveDate>().is_ok(),
        (FieldKind::DateTime, Json::String(text)) => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        (FieldKind::Text | FieldKind::Decimal | FieldKind::Base64 | FieldKind::Code(_), Json::String(_)) => true,
        _ => false,
    };
    if !fits {
        found.push(path.to_owned());
    }
}
