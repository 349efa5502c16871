//! RFC 8785 (JSON Canonicalization Scheme): one value, one sequence of bytes.
//!
//! What is signed is stored and exported as these bytes, so a reader must be able to say whether bytes it was given
//! *are* canonical, without trusting any parser's leniency: duplicate members are refused, not merged.

mod scan;

pub(crate) use scan::is_surely_canonical;

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Why a value has no canonical bytes, or why bytes are not canonical.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// The integer would lose digits as a double; such numbers are written as text.
    #[error("the number {0} would lose digits as a double, which RFC 8785 writes; write it as a text")]
    InexactNumber(String),
    /// Not JSON, or a member twice in one object.
    #[error("not strict JSON: {0}")]
    NotStrictJson(String),
    /// JSON, but spelled otherwise than RFC 8785 spells it.
    #[error("the bytes differ from their RFC 8785 form from byte {0} on")]
    NotCanonical(usize),
}

/// The RFC 8785 bytes of `value`.
///
/// # Errors
/// [`CanonicalError::InexactNumber`] for an integer that a double cannot hold: silently rounding a signed number is
/// worse than refusing it.
pub fn canonical_bytes(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    refuse_inexact(value)?;
    serde_json_canonicalizer::to_vec(value).map_err(|error| CanonicalError::NotStrictJson(error.to_string()))
}

/// The RFC 8785 form of `value` as text.
///
/// # Errors
/// As [`canonical_bytes`].
pub fn canonical_text(value: &Value) -> Result<String, CanonicalError> {
    refuse_inexact(value)?;
    serde_json_canonicalizer::to_string(value).map_err(|error| CanonicalError::NotStrictJson(error.to_string()))
}

/// Reads bytes that must already be canonical and returns their value.
///
/// # Errors
/// Says whether they are not strict JSON or spelled otherwise, and from which byte on.
pub fn read_canonical(bytes: &[u8]) -> Result<Value, CanonicalError> {
    let value = read_strict(bytes)?;
    let again = canonical_bytes(&value)?;
    if again == bytes {
        return Ok(value);
    }
    let differs = again.iter().zip(bytes).take_while(|(left, right)| left == right).count();
    Err(CanonicalError::NotCanonical(differs))
}

/// Reads JSON and refuses an object that names a member twice. Depth is limited (128) by serde_json.
///
/// # Errors
/// [`CanonicalError::NotStrictJson`] with line and column.
pub fn read_strict(bytes: &[u8]) -> Result<Value, CanonicalError> {
    serde_json::from_slice::<StrictValue>(bytes).map(|strict| strict.0).map_err(|error| CanonicalError::NotStrictJson(error.to_string()))
}

/// An integer is refused when its canonical form, which goes through a double, would show other digits.
fn refuse_inexact(value: &Value) -> Result<(), CanonicalError> {
    match value {
        Value::Number(number) if number.is_f64() => Ok(()),
        Value::Number(number) => {
            let digits = number.to_string();
            match serde_json_canonicalizer::to_string(number) {
                Ok(canonical) if canonical == digits => Ok(()),
                _ => Err(CanonicalError::InexactNumber(digits)),
            }
        }
        Value::Array(items) => items.iter().try_for_each(refuse_inexact),
        Value::Object(members) => members.values().try_for_each(refuse_inexact),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

/// A JSON value read without mercy for duplicate members.
struct StrictValue(Value);

impl<'de> Deserialize<'de> for StrictValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(StrictValue(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            let StrictValue(value) = access.next_value()?;
            if members.contains_key(&name) {
                return Err(de::Error::custom(format_args!("member {name:?} stands twice in one object")));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_sorted_and_numbers_shortest() {
        let value = json!({"乙": 1, "a": [1.0, 0.1, 1e21, "\u{1}\n/"], "A": null});
        assert_eq!(canonical_text(&value).unwrap(), r#"{"A":null,"a":[1,0.1,1e+21,"\u0001\n/"],"乙":1}"#);
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [r#"{"b":1,"a":2}"#, r#"{"a": 1}"#, r#"{"a":1.0}"#, r#"{"a":"\u0041"}"#, r#"{"a":1}"#.repeat(2).as_str()] {
            assert!(read_canonical(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(read_canonical(br#"{"a":1.50}"#), Err(CanonicalError::NotCanonical(8)));
        assert!(matches!(read_canonical(br#"{"a":1,"a":1}"#), Err(CanonicalError::NotStrictJson(_))));
    }

    #[test]
    fn a_number_that_would_lose_digits_is_refused() {
        assert_eq!(canonical_bytes(&json!([9_007_199_254_740_993_u64])), Err(CanonicalError::InexactNumber("9007199254740993".into())));
        assert!(canonical_bytes(&json!([9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64])).is_ok());
        assert!(read_canonical(b"[-27517799893308130]").is_ok(), "a double that RFC 8785 writes without a point");
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i32>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::String),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::vec((".{0,4}", inner), 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_canonical(value in any_value()) {
            let bytes = canonical_bytes(&value).unwrap();
            let again = read_canonical(&bytes).unwrap();
            prop_assert_eq!(canonical_bytes(&again).unwrap(), bytes);
        }

        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_canonical(&bytes);
        }
    }
}
