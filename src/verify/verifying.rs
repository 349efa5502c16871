//! From the facts to the report.

use chrono::{DateTime, Utc};

use crate::{
    Input,
    chain::Trust,
    checks::{self, CHECKS, Part, STATUS_KNOWN, USABLE_NOW},
    facts::Facts,
    mask::{mask_holder, mask_number},
    policy::{Policy, Severity},
    report::{Check, Outcome, Reason, Report, Subject},
    status::CertificateStatus,
    verdict::{Findings, verdict},
};

/// Answers whether a certificate is genuine and usable at `at`.
///
/// Whatever is wrong with the input, the answer is a report; nothing here can fail or panic.
pub fn verify(input: &Input<'_>, trust: &Trust, policy: &Policy, at: DateTime<Utc>) -> Report {
    let facts = Facts::gather(input, trust, policy, at);
    let checks = checks::run_all(&facts);
    let genuine = genuine(&checks, policy);
    let too_little = checks
        .iter()
        .any(|check| code(check) == Some("TOO_LITTLE_GIVEN"));
    let decides = |name| policy.severity(name) == Severity::Fail;
    let (result, gb_result) = verdict(Findings {
        too_little,
        genuine,
        // A policy that does not ask for usability takes any readable status for a good one.
        status: if decides(USABLE_NOW) {
            facts.status
        } else {
            facts.status.map(|_| CertificateStatus::Valid)
        },
        status_known: !decides(STATUS_KNOWN)
            || checks
                .iter()
                .any(|check| check.name == STATUS_KNOWN && check.outcome == Outcome::Ok),
    });
    let shown = genuine != Some(false) && !too_little;
    Report {
        result,
        genuine,
        status: facts.status.filter(|_| shown),
        reasons: reasons(&checks, policy),
        verified_at: at,
        status_as_of: facts.status_as_of,
        gb_result,
        gb_file_result: None,
        subject: if shown { subject(&facts) } else { None },
        checks,
    }
}

impl Report {
    /// The same report for a question about a file: fills `gb_file_result` (0 passed, 1 seal failed, 2 file failed).
    /// It stays empty when it cannot be said whether the file is genuine.
    #[must_use]
    pub fn of_file(mut self) -> Self {
        let failed = |part: Part| {
            let mut of_part = CHECKS.iter().filter(|rule| rule.part == part);
            of_part.any(|rule| self.outcome(rule.name) == Some(Outcome::Failed))
        };
        self.gb_file_result = match self.genuine {
            None => None,
            Some(true) => Some(0),
            Some(false) if failed(Part::Seal) && !failed(Part::Form) => Some(1),
            Some(false) => Some(2),
        };
        self
    }
}

/// Genuine unless a check that counts says otherwise; unknown when one cannot say.
fn genuine(checks: &[Check], policy: &Policy) -> Option<bool> {
    let mut genuine = Some(true);
    for (check, rule) in checks.iter().zip(&CHECKS) {
        if rule.part == Part::Status || policy.severity(check.name) != Severity::Fail {
            continue;
        }
        match check.outcome {
            Outcome::Failed => return Some(false),
            Outcome::Unknown => genuine = None,
            Outcome::Ok | Outcome::NotApplicable => {}
        }
    }
    genuine
}

/// What decided first, then warnings; a reason that several checks share stands once.
fn reasons(checks: &[Check], policy: &Policy) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    for (severity, outcome) in [
        (Severity::Fail, Outcome::Failed),
        (Severity::Fail, Outcome::Unknown),
        (Severity::Warn, Outcome::Failed),
        (Severity::Warn, Outcome::Unknown),
    ] {
        let matching = checks
            .iter()
            .filter(|check| check.outcome == outcome && policy.severity(check.name) == severity);
        for reason in matching.filter_map(|check| check.detail.as_ref()) {
            if !reasons.contains(reason) {
                reasons.push(reason.clone());
            }
        }
    }
    reasons
}

fn subject(facts: &Facts<'_>) -> Option<Subject> {
    let (statement, status) = (facts.statement.as_ref().ok()?, facts.status?);
    let holders: Vec<String> = statement
        .holders
        .iter()
        .map(|holder| mask_holder(&holder.name, holder.code_type.as_deref()))
        .collect();
    Some(Subject {
        identifier: statement.identifier.clone(),
        type_code: statement.type_code.clone(),
        type_name: statement.type_name.clone(),
        masked_number: Some(mask_number(&statement.number)),
        masked_holder: Some(holders.join("、")).filter(|names| !names.is_empty()),
        issuer_name: Some(statement.issuer.name.clone()),
        issued_on: Some(statement.issued_on),
        valid_from: statement.valid_from,
        valid_to: statement.valid_to,
        status,
    })
}

fn code(check: &Check) -> Option<&'static str> {
    check.detail.as_ref().map(|detail| detail.code)
}
