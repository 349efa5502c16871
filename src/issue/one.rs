//! Issue one certificate: a batch of one.

use chrono::{DateTime, NaiveDate, Utc};
use model::actor::Caller;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{IssueError, Issuing};

/// What is given to issue a certificate: the data, and what the type's rules would else find.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueInput {
    /// The properties of the type file.
    pub data: Value,
    /// 证照编号; else the type's rule.
    pub number: Option<String>,
    /// Credit code; else the token's only authority.
    pub issuer: Option<String>,
    /// Else today in Asia/Shanghai, or what the data say.
    pub issued_on: Option<NaiveDate>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    /// Makes a retry return the first result, for seven days.
    #[serde(skip)]
    pub idempotency_key: Option<String>,
}

impl Issuing {
    /// Issues a certificate and returns the id of its first version.
    ///
    /// # Errors
    /// As [`IssueError`] says; nothing is written then, but for a gap among the reserved numbers.
    pub async fn issue(&self, caller: &Caller, type_name: &str, input: IssueInput, now: DateTime<Utc>) -> Result<Uuid, IssueError> {
        let answers = self.issue_many(caller, type_name, vec![input], false, now).await?;
        answers.into_iter().next().unwrap_or_else(|| Err(IssueError::Bug("a batch of one has no answer".into())))
    }
}
