//! From the facts to the report.

use chrono::{DateTime, Utc};

use crate::{
    Input,
    checks::{self, CHECKS, COPY_LAPSED, Part, SIGNATURES, STATUS_AS_OF, STATUS_KNOWN, USABLE_NOW},
    facts::Facts,
    mask::{mask_holder, mask_holder_code, mask_number},
    number::normalise_number,
    policy::{Policy, Severity},
    report::{Check, Outcome, Reason, Report, Subject},
    status::CertificateStatus,
    trust::Trust,
    verdict::{Findings, verdict},
};

/// Answers whether a certificate is genuine and usable at `at`.
///
/// Whatever is wrong with the input, the answer is a report; nothing here can fail or panic.
pub fn verify(input: &Input<'_>, trust: &Trust, policy: &Policy, at: DateTime<Utc>) -> Report {
    let facts = Facts::gather(input, trust, policy, at);
    let checks = checks::run_all(&facts);
    let genuine = genuine(&checks, policy);
    let too_little = checks.iter().any(|check| code(check) == Some("TOO_LITTLE_GIVEN"));
    let decides = |name| policy.severity(name) == Severity::Fail;
    let outcome = |name| checks.iter().find(|check| check.name == name).map(|check| check.outcome);
    let vouched = !decides(STATUS_AS_OF) || matches!(outcome(STATUS_AS_OF), Some(Outcome::Ok | Outcome::NotApplicable));
    let status = facts.status.filter(|status| vouched || lasts(*status));
    let (result, gb_result) = verdict(Findings {
        too_little,
        genuine,
        // A policy that does not ask for usability takes any readable status for a good one.
        status: if decides(USABLE_NOW) { facts.status } else { facts.status.map(|_| CertificateStatus::Valid) },
        copy_lapsed: match outcome(COPY_LAPSED) {
            Some(Outcome::Failed) if decides(COPY_LAPSED) => Some(true),
            Some(Outcome::Unknown) if decides(COPY_LAPSED) => None,
            _ => Some(false),
        },
        status_known: vouched && (!decides(STATUS_KNOWN) || outcome(STATUS_KNOWN) == Some(Outcome::Ok)),
    });
    let shown = genuine != Some(false) && !too_little;
    Report {
        result,
        genuine,
        status: status.filter(|_| shown),
        reasons: reasons(&checks, policy),
        verified_at: at,
        status_as_of: facts.status_as_of.filter(|_| vouched),
        gb_result,
        gb_file_result: None,
        subject: if shown { subject(&facts, status) } else { None },
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

/// Whether the certificate is not usable whatever the file may leave out, so that this may be said even where the file's
/// own word is all there is.
fn lasts(status: CertificateStatus) -> bool {
    use CertificateStatus as S;
    match status {
        S::Expired | S::Revoked | S::Cancelled | S::Transferred | S::Superseded | S::NotYetValid => true,
        S::Valid | S::Suspended | S::Other => false,
    }
}

/// Genuine unless a check that counts says otherwise; unknown when one cannot say, or where nothing was signed at all. What is
/// stated of the status matters only where it is contradicted: then events were taken out or put in.
fn genuine(checks: &[Check], policy: &Policy) -> Option<bool> {
    let signed = checks.iter().any(|check| SIGNATURES.contains(&check.name) && check.outcome != Outcome::NotApplicable);
    let mut genuine = signed.then_some(true);
    for (check, rule) in checks.iter().zip(&CHECKS) {
        let contradicted = rule.name == STATUS_AS_OF && check.outcome == Outcome::Failed;
        if (rule.part == Part::Status && !contradicted) || policy.severity(check.name) != Severity::Fail {
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
        let matching = checks.iter().filter(|check| check.outcome == outcome && policy.severity(check.name) == severity);
        for reason in matching.filter_map(|check| check.detail.as_ref()) {
            if !reasons.contains(reason) {
                reasons.push(reason.clone());
            }
        }
    }
    reasons
}

/// `status` is what may be said of it; where nothing may, the subject says OTHER, since it always says one.
fn subject(facts: &Facts<'_>, status: Option<CertificateStatus>) -> Option<Subject> {
    facts.status?;
    let Some(certificate) = &facts.certificate else { return subject_of_code(facts, status) };
    let statement = certificate.statement.as_ref().ok()?;
    let number = normalise_number(&statement.number);
    let tells_holder = |code: &str| !code.is_empty() && number.contains(code);
    let codes = statement.holders.iter().filter_map(|holder| holder.code.as_deref());
    let masked_number = match codes.map(normalise_number).any(|code| tells_holder(&code)) {
        true => mask_holder_code(&statement.number),
        false => mask_number(&statement.number),
    };
    let holders: Vec<String> = statement.holders.iter().map(|holder| mask_holder(&holder.name, holder.code_type.as_deref())).collect();
    Some(Subject {
        identifier: statement.identifier.clone(),
        type_code: statement.type_code.clone(),
        type_name: Some(statement.type_name.clone()),
        masked_number: Some(masked_number),
        masked_holder: Some(holders.join("、")).filter(|names| !names.is_empty()),
        issuer_name: Some(statement.issuer.name.clone()),
        issued_on: Some(statement.issued_on),
        valid_from: statement.valid_from,
        valid_to: statement.valid_to,
        status: status.unwrap_or(CertificateStatus::Other),
    })
}

/// What a code tells by itself: its identifier and what is claimed beside it.
fn subject_of_code(facts: &Facts<'_>, status: Option<CertificateStatus>) -> Option<Subject> {
    let code = facts.code.as_ref()?;
    let (claims, parsed) = (code.claims?, code.identifier.as_ref()?);
    Some(Subject {
        identifier: claims.identifier.clone(),
        type_code: parsed.identifier.type_code().to_owned(),
        type_name: None,
        masked_number: None,
        masked_holder: Some(claims.holder.clone()).filter(|holder| !holder.is_empty()),
        issuer_name: None,
        issued_on: None,
        valid_from: claims.valid_from,
        valid_to: claims.valid_to,
        status: status.unwrap_or(CertificateStatus::Other),
    })
}

fn code(check: &Check) -> Option<&'static str> {
    check.detail.as_ref().map(|detail| detail.code)
}
