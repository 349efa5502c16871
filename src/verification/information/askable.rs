//! What may be asked for: what is printed on the certificate, and what a lookup set names.

use std::sync::Arc;

use model::plan::PlanError;
use model::registry::{CertificateType, Field, FieldKind};
use serde_json::{Map, Value};

/// The types of which all of `data` may be asked.
///
/// # Errors
/// None of them is such a type; names the first member that may not be asked for.
pub(super) fn types(types: Vec<Arc<CertificateType>>, data: Option<&Map<String, Value>>) -> Result<Vec<Arc<CertificateType>>, PlanError> {
    let Some(data) = data else { return Ok(types) };
    let mut refused = None;
    let mut askable = Vec::new();
    for ty in types {
        match refusal(&ty.fields, data, "data", &ty.lookup.concat()) {
            None => askable.push(ty),
            Some(refusal) => {
                refused.get_or_insert(refusal);
            }
        }
    }
    match refused {
        Some(refusal) if askable.is_empty() => Err(refusal),
        _ => Ok(askable),
    }
}

/// `lookup` names members of the root that may be asked for though they are not printed.
fn refusal(fields: &[Field], data: &Map<String, Value>, place: &str, lookup: &[String]) -> Option<PlanError> {
    data.iter().find_map(|(name, value)| {
        let path = format!("{place}.{name}");
        match fields.iter().find(|field| field.name == *name) {
            None => {
                Some(PlanError::Input { path, en: "the type has no such member".into(), zh: "该证照类型没有此数据项".into() })
            }
            Some(field) if !field.printed && !lookup.contains(name) => Some(PlanError::Input {
                path,
                en: "not printed on the certificate, cannot be verified by".into(),
                zh: "证照上没有印制此项，不能用来验证".into(),
            }),
            Some(field) => inside(&field.kind, value, &path),
        }
    })
}

fn inside(kind: &FieldKind, value: &Value, path: &str) -> Option<PlanError> {
    match (kind, value) {
        (FieldKind::Object(object), Value::Object(members)) => refusal(&object.fields, members, path, &[]),
        (FieldKind::List(item), Value::Array(items)) => items.iter().find_map(|value| inside(item, value, path)),
        _ => None,
    }
}
