//! A key that makes a retry return the first result.

use serde::Serialize;
use verify::canonical::canonical_text;
use verify::digest::sm3_hex;

use super::IssueInput;
use super::error::IssueError;
use crate::store::commands::Idempotency;

/// Longest key, in characters.
pub const MAX_KEY: usize = 128;

/// The key of a command, with the digest of what was asked. `command` holds the operation, what it is about, and the input
/// but for the key.
///
/// # Errors
/// A key that is empty or too long, or an input without a canonical form.
pub(super) fn idempotency(actor: &str, key: Option<&str>, command: &impl Serialize) -> Result<Option<Idempotency>, IssueError> {
    let Some(key) = key else { return Ok(None) };
    if key.is_empty() || key.chars().count() > MAX_KEY || key.chars().any(char::is_control) {
        let zh = format!("idempotencyKey 须为 1 至 {MAX_KEY} 个可见字符");
        return Err(IssueError::fault("idempotencyKey", zh, format!("a key has 1 to {MAX_KEY} visible characters")));
    }
    Ok(Some(Idempotency { actor: actor.to_owned(), key: key.to_owned(), digest: digest(command)? }))
}

fn digest(command: &impl Serialize) -> Result<String, IssueError> {
    let value = serde_json::to_value(command).map_err(|fault| IssueError::Bug(fault.to_string()))?;
    let text = canonical_text(&value).map_err(|fault| {
        IssueError::fault("data", format!("数据无法写成规范形式：{fault}"), format!("the data have no canonical form: {fault}"))
    })?;
    Ok(sm3_hex(text.as_bytes()))
}

/// What is asked when a certificate is issued, as its digest is taken of it.
#[derive(Debug, Serialize)]
pub(super) struct Issuance<'a> {
    operation: &'static str,
    r#type: &'a str,
    input: &'a IssueInput,
}

impl<'a> Issuance<'a> {
    pub(super) const fn new(type_name: &'a str, input: &'a IssueInput) -> Self {
        Self { operation: "issue", r#type: type_name, input }
    }
}

/// A key that follows from what is asked: the same input has the same key, wherever it comes from.
///
/// # Errors
/// An input without a canonical form.
pub fn key_of(type_name: &str, input: &IssueInput) -> Result<String, IssueError> {
    Ok(format!("content-{}", digest(&Issuance::new(type_name, input))?))
}

/// The key was used with another input.
pub(super) fn reused() -> IssueError {
    IssueError::conflict("该 idempotencyKey 已用于另一份输入", "this idempotencyKey was used with another input")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_input_has_the_same_digest_whatever_its_spelling() {
        let digest = |value| idempotency("a", Some("k"), &value).unwrap().unwrap().digest;
        let first: serde_json::Value = serde_json::from_str(r#"{"a":1,"b":"x"}"#).unwrap();
        let second: serde_json::Value = serde_json::from_str(r#"{"b":"x","a":1.0}"#).unwrap();
        assert_eq!(digest(first.clone()), digest(second));
        assert_ne!(digest(first), digest(json!({"a": 2, "b": "x"})));
    }

    #[test]
    fn keys_are_limited() {
        assert_eq!(idempotency("a", None, &json!({})).unwrap(), None);
        for key in ["", "a\nb", &"x".repeat(MAX_KEY + 1)] {
            assert!(idempotency("a", Some(key), &json!({})).is_err(), "{key:?}");
        }
    }
}
