//! Photos and other Base64 values: the data that are signed name them by digest, the bytes are kept apart (decision 4).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::registry::{Field, FieldKind};
use serde_json::{Map, Value};
use verify::attachment::{is_name, name_of};

use crate::store::Attachment;

/// The data with the name of each Base64 value in its place, and the bytes themselves. The data are valid: a value that is no
/// Base64 stays as it is.
pub(super) fn set_apart(fields: &[Field], mut data: Map<String, Value>) -> (Map<String, Value>, Vec<Attachment>) {
    let mut apart = BTreeMap::new();
    each(fields, &mut data, &mut |text| {
        if let Ok(bytes) = STANDARD.decode(text.as_bytes()) {
            *text = name_of(&bytes);
            apart.insert(text.clone(), bytes);
        }
    });
    (data, apart.into_iter().map(|(name, bytes)| Attachment { name, bytes }).collect())
}

/// The names that stand where the type wants Base64.
pub(super) fn names(fields: &[Field], data: &Value) -> Vec<String> {
    let mut names = Vec::new();
    let Value::Object(data) = data else { return names };
    each(fields, &mut data.clone(), &mut |text| {
        if is_name(text) {
            names.push(text.clone());
        }
    });
    names
}

/// Puts known bytes in the places of their names, so that the data are judged as if the photo had been given again.
pub(super) fn put_back(fields: &[Field], data: &mut Value, known: &[Attachment]) {
    let Value::Object(data) = data else { return };
    each(fields, data, &mut |text| {
        // Bytes that somebody changed are not signed again under their new name.
        if let Some(found) = known.iter().find(|known| known.name == *text && name_of(&known.bytes) == known.name) {
            *text = STANDARD.encode(&found.bytes);
        }
    });
}

/// Every text in a place for Base64, at any depth.
fn each(fields: &[Field], data: &mut Map<String, Value>, change: &mut impl FnMut(&mut String)) {
    for field in fields {
        if let Some(value) = data.get_mut(&field.name) {
            walk(&field.kind, value, change);
        }
    }
}

fn walk(kind: &FieldKind, value: &mut Value, change: &mut impl FnMut(&mut String)) {
    match (kind, value) {
        (FieldKind::Base64, Value::String(text)) => change(text),
        (FieldKind::List(item), Value::Array(values)) => values.iter_mut().for_each(|value| walk(item, value, change)),
        (FieldKind::Object(object), Value::Object(members)) => each(&object.fields, members, change),
        _ => {}
    }
}
