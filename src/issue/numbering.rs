//! 证照编号 and 流水号: given, taken from the data, or rendered from a template with a counter that was reserved.

use chrono::{Datelike, NaiveDate};
use model::registry::{CertificateType, NumberRule, Scope, SerialRule, Template, TemplatePart, path, template};
use model::standards::Standards;
use model::standards::division::DivisionCode;
use serde_json::{Map, Value};
use verify::identifier::Identifier;
use verify::number::normalise_number;

use super::dates::data_path;
use super::error::Fault;
use super::prepare::Draft;

/// Longest number, in characters.
const MAX_NUMBER: usize = 128;
/// Stands where a count would.
const MARK: char = '\u{0}';

/// How a version gets its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    /// Known before anything is reserved.
    Known(String),
    /// Rendered from the type's template.
    Template,
}

/// How a version gets the serial of its identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Serial {
    /// The record's own, kept from version to version.
    Kept(String),
    Rule,
}

/// Counters of one version, once they are reserved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counters {
    pub(super) number: Option<i64>,
    pub(super) serial: Option<i64>,
}

/// Where the number comes from: the command wins, then the data, then the template.
pub(super) fn number(ty: &CertificateType, data: &Map<String, Value>, given: Option<&str>, faults: &mut Vec<Fault>) -> Number {
    let rule = &ty.number;
    if let Some(given) = given {
        return Number::Known(checked(rule, given.trim(), "number", faults));
    }
    if let Some(steps) = &rule.from
        && let Some(Value::String(text)) = path::value(data, steps)
        && !text.trim().is_empty()
    {
        return Number::Known(checked(rule, text.trim(), &data_path(steps), faults));
    }
    if rule.template.is_none() {
        let path = rule.from.as_ref().map_or_else(|| "number".to_owned(), |steps| data_path(steps));
        faults.push(Fault::new(path, "须给出证照编号", "a certificate number is required"));
        return Number::Known(String::new());
    }
    Number::Template
}

/// The scopes of counters this draft draws from: of its number, of its serial.
pub(super) fn scopes(draft: &Draft) -> (Option<String>, Option<String>) {
    let (ty, issuer, day) = (&draft.ty, &draft.authority.code, draft.dates.issued_on);
    let number = match (&draft.number, &ty.number.template) {
        (Number::Template, Some(template)) if counts(template) => Some(number_scope(draft, template)),
        _ => None,
    };
    let serial = match (&draft.serial, &ty.serial) {
        // Types may share a type code, and identifiers are unique across them.
        (Serial::Rule, SerialRule::Template(template)) if counts(template) => {
            Some(format!("serial/{}/{issuer}{}", ty.type_code, restart(Scope::IssuerDay, template, day)))
        }
        _ => None,
    };
    (number, serial)
}

/// The scope of the template's counter that a number brought along reads back to, with the count behind it: from there the
/// counter is to go on. None where it reads to nothing, and where its count lies in the last tenth of what the template's digits
/// can tell: one odd number up there must not use up all that lie below it.
pub(super) fn raised(draft: &Draft, number: &str) -> Option<(String, i64)> {
    let (Number::Known(_), Serial::Rule, Some(template)) = (&draft.number, &draft.serial, &draft.ty.number.template) else { return None };
    let width =
        template.0.iter().find_map(|part| if let TemplatePart::Sequence(width) = part { Some(usize::from(*width)) } else { None })?;
    // Rendered around a mark that no number has: a control character goes when numbers are compared.
    let around = rendered(draft, template, |_| MARK.to_string()).ok()?;
    let (before, behind) = around.split_once(MARK)?;
    let normal = normalise_number(number);
    let count = normal.strip_prefix(normalise_number(before).as_str())?.strip_suffix(normalise_number(behind).as_str())?;
    let digits = count.len() == width && count.bytes().all(|byte| byte.is_ascii_digit());
    let count: i64 = count.parse().ok().filter(|_| digits)?;
    let most = 10_i64.checked_pow(u32::try_from(width).ok()?)?;
    let scope = number_scope(draft, template);
    (count < most / 10 * 9).then_some((scope, count + 1))
}

/// The number as printed.
pub(super) fn render_number(draft: &Draft, counters: Counters) -> Result<String, Fault> {
    match (&draft.number, &draft.ty.number.template) {
        (Number::Known(number), _) => Ok(number.clone()),
        (Number::Template, Some(template)) => {
            let number = render(draft, template, counters.number)?;
            let mut faults = Vec::new();
            let number = checked(&draft.ty.number, &number, "number", &mut faults);
            faults.into_iter().next().map_or(Ok(number), Err)
        }
        (Number::Template, None) => Err(Fault::new("number", "须给出证照编号", "a certificate number is required")),
    }
}

/// The serial of the identifier.
pub(super) fn render_serial(draft: &Draft, number: &str, counters: Counters) -> Result<String, Fault> {
    match (&draft.serial, &draft.ty.serial) {
        (Serial::Kept(serial), _) => Ok(serial.clone()),
        (Serial::Rule, SerialRule::Template(template)) => render(draft, template, counters.serial),
        (Serial::Rule, SerialRule::NumberDigits(count)) => {
            let normal = normalise_number(number);
            let letters: Vec<char> = normal.chars().filter(char::is_ascii_alphanumeric).collect();
            Ok(letters.iter().skip(letters.len().saturating_sub(*count)).collect())
        }
    }
}

/// The identifier of this version, with its check character.
pub(super) fn identifier(draft: &Draft, serial: &str, version: u16) -> Result<String, Fault> {
    Identifier::build(&draft.ty.type_code, &draft.authority.code, serial, version)
        .map(|identifier| identifier.to_string())
        .map_err(|fault| Fault::new("number", format!("无法生成证照标识：{fault}"), format!("no identifier can be made: {fault}")))
}

fn checked(rule: &NumberRule, number: &str, path: &str, faults: &mut Vec<Fault>) -> String {
    let length = number.chars().count();
    if length == 0 || length > MAX_NUMBER || number.chars().any(char::is_control) || normalise_number(number).is_empty() {
        let zh = format!("证照编号须为 1 至 {MAX_NUMBER} 个可见字符");
        faults.push(Fault::new(path, zh, format!("a certificate number has 1 to {MAX_NUMBER} visible characters")));
    } else if let Some(pattern) = &rule.pattern
        && !pattern.is_match(number)
        && !pattern.is_match(&normalise_number(number))
    {
        let zh = format!("证照编号不符合该类型的格式 {pattern}");
        faults.push(Fault::new(path, zh, format!("the number does not match the pattern of this type, {pattern}")));
    }
    number.to_owned()
}

fn number_scope(draft: &Draft, template: &Template) -> String {
    let (ty, issuer) = (&draft.ty, &draft.authority.code);
    format!("number/{}/{issuer}{}", ty.name, restart(ty.number.scope, template, draft.dates.issued_on))
}

fn render(draft: &Draft, parts: &Template, counter: Option<i64>) -> Result<String, Fault> {
    let Some(counter) = counter.or((!counts(parts)).then_some(0)) else {
        return Err(Fault::new("number", "没有预留编号", "no number was reserved"));
    };
    rendered(draft, parts, |width| format!("{counter:0width$}", width = usize::from(width)))
}

fn rendered(draft: &Draft, parts: &Template, seq: impl Fn(u8) -> String) -> Result<String, Fault> {
    let division = draft.authority.division.as_deref().and_then(|code| DivisionCode::parse(code).ok());
    let province = division.as_ref().and_then(|division| division.province(Standards::embedded())?.short.clone());
    let needs = |part: &TemplatePart| parts.0.contains(part);
    if (needs(&TemplatePart::Division) && division.is_none()) || (needs(&TemplatePart::Province) && province.is_none()) {
        let code = &draft.authority.code;
        return Err(Fault::new(
            "issuer",
            format!("编号需要颁发机构 {code} 的行政区划，但未登记或无省级简称"),
            format!("the number needs the division of the authority {code}, which is not registered or lies in no known province"),
        ));
    }
    let context = template::RenderContext {
        data: &draft.data,
        date: draft.dates.issued_on,
        province: province.as_deref().unwrap_or_default(),
        division: division.as_ref().map_or("", DivisionCode::as_str),
    };
    template::render(parts, &context, seq)
        .map_err(|property| Fault::new(format!("data.{property}"), "编号模板需要该值", "the number's template needs this value"))
}

fn counts(template: &Template) -> bool {
    template.0.iter().any(|part| matches!(part, TemplatePart::Sequence(_)))
}

/// Where the counter starts again: at most as often as the scope says, and never oftener than the template tells apart, since
/// a counter that starts again under a number without its day or year would give numbers twice.
fn restart(scope: Scope, template: &Template, day: NaiveDate) -> String {
    let dated = template.0.contains(&TemplatePart::Date);
    match scope {
        Scope::IssuerDay if dated => format!("/{}", day.format("%Y%m%d")),
        Scope::IssuerDay | Scope::IssuerYear if dated || template.0.contains(&TemplatePart::Year) => format!("/{:04}", day.year()),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_starts_again_as_its_scope_says_and_its_template_tells_apart() {
        use TemplatePart::{Date, Sequence, Year};
        let of = |scope, part| restart(scope, &Template(vec![part, Sequence(2)]), "2026-11-22".parse().unwrap());
        assert_eq!([of(Scope::IssuerDay, Date), of(Scope::IssuerDay, Year)], ["/20261122", "/2026"]);
        assert_eq!([of(Scope::IssuerYear, Date), of(Scope::IssuerYear, Year)], ["/2026", "/2026"]);
        assert_eq!([of(Scope::Issuer, Date), of(Scope::IssuerDay, Sequence(3))], ["", ""]);
    }
}
