//! Copies for one use.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{StatedIssuer, StatementError, check_version, is_sm3_hex, read, rule, write};

/// What an issuer states of a copy that was made for one use (用证副本): of which version, for whom and what, by whom, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CopyStatement {
    /// The version that was copied.
    pub base: CopyBase,
    /// Last day on which the copy may be used, in Asia/Shanghai.
    pub expires_on: NaiveDate,
    /// Name of the holder it was made for, as the certificate has it; a certificate may have several, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// Day on which it was made, in Asia/Shanghai.
    pub made_on: NaiveDate,
    /// Who had it made.
    pub maker: StatedIssuer,
    /// What it may be used for, in words.
    pub purpose: String,
    /// Format version, [`super::VERSION`].
    pub v: u16,
}

/// The version that a copy is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyBase {
    /// SM3 of that version's statement.
    pub digest: String,
    /// Its identifier.
    pub identifier: String,
}

impl CopyStatement {
    /// The text to sign and put into the copy.
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
        rule(is_sm3_hex(&self.base.digest), "base.digest", &self.base.digest, "an SM3 in lower-case hexadecimal")?;
        for (member, value) in [("maker.name", &self.maker.name), ("maker.code", &self.maker.code), ("purpose", &self.purpose)] {
            rule(!value.trim().is_empty(), member, value, "a text with something in it")?;
        }
        rule(self.made_on <= self.expires_on, "expiresOn", &self.expires_on.to_string(), "on or after madeOn")
    }
}
