//! Does a dotted path lead to a property, and to one that fits?

use super::super::diagnostic::{Code, Message};
use super::super::names::nearest;
use super::super::path;
use super::super::pointer::Pointer;
use super::super::source::Part;
use super::super::{Field, FieldKind};
use super::Desk;

/// What a path reaches.
pub(super) struct Reached<'f> {
    pub(super) field: &'f Field,
    /// The kind of one value there: lists are looked through.
    pub(super) kind: &'f FieldKind,
    /// A list lies on the way, or is the end.
    pub(super) listed: bool,
    /// Every property on the way is required and not nullable.
    pub(super) required: bool,
}

/// Fields at the top, with the names of those that are known to be faulty: these are not reported a second time.
#[derive(Clone, Copy)]
pub(super) struct Known<'f> {
    pub(super) fields: &'f [Field],
    /// Properties that the file names, sound or not.
    pub(super) written: &'f [String],
    /// Some properties were left out for their faults.
    pub(super) faulty: bool,
}

impl<'f> Known<'f> {
    pub(super) fn of(fields: &'f [Field]) -> Self {
        Self { fields, written: &[], faulty: false }
    }

    /// The property at `path`; a path to nothing is reported at `at`.
    pub(super) fn reach(self, desk: &mut Desk<'_>, text: &str, at: &Pointer) -> Option<Reached<'f>> {
        let steps = path::parse(text);
        let (mut fields, mut listed, mut required) = (self.fields, false, true);
        let mut reached = None;
        for (index, step) in steps.iter().enumerate() {
            let Some(field) = fields.iter().find(|field| field.name == *step) else {
                let left_out = if index == 0 { self.written.contains(step) } else { self.faulty };
                if !left_out {
                    report_unknown(desk, text, step, fields, at);
                }
                return None;
            };
            let mut kind = &field.kind;
            while let FieldKind::List(inner) = kind {
                (kind, listed) = (&**inner, true);
            }
            required &= field.required && !field.nullable;
            fields = match kind {
                FieldKind::Object(object) => &object.fields,
                _ => &[],
            };
            reached = Some(Reached { field, kind, listed, required });
        }
        reached
    }
}

fn report_unknown(desk: &mut Desk<'_>, text: &str, step: &str, fields: &[Field], at: &Pointer) {
    let message = if text == step {
        Message::new(format!("没有名为“{step}”的属性"), format!("there is no property “{step}”"))
    } else {
        Message::new(format!("路径“{text}”里的“{step}”不存在"), format!("“{step}” in the path “{text}” is not there"))
    };
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let help = match nearest(step, names.iter().copied()) {
        Some(hint) => Message::new(format!("是否想写“{hint}”？"), format!("did you mean “{hint}”?")),
        None if names.is_empty() => Message::new("路径在这里已经到底", "the path has come to its end before"),
        None => {
            let shown = names.iter().take(20).copied().collect::<Vec<_>>();
            let more = if names.len() > shown.len() { " …" } else { "" };
            Message::new(format!("这里的属性有：{}{more}", shown.join("、")), format!("properties here: {}{more}", shown.join(", ")))
        }
    };
    desk.error(Code::UnknownProperty, at, Part::Value, message, help);
}

/// A kind as people call it.
pub(super) fn kind_name(kind: &FieldKind) -> Message {
    let (zh, en) = match kind {
        FieldKind::Text => ("文本", "text"),
        FieldKind::Date => ("日期", "a date"),
        FieldKind::DateTime => ("时间", "a date-time"),
        FieldKind::Decimal => ("十进制数", "a decimal"),
        FieldKind::Int => ("整数", "an integer"),
        FieldKind::Long => ("长整数", "a long integer"),
        FieldKind::Float => ("数", "a number"),
        FieldKind::Bool => ("布尔值", "true or false"),
        FieldKind::Base64 => ("二进制内容", "binary content"),
        FieldKind::Code(table) => {
            return Message::new(format!("{table} 的代码"), format!("a code of {table}"));
        }
        FieldKind::Object(_) => ("对象", "an object"),
        FieldKind::List(_) => ("数组", "a list"),
    };
    Message::new(zh, en)
}

/// The sentence for a property of another kind than is needed.
pub(super) fn unfit(desk: &mut Desk<'_>, at: &Pointer, text: &str, found: &FieldKind, needed: &Message, help: Message) {
    let found = kind_name(found);
    let message = Message::new(
        format!("“{text}”是{}，这里需要{}", found.zh, needed.zh),
        format!("“{text}” is {}; {} is needed here", found.en, needed.en),
    );
    desk.error(Code::UnfitProperty, at, Part::Value, message, help);
}

pub(super) fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text | FieldKind::Code(_))
}

/// A date, or a text of format `open-date`.
pub(super) fn is_end_date(reached: &Reached<'_>) -> bool {
    matches!(reached.kind, FieldKind::Date)
        || (matches!(reached.kind, FieldKind::Text) && reached.field.format.as_deref() == Some("open-date"))
}
