//! The searchable values of a version, in their stored form.

use model::plan::{Column, Value, absent, indexed, stored};
use model::registry::CertificateType;
use serde_json::Map;

/// One value for every searchable field of the type; what the data do not have is written as absent.
pub(super) fn slots(ty: &CertificateType, data: &Map<String, serde_json::Value>) -> Vec<(Column, Value)> {
    let searchable = ty
        .fields
        .iter()
        .filter(|field| field.search.is_some())
        .filter_map(|field| Some((indexed(ty, &field.name)?, data.get(&field.name))));
    searchable
        .map(|(indexed, value)| {
            let value = value.and_then(|value| stored(indexed.form, indexed.opaque, value));
            (indexed.column, value.unwrap_or_else(|| absent(indexed.column)))
        })
        .collect()
}
