//! What verifying answers: a verdict, what stands behind it, and what may be shown of the certificate.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    messages::{Lang, message},
    status::CertificateStatus,
    verdict::{TOO_LITTLE, UNKNOWN_HERE},
};

/// The verdict: genuine **and** usable now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VerificationResult {
    /// Genuine and in force.
    Passed,
    /// Not genuine, or not in force.
    Failed,
    /// Cannot be said.
    Indeterminate,
}

/// How one check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// It holds.
    Ok,
    /// It does not hold.
    Failed,
    /// What it needs is not known.
    Unknown,
    /// There was nothing to check.
    NotApplicable,
}

/// A code and what it says of this certificate; [`message`] puts it into words.
///
/// Codes are the sub-indications of ETSI EN 319 102-1 where one fits. Parameters never hold a holder's name or code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// For example `SIG_CRYPTO_FAILURE`.
    pub code: &'static str,
    /// Values for the message.
    pub params: BTreeMap<&'static str, String>,
}

impl Reason {
    /// A reason with parameters.
    pub fn new<const N: usize>(code: &'static str, params: [(&'static str, String); N]) -> Self {
        Self { code, params: BTreeMap::from(params) }
    }

    /// The reason as a sentence.
    pub fn message(&self, lang: Lang) -> String {
        message(self.code, &self.params, lang)
    }
}

/// One check of the list in [`crate::checks`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its name, as in a policy.
    pub name: &'static str,
    /// How it came out.
    pub outcome: Outcome,
    /// Why, when it did not come out OK.
    pub detail: Option<Reason>,
}

/// What a public answer may show of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// GB/T 36904 identifier.
    pub identifier: String,
    /// 证照类型代码.
    pub type_code: String,
    /// 证照类型名称; a code has no room for it.
    pub type_name: Option<String>,
    /// Number with its middle hidden; all but the ends where it is a holder's code.
    pub masked_number: Option<String>,
    /// Holders, persons' names hidden but for the first character.
    pub masked_holder: Option<String>,
    /// 颁发机构.
    pub issuer_name: Option<String>,
    /// 颁发日期.
    pub issued_on: Option<NaiveDate>,
    /// First day of the term.
    pub valid_from: Option<NaiveDate>,
    /// Last day of the term.
    pub valid_to: Option<NaiveDate>,
    /// Status at the time of verifying; OTHER when it is not known.
    pub status: CertificateStatus,
}

/// The answer of [`crate::verify`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Genuine and usable now?
    pub result: VerificationResult,
    /// Genuine? `None` when that cannot be said.
    pub genuine: Option<bool>,
    /// Status at `verified_at`; `None` when the certificate is not genuine or its status is not known.
    pub status: Option<CertificateStatus>,
    /// What decided, and warnings.
    pub reasons: Vec<Reason>,
    /// Every check, in order.
    pub checks: Vec<Check>,
    /// The time the question was answered for.
    pub verified_at: DateTime<Utc>,
    /// The time the status is known for: that of a file is signed.
    pub status_as_of: Option<DateTime<Utc>>,
    /// Result of GB/T 36906 for information, 0 to 5.
    pub gb_result: Option<u8>,
    /// Result of GB/T 36906 for a file: 0 passed, 1 seal failed, 2 file failed. Only where a file was verified.
    pub gb_file_result: Option<u8>,
    /// What may be shown; nothing of a certificate that is not genuine.
    pub subject: Option<Subject>,
}

impl Report {
    /// No such certificate is known here: INDETERMINATE, gbResult 5.
    pub fn not_known(at: DateTime<Utc>) -> Self {
        Self::without_certificate(at, Reason::new("NOT_KNOWN", []), Some(UNKNOWN_HERE))
    }

    /// What was presented and the certificate do not agree; which of it, is told to nobody, nor anything else of the
    /// certificate. FAILED, gbResult 5.
    pub fn data_disagree(at: DateTime<Utc>) -> Self {
        let reason = Reason::new("DATA_MISMATCH", []);
        let presented = Check { name: "presented", outcome: Outcome::Failed, detail: Some(reason.clone()) };
        Self {
            result: VerificationResult::Failed,
            genuine: Some(false),
            checks: vec![presented],
            ..Self::without_certificate(at, reason, Some(UNKNOWN_HERE))
        }
    }

    /// Too little was given to ask the question; `what` names what is missing, for example `number`.
    /// INDETERMINATE, gbResult 4.
    pub fn too_little(at: DateTime<Utc>, what: &str) -> Self {
        Self::without_certificate(at, Reason::new("TOO_LITTLE_GIVEN", [("what", what.to_owned())]), Some(TOO_LITTLE))
    }

    /// The place that knows could not be reached: INDETERMINATE, no gbResult.
    pub fn unreachable(at: DateTime<Utc>) -> Self {
        Self::without_certificate(at, Reason::new("STATUS_UNREACHABLE", []), None)
    }

    fn without_certificate(at: DateTime<Utc>, reason: Reason, gb_result: Option<u8>) -> Self {
        Self {
            result: VerificationResult::Indeterminate,
            genuine: None,
            status: None,
            reasons: vec![reason],
            checks: Vec::new(),
            verified_at: at,
            status_as_of: None,
            gb_result,
            gb_file_result: None,
            subject: None,
        }
    }

    /// The named check's outcome.
    pub fn outcome(&self, check: &str) -> Option<Outcome> {
        self.checks.iter().find(|found| found.name == check).map(|found| found.outcome)
    }

    /// The report as JSON with reasons and details as sentences: `{code, message}` and `{name, outcome, detail}`.
    pub fn in_words(&self, lang: Lang) -> Value {
        let mut value = json!(self);
        value["reasons"] = self.reasons.iter().map(|reason| json!({"code": reason.code, "message": reason.message(lang)})).collect();
        value["checks"] = self
            .checks
            .iter()
            .map(|check| {
                let detail = check.detail.as_ref().map(|detail| detail.message(lang));
                json!({"name": check.name, "outcome": check.outcome, "detail": detail})
            })
            .collect();
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_without_a_certificate() {
        let at = DateTime::UNIX_EPOCH;
        for (report, code, gb_result) in [
            (Report::not_known(at), "NOT_KNOWN", Some(5)),
            (Report::too_little(at, "number"), "TOO_LITTLE_GIVEN", Some(4)),
            (Report::unreachable(at), "STATUS_UNREACHABLE", None),
        ] {
            assert_eq!(report.result, VerificationResult::Indeterminate);
            assert_eq!((report.genuine, report.gb_result), (None, gb_result));
            let words = report.in_words(Lang::En);
            assert_eq!(words["reasons"][0]["code"], code);
            assert_eq!(words["result"], "INDETERMINATE");
            assert_eq!(words["verifiedAt"], "1970-01-01T00:00:00Z");
        }
    }
}
