//! Number and serial rules: templates, pattern, and the pattern's own example.

use regex::{Regex, RegexBuilder};

use super::super::diagnostic::{Code, Message};
use super::super::path;
use super::super::pointer::Pointer;
use super::super::raw::{RawNumber, RawSerial, section};
use super::super::source::Part;
use super::super::template;
use super::super::{FieldKind, NumberRule, Scope, SerialRule, Template, TemplatePart};
use super::paths::{Known, is_text, unfit};
use super::{Desk, personal};

/// Where no serial rule is written.
const DEFAULT_SERIAL: &str = "{year}{seq:7}";
/// Memory a compiled pattern may take: a pattern is written by people, not grown.
const MAX_PATTERN_BYTES: usize = 1 << 20;

pub(super) fn number(desk: &mut Desk<'_>, known: Known<'_>) -> Option<NumberRule> {
    let raw: RawNumber = section(desk.root(), "number")?;
    let before = desk.errors();
    let at = Pointer::certificate(&["number"]);
    if let Some(from) = &raw.from {
        let place = at.child("from");
        if let Some(reached) = known.reach(desk, from, &place)
            && (!is_text(reached.kind) || reached.listed)
        {
            let help = Message::new("编号取自单个的字符串属性", "a number comes from a single string property");
            unfit(desk, &place, from, &reached.field.kind, &Message::new("单个的文本", "a single text"), help);
        }
    }
    let template = raw.template.as_deref().and_then(|text| template(desk, known, text, &at.child("template")));
    let pattern = raw.pattern.as_deref().and_then(|text| pattern(desk, text, raw.example.as_deref(), &at));
    if raw.from.is_none() && raw.template.is_none() && raw.pattern.is_some() {
        let message = Message::new(
            "没有编号模板（template）也没有 from：每次签发都要在输入里给出编号",
            "there is neither template nor from: every issue must bring its number",
        );
        let help = Message::new(
            "若枢纽应当编号，加上 template，如 \"测{year}-{seq:7}\"（标 \"grade\": \"demo\"）",
            "if the hub is to number them add a template such as \"测{year}-{seq:7}\" (with \"grade\": \"demo\")",
        );
        desk.warn(Code::NumberNotMade, &at, Part::Key, message, help);
    }
    let scope = match raw.scope.as_deref() {
        Some("issuer") => Scope::Issuer,
        Some("issuerDay") => Scope::IssuerDay,
        _ => Scope::IssuerYear,
    };
    if let Some(template) = &template {
        differs(desk, template, scope, &at.child("template"));
    }
    personal::number(desk, known, raw.from.as_deref(), template.as_ref(), &at);
    let rule = NumberRule { from: raw.from.as_deref().map(path::parse), template, pattern, scope, grade: raw.grade };
    (desk.errors() == before).then_some(rule)
}

pub(super) fn serial(desk: &mut Desk<'_>, known: Known<'_>) -> Option<SerialRule> {
    let at = Pointer::certificate(&["serial"]);
    let raw: Option<RawSerial> = section(desk.root(), "serial");
    let text = match raw {
        Some(RawSerial { number_digits: Some(count), .. }) => return Some(SerialRule::NumberDigits(count)),
        Some(RawSerial { template: Some(text), .. }) => text,
        _ => DEFAULT_SERIAL.to_owned(),
    };
    let template = template(desk, known, &text, &at.child("template"))?;
    let foreign = template.0.iter().find_map(|part| match part {
        TemplatePart::Text(text) if !text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) => Some(text.clone()),
        TemplatePart::Province => Some("{province}".to_owned()),
        _ => None,
    });
    if let Some(part) = foreign {
        let message = Message::new(
            format!("流水号只能含数字和大写字母，模板里的“{part}”不行"),
            format!("a serial has digits and capital letters only; “{part}” in the template gives others"),
        );
        let help = Message::new(
            "用 {year}、{date}、{division}、{seq:N}，或 \"numberDigits\": n 取编号末几位",
            "use {year}, {date}, {division}, {seq:N}, or \"numberDigits\": n for the last digits of the number",
        );
        desk.error(Code::Serial, &at.child("template"), Part::Value, message, help);
        return None;
    }
    let counts = template.0.iter().any(|part| matches!(part, TemplatePart::Sequence(_) | TemplatePart::Property(_)));
    if !counts {
        let message = Message::new(
            "流水号模板没有 {seq:N}：每张证照的流水号都会相同",
            "the serial's template has no {seq:N}: every certificate would get the same",
        );
        let help = Message::new("加上 {seq:7} 之类的计数", "add a counter such as {seq:7}");
        desk.error(Code::Serial, &at.child("template"), Part::Value, message, help);
        return None;
    }
    Some(SerialRule::Template(template))
}

fn template(desk: &mut Desk<'_>, known: Known<'_>, text: &str, at: &Pointer) -> Option<Template> {
    let before = desk.errors();
    let (template, faults) = template::parse(text);
    for message in faults {
        let help = Message::new(
            "占位符有 {属性名}、{year}、{date}、{province}、{division}、{seq:N}",
            "placeholders are {property}, {year}, {date}, {province}, {division}, {seq:N}",
        );
        desk.error(Code::Template, at, Part::Value, message, help);
    }
    for part in &template.0 {
        let TemplatePart::Property(name) = part else {
            continue;
        };
        let Some(reached) = known.reach(desk, name, at) else {
            continue;
        };
        if reached.listed || !matches!(reached.kind, FieldKind::Text | FieldKind::Code(_) | FieldKind::Int | FieldKind::Long) {
            let help = Message::new("模板里只能用单个的字符串、代码或整数属性", "a template takes single strings, codes and integers");
            unfit(desk, at, name, &reached.field.kind, &Message::new("文本、代码或整数", "a text, a code or an integer"), help);
        } else if !reached.required {
            let message = Message::new(
                format!("模板用到“{name}”，而它不是必填的：没有它就编不出编号"),
                format!("the template uses “{name}”, which is not required: without it no number can be made"),
            );
            let help = Message::new(format!("把“{name}”列入 required"), format!("list “{name}” in required"));
            desk.warn(Code::Template, at, Part::Value, message, help);
        }
    }
    (desk.errors() == before).then_some(template)
}

/// Two certificates must not get the same number: what starts the counter again has to stand in it.
fn differs(desk: &mut Desk<'_>, template: &Template, scope: Scope, at: &Pointer) {
    let has = |wanted: fn(&TemplatePart) -> bool| template.0.iter().any(wanted);
    let by_property = has(|part| matches!(part, TemplatePart::Property(_)));
    if !has(|part| matches!(part, TemplatePart::Sequence(_))) {
        if !by_property {
            let message = Message::new(
                "编号模板没有 {seq:N}：每张证照的编号都会相同",
                "the number's template has no {seq:N}: every certificate would get the same",
            );
            let help = Message::new("加上 {seq:7} 之类的计数", "add a counter such as {seq:7}");
            desk.error(Code::Template, at, Part::Value, message, help);
        }
        return;
    }
    let (dated, needed) = match scope {
        Scope::Issuer => return,
        Scope::IssuerYear => (has(|part| matches!(part, TemplatePart::Year | TemplatePart::Date)), "{year}"),
        Scope::IssuerDay => (has(|part| matches!(part, TemplatePart::Date)), "{date}"),
    };
    if !dated && !by_property {
        let message = Message::new(
            format!("计数会重新开始，而编号里没有 {needed}：编号将会重复"),
            format!("the counter starts again, and the number has no {needed}: numbers would repeat"),
        );
        let help = Message::new(
            format!("在模板里加上 {needed}，或写 \"scope\": \"issuer\" 一直数下去"),
            format!("add {needed} to the template, or count on with \"scope\": \"issuer\""),
        );
        desk.error(Code::Template, at, Part::Value, message, help);
    }
}

fn pattern(desk: &mut Desk<'_>, text: &str, example: Option<&str>, at: &Pointer) -> Option<Regex> {
    let place = at.child("pattern");
    let regex = match RegexBuilder::new(text).size_limit(MAX_PATTERN_BYTES).build() {
        Ok(regex) => regex,
        Err(error) => {
            let reason = error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let message = Message::new(
                format!("编号格式不是可用的正则表达式：{reason}"),
                format!("the number's pattern is no usable regular expression: {reason}"),
            );
            let help = Message::new(
                "不支持前后断言和反向引用；先在小范围里试好再写",
                "look-around and back-references are not supported; try it on a few numbers first",
            );
            desk.error(Code::Pattern, &place, Part::Value, message, help);
            return None;
        }
    };
    if !(text.starts_with('^') && text.ends_with('$')) {
        let message = Message::new(
            "编号格式没有用 ^ 和 $ 固定首尾：只要含有这一段就算符合",
            "the number's pattern is not anchored by ^ and $: whatever contains a match would pass",
        );
        let help = Message::new(format!("写成 ^(?:{text})$"), format!("write ^(?:{text})$"));
        desk.warn(Code::PatternNotAnchored, &place, Part::Value, message, help);
    }
    if let Some(example) = example.filter(|example| !regex.is_match(example)) {
        let message = Message::new(
            format!("编号格式与它自己的例子“{example}”不符"),
            format!("the number's pattern does not match its own example “{example}”"),
        );
        let help = Message::new(
            "改正 pattern 或 example；注意全角（）与半角()之别",
            "correct the pattern or the example; mind full-width （） and half-width ()",
        );
        desk.error(Code::Pattern, &at.child("example"), Part::Value, message, help);
        return None;
    }
    Some(regex)
}
