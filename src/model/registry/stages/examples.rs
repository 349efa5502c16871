//! Do the file's own examples hold: the schema, the code tables, the number they would get?

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::super::diagnostic::{Code, Message};
use super::super::path;
use super::super::pointer::Pointer;
use super::super::source::Part;
use super::super::template::{RenderContext, render};
use super::super::validate;
use super::super::{Field, NumberRule, SerialRule};
use super::Desk;

/// A province that does not exist, as in the demo: 测试省.
const PROVINCE: &str = "测";
const DIVISION: &str = "990000";

pub(super) fn check(
    desk: &mut Desk<'_>,
    validator: &jsonschema::Validator,
    fields: &[Field],
    number: Option<&NumberRule>,
    serial: Option<&SerialRule>,
) -> Vec<Map<String, Value>> {
    let examples: Vec<&Value> = desk.root().get("examples").and_then(Value::as_array).into_iter().flatten().collect();
    let mut sound = Vec::new();
    for (index, example) in examples.into_iter().enumerate() {
        let at = Pointer::root().child("examples").index(index);
        let before = desk.errors();
        for found in validate::check(validator, fields, example) {
            let message = Message::new(
                format!("例子不合格：{}：{}", found.fault.path, found.fault.message.zh),
                format!("the example does not hold: {}: {}", found.fault.path, found.fault.message.en),
            );
            let help = Message::new(
                "改正例子，或放宽该属性的规定；例子须能原样签发",
                "correct the example or the property's rule; an example must be fit to be issued as it stands",
            );
            desk.error(Code::ExampleInvalid, &at.join(&found.at), if found.unexpected { Part::Key } else { Part::Value }, message, help);
        }
        let Some(map) = example.as_object().filter(|_| desk.errors() == before) else {
            continue;
        };
        if let Some(rule) = number {
            numbered(desk, rule, serial, map, &at);
        }
        sound.push(map.clone());
    }
    sound
}

/// The number that the example would get must match the rule's pattern.
fn numbered(desk: &mut Desk<'_>, rule: &NumberRule, serial: Option<&SerialRule>, data: &Map<String, Value>, at: &Pointer) {
    let from = rule.from.as_ref().and_then(|from| path::value(data, from)).and_then(Value::as_str).map(str::to_owned);
    let number = match (from, &rule.template) {
        (Some(number), _) => number,
        (None, Some(template)) => {
            let Some(date) = NaiveDate::from_ymd_opt(2026, 11, 22) else {
                return;
            };
            let context = RenderContext { data, date, province: PROVINCE, division: DIVISION };
            let first = |width: u8| format!("{:0width$}", 1, width = usize::from(width));
            match render(template, &context, first) {
                Ok(number) => number,
                Err(property) => {
                    let message = Message::new(
                        format!("例子没有“{property}”，编号模板填不出编号"),
                        format!("the example has no “{property}”: the template makes no number of it"),
                    );
                    let help = Message::new(
                        format!("在例子里给出“{property}”，或从模板里去掉它"),
                        format!("give “{property}” in the example, or take it out of the template"),
                    );
                    desk.error(Code::ExampleNumber, at, Part::Value, message, help);
                    return;
                }
            }
        }
        (None, None) => {
            if rule.from.is_some() {
                let message = Message::new("例子里没有编号所取的属性", "the example lacks the property that the number comes from");
                let help = Message::new("在例子里给出该属性，或另写 template", "give that property in the example, or add a template");
                desk.error(Code::ExampleNumber, at, Part::Value, message, help);
            }
            return;
        }
    };
    if let Some(pattern) = rule.pattern.as_ref().filter(|pattern| !pattern.is_match(&number)) {
        let message = Message::new(
            format!("例子将得到的编号“{number}”不符合编号格式 {pattern}"),
            format!("the number “{number}” that the example would get does not match {pattern}"),
        );
        let help = Message::new(
            "让模板和格式一致；试算用的省简称是“测”、区划是 990000、流水号是 1",
            "let template and pattern agree; this trial uses the province 测, the division 990000 and the counter 1",
        );
        desk.error(Code::ExampleNumber, at, Part::Value, message, help);
    }
    if let Some(SerialRule::NumberDigits(count)) = serial {
        let found = number.chars().filter(char::is_ascii_alphanumeric).count();
        if found < *count {
            let message = Message::new(
                format!("编号“{number}”只有 {found} 个字母和数字，流水号要取末 {count} 个"),
                format!("the number “{number}” has {found} letters and digits; the serial takes the last {count}"),
            );
            let help = Message::new(format!("把 numberDigits 改为 {found} 或更小"), format!("let numberDigits be {found} or less"));
            desk.error(Code::Serial, &Pointer::certificate(&["serial", "numberDigits"]), Part::Value, message, help);
        }
    }
}
