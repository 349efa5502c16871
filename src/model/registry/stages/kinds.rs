//! Which GraphQL form a value has: scalar, list or object.

use serde_json::Value;

use crate::standards::Standards;
use crate::standards::formats::FORMATS;

use super::super::FieldKind;
use super::super::diagnostic::{Code, Message};
use super::super::names::nearest;
use super::super::schema::View;
use super::super::source::Part;
use super::Desk;

/// Formats of draft 2020-12 that the validator judges.
const STANDARD_FORMATS: &[&str] = &[
    "date",
    "date-time",
    "time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "uuid",
    "regex",
    "json-pointer",
];
/// Formats that make an integer a `Long`, or say that it is none.
const INTEGER_FORMATS: &[&str] = &["int32", "int64"];

pub(super) struct Shape<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) nullable: bool,
    pub(super) format: Option<String>,
}

/// As [`FieldKind`], with objects still to be read.
pub(super) enum Kind<'a> {
    Scalar(FieldKind),
    Object(View<'a>),
    List(Box<Self>),
}

/// The form of the value that `view` describes; None when it has none, which is then reported.
pub(super) fn shape<'a>(desk: &mut Desk<'_>, view: &View<'a>, codes: Option<&str>) -> Option<Shape<'a>> {
    let (name, nullable) = type_of(desk, view)?;
    let format = view.text("format").map(str::to_owned);
    for keyword in ["prefixItems", "unevaluatedItems"] {
        if let Some((at, _)) = view.first(keyword).filter(|(_, value)| keyword == "prefixItems" || **value != Value::Bool(false)) {
            let message = Message::new(
                format!("“{keyword}”没有 GraphQL 形式：GraphQL 列表的各项同形"),
                format!("“{keyword}” has no GraphQL form: the items of a GraphQL list are alike"),
            );
            let help =
                Message::new("各项相同时用 items；各项不同时改用有属性的对象", "use items for alike ones, or an object with properties");
            desk.error(Code::NoGraphqlForm, &at, Part::Key, message, help);
            return None;
        }
    }
    let kind = match name {
        "string" => Kind::Scalar(text(desk, view, codes, format.as_deref())?),
        "integer" => Kind::Scalar(integer(view)),
        "number" => Kind::Scalar(FieldKind::Float),
        "boolean" => Kind::Scalar(FieldKind::Bool),
        "array" => list(desk, view, codes)?,
        _ => Kind::Object(view.clone()),
    };
    if codes.is_some() && !takes_codes(&kind) {
        let at = view.first("x-field").map(|(at, _)| at.child("codes")).unwrap_or_default();
        let message =
            Message::new("只有字符串（或字符串数组）可以取代码表的值", "only a string, or a list of strings, can hold codes of a table");
        let help = Message::new(
            "改为 \"type\": \"string\"（代码保留前导零），或去掉 codes",
            "make it \"type\": \"string\" (codes keep leading zeros), or drop codes",
        );
        desk.error(Code::CodesMisplaced, &at, Part::Value, message, help);
        return None;
    }
    Some(Shape { kind, nullable, format })
}

fn takes_codes(kind: &Kind<'_>) -> bool {
    match kind {
        Kind::Scalar(FieldKind::Code(_)) => true,
        Kind::List(inner) => takes_codes(inner),
        _ => false,
    }
}

/// The one JSON type of the value, and whether null may stand instead.
fn type_of<'a>(desk: &mut Desk<'_>, view: &View<'a>) -> Option<(&'a str, bool)> {
    let mut allowed: Option<Vec<&str>> = None;
    let mut place = view.at();
    for (at, value) in view.all("type") {
        let named: Vec<&str> = match value {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => return None,
        };
        let both = |a: &[&'a str], b: &[&'a str]| -> Vec<&'a str> {
            let meet = |x: &'a str| {
                if b.contains(&x) || (x == "integer" && b.contains(&"number")) {
                    Some(x)
                } else if x == "number" && b.contains(&"integer") {
                    Some("integer")
                } else {
                    None
                }
            };
            a.iter().copied().filter_map(meet).collect()
        };
        place = at;
        allowed = Some(match allowed {
            None => named,
            Some(before) => both(&before, &named),
        });
    }
    let (mut types, written) = match allowed {
        Some(types) => (types, true),
        None => (implied(view), false),
    };
    if types.iter().any(|name| !["string", "integer", "number", "boolean", "object", "array", "null"].contains(name)) {
        // No type of JSON: the meta-schema stage has said so.
        return None;
    }
    let nullable = types.contains(&"null");
    types.retain(|name| *name != "null");
    types.dedup();
    let (message, help) = match types[..] {
        [one] => return Some((one, nullable)),
        [] if written && nullable => (
            Message::new("只能是 null 的属性没有 GraphQL 形式", "a property that can only be null has no GraphQL form"),
            Message::new("删去它，或写 [\"string\", \"null\"]", "remove it, or write [\"string\", \"null\"]"),
        ),
        [] if written => (
            Message::new("几处 type 互相矛盾，没有任何值能满足", "the types said here exclude one another: no value fits"),
            Message::new("让 $ref、allOf 与此处的 type 一致", "let the type here agree with those of $ref and allOf"),
        ),
        [] => (
            Message::new("没有写明 type，不知道该用哪种 GraphQL 类型", "no type is given, so no GraphQL type follows"),
            Message::new(
                "加上 type：string、integer、number、boolean、object 或 array",
                "add a type: string, integer, number, boolean, object or array",
            ),
        ),
        _ => (
            Message::new(
                format!("type 允许几种类型（{}），没有 GraphQL 形式", types.join("、")),
                format!("type allows several types ({}): it has no GraphQL form", types.join(", ")),
            ),
            Message::new("只留一种类型；可空写 [\"string\", \"null\"]", "keep one type; for a nullable value write [\"string\", \"null\"]"),
        ),
    };
    desk.error(Code::NoGraphqlForm, &place, Part::Value, message, help);
    None
}

/// The types that follow from other keywords where `type` is not written.
fn implied(view: &View<'_>) -> Vec<&'static str> {
    if view.first("properties").is_some() {
        return vec!["object"];
    }
    if view.first("items").is_some() {
        return vec!["array"];
    }
    let name = |value: &Value| match value {
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Null => "null",
    };
    let mut types: Vec<&'static str> = match (view.first("const"), view.first("enum")) {
        (Some((_, value)), _) => vec![name(value)],
        (None, Some((_, value))) => value.as_array().into_iter().flatten().map(name).collect(),
        _ => Vec::new(),
    };
    types.sort_unstable();
    types.dedup();
    types
}

fn text(desk: &mut Desk<'_>, view: &View<'_>, codes: Option<&str>, format: Option<&str>) -> Option<FieldKind> {
    if let Some(table) = codes {
        let names: Vec<&str> = Standards::embedded().tables().map(|table| table.table.as_str()).collect();
        if Standards::embedded().table(table).is_none() {
            let at = view.first("x-field").map(|(at, _)| at.child("codes")).unwrap_or_default();
            let message = Message::new(format!("没有名为“{table}”的代码表"), format!("there is no code table “{table}”"));
            let help = match nearest(table, names.iter().copied()) {
                Some(hint) => Message::new(format!("是否想写“{hint}”？"), format!("did you mean “{hint}”?")),
                None => Message::new(format!("已有的代码表：{}", names.join("、")), format!("code tables there are: {}", names.join(", "))),
            };
            desk.error(Code::UnknownCodeTable, &at, Part::Value, message, help);
            return None;
        }
        return Some(FieldKind::Code(table.to_owned()));
    }
    if let Some(format) = format {
        let own = FORMATS.iter().map(|(name, _)| *name);
        if !STANDARD_FORMATS.contains(&format) && !own.clone().any(|name| name == format) {
            let at = view.first("format").map(|(at, _)| at).unwrap_or_default();
            let message = Message::new(
                format!("不认识格式“{format}”，写了也不会检查"),
                format!("the format “{format}” is not known and would check nothing"),
            );
            let help = match nearest(format, STANDARD_FORMATS.iter().copied().chain(own.clone())) {
                Some(hint) => Message::new(format!("是否想写“{hint}”？"), format!("did you mean “{hint}”?")),
                None => {
                    let all: Vec<&str> = ["date", "date-time"].into_iter().chain(own).collect();
                    Message::new(
                        format!("常用的格式：{}；其他规则用 pattern", all.join("、")),
                        format!("formats in use: {}; say other rules with pattern", all.join(", ")),
                    )
                }
            };
            desk.error(Code::UnknownFormat, &at, Part::Value, message, help);
            return None;
        }
    }
    Some(match format {
        Some("date") => FieldKind::Date,
        Some("date-time") => FieldKind::DateTime,
        Some("decimal") => FieldKind::Decimal,
        _ if view.text("contentEncoding") == Some("base64") => FieldKind::Base64,
        _ => FieldKind::Text,
    })
}

/// `Int` unless the bounds or the format say that 32 bits are not enough.
fn integer(view: &View<'_>) -> FieldKind {
    let bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "const"];
    let wide = |value: &Value| value.as_f64().is_some_and(|number| number < f64::from(i32::MIN) || number > f64::from(i32::MAX));
    let beyond = bounds.iter().any(|keyword| view.all(keyword).any(|(_, value)| wide(value)))
        || view.all("enum").any(|(_, value)| value.as_array().into_iter().flatten().any(wide));
    let format = view.text("format").filter(|format| INTEGER_FORMATS.contains(format));
    if beyond || format == Some("int64") { FieldKind::Long } else { FieldKind::Int }
}

fn list<'a>(desk: &mut Desk<'_>, view: &View<'a>, codes: Option<&str>) -> Option<Kind<'a>> {
    let items = view.items();
    if items.parts.is_empty() {
        let message = Message::new("数组没有用 items 说明各项的形式", "the list does not say by items what its items are");
        let help =
            Message::new("加上 items，如 {\"type\": \"string\"} 或一个对象", "add items, such as {\"type\": \"string\"} or an object");
        desk.error(Code::NoGraphqlForm, &view.at(), Part::Key, message, help);
        return None;
    }
    let own = items.first("x-field").and_then(|(_, value)| value.get("codes")).and_then(Value::as_str);
    let inner = shape(desk, &items, own.or(codes))?;
    if inner.nullable {
        let message = Message::new("数组的项不能为 null", "the items of a list may not be null");
        let help = Message::new("去掉 \"null\"；没有的项就不写", "drop \"null\"; leave out items that are not there");
        desk.error(Code::NoGraphqlForm, &items.at().child("type"), Part::Value, message, help);
        return None;
    }
    if matches!(inner.kind, Kind::List(_)) {
        let message = Message::new("数组的数组没有 GraphQL 形式", "a list of lists has no GraphQL form here");
        let help =
            Message::new("让外层的项成为对象，内层数组作为它的属性", "make the outer items objects with the inner list as a property");
        desk.error(Code::NoGraphqlForm, &items.at(), Part::Key, message, help);
        return None;
    }
    Some(Kind::List(Box::new(inner.kind)))
}
