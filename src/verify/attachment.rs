//! Photos and other bytes beside the statement: the data name them by digest, so that the signature holds them as well.

use std::collections::BTreeSet;

use base64ct::{Base64, Encoding};
use serde_json::{Map, Value};

use crate::digest::{is_sm3_hex, sm3_hex};

const PREFIX: &str = "sm3:";

/// How a statement names these bytes: `sm3:` and 64 lower-case hexadecimal digits.
pub fn name_of(bytes: &[u8]) -> String {
    format!("{PREFIX}{}", sm3_hex(bytes))
}

/// Whether a text is spelled as [`name_of`] spells a name.
pub fn is_name(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(is_sm3_hex)
}

/// Every name that stands as a value in the data, at any depth.
pub fn named_in(data: &Map<String, Value>) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    data.values().for_each(|value| walk(value, &mut names));
    names
}

/// Whether a text is Base64 of the bytes that the name stands for.
pub(crate) fn is_base64_of(text: &str, name: &str) -> bool {
    is_name(name) && Base64::decode_vec(text.trim()).is_ok_and(|bytes| name_of(&bytes) == name)
}

fn walk<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) if is_name(text) => {
            names.insert(text);
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, names)),
        Value::Object(members) => members.values().for_each(|member| walk(member, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_found_at_any_depth_and_in_one_spelling() {
        let (photo, other) = (name_of(b"photo"), name_of(b"other"));
        let data = json!({"photo": photo, "levels": [{"scan": [other, null]}], "note": other.to_uppercase(), "text": "sm3:66c7"});
        let names = named_in(data.as_object().unwrap());
        assert_eq!(names, BTreeSet::from([photo.as_str(), other.as_str()]));
    }

    #[test]
    fn base64_is_held_against_a_name() {
        let name = name_of(b"photo");
        assert!(is_base64_of(" cGhvdG8= ", &name));
        for (text, name) in [("cGhvdG8", name.as_str()), ("cGhvdG9=", &name), ("b3RoZXI=", &name), ("cGhvdG8=", "photo")] {
            assert!(!is_base64_of(text, name), "{text}");
        }
    }
}
