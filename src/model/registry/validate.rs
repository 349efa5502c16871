//! Is the data of an issue input sound? The file's JSON Schema, code tables, and limits of our own.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::standards::Standards;

use super::diagnostic::Message;
use super::explain::leaves;
use super::pointer::Pointer;
use super::{CertificateType, Field, FieldKind};

/// Longest string taken, in characters.
pub const MAX_STRING: usize = 100_000;

/// One thing wrong with the data. Values are never repeated: they may be personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `data.specialities[0].validTo`
    pub path: String,
    pub message: Message,
}

/// Everything that is wrong with `data`; empty when it may be issued. Rules that need other certificates or today's date are
/// not among these.
pub fn validate_data(ty: &CertificateType, data: &Value) -> Vec<Fault> {
    check(&ty.validator, &ty.fields, data).into_iter().map(|found| found.fault).collect()
}

pub(super) struct Found {
    pub(super) at: Pointer,
    pub(super) unexpected: bool,
    pub(super) fault: Fault,
}

pub(super) fn check(validator: &jsonschema::Validator, fields: &[Field], data: &Value) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for error in validator.iter_errors(data) {
        for leaf in leaves(&error) {
            // Unknown members are told by the walk below: the validator names known ones too when something else is wrong.
            if leaf.unexpected && leaf.keyword == "unevaluatedProperties" {
                continue;
            }
            report(&mut found, fields, leaf.at, leaf.message, leaf.unexpected);
        }
    }
    match data.as_object() {
        Some(map) => object(&mut found, fields, fields, map, &Pointer::root()),
        None => {
            let message = Message::new("应为对象", "must be an object");
            report(&mut found, fields, Pointer::root(), message, false);
        }
    }
    found
}

fn object(found: &mut Vec<Found>, all: &[Field], fields: &[Field], map: &Map<String, Value>, at: &Pointer) {
    for (name, value) in map {
        let place = at.child(name.as_str());
        match fields.iter().find(|field| field.name == *name) {
            Some(field) => self::value(found, all, &field.kind, value, &place),
            None => {
                let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                let message = match super::names::nearest(name, known) {
                    Some(hint) => Message::new(
                        format!("没有这个属性；是否想写“{hint}”？"),
                        format!("there is no such property; did you mean “{hint}”?"),
                    ),
                    None => Message::new("没有这个属性", "there is no such property"),
                };
                report(found, all, place, message, true);
            }
        }
    }
}

fn value(found: &mut Vec<Found>, all: &[Field], kind: &FieldKind, value: &Value, at: &Pointer) {
    match (kind, value) {
        (FieldKind::List(inner), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                self::value(found, all, inner, item, &at.index(index));
            }
        }
        (FieldKind::Object(object), Value::Object(map)) => self::object(found, all, &object.fields, map, at),
        (FieldKind::Code(table), Value::String(code)) => {
            let known = Standards::embedded().table(table);
            if known.is_some_and(|known| known.complete && known.code(code).is_none()) {
                let message = Message::new(format!("不是代码表 {table} 里的代码"), format!("is no code of the table {table}"));
                report(found, all, at.clone(), message, false);
            }
        }
        // JSON Schema 2020-12 takes `contentEncoding` for a remark; here it is a rule.
        (FieldKind::Base64, Value::String(text)) if STANDARD.decode(text).is_err() => {
            let message = Message::new("不是合法的 Base64", "is not Base64");
            report(found, all, at.clone(), message, false);
        }
        (FieldKind::Int, Value::Number(number)) => {
            let within = number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
                || number
                    .as_f64()
                    .is_some_and(|number| number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number));
            if !within {
                let message = Message::new("应为 32 位以内的整数", "must be an integer within 32 bits");
                report(found, all, at.clone(), message, false);
            }
        }
        (_, Value::String(text)) if text.len() > MAX_STRING && text.chars().count() > MAX_STRING => {
            let message = Message::new(format!("不能超过 {MAX_STRING} 个字符"), format!("has more than {MAX_STRING} characters"));
            report(found, all, at.clone(), message, false);
        }
        _ => {}
    }
}

/// Adds a fault, once for a place and a sentence.
fn report(found: &mut Vec<Found>, fields: &[Field], at: Pointer, message: Message, unexpected: bool) {
    let message = match title(fields, &at).filter(|_| !unexpected) {
        Some((zh, en)) => Message::new(format!("{zh}：{}", message.zh), format!("{en}: {}", message.en)),
        None => message,
    };
    let fault = Fault { path: dotted(&at), message };
    if !found.iter().any(|other| other.fault == fault) {
        found.push(Found { at, unexpected, fault });
    }
}

/// Title of the field at a place of the data.
fn title<'a>(fields: &'a [Field], at: &Pointer) -> Option<(&'a str, &'a str)> {
    let mut fields = fields;
    let mut title = None;
    for step in at.steps() {
        if step.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        let field = fields.iter().find(|field| field.name == step)?;
        title = Some((field.title.zh.as_str(), field.title.en.as_deref().unwrap_or(&field.name)));
        let mut kind = &field.kind;
        while let FieldKind::List(inner) = kind {
            kind = inner;
        }
        fields = match kind {
            FieldKind::Object(object) => &object.fields,
            _ => &[],
        };
    }
    title
}

fn dotted(at: &Pointer) -> String {
    let mut out = String::from("data");
    for step in at.steps() {
        if step.bytes().all(|b| b.is_ascii_digit()) && !step.is_empty() {
            out.push_str(&format!("[{step}]"));
        } else {
            out.push('.');
            out.push_str(step);
        }
    }
    out
}
