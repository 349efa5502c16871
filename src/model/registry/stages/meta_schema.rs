//! Is the file of the form that `standards/certificate-type.schema.json` asks, and is it a JSON Schema at all?

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::super::diagnostic::{Code, Message};
use super::super::explain::{Leaf, leaves};
use super::super::names::nearest;
use super::super::pointer::Pointer;
use super::super::schema::children;
use super::super::source::Part;
use super::{Desk, validity};

/// The meta-schema of type files, as it is published.
pub const META_SCHEMA: &str = include_str!("../../../../standards/certificate-type.schema.json");

struct Meta {
    schema: Value,
    file: Validator,
    field: Value,
    field_validator: Validator,
}

static META: LazyLock<Meta> = LazyLock::new(|| {
    // The meta-schema is part of the program: no input reaches these expectations.
    let schema: Value = serde_json::from_str(META_SCHEMA).expect("the meta-schema is JSON");
    let field = json!({"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/field"});
    let build = |schema: &Value| jsonschema::draft202012::options().offline().build(schema).expect("the meta-schema is a schema");
    Meta { file: build(&schema), field_validator: build(&field), schema, field }
});

/// Reports everything in the file that is not of the form.
pub(super) fn check(desk: &mut Desk<'_>) {
    let root = desk.root();
    for error in META.file.iter_errors(root) {
        for leaf in leaves(&error) {
            report(desk, &Pointer::root(), leaf, &META.schema);
        }
    }
    check_fields(desk, &Pointer::root(), root);
    // With x-keywords out of the way, the rest is judged by the JSON Schema of JSON Schemas.
    for error in jsonschema::draft202012::meta::validator().iter_errors(root) {
        for leaf in leaves(&error) {
            let message =
                Message::new(format!("不是合法的 JSON Schema：{}", leaf.message.zh), format!("not a JSON Schema: {}", leaf.message.en));
            let help = Message::new(
                "按 JSON Schema draft 2020-12 改正这个关键字的取值",
                "give the keyword a value that JSON Schema draft 2020-12 knows",
            );
            if !desk.has_error_at(&leaf.at) {
                desk.error(Code::NotJsonSchema, &leaf.at, Part::Value, message, help);
            }
        }
    }
}

fn check_fields(desk: &mut Desk<'_>, at: &Pointer, schema: &Value) {
    let Some(map) = schema.as_object() else {
        return;
    };
    if let Some(field) = map.get("x-field") {
        let place = at.child("x-field");
        for error in META.field_validator.iter_errors(field) {
            for leaf in leaves(&error) {
                report(desk, &place, leaf, &META.field);
            }
        }
    }
    if at.last().is_some() && map.contains_key("x-certificate") {
        let message = Message::new("x-certificate 只能写在文件的最外层", "x-certificate belongs at the root of the file only");
        let help = Message::new("把它移到最外层，或删去", "move it to the root, or remove it");
        desk.error(Code::MetaSchema, &at.child("x-certificate"), Part::Key, message, help);
    }
    for (place, inner) in children(map, at) {
        check_fields(desk, &place, inner);
    }
}

fn report(desk: &mut Desk<'_>, base: &Pointer, leaf: Leaf, schema: &Value) {
    let at = base.join(&leaf.at);
    if leaf.keyword == "pattern" && validity::is_unread_period(desk.root(), &at) {
        // The stage of validity says it, with the forms that a period has.
        return;
    }
    let known = known_members(schema, &leaf.schema_at);
    let help = if leaf.unexpected {
        let hint = leaf.at.last().and_then(|name| nearest(name, known.iter().map(String::as_str)));
        match hint {
            Some(hint) => Message::new(format!("是否想写“{hint}”？"), format!("did you mean “{hint}”?")),
            None if known.is_empty() => Message::new("删去它", "remove it"),
            None => Message::new(format!("这里可用的键：{}", known.join("、")), format!("known here: {}", known.join(", "))),
        }
    } else {
        match described(schema, &leaf) {
            Some(Message { zh, en }) => Message::new(format!("字段说明：{zh}"), format!("what it is: {en}")),
            None => {
                Message::new("写法见 standards/certificate-type.schema.json", "see standards/certificate-type.schema.json for the form")
            }
        }
    };
    let part = if leaf.unexpected || leaf.keyword == "required" { Part::Key } else { Part::Value };
    let message = match at.last().filter(|_| !leaf.unexpected) {
        Some(name) => Message::new(format!("“{name}”：{}", leaf.message.zh), format!("“{name}”: {}", leaf.message.en)),
        None => leaf.message,
    };
    desk.error(Code::MetaSchema, &at, part, message, help);
}

/// Members that the schema knows beside the keyword at `at`.
fn known_members(schema: &Value, at: &Pointer) -> Vec<String> {
    let siblings = above(schema, at).and_then(|parent| parent.get("properties")).and_then(Value::as_object);
    siblings.map(|map| map.keys().cloned().collect()).unwrap_or_default()
}

/// What the meta-schema says of the member that is missing, else of the value that is wrong.
fn described(schema: &Value, leaf: &Leaf) -> Option<Message> {
    let holder = above(schema, &leaf.schema_at)?;
    let stated = match &leaf.missing {
        Some(name) => holder.get("properties")?.get(name)?,
        None => holder,
    };
    let text = |stated: &Value| stated.get("description").and_then(Value::as_str).map(in_two);
    let general = || {
        let reference = stated.get("$ref")?.as_str()?.strip_prefix('#')?;
        text(schema.pointer(reference)?)
    };
    text(stated).or_else(general)
}

/// A description of the meta-schema: `中文 / English`.
fn in_two(text: &str) -> Message {
    match text.split_once(" / ") {
        Some((zh, en)) => Message::new(zh, en),
        None => Message::new(text, text),
    }
}

/// The subschema that holds the keyword at `at`.
fn above<'a>(schema: &'a Value, at: &Pointer) -> Option<&'a Value> {
    let text = at.to_string();
    let (parent, _) = text.rsplit_once('/')?;
    schema.pointer(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An author without a member is told what it is: every member says so itself or by what it refers to.
    #[test]
    fn every_member_of_the_meta_schema_is_described_in_both_languages() {
        fn walk(schema: &Value, at: &Pointer, members: &mut usize) {
            let Some(map) = schema.as_object() else { return };
            if let Some(text) = map.get("description").and_then(Value::as_str) {
                let (zh, en) = text.split_once(" / ").unwrap_or_else(|| panic!("{at}: “{text}” is not `中文 / English`"));
                assert!(!zh.is_ascii() && !en.trim().is_empty() && !en.contains(" / "), "{at}: {text}");
            }
            for (name, member) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
                *members += 1;
                let general = member.get("$ref").and_then(Value::as_str).and_then(|reference| META.schema.pointer(reference.get(1..)?));
                let said = member.get("description").or_else(|| general?.get("description"));
                assert!(said.is_some(), "{at}: {name} has no description");
            }
            for (at, inner) in children(map, at) {
                walk(inner, &at, members);
            }
        }
        let mut members = 0;
        walk(&META.schema, &Pointer::root(), &mut members);
        assert!(members > 80, "{members}");
    }
}
