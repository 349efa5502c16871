//! The type that this room's tests read files of.

use std::sync::Arc;

use model::registry::{CertificateType, Registry, SourceFile, resolve};
use serde_json::{Value, json};

/// The licence of the demonstration, with these properties beside its own.
pub(super) fn licence(more: &Value) -> Arc<CertificateType> {
    let mut file: Value = serde_json::from_str(include_str!("../../schema/labour-dispatch-licence.json")).unwrap();
    // Related types are not here.
    file["x-certificate"].as_object_mut().unwrap().remove("relations");
    for (name, property) in more.as_object().unwrap_or(json!({}).as_object().unwrap()) {
        file["properties"][name] = property.clone();
    }
    let files = [SourceFile { name: "x.json".into(), text: file.to_string() }];
    resolve(&files, &Registry::empty()).unwrap_or_else(|faults| panic!("{faults:#?}")).types.remove(0)
}
