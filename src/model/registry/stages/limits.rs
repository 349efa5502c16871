//! Are there few enough properties, and are all keywords known?

use serde_json::Value;

use super::super::diagnostic::{Code, Message};
use super::super::names::nearest;
use super::super::pointer::Pointer;
use super::super::schema::children;
use super::super::source::Part;
use super::Desk;

/// Properties of a type at all depths together.
const MAX_PROPERTIES: usize = 1000;

/// Every keyword of draft 2020-12, and ours.
const KNOWN: &[&str] = &[
    "$schema",
    "$id",
    "$ref",
    "$defs",
    "$comment",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$vocabulary",
    "title",
    "description",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "examples",
    "type",
    "enum",
    "const",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxContains",
    "minContains",
    "maxProperties",
    "minProperties",
    "required",
    "dependentRequired",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "prefixItems",
    "items",
    "contains",
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "format",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "x-certificate",
    "x-field",
];

/// Keywords of older drafts, with what is written today.
const FORMER: &[(&str, &str)] = &[
    ("definitions", "$defs"),
    ("dependencies", "dependentRequired"),
    ("additionalItems", "items"),
    ("id", "$id"),
    ("$recursiveRef", "$ref"),
    ("$recursiveAnchor", "$defs"),
];

/// Counts properties and looks at every keyword; true when there are few enough to go on.
pub(super) fn check(desk: &mut Desk<'_>) -> bool {
    let mut count = 0;
    let root = desk.root();
    walk(desk, &Pointer::root(), root, &mut count);
    if count > MAX_PROPERTIES {
        let message = Message::new(
            format!("各层属性共 {count} 个，上限为 {MAX_PROPERTIES} 个"),
            format!("the file has {count} properties at all depths; at most {MAX_PROPERTIES} are taken"),
        );
        let help = Message::new("拆成两种证照类型，用关联（relations）连起来", "split it into two types and join them by relations");
        desk.error(Code::TooManyProperties, &Pointer::root().child("properties"), Part::Key, message, help);
    }
    count <= MAX_PROPERTIES
}

fn walk(desk: &mut Desk<'_>, at: &Pointer, schema: &Value, count: &mut usize) {
    let Some(map) = schema.as_object() else {
        return;
    };
    *count += map.get("properties").and_then(Value::as_object).map_or(0, serde_json::Map::len);
    for name in map.keys() {
        if let Some((_, now)) = FORMER.iter().find(|(former, _)| former == name) {
            let message =
                Message::new(format!("“{name}”是旧版 JSON Schema 的关键字"), format!("“{name}” is a keyword of an older JSON Schema"));
            let help = Message::new(format!("draft 2020-12 写作“{now}”"), format!("draft 2020-12 says “{now}”"));
            desk.error(Code::UnknownKeyword, &at.child(name.as_str()), Part::Key, message, help);
        } else if !KNOWN.contains(&name.as_str()) {
            let message = Message::new(
                format!("“{name}”不是 JSON Schema 的关键字，会被忽略"),
                format!("“{name}” is no keyword of JSON Schema and is passed over"),
            );
            let help = match nearest(name, KNOWN.iter().copied()) {
                Some(hint) => Message::new(format!("是否想写“{hint}”？"), format!("did you mean “{hint}”?")),
                None => Message::new("删去它，或写进 $comment", "remove it, or put it into $comment"),
            };
            desk.warn(Code::UnknownKeyword, &at.child(name.as_str()), Part::Key, message, help);
        }
    }
    for (place, inner) in children(map, at) {
        walk(desk, &place, inner, count);
    }
}
