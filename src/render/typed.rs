//! A certificate's data, by its type file → fields in order, codes as names.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64ct::{Base64, Encoding};
use model::registry::{CertificateType, Field as Property, FieldKind};
use model::standards::Standards;
use serde_json::{Map, Value};
use verify::Lang;

use crate::face::{Field, Shown};

/// Every property of the type, printed or not, in the order of the type file. A property of kind base64 counts as a photo when
/// the certificate has it.
pub fn fields(kind: &CertificateType, data: &Map<String, Value>, standards: &Standards, lang: Lang) -> Vec<Field> {
    let words = Words { standards, lang };
    kind.fields
        .iter()
        .map(|property| Field {
            name: property.name.clone(),
            label: property.title.text(lang).to_owned(),
            printed: property.printed,
            shown: data.get(&property.name).and_then(|value| words.shown(&property.kind, value)),
        })
        .collect()
}

/// The photos that stand in the data as base64, decoded; what is no base64 is left out. Photos that are kept apart come from
/// their store.
pub fn photos(kind: &CertificateType, data: &Map<String, Value>) -> BTreeMap<String, Arc<[u8]>> {
    let photos = kind.fields.iter().filter(|property| matches!(property.kind, FieldKind::Base64));
    photos
        .filter_map(|property| {
            let bytes = Base64::decode_vec(data.get(&property.name)?.as_str()?).ok()?;
            Some((property.name.clone(), bytes.into()))
        })
        .collect()
}

struct Words<'a> {
    standards: &'a Standards,
    lang: Lang,
}

impl Words<'_> {
    fn shown(&self, kind: &FieldKind, value: &Value) -> Option<Shown> {
        match (kind, value) {
            (_, Value::Null) => None,
            (FieldKind::Base64, _) => Some(Shown::Photo),
            (FieldKind::List(inner), Value::Array(items)) => match &**inner {
                FieldKind::Object(object) => Some(self.rows(&object.fields, items)),
                inner => Some(Shown::List { items: items.iter().map(|item| self.text(inner, item)).collect() }),
            },
            (FieldKind::Object(object), Value::Object(_)) => Some(self.rows(&object.fields, std::slice::from_ref(value))),
            (kind, value) => Some(self.text(kind, value)).filter(|text| !text.is_empty()).map(|text| Shown::Text { text }),
        }
    }

    fn rows(&self, properties: &[Property], items: &[Value]) -> Shown {
        let printed: Vec<_> = properties.iter().filter(|property| property.printed).collect();
        let row =
            |item: &Value| printed.iter().map(|it| item.get(&it.name).map_or(String::new(), |value| self.text(&it.kind, value))).collect();
        Shown::Rows {
            labels: printed.iter().map(|property| property.title.text(self.lang).to_owned()).collect(),
            rows: items.iter().map(row).collect(),
        }
    }

    /// One text, whatever the value; a code without a name stands as it is.
    fn text(&self, kind: &FieldKind, value: &Value) -> String {
        match (kind, value) {
            (_, Value::Null) => String::new(),
            (FieldKind::Code(table), Value::String(code)) => {
                self.standards.table(table).and_then(|table| table.label(code, self.lang)).unwrap_or(code).to_owned()
            }
            (FieldKind::Bool, Value::Bool(yes)) => match (self.lang, yes) {
                (Lang::Zh, true) => "是",
                (Lang::Zh, false) => "否",
                (Lang::En, true) => "yes",
                (Lang::En, false) => "no",
            }
            .to_owned(),
            (FieldKind::List(inner), Value::Array(items)) => items.iter().map(|item| self.text(inner, item)).collect::<Vec<_>>().join("、"),
            (FieldKind::Object(object), Value::Object(map)) => {
                let part =
                    |it: &Property| map.get(&it.name).map(|value| format!("{} {}", it.title.text(self.lang), self.text(&it.kind, value)));
                object.fields.iter().filter(|it| it.printed).filter_map(part).collect::<Vec<_>>().join("、")
            }
            (_, Value::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        }
    }
}
