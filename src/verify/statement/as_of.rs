//! Which status events there were when a file was written.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{StatementError, check_version, is_sm3_hex, microseconds, optional_microseconds, read, rule, write};

/// What an issuer states in an exported file: which status events there were at that time. Status events themselves show
/// what is missing before them; only this shows what is missing after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AsOfStatement {
    /// When, UTC with microseconds.
    #[serde(with = "microseconds")]
    pub as_of: DateTime<Utc>,
    /// How many status events there were.
    pub events: u32,
    /// Identifier of the certificate it is about.
    pub identifier: String,
    /// SM3 of the last event's statement; of the certificate's own when there was none.
    pub last: String,
    /// Since when the issuer has had the certificate on record, UTC with microseconds: what was signed with a key that has run out
    /// or was revoked since is proven by it to be older.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_microseconds")]
    pub recorded_at: Option<DateTime<Utc>>,
    /// SM3 of the copy's statement, where it was written for a copy for one use: taken out of the copy it states nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
    /// Format version, [`super::VERSION`].
    pub v: u16,
}

impl AsOfStatement {
    /// The text to sign and export. `as_of` is cut to microseconds.
    ///
    /// # Errors
    /// When a member breaks its rule.
    pub fn to_text(&self) -> Result<String, StatementError> {
        self.check()?;
        write(self)
    }

    /// Reads the statement from the exact text that was signed.
    ///
    /// # Errors
    /// When it is not canonical, or not this object in its one spelling.
    pub fn from_text(text: &str) -> Result<Self, StatementError> {
        let statement: Self = read(text)?;
        statement.check()?;
        Ok(statement)
    }

    fn check(&self) -> Result<(), StatementError> {
        check_version(self.v)?;
        rule(is_sm3_hex(&self.last), "last", &self.last, "an SM3 in lower-case hexadecimal")?;
        if let Some(copy) = &self.copy {
            rule(is_sm3_hex(copy), "copy", copy, "an SM3 in lower-case hexadecimal")?;
        }
        let recorded_at = self.recorded_at.unwrap_or(self.as_of);
        rule(recorded_at <= self.as_of, "recordedAt", &recorded_at.to_rfc3339(), "at or before asOf")
    }
}
