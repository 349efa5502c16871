//! How much each check counts. The default stands in `policy.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::checks;

const DEFAULT: &str = include_str!("policy.json");

/// What becomes of a check that did not come out OK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// FAILED or UNKNOWN decides the verdict.
    Fail,
    /// Named among the reasons, without effect on the verdict.
    Warn,
    /// Stands with the checks alone.
    Inform,
    /// Not run; recorded as NOT_APPLICABLE.
    Ignore,
}

/// Of which certificates it must be known that they were not revoked, beyond those of which data were given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RevocationData {
    /// Of no other: who gives no data does not want to know.
    WhereGiven,
    /// Of those that say where to learn it: a distribution point or a responder.
    #[default]
    WhereDeclared,
    /// Of every certificate below its root.
    Always,
}

/// Severity of each check, how old a status may be, and where revocation data must be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// By name of the check; one that is not named counts as [`Severity::Fail`].
    pub checks: BTreeMap<String, Severity>,
    /// Oldest status that is taken for known, in seconds; without it any age will do.
    #[serde(default, rename = "maxStatusAgeSeconds")]
    pub max_status_age: Option<u64>,
    /// Where missing revocation data are a finding: INDETERMINATE, `TRY_LATER`.
    #[serde(default)]
    pub revocation_data: RevocationData,
}

/// Why a text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not JSON, or other members.
    #[error("not a policy: {0}")]
    Json(String),
    /// Names a check that there is not; a misspelled check must not silently keep its default.
    #[error("there is no check {0:?}")]
    UnknownCheck(String),
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// When it is no JSON of this shape or names an unknown check.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = serde_json::from_str(text).map_err(|error| PolicyError::Json(error.to_string()))?;
        match policy.checks.keys().find(|name| !checks::names().any(|known| known == name.as_str())) {
            Some(name) => Err(PolicyError::UnknownCheck(name.clone())),
            None => Ok(policy),
        }
    }

    /// The severity of a check.
    pub fn severity(&self, check: &str) -> Severity {
        self.checks.get(check).copied().unwrap_or(Severity::Fail)
    }
}

impl Default for Policy {
    /// `policy.json`; should it ever be unreadable, every check counts.
    fn default() -> Self {
        Self::from_json(DEFAULT).unwrap_or_else(|_| Self {
            checks: BTreeMap::new(),
            max_status_age: None,
            revocation_data: RevocationData::Always,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_names_every_check() {
        let policy = Policy::from_json(DEFAULT).unwrap();
        assert_eq!(policy, Policy::default());
        let named: Vec<&str> = policy.checks.keys().map(String::as_str).collect();
        let mut known: Vec<&str> = checks::names().collect();
        known.sort_unstable();
        assert_eq!(named, known);
        assert_eq!(policy.severity("identifier-check-character"), Severity::Warn);
    }

    #[test]
    fn a_misspelled_check_is_refused() {
        let error = Policy::from_json(r#"{"checks":{"signatur":"IGNORE"}}"#).unwrap_err();
        assert_eq!(error, PolicyError::UnknownCheck("signatur".into()));
    }
}
