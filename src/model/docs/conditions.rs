//! Requirements that hold under a condition: `if/then/else` and `dependentRequired` as sentences where their form is simple,
//! as the JSON they are where it is not. Nothing is left out.

use serde_json::{Map, Value, json};
use verify::messages::Lang;

use super::words::{self, cell, code, inner, is_list};
use crate::registry::{CertificateType, Field};
use crate::standards::Standards;

/// Keywords that constrain in ways that no sentence here covers.
const OTHERS: [&str; 4] = ["oneOf", "anyOf", "not", "dependentSchemas"];

pub(super) fn section(out: &mut String, ty: &CertificateType) {
    // A checked type's source is JSON.
    let Ok(root) = serde_json::from_str::<Value>(&ty.source) else { return };
    let mut found = Found::default();
    collect(&Place { root: &root, path: String::new(), fields: &ty.fields }, &root, &mut found);
    if found.sentences.is_empty() && found.others.is_empty() {
        return;
    }
    out.push_str("### 条件性要求\n\n");
    for sentence in &found.sentences {
        out.push_str(&format!("- {sentence}\n"));
    }
    if !found.sentences.is_empty() {
        out.push('\n');
    }
    for (path, keyword) in &found.others {
        let whose = if path.is_empty() { String::new() } else { format!("（{}）", code(path)) };
        let text = serde_json::to_string_pretty(keyword).unwrap_or_default();
        out.push_str(&format!("另有条件性要求{whose}，以 JSON Schema 表示：\n\n```json\n{text}\n```\n\n"));
    }
}

#[derive(Default)]
struct Found {
    sentences: Vec<String>,
    others: Vec<(String, Value)>,
}

/// The object that a condition speaks of.
struct Place<'a> {
    root: &'a Value,
    /// `""`, `owners[].` …
    path: String,
    fields: &'a [Field],
}

/// What `schema` says under conditions, and what the schemas of its properties and items say.
fn collect(place: &Place<'_>, schema: &Value, found: &mut Found) {
    let mut parts = Vec::new();
    expand(place.root, schema, &mut parts);
    for part in &parts {
        keywords(place, part, found);
    }
    for part in &parts {
        for (name, schema) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let field = place.fields.iter().find(|field| field.name == *name);
            let fields = field.and_then(|field| inner(&field.kind)).unwrap_or_default();
            let list = field.is_some_and(|field| is_list(&field.kind));
            let path = format!("{}{name}{}.", place.path, if list { "[]" } else { "" });
            collect(&Place { root: place.root, path, fields }, schema, found);
        }
        if let Some(items) = part.get("items") {
            collect(&Place { root: place.root, path: place.path.clone(), fields: place.fields }, items, found);
        }
    }
}

/// The schema with what its `$ref` and `allOf` add; references of a checked type come to an end.
fn expand<'a>(root: &'a Value, schema: &'a Value, parts: &mut Vec<&'a Map<String, Value>>) {
    let Some(map) = schema.as_object() else { return };
    parts.push(map);
    let target = map.get("$ref").and_then(Value::as_str).and_then(|text| root.pointer(text.strip_prefix('#')?));
    if let Some(target) = target {
        expand(root, target, parts);
    }
    for part in map.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        expand(root, part, parts);
    }
}

fn keywords(place: &Place<'_>, part: &Map<String, Value>, found: &mut Found) {
    if let Some(condition) = part.get("if") {
        let (then, otherwise) = (part.get("then"), part.get("else"));
        match sentence(place, condition, then, otherwise) {
            Some(text) => found.sentences.push(text.replace("） ", "）")),
            None if then.is_none() && otherwise.is_none() => {}
            None => {
                let keys = [("if", Some(condition)), ("then", then), ("else", otherwise)];
                let whole: Map<String, Value> =
                    keys.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.clone()))).collect();
                found.others.push((bare(&place.path), Value::Object(whole)));
            }
        }
    }
    for (name, needed) in part.get("dependentRequired").and_then(Value::as_object).into_iter().flatten() {
        if let Some(needed) = names(needed) {
            found.sentences.push(format!("填写了 {} 时，必填 {}。", place.named(name), place.list(&needed)));
        }
    }
    for keyword in OTHERS {
        if let Some(value) = part.get(keyword) {
            found.others.push((bare(&place.path), json!({keyword: value})));
        }
    }
}

/// `当 … 时，…；否则 …。`, or None when the form is not simple.
fn sentence(place: &Place<'_>, condition: &Value, then: Option<&Value>, otherwise: Option<&Value>) -> Option<String> {
    let when = when(place, condition)?;
    match (then, otherwise) {
        (Some(then), None) => Some(format!("{when} 时，{}。", demand(place, then)?)),
        (None, Some(otherwise)) => Some(format!("除非 {when}，{}。", demand(place, otherwise)?)),
        (Some(then), Some(otherwise)) => Some(format!("{when} 时，{}；否则，{}。", demand(place, then)?, demand(place, otherwise)?)),
        (None, None) => None,
    }
}

fn when(place: &Place<'_>, condition: &Value) -> Option<String> {
    let map = only(condition, &["properties", "required", "not"])?;
    let required = map.get("required").map(names).unwrap_or(Some(Vec::new()))?;
    if let Some(not) = map.get("not") {
        let absent = names(only(not, &["required"])?.get("required")?)?;
        let [one] = absent.as_slice() else { return None };
        return (map.len() == 1).then(|| format!("没有填写 {}", place.named(one)));
    }
    let Some(properties) = map.get("properties") else {
        return (!required.is_empty()).then(|| format!("填写了 {}", place.list(&required)));
    };
    let mut properties = properties.as_object()?.iter();
    let (Some((name, schema)), None) = (properties.next(), properties.next()) else { return None };
    if required.iter().any(|other| other != name) {
        return None;
    }
    // JSON Schema holds of a property that is not there: unless it must be, leaving it out meets the condition too.
    let there = !required.is_empty() || place.field(name).is_some_and(|field| field.required);
    let values = values(schema)?;
    let absent = if there { "" } else { "未填写或" };
    Some(format!("{} {absent}为 {}", place.named(name), place.values(name, &values)))
}

fn demand(place: &Place<'_>, schema: &Value) -> Option<String> {
    let map = only(schema, &["properties", "required"])?;
    let mut parts = Vec::new();
    if let Some(required) = map.get("required") {
        parts.push(format!("必填 {}", place.list(&names(required)?)));
    }
    for (name, schema) in map.get("properties").map(Value::as_object).unwrap_or_default().into_iter().flatten() {
        parts.push(format!("{} {}", place.named(name), constraint(place, name, schema)?));
    }
    (!parts.is_empty()).then(|| parts.join("，"))
}

fn constraint(place: &Place<'_>, name: &str, schema: &Value) -> Option<String> {
    if let Some(values) = values(schema) {
        let one = if values.len() > 1 { " 之一" } else { "" };
        return Some(format!("须为 {}{one}", place.values(name, &values)));
    }
    let map = schema.as_object().filter(|map| map.len() == 1)?;
    let text = |keyword: &str| map.get(keyword).and_then(Value::as_str);
    if let Some(format) = text("format") {
        return Some(format!("须符合格式 {}", code(format)));
    }
    if let Some(pattern) = text("pattern") {
        return Some(format!("须符合正则表达式 {}", code(pattern)));
    }
    let inside = place.field(name).and_then(|field| inner(&field.kind))?;
    let inside = Place { root: place.root, path: String::new(), fields: inside };
    let items = only(map.get("items")?, &["required"])?.get("required")?;
    Some(format!("的每一项必填 {}", inside.list(&names(items)?)))
}

impl Place<'_> {
    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// `path`（title）.
    fn named(&self, name: &str) -> String {
        let title = self.field(name).map(|field| format!("（{}）", cell(&field.title.zh))).unwrap_or_default();
        format!("{}{title}", code(&format!("{}{name}", self.path)))
    }

    fn list(&self, names: &[String]) -> String {
        names.iter().map(|name| self.named(name)).collect::<Vec<_>>().join("、")
    }

    /// Values with the words of their code table.
    fn values(&self, name: &str, values: &[&Value]) -> String {
        let table = self.field(name).and_then(|field| words::table(&field.kind)).and_then(|table| Standards::embedded().table(table));
        let one = |value: &&Value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let label = table.and_then(|table| table.label(&text, Lang::Zh)).map(|label| format!("（{}）", cell(label)));
            format!("{}{}", code(&text), label.unwrap_or_default())
        };
        values.iter().map(one).collect::<Vec<_>>().join("、")
    }
}

/// `owners[].` → `owners[]`.
fn bare(path: &str) -> String {
    path.strip_suffix('.').unwrap_or(path).to_owned()
}

/// The object when it has no other keywords than these.
fn only<'a>(schema: &'a Value, keywords: &[&str]) -> Option<&'a Map<String, Value>> {
    schema.as_object().filter(|map| map.keys().all(|key| keywords.contains(&key.as_str())))
}

fn names(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}

/// The values of a schema that is nothing but `const` or `enum`.
fn values(schema: &Value) -> Option<Vec<&Value>> {
    let map = schema.as_object().filter(|map| map.len() == 1)?;
    match (map.get("const"), map.get("enum")) {
        (Some(value), _) => Some(vec![value]),
        (None, Some(values)) => values.as_array().map(|values| values.iter().collect()),
        (None, None) => None,
    }
}
