//! Masked values, as custom has them (张*, 9900**********0016): enough to recognise what one knows, too little to learn it.

use serde_json::Value as Json;

use crate::registry::{Field, FieldKind, Mask};

/// Stands for a text of which nothing is shown.
const NOTHING: &str = "***";

/// A property's value masked; None where its kind has no masked form (codes, numbers, objects, photos): null is answered.
pub fn masked(field: &Field, value: &Json) -> Option<Json> {
    of_kind(field, &field.kind, value)
}

fn of_kind(field: &Field, kind: &FieldKind, value: &Json) -> Option<Json> {
    match (kind, value) {
        (FieldKind::List(item), Json::Array(values)) => Some(values.iter().filter_map(|value| of_kind(field, item, value)).collect()),
        (FieldKind::Date | FieldKind::DateTime, Json::String(_)) if field.mask == Some(Mask::All) => Some(Json::String(year("****"))),
        (FieldKind::Date | FieldKind::DateTime, Json::String(text)) => Some(Json::String(year(text))),
        (FieldKind::Text, Json::String(text)) => Some(Json::String(masked_text(field, text))),
        _ => None,
    }
}

fn masked_text(field: &Field, text: &str) -> String {
    match field.mask {
        Some(Mask::Name) => verify::mask::mask_person(text),
        Some(Mask::Code) => masked_code(text),
        Some(Mask::All) => NOTHING.to_owned(),
        None if field.format.as_deref() == Some("citizen-number") => masked_code(text),
        None => NOTHING.to_owned(),
    }
}

/// A code or telephone number: the ends stay, so many that most of it is hidden.
pub fn masked_code(text: &str) -> String {
    let length = text.chars().count();
    let (first, last) = match length {
        0..=4 => (0, 0),
        5..=7 => (1, 1),
        8..=10 => (2, 2),
        11..=14 => (3, 4),
        _ => (4, 4),
    };
    text.chars().enumerate().map(|(place, character)| if place < first || place + last >= length { character } else { '*' }).collect()
}

/// Of a date the year: 1990-**-**.
fn year(text: &str) -> String {
    let year: String = text.chars().take(4).collect();
    format!("{year}-**-**")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_their_ends() {
        assert_eq!(masked_code("990000190001010016"), "9900**********0016");
        assert_eq!(masked_code("13800000000"), "138****0000");
        assert_eq!((masked_code("1234").as_str(), masked_code("123456").as_str(), masked_code("").as_str()), ("****", "1****6", ""));
    }

    #[test]
    fn dates_keep_their_year() {
        assert_eq!((year("1990-01-01").as_str(), year("****").as_str()), ("1990-**-**", "****-**-**"));
    }
}
