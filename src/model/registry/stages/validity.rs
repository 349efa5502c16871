//! How the end of validity is computed.

use serde_json::Value;

use super::super::diagnostic::{Code, Message};
use super::super::path;
use super::super::pointer::Pointer;
use super::super::raw::{RawValidity, section};
use super::super::source::Part;
use super::super::{AgeCap, FieldKind, Metadata, Period, Source, ValidityRule};
use super::Desk;
use super::paths::{Known, is_end_date, unfit};

pub(super) fn check(desk: &mut Desk<'_>, known: Known<'_>) -> Option<ValidityRule> {
    let raw: RawValidity = section(desk.root(), "validity").unwrap_or_default();
    let before = desk.errors();
    let at = Pointer::certificate(&["validity"]);
    if raw.open_ended && raw.period.is_some() {
        let message = Message::new(
            "openEnded 与 period 不能同时写：长期有效就没有期限",
            "openEnded and period cannot both stand: what has no end has no period",
        );
        let help = Message::new("留下其中一个", "keep one of them");
        desk.error(Code::Period, &at.child("openEnded"), Part::Key, message, help);
    }
    let period = period(desk, raw.period.as_deref(), &at.child("period"));
    let less = self::period(desk, raw.less.as_deref(), &at.child("less"));
    let mut age_cap = None;
    if let Some(cap) = &raw.age_cap {
        let place = at.child("ageCap").child("birthDate");
        let less = self::period(desk, cap.less.as_deref(), &at.child("ageCap").child("less"));
        if let Some(reached) = known.reach(desk, &cap.birth_date, &place) {
            if !matches!(reached.kind, FieldKind::Date) || reached.listed {
                let help = Message::new("指向单个的、\"format\": \"date\" 的属性", "name a single property with \"format\": \"date\"");
                unfit(desk, &place, &cap.birth_date, &reached.field.kind, &Message::new("出生日期", "a birth date"), help);
            }
            age_cap = Some(AgeCap { years: cap.years, birth_date: path::parse(&cap.birth_date), less });
        }
    }
    if let Some(latest) = &raw.latest {
        let place = at.child("latest");
        if let Some(reached) = known.reach(desk, latest, &place)
            && !is_end_date(&reached)
        {
            let help = Message::new(
                "指向 \"format\": \"date\" 的属性，如 specialities.validTo",
                "name a property with \"format\": \"date\", such as specialities.validTo",
            );
            unfit(desk, &place, latest, reached.kind, &Message::new("日期", "a date"), help);
        }
    }
    let rule = ValidityRule {
        period,
        less,
        open_ended: raw.open_ended,
        latest: raw.latest.as_deref().map(path::parse),
        age_cap,
        range: raw.range,
        grade: raw.grade,
    };
    (desk.errors() == before).then_some(rule)
}

/// Says so when an end is to be computed and nothing says how.
pub(super) fn check_stated(desk: &mut Desk<'_>, rule: &ValidityRule, metadata: &Metadata) {
    let stated = rule.period.is_some() || rule.open_ended || rule.latest.is_some() || rule.age_cap.is_some();
    if metadata.valid_to == Source::Validity && !stated {
        let message =
            Message::new("没有说明有效期：证照将没有截止日期", "nothing says how long a certificate is valid: it will have no end");
        let help = Message::new(
            "写 \"validity\": {\"period\": \"P3Y\"}；确实长期有效则写 {\"openEnded\": true}",
            "write \"validity\": {\"period\": \"P3Y\"}, or {\"openEnded\": true} where that is meant",
        );
        let at = if desk.root().pointer("/x-certificate/validity").is_some() { &["validity"][..] } else { &["metadata"][..] };
        desk.warn(Code::NoValidity, &Pointer::certificate(at), Part::Key, message, help);
    }
}

/// Is it a text where a period is expected, and none? Then [`check`] says so.
pub(super) fn is_unread_period(root: &Value, at: &Pointer) -> bool {
    let steps: Vec<_> = at.steps().collect();
    let place =
        matches!(steps.as_slice(), ["x-certificate", "validity", "period" | "less"] | ["x-certificate", "validity", "ageCap", "less"]);
    place && root.pointer(&at.to_string()).and_then(Value::as_str).is_some_and(|text| parse(text).is_none())
}

fn period(desk: &mut Desk<'_>, text: Option<&str>, at: &Pointer) -> Option<Period> {
    let text = text?;
    let period = parse(text);
    if period.is_none() {
        let message = Message::new(format!("“{text}”不是期限"), format!("“{text}” is not a period"));
        let help = Message::new(
            "写成 ISO 8601 期限：P3Y（三年）、P18M（十八个月）、P90D（九十天）",
            "write an ISO 8601 period: P3Y (three years), P18M (months), P90D (days)",
        );
        desk.error(Code::Period, at, Part::Value, message, help);
    }
    period
}

/// `P3Y`, `P18M`, `P1Y6M10D`; nothing at all is no period.
fn parse(text: &str) -> Option<Period> {
    let mut rest = text.strip_prefix('P')?;
    let (mut months, mut days, mut last) = (0_u32, 0_u32, 0);
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0)?;
        let amount: u32 = rest[..end].parse().ok()?;
        let unit = rest[end..].chars().next()?;
        let (rank, to_add) = match unit {
            'Y' => (1, amount.checked_mul(12)?),
            'M' => (2, amount),
            'D' => (3, amount),
            _ => return None,
        };
        if rank <= last {
            return None;
        }
        last = rank;
        let sum = if rank == 3 { &mut days } else { &mut months };
        *sum = sum.checked_add(to_add)?;
        rest = &rest[end + 1..];
    }
    Some(Period { months, days })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_part_by_part() {
        assert_eq!(parse("P3Y"), Some(Period { months: 36, days: 0 }));
        assert_eq!(parse("P1Y6M10D"), Some(Period { months: 18, days: 10 }));
        for text in ["", "P", "P3", "3Y", "PY", "P1D1Y", "P1.5Y", "P3年", "P99999999999Y"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
