//! Values for arguments: mostly such as the stored certificates hold.

use std::collections::BTreeMap;

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::{Map, Value as Json, json};

/// An input value, to be written as a literal or as JSON.
#[derive(Debug, Clone)]
pub(super) enum Val {
    Null,
    /// A number or a boolean.
    Plain(String),
    Text(String),
    Enum(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
    Variable(String),
}

impl Val {
    pub(super) fn literal(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Plain(text) | Self::Enum(text) => text.clone(),
            Self::Text(text) => json!(text).to_string(),
            Self::List(items) => format!("[{}]", items.iter().map(Self::literal).collect::<Vec<_>>().join(", ")),
            Self::Object(members) => {
                let members: Vec<_> = members.iter().map(|(name, value)| format!("{name}: {}", value.literal())).collect();
                format!("{{{}}}", members.join(", "))
            }
            Self::Variable(name) => format!("${name}"),
        }
    }

    pub(super) fn json(&self) -> Json {
        match self {
            Self::Null | Self::Variable(_) => Json::Null,
            Self::Plain(text) => serde_json::from_str(text).unwrap(),
            Self::Text(text) | Self::Enum(text) => text.as_str().into(),
            Self::List(items) => items.iter().map(Self::json).collect(),
            Self::Object(members) => members.iter().map(|(name, value)| (name.clone(), value.json())).collect::<Map<_, _>>().into(),
        }
    }

    pub(super) fn of(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(_) | Json::Number(_) => Self::Plain(json.to_string()),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Json::Object(members) => Self::Object(members.iter().map(|(name, value)| (name.clone(), Self::of(value))).collect()),
        }
    }
}

/// A cursor that an earlier answer gave.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// `Type.field` of the connection.
    pub at: String,
    /// The arguments that go with it.
    pub fixed: Vec<String>,
    pub cursor: String,
}

/// What the stored certificates hold.
#[derive(Debug, Default)]
pub(super) struct Pool {
    /// By property, metadata field or argument.
    pub texts: BTreeMap<String, Vec<String>>,
    pub data: Vec<Json>,
    /// Exported certificates in Base64.
    pub files: Vec<String>,
    pub pages: Vec<Page>,
}

impl Pool {
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let known = self.texts.entry(name.to_owned()).or_default();
        if !known.iter().any(|known| known == value) {
            known.push(value.to_owned());
        }
    }

    /// Every text of these data, by property.
    pub(super) fn learn(&mut self, data: &Json) {
        match data {
            Json::Object(members) => {
                for (name, value) in members {
                    match value {
                        Json::String(text) if text.len() < 100 => self.add(name, text),
                        Json::Number(number) => self.add(name, &number.to_string()),
                        other => self.learn(other),
                    }
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.learn(item)),
            _ => {}
        }
    }

    fn known(&self, rng: &mut StdRng, name: &str) -> Option<String> {
        let known = self.texts.get(name).filter(|known| !known.is_empty())?;
        Some(known[rng.random_range(0..known.len())].clone())
    }

    /// A value of a scalar type.
    pub(super) fn scalar(&self, rng: &mut StdRng, ty: &str, parent: &str, hint: &str) -> Val {
        let pick = |rng: &mut StdRng, from: &[&str]| from[rng.random_range(0..from.len())].to_owned();
        match ty {
            "Boolean" => Val::Plain(pick(rng, &["true", "false"])),
            "Int" if matches!(hint, "first" | "last") => {
                Val::Plain(pick(rng, &["1", "2", "3", "4", "2", "3", "1", "2", "5", "3", "4", "2", "0", "-1", "100", "101", "7"]))
            }
            "Int" | "Long" => Val::Plain(pick(rng, &["0", "1", "-5", "42", "2147483647", "100"])),
            "Float" => Val::Plain(pick(rng, &["0", "1.5", "-0.25", "1e10", "42"])),
            "Decimal" => Val::Text(pick(rng, &["0", "12.50", "-3", "100000"])),
            "Date" => Val::Text(self.known(rng, hint).filter(|_| rng.random_bool(0.6)).unwrap_or_else(|| {
                let dates = ["2020-01-01", "2026-06-01", "2030-12-31", "2026-1-1", "heute", "0000-01-01"];
                dates[rng.random_range(0..dates.len())].to_owned()
            })),
            "DateTime" => Val::Text(pick(
                rng,
                &["2020-01-01T00:00:00+08:00", "2026-06-01T12:30:00.5Z", "2099-01-01T00:00:00Z", "gestern", "2026-06-01"],
            )),
            "JSON" if rng.random_bool(0.8) && !self.data.is_empty() => {
                let Json::Object(data) = &self.data[rng.random_range(0..self.data.len())] else { return Val::Null };
                let members = data.iter().filter(|_| rng.random_bool(0.2)).map(|(name, value)| (name.clone(), Val::of(value)));
                Val::Object(members.collect())
            }
            "JSON" => Val::Plain("7".into()),
            "Base64" if rng.random_bool(0.7) && !self.files.is_empty() => {
                Val::Text(self.files[rng.random_range(0..self.files.len())].clone())
            }
            "Base64" => Val::Text(pick(rng, &["", "e30=", "no base64", "bm9uc2Vuc2U="])),
            "ID" if rng.random_bool(0.05) => Val::Plain("12345".into()),
            _ => {
                let hint = match (parent, hint) {
                    ("Query", "codes" | "code") | (_, "holderCode") => "holderCode",
                    ("Query", "id" | "ids") => "id",
                    (_, "typeCodes" | "typeCode" | "type") => "typeCodes",
                    (_, other) => other,
                };
                let known = self.known(rng, hint).filter(|_| rng.random_bool(0.85));
                Val::Text(known.unwrap_or_else(|| {
                    let other = ["", "测试", "x\"\\\n", "A", "%_", "91990000MAH0TEXT1J", "1.2.156.3005.2", "C3", " "];
                    other[rng.random_range(0..other.len())].to_owned()
                }))
            }
        }
    }
}
