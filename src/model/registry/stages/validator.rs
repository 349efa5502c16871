//! The compiled validator: draft 2020-12, formats checked, nothing fetched, objects closed.

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use crate::standards::formats::FORMATS;

use super::super::diagnostic::{Code, Message};
use super::super::pointer::Pointer;
use super::super::schema::View;
use super::super::source::Part;
use super::Desk;

/// Memory one compiled `pattern` may take.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// Compiles a copy of the file; the file itself is stored as it was written.
pub(super) fn compile(desk: &mut Desk<'_>) -> Option<Validator> {
    let mut copy = desk.root().clone();
    for at in objects_to_close(desk.root()) {
        if let Some(map) = copy.pointer_mut(&at).and_then(Value::as_object_mut) {
            map.insert("unevaluatedProperties".into(), Value::Bool(false));
        }
    }
    // Patterns run on an engine that takes linear time: a type file cannot slow the hub down.
    let mut options = jsonschema::draft202012::options()
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::regex().size_limit(MAX_PATTERN_BYTES));
    for (name, check) in FORMATS {
        options = options.with_format(name, check);
    }
    match options.build(&copy) {
        Ok(validator) => Some(validator),
        Err(error) => {
            let path = error.instance_path().as_str();
            let path = if path.is_empty() { error.schema_path().as_str() } else { path };
            let at = Pointer::parse(path).unwrap_or_default();
            let reason = error.masked().to_string();
            let pattern = at.last() == Some("pattern") || error.kind().keyword() == "format";
            let message = if pattern {
                Message::new("pattern 不是可用的正则表达式", "this pattern is no usable regular expression")
            } else {
                Message::new(
                    format!("校验器不接受这个 JSON Schema：{reason}"),
                    format!("the validator does not take this JSON Schema: {reason}"),
                )
            };
            let help = if pattern {
                Message::new(
                    "不支持前后断言和反向引用；检查括号是否配对",
                    "look-around and back-references are not supported; see whether brackets match",
                )
            } else {
                Message::new("按 JSON Schema draft 2020-12 改正这个关键字", "correct the keyword after JSON Schema draft 2020-12")
            };
            desk.error(if pattern { Code::Pattern } else { Code::SchemaNotCompiled }, &at, Part::Value, message, help);
            None
        }
    }
}

/// Root and every object that is a value of its own. An object described in several places at once is not closed here, as none
/// of the places knows all its members; [`super::super::validate`] closes that one by the fields.
fn objects_to_close(root: &Value) -> Vec<String> {
    let Some(view) = View::of_root(root) else {
        return Vec::new();
    };
    let (mut close, mut leave) = (vec![String::new()], Vec::new());
    gather(&view, &mut close, &mut leave);
    close.retain(|at| !leave.contains(at));
    close.sort();
    close.dedup();
    close
}

fn gather(view: &View<'_>, close: &mut Vec<String>, leave: &mut Vec<String>) {
    for name in view.property_names() {
        close_value(&view.property(name), close, leave);
    }
}

fn close_value(view: &View<'_>, close: &mut Vec<String>, leave: &mut Vec<String>) {
    let items = view.items();
    if !items.parts.is_empty() {
        close_value(&items, close, leave);
    }
    if view.first("properties").is_none() {
        return;
    }
    let seeds = if view.seeds.len() == 1 { &mut *close } else { &mut *leave };
    seeds.extend(view.seeds.iter().map(ToString::to_string));
    gather(view, close, leave);
}
