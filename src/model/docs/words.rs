//! Chinese words for the parts of a type, and Markdown's own needs.

use crate::registry::{Field, FieldKind, Grade, Operation, Period, Sensitivity, SlotFamily, Source, Template, TemplatePart};

/// Text within a table cell or a heading: no line break, no bar that would end the cell, no tag.
pub(super) fn cell(text: &str) -> String {
    text.replace(['\r', '\n'], " ").replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;")
}

/// Text as code; a bar within a table cell is escaped, a backtick replaced.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", text.replace(['\r', '\n'], " ").replace('`', "'").replace('|', "\\|"))
}

pub(super) const fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Verified => "已核实",
        Grade::Computed => "已复算",
        Grade::Inferred => "推断",
        Grade::Secondary => "二手来源",
        Grade::Unsure => "存疑",
        Grade::Demo => "演示用",
    }
}

/// The grade in brackets, or nothing.
pub(super) fn graded(known: Option<Grade>) -> String {
    known.map(|known| format!("（{}）", grade(known))).unwrap_or_default()
}

/// The GraphQL type of a value and what it is.
pub(super) fn kind(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Text => "`String` 文本".into(),
        FieldKind::Date => "`Date` 日期".into(),
        FieldKind::DateTime => "`DateTime` 时间".into(),
        FieldKind::Decimal => "`Decimal` 十进制数（字符串）".into(),
        FieldKind::Int => "`Int` 整数".into(),
        FieldKind::Long => "`Long` 长整数".into(),
        FieldKind::Float => "`Float` 数值".into(),
        FieldKind::Bool => "`Boolean` 是否".into(),
        FieldKind::Base64 => "`Base64` 字节".into(),
        FieldKind::Code(_) => "`CodeValue` 代码".into(),
        FieldKind::Object(object) => format!("`{}` 对象", object.name),
        FieldKind::List(item) => format!("{} 列表", self::kind(item)),
    }
}

/// The code table behind a field, also of a list of codes.
pub(super) fn table(kind: &FieldKind) -> Option<&str> {
    match kind {
        FieldKind::Code(table) => Some(table),
        FieldKind::List(item) => table(item),
        _ => None,
    }
}

/// The fields inside an object or a list of objects.
pub(super) fn inner(kind: &FieldKind) -> Option<&[Field]> {
    match kind {
        FieldKind::Object(object) => Some(&object.fields),
        FieldKind::List(item) => inner(item),
        _ => None,
    }
}

pub(super) const fn is_list(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::List(_))
}

pub(super) const fn sensitivity(level: Sensitivity) -> &'static str {
    match level {
        Sensitivity::Public => "公开",
        Sensitivity::Internal => "内部",
        Sensitivity::Personal => "个人信息",
    }
}

/// The comparisons a searchable field knows.
pub(super) fn comparisons(field: &Field) -> Option<String> {
    let search = field.search?;
    if search.opaque {
        return Some("`eq` `in`".into());
    }
    let mut known = vec!["eq", "ne", "in", "isNull"];
    match field.kind {
        FieldKind::Bool => known.retain(|name| *name != "in"),
        FieldKind::Code(_) => return Some(listed(&known)),
        _ => {}
    }
    if search.order {
        known.extend(["gt", "gte", "lt", "lte"]);
    }
    if search.prefix && search.slot.family == SlotFamily::Text {
        known.extend(["startsWith", "contains"]);
    }
    Some(listed(&known))
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ")
}

pub(super) const fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Suspend => "暂扣",
        Operation::Resume => "恢复",
        Operation::Revoke => "撤销、吊销",
        Operation::Cancel => "注销",
        Operation::Amend => "变更",
        Operation::Renew => "延续",
    }
}

pub(super) fn source(source: &Source) -> String {
    match source {
        Source::From(path) => format!("取自 `{}`", path.join(".")),
        Source::Constant(text) => format!("固定为 {}", code(text)),
        Source::Title => "证照类型名称".into(),
        Source::IssueDay => "签发请求的 `issuedOn`，未给时为签发当日".into(),
        Source::IssuedOn => "同颁发日期".into(),
        Source::Validity => "按有效期规则计算".into(),
        Source::OpenEnded => "长期".into(),
    }
}

pub(super) fn period(period: Period) -> String {
    let (years, months) = (period.months / 12, period.months % 12);
    let parts = [(years, "年"), (months, "个月"), (period.days, "天")];
    let text: String = parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if text.is_empty() { "0天".into() } else { text }
}

/// A template as a person reads it.
pub(super) fn template(template: &Template) -> String {
    template
        .0
        .iter()
        .map(|part| match part {
            TemplatePart::Text(text) => text.clone(),
            TemplatePart::Property(name) => format!("〈{name}〉"),
            TemplatePart::Year => "〈年份〉".into(),
            TemplatePart::Date => "〈年月日〉".into(),
            TemplatePart::Province => "〈省简称〉".into(),
            TemplatePart::Division => "〈区划六位〉".into(),
            TemplatePart::Sequence(digits) => format!("〈{digits}位流水〉"),
        })
        .collect()
}
