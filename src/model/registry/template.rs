//! Number and serial templates: `{province}建安{categoryCode}（{year}）{seq:7}`.

use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value};

use super::diagnostic::Message;
use super::{Template, TemplatePart};

/// Longest counter, in digits: it stays within 64 bits.
pub const MAX_SEQUENCE: u8 = 18;

/// What a template is filled from.
#[derive(Debug, Clone, Copy)]
pub struct RenderContext<'a> {
    pub data: &'a Map<String, Value>,
    /// The issue day; gives `{year}` and `{date}`.
    pub date: NaiveDate,
    /// 京, 鲁 …
    pub province: &'a str,
    /// Six digits.
    pub division: &'a str,
}

/// The template filled; `seq` gives the counter padded to so many digits. Err names the property that has no value.
pub fn render(template: &Template, context: &RenderContext<'_>, seq: impl Fn(u8) -> String) -> Result<String, String> {
    let mut out = String::new();
    for part in &template.0 {
        match part {
            TemplatePart::Text(text) => out.push_str(text),
            TemplatePart::Property(name) => match context.data.get(name) {
                Some(Value::String(text)) => out.push_str(text),
                Some(Value::Number(number)) => out.push_str(&number.to_string()),
                Some(Value::Bool(value)) => out.push_str(&value.to_string()),
                _ => return Err(name.clone()),
            },
            TemplatePart::Year => out.push_str(&format!("{:04}", context.date.year())),
            TemplatePart::Date => out.push_str(&context.date.format("%Y%m%d").to_string()),
            TemplatePart::Province => out.push_str(context.province),
            TemplatePart::Division => out.push_str(context.division),
            TemplatePart::Sequence(width) => out.push_str(&seq(*width)),
        }
    }
    Ok(out)
}

/// Reads a template; a brace that does not belong to a placeholder is a fault. What could be read comes with all that is
/// wrong, so that its placeholders can be judged as well.
pub(super) fn parse(text: &str) -> (Template, Vec<Message>) {
    let (mut parts, mut faults) = (Vec::new(), Vec::new());
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        if !rest[open..].starts_with('{') {
            faults.push(Message::new("模板里有一个没有左花括号的右花括号", "the template has a closing brace without an opening one"));
            return (Template(parts), faults);
        }
        if open > 0 {
            parts.push(TemplatePart::Text(rest[..open].to_owned()));
        }
        let inner = &rest[open + 1..];
        let Some(close) = inner.find('}') else {
            faults.push(Message::new("模板里的花括号没有关上", "a brace of the template is not closed"));
            return (Template(parts), faults);
        };
        match placeholder(&inner[..close]) {
            Ok(part) => parts.push(part),
            Err(fault) => faults.push(fault),
        }
        rest = &inner[close + 1..];
    }
    if !rest.is_empty() {
        parts.push(TemplatePart::Text(rest.to_owned()));
    }
    if parts.is_empty() && faults.is_empty() {
        faults.push(Message::new("模板是空的", "the template is empty"));
    }
    if parts.iter().filter(|part| matches!(part, TemplatePart::Sequence(_))).count() > 1 {
        faults.push(Message::new("模板里只能有一个流水号 {seq:N}", "a template may have one {seq:N} only"));
    }
    (Template(parts), faults)
}

fn placeholder(text: &str) -> Result<TemplatePart, Message> {
    Ok(match text {
        "year" => TemplatePart::Year,
        "date" => TemplatePart::Date,
        "province" => TemplatePart::Province,
        "division" => TemplatePart::Division,
        _ => {
            // `sequenceNumber` may be a property; `seq7` is a counter without its colon.
            let counter = text.strip_prefix("seq");
            if let Some(width) = counter.filter(|rest| rest.starts_with(':') || rest.bytes().all(|b| b.is_ascii_digit())) {
                let width = width.strip_prefix(':').and_then(|width| width.parse().ok());
                return match width {
                    Some(width @ 1..=MAX_SEQUENCE) => Ok(TemplatePart::Sequence(width)),
                    _ => Err(Message::new(
                        format!("流水号写作 {{seq:N}}，N 为 1 至 {MAX_SEQUENCE}，而不是“{{{text}}}”"),
                        format!("a counter is written {{seq:N}} with N from 1 to {MAX_SEQUENCE}, not “{{{text}}}”"),
                    )),
                };
            }
            if !super::names::is_lower_camel(text) {
                return Err(Message::new(
                    format!("模板里的“{{{text}}}”不是占位符，也不是属性名"),
                    format!("“{{{text}}}” in the template is neither a placeholder nor a property name"),
                ));
            }
            TemplatePart::Property(text.to_owned())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_template_is_filled() {
        let sound = |text: &str| {
            let (template, faults) = parse(text);
            assert_eq!(faults, []);
            template
        };
        let template = sound("{province}建安{categoryCode}（{year}）{seq:7}");
        let data = json!({"categoryCode": "B"});
        let date = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date");
        let context = RenderContext { data: data.as_object().expect("an object"), date, province: "测", division: "990000" };
        let seq = |width: u8| format!("{:0width$}", 42, width = usize::from(width));
        assert_eq!(render(&template, &context, seq), Ok("测建安B（2026）0000042".to_owned()));
        let missing = sound("{division}{date}{other}");
        assert_eq!(render(&missing, &context, seq), Err("other".to_owned()));
    }

    #[test]
    fn faulty_templates_are_refused() {
        for text in ["", "{", "}", "{year", "a}b", "{seq}", "{seq7}", "{seq:0}", "{seq:19}", "{Year}", "{seq:2}{seq:2}", "{}"] {
            assert!(!parse(text).1.is_empty(), "{text}");
        }
        let (template, faults) = parse("{sequenceNumber}{seq}{Year}{other}");
        assert_eq!(template.0, ["sequenceNumber", "other"].map(|name| TemplatePart::Property(name.to_owned())));
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
