//! What a JSON Schema validator says, in sentences a person can act on. No value is repeated: it may be personal.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use super::diagnostic::Message;
use super::pointer::Pointer;

/// One thing that is wrong, at its place in the value.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) at: Pointer,
    /// The keyword that is not met.
    pub(super) keyword: String,
    pub(super) message: Message,
    /// A member that must not be there; `at` then names it.
    pub(super) unexpected: bool,
    /// A member that must be there and is not; `at` names what it belongs to.
    pub(super) missing: Option<String>,
    /// Where the keyword stands in the schema.
    pub(super) schema_at: Pointer,
}

/// The faults behind an error: alternatives are opened, the one that comes nearest speaks.
pub(super) fn leaves(error: &ValidationError<'_>) -> Vec<Leaf> {
    let at = Pointer::parse(error.instance_path().as_str()).unwrap_or_default();
    let schema_at = Pointer::parse(error.schema_path().as_str()).unwrap_or_default();
    let leaf = |at: Pointer, message: Message, unexpected: bool| Leaf {
        at,
        keyword: error.kind().keyword().to_owned(),
        message,
        unexpected,
        missing: match error.kind() {
            ValidationErrorKind::Required { property } => property.as_str().map(str::to_owned),
            _ => None,
        },
        schema_at: schema_at.clone(),
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|name| {
                let message = Message::new(format!("不认识“{name}”"), format!("“{name}” is not known here"));
                leaf(at.child(name.as_str()), message, true)
            })
            .collect(),
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            alternatives(context, depth(error)).unwrap_or_else(|message| vec![leaf(at, message, false)])
        }
        kind => vec![leaf(at, sentence(kind), false)],
    }
}

/// The faults of the branch that comes nearest, or a sentence on all branches together.
fn alternatives(branches: &[Vec<ValidationError<'static>>], own: usize) -> Result<Vec<Leaf>, Message> {
    let only: Vec<&ValidationErrorKind> =
        branches.iter().filter_map(|errors| (errors.len() == 1).then(|| errors.first().map(ValidationError::kind)).flatten()).collect();
    if only.len() == branches.len() {
        let required: Option<Vec<&str>> = only
            .iter()
            .map(|kind| match kind {
                ValidationErrorKind::Required { property } => property.as_str(),
                _ => None,
            })
            .collect();
        if let Some(names) = required {
            return Err(Message::new(format!("{} 之中至少要有一个", names.join("、")), format!("one of {} is needed", names.join(", "))));
        }
        let types: Option<Vec<Message>> = only
            .iter()
            .map(|kind| match kind {
                ValidationErrorKind::Type { kind } => Some(type_names(kind)),
                _ => None,
            })
            .collect();
        if let Some(types) = types {
            let join = |pick: fn(&Message) -> &str, or: &str| types.iter().map(pick).collect::<Vec<_>>().join(or);
            return Err(Message::new(format!("应为{}", join(|m| &m.zh, "或")), format!("must be {}", join(|m| &m.en, " or "))));
        }
    }
    // A branch for another type of value is further off than one that fails inside.
    let nearness = |errors: &&Vec<ValidationError<'static>>| {
        let deepest = errors.iter().map(depth).max().unwrap_or(0);
        let wrong_type = errors.iter().any(|error| matches!(error.kind(), ValidationErrorKind::Type { .. }) && depth(error) == own);
        (!wrong_type, deepest, std::cmp::Reverse(errors.len()))
    };
    match branches.iter().max_by_key(nearness) {
        Some(errors) if !errors.is_empty() => Ok(errors.iter().flat_map(leaves).collect()),
        _ => Err(Message::new("不符合任何一种允许的写法", "fits none of the allowed forms")),
    }
}

fn depth(error: &ValidationError<'_>) -> usize {
    error.instance_path().as_str().matches('/').count()
}

fn sentence(kind: &ValidationErrorKind) -> Message {
    use ValidationErrorKind as K;
    match kind {
        K::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            Message::new(format!("缺少“{name}”"), format!("“{name}” is missing"))
        }
        K::Type { kind } => {
            let names = type_names(kind);
            Message::new(format!("应为{}", names.zh), format!("must be {}", names.en))
        }
        K::Enum { options } => {
            let list = options.as_array().map(|all| all.iter().map(plain).collect::<Vec<_>>()).unwrap_or_default();
            Message::new(format!("应为 {} 之一", list.join("、")), format!("must be one of {}", list.join(", ")))
        }
        K::Constant { expected_value } => {
            let value = plain(expected_value);
            Message::new(format!("应为 {value}"), format!("must be {value}"))
        }
        K::Format { format } => format_sentence(format),
        K::Pattern { pattern } => Message::new(format!("不符合格式 {pattern}"), format!("does not match {pattern}")),
        K::MinLength { limit } => Message::new(format!("至少要有 {limit} 个字符"), format!("needs {limit} or more characters")),
        K::MaxLength { limit } => Message::new(format!("不能超过 {limit} 个字符"), format!("has more than {limit} characters")),
        K::MinItems { limit } => Message::new(format!("至少要有 {limit} 项"), format!("needs {limit} or more items")),
        K::MaxItems { limit } => Message::new(format!("不能超过 {limit} 项"), format!("has more than {limit} items")),
        K::MinProperties { limit } => Message::new(format!("至少要有 {limit} 个属性"), format!("needs {limit} or more members")),
        K::MaxProperties { limit } => Message::new(format!("不能超过 {limit} 个属性"), format!("has more than {limit} members")),
        K::Minimum { limit } => Message::new(format!("不能小于 {limit}"), format!("must not be less than {limit}")),
        K::Maximum { limit } => Message::new(format!("不能大于 {limit}"), format!("must not be more than {limit}")),
        K::ExclusiveMinimum { limit } => Message::new(format!("应大于 {limit}"), format!("must be more than {limit}")),
        K::ExclusiveMaximum { limit } => Message::new(format!("应小于 {limit}"), format!("must be less than {limit}")),
        K::MultipleOf { multiple_of } => Message::new(format!("应为 {multiple_of} 的倍数"), format!("must be a multiple of {multiple_of}")),
        K::UniqueItems => Message::new("各项不能重复", "items must differ from one another"),
        K::Contains => Message::new("没有一项符合要求", "no item is as required"),
        K::ContentEncoding { .. } | K::FromUtf8 { .. } => Message::new("不是合法的 Base64", "is not Base64"),
        K::FalseSchema => Message::new("这里不许有值", "nothing may stand here"),
        K::Not { .. } => Message::new("取值属于被排除的情形", "has a form that is ruled out"),
        K::OneOfMultipleValid { .. } => Message::new("同时符合几种只能取一的情形", "fits several forms of which exactly one is allowed"),
        K::PropertyNames { .. } => Message::new("有的键名不合规定", "a member's name is not allowed"),
        other => Message::new(format!("不符合“{}”的规定", other.keyword()), format!("does not meet “{}”", other.keyword())),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn type_names(kind: &TypeKind) -> Message {
    let names: Vec<String> = match kind {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(several) => several.iter().map(|one| one.to_string()).collect(),
    };
    let zh = |name: &String| match name.as_str() {
        "string" => "字符串",
        "integer" => "整数",
        "number" => "数",
        "boolean" => "布尔值（true 或 false）",
        "object" => "对象",
        "array" => "数组",
        _ => "null",
    };
    let en = |name: &String| match name.as_str() {
        "string" => "a string",
        "integer" => "an integer",
        "number" => "a number",
        "boolean" => "true or false",
        "object" => "an object",
        "array" => "a list",
        _ => "null",
    };
    Message::new(names.iter().map(zh).collect::<Vec<_>>().join("或"), names.iter().map(en).collect::<Vec<_>>().join(" or "))
}

fn format_sentence(format: &str) -> Message {
    let (zh, en) = match format {
        "date" => ("应为日期，如 2026-11-22", "must be a date such as 2026-11-22"),
        "date-time" => ("应为带时区的时间，如 2026-11-22T08:00:00+08:00", "must be a time with offset such as 2026-11-22T08:00:00+08:00"),
        "open-date" => ("应为日期（如 2026-11-22）或“长期”", "must be a date such as 2026-11-22, or 长期"),
        "credit-code" => (
            "应为 18 位统一社会信用代码且校验位正确",
            "must be a unified social credit code (18 characters) with the right check character",
        ),
        "citizen-number" => (
            "应为 18 位公民身份号码，出生日期存在且校验位正确",
            "must be a citizen number (18 characters) with a real birth date and the right check character",
        ),
        "decimal" => ("应为十进制数的字符串，如 120.50", "must be a decimal as a string such as 120.50"),
        "division-code" => ("应为 6 位或 12 位行政区划代码", "must be a division code of 6 or 12 digits"),
        "certificate-identifier" => ("应为 GB/T 36904 证照标识", "must be a certificate identifier of GB/T 36904"),
        "email" => ("应为电子邮件地址", "must be an e-mail address"),
        "uri" => ("应为网址", "must be a URI"),
        _ => {
            return Message::new(format!("不符合格式“{format}”"), format!("is not of the format “{format}”"));
        }
    };
    Message::new(zh, en)
}
