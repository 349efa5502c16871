//! Columns of the index, and values in their stored form.

use serde::{Deserialize, Serialize};

use crate::registry::{CertificateType, Field, FieldKind, NUMBER_SCALE, Sight, Slot, SlotFamily};

/// A column of the index, or one that every certificate has.
///
/// No column is null: what is absent lies there as the empty text, or [`ABSENT_NUMBER`]. So both databases order alike, and a
/// page behind a row is one row comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Column {
    Id,
    /// Normalised number.
    Number,
    Issuer,
    IssuedOn,
    ValidFrom,
    ValidTo,
    /// Normalised status of the last event.
    EventStatus,
    /// The type's own code of the last event.
    StatusCode,
    /// Microseconds since 1970, UTC.
    Updated,
    TypeName,
    /// Through the holder table; holds opaque keys.
    Holder,
    Slot(Slot),
}

/// Stands for "absent" in number columns.
pub const ABSENT_NUMBER: i64 = i64::MIN;

/// A value in its stored form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    Text(String),
    Number(i64),
    /// A value in clear, which the store turns into its opaque key.
    Opaque(String),
    /// An opaque key itself: of a holder whose code nobody here knows.
    Key(String),
}

/// What a metadata or data field is in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indexed {
    pub column: Column,
    pub form: Form,
    pub order: bool,
    pub prefix: bool,
    pub opaque: bool,
}

/// How a value is written into its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    /// Normalised like a certificate number.
    CertificateNumber,
    Bool,
    Date,
    DateTime,
    /// Microseconds from an RFC 3339 time.
    Micros,
    Integer,
    /// × 10^6.
    Scaled,
    /// An answered status: compiled to event status and dates.
    Status,
}

/// Metadata fields that `where` and `orderBy` know for every type, with what they allow.
pub const METADATA: [(&str, Column, Form, bool, bool); 9] = [
    ("number", Column::Number, Form::CertificateNumber, true, true),
    ("issuer", Column::Issuer, Form::Text, false, false),
    ("issuedOn", Column::IssuedOn, Form::Date, true, false),
    ("validFrom", Column::ValidFrom, Form::Date, true, false),
    ("validTo", Column::ValidTo, Form::Date, true, false),
    ("status", Column::EventStatus, Form::Status, false, false),
    ("statusCode", Column::StatusCode, Form::Text, false, false),
    ("updatedAt", Column::Updated, Form::Micros, true, false),
    ("holderCode", Column::Holder, Form::Text, false, false),
];

/// Finds a metadata or searchable field of a type.
pub fn indexed(ty: &CertificateType, name: &str) -> Option<Indexed> {
    if let Some((_, column, form, order, prefix)) = METADATA.iter().find(|(known, ..)| *known == name) {
        let sight = match column {
            Column::Number => ty.number_sight(),
            Column::Holder => ty.holders_sight(),
            _ => Sight::Plain,
        };
        // Who sees it masked may ask for one that he knows whole; who does not see it may not ask.
        if sight == Sight::Denied {
            return None;
        }
        let open = *column != Column::Number || (!ty.number_is_personal() && sight == Sight::Plain);
        let opaque = *column == Column::Holder;
        return Some(Indexed { column: *column, form: *form, order: *order && open, prefix: *prefix && open, opaque });
    }
    let field = ty.field(name)?;
    let search = field.search?;
    let column = Column::Slot(search.slot);
    Some(Indexed { column, form: form(field), order: search.order, prefix: search.prefix, opaque: search.opaque })
}

fn form(field: &Field) -> Form {
    match field.kind {
        FieldKind::Bool => Form::Bool,
        FieldKind::Date => Form::Date,
        FieldKind::DateTime => Form::DateTime,
        FieldKind::Int | FieldKind::Long => Form::Integer,
        FieldKind::Decimal | FieldKind::Float => Form::Scaled,
        _ => Form::Text,
    }
}

/// A value of the data in its stored form; None where it is absent or cannot be indexed.
///
/// Used on both sides: when a row is written and when a filter is compiled, so that they always agree.
pub fn stored(form: Form, opaque: bool, value: &serde_json::Value) -> Option<Value> {
    use serde_json::Value as Json;
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        Json::Null | Json::Array(_) | Json::Object(_) => return None,
    };
    if opaque {
        return (!text.is_empty()).then_some(Value::Opaque(text));
    }
    match form {
        Form::Text | Form::Status => value.is_string().then_some(Value::Text(text)),
        Form::CertificateNumber => Some(Value::Text(verify::number::normalise_number(&text))),
        Form::Bool => value.is_boolean().then_some(Value::Text(text)),
        // ISO dates of ten characters compare as text; chrono would take other years as well.
        Form::Date => text.parse::<chrono::NaiveDate>().ok().filter(|_| text.len() == 10).map(|date| Value::Text(date.to_string())),
        Form::DateTime => instant(&text).map(|time| Value::Text(time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())),
        Form::Micros => micros(&text).map(Value::Number),
        Form::Integer => value.as_i64().filter(|number| *number != ABSENT_NUMBER).map(Value::Number),
        Form::Scaled => scaled(&text).map(Value::Number),
    }
}

/// The stored form of "absent".
pub const fn absent(column: Column) -> Value {
    match column {
        Column::Updated | Column::Slot(Slot { family: SlotFamily::Number, .. }) => Value::Number(ABSENT_NUMBER),
        _ => Value::Text(String::new()),
    }
}

/// Microseconds since 1970 of an RFC 3339 time.
pub(super) fn micros(text: &str) -> Option<i64> {
    instant(text).map(|time| time.timestamp_micros())
}

fn instant(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

/// A plain decimal times 10^6; digits beyond are cut off toward zero; None where it does not fit 64 bits or is no decimal.
pub(super) fn scaled(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) {
        return text.parse::<f64>().ok().filter(|_| text.contains(['e', 'E'])).and_then(|float| scaled(&format!("{float:.6}")));
    }
    let places = NUMBER_SCALE as usize;
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(places).collect();
    let number: i64 = format!("{whole}{fraction}").parse().ok()?;
    Some(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_scaled_without_floating_point() {
        assert_eq!(scaled("12.5"), Some(12_500_000));
        assert_eq!(scaled("-0.000001"), Some(-1));
        assert_eq!(scaled("0.1"), Some(100_000));
        assert_eq!(scaled("1e3"), Some(1_000_000_000));
        assert_eq!(scaled(""), None);
        assert_eq!(scaled("1.2.3"), None);
        assert_eq!(scaled("99999999999999999999"), None);
    }
}
