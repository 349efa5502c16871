//! What a second person must agree to.

use serde::Deserialize;

use super::Complaint;

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Approval {
    /// `grant`, `type`, `key`.
    pub second: Vec<String>,
}

/// What there is.
const KNOWN: [&str; 3] = ["grant", "type", "key"];

impl Approval {
    pub(super) fn check(&self) -> Result<(), Complaint> {
        match self.second.iter().find(|name| !KNOWN.contains(&name.as_str())) {
            Some(name) => Err((
                "approval.second",
                format!("没有“{name}”：可用 {}", KNOWN.join("、")),
                format!("there is no “{name}”: there are {}", KNOWN.join(", ")),
            )),
            None => Ok(()),
        }
    }
}
