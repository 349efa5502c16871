//! Is the type's name a GraphQL name, and its plural another one?

use std::sync::Arc;

use serde_json::Value;

use super::super::diagnostic::{Code, Message};
use super::super::names::{BUILT_IN_TYPES, is_upper_camel, suggest_camel};
use super::super::pointer::Pointer;
use super::super::raw::section;
use super::super::source::Part;
use super::Desk;

pub(super) struct Names {
    pub(super) name: Arc<str>,
    pub(super) plural: String,
}

pub(super) fn check(desk: &mut Desk<'_>) -> Option<Names> {
    let name: String = section(desk.root(), "name")?;
    let given: Option<String> = section(desk.root(), "plural");
    let at = Pointer::certificate(&["name"]);
    let sound = is_name(desk, &name, &at);
    if sound && BUILT_IN_TYPES.contains(&name.as_str()) {
        let message =
            Message::new(format!("“{name}”是每个枢纽都有的 GraphQL 类型"), format!("“{name}” is a GraphQL type that every hub has"));
        let help = Message::new(
            "换一个说明证照种类的名称，如 SafetyProductionLicence",
            "take a name that says which certificate it is, such as SafetyProductionLicence",
        );
        desk.error(Code::NameTaken, &at, Part::Value, message, help);
        return None;
    }
    let at_plural = Pointer::certificate(&["plural"]);
    let plural = given.clone().unwrap_or_else(|| format!("{name}s"));
    let mut plural_sound = given.is_none() || is_name(desk, &plural, &at_plural);
    if given.is_some() && plural.eq_ignore_ascii_case(&name) {
        let message =
            Message::new("plural 与 name 相同，单个与多个的查询就无法区分", "plural equals name: one and many could not be told apart");
        let help = Message::new(
            format!("写“{name}List”或省去 plural（默认 {name}s）"),
            format!("write “{name}List”, or leave plural out (default {name}s)"),
        );
        desk.error(Code::NameTaken, &at_plural, Part::Value, message, help);
        plural_sound = false;
    }
    (sound && plural_sound).then(|| Names { name: name.into(), plural })
}

fn is_name(desk: &mut Desk<'_>, name: &str, at: &Pointer) -> bool {
    if is_upper_camel(name) {
        return true;
    }
    let message = Message::new(
        format!("“{name}”不是 GraphQL 类型名：须以大写字母开头，只含 ASCII 字母和数字，不超过 64 个字符"),
        format!("“{name}” is not a GraphQL type name: it starts with a capital and has ASCII letters and digits only, at most 64"),
    );
    let help = match suggest_camel(name, true) {
        Some(hint) => Message::new(format!("可写“{hint}”"), format!("“{hint}” would do")),
        None => Message::new(
            "用英文的 UpperCamelCase，如 DrivingLicence；中文名称写在 title",
            "use UpperCamelCase such as DrivingLicence; the Chinese name goes to title",
        ),
    };
    desk.error(Code::TypeName, at, Part::Value, message, help);
    false
}

/// Text of a root keyword.
pub(super) fn root_text(root: &Value, name: &str) -> Option<String> {
    root.get(name).and_then(Value::as_str).map(str::to_owned)
}
