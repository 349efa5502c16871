//! Verification by what is printed: the type says which information is enough.
//!
//! Anybody may ask, as often as he likes, so an answer must not help to guess: no answer says which member differs; what
//! is not printed cannot be asked for; and where a question names a person (a number that is a person's, or a holder's code
//! alone), a certificate that does not agree is answered as one that is not there.

mod askable;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::plan::{PlanError, evidence_by_information};
use model::registry::CertificateType;
use verify::report::VerificationResult;
use verify::statement::Statement;
use verify::{Presented, Report};

use super::{Information, Verification};
use crate::store::rows::Evidence;

impl Verification {
    /// Verifies what somebody read off a certificate. Where several certificates come into question, the one that agrees
    /// answers.
    ///
    /// # Errors
    /// A type that is not known; a member of `data` that the type has not, or does not print.
    pub async fn by_information(&self, asked: &Information, at: DateTime<Utc>) -> Result<Report, PlanError> {
        let registry = self.registry.load_full();
        let presented = trimmed(&asked.presented);
        let plan = evidence_by_information(&asked.type_code, presented.number.as_deref(), presented.holder_code.as_deref(), &registry)?;
        let types: Vec<Arc<CertificateType>> = registry.named(&asked.type_code).into_iter().map(|known| known.ty.clone()).collect();
        let types = askable::types(types, presented.data.as_ref())?;
        let given = given(&presented);
        let enough: Vec<&CertificateType> = types.iter().filter(|ty| missing(ty, &given).is_none()).map(|ty| &**ty).collect();
        let (Some(plan), false) = (plan, enough.is_empty()) else {
            let what = types.iter().find_map(|ty| missing(ty, &given)).unwrap_or_else(|| "number, holderCode".to_owned());
            return Ok(Report::too_little(at, &what));
        };
        let Some(found) = self.load(&plan).await else { return Ok(Report::unreachable(at)) };
        let mut agreeing = Vec::new();
        let mut told = false;
        for evidence in found {
            let Some(ty) = enough.iter().find(|ty| *ty.name == *evidence.row.type_name) else { continue };
            match compare(&presented, &given, ty, &evidence) {
                Comparison::Agrees => agreeing.push(Some(Arc::new(evidence))),
                Comparison::DiffersOpenly => told = true,
                Comparison::DiffersSilently => {}
            }
        }
        if agreeing.is_empty() {
            return Ok(if told { Report::data_disagree(at) } else { Report::not_known(at) });
        }
        let Some(reports) = self.judge_all(agreeing, Some(presented), at).await else { return Ok(Report::unreachable(at)) };
        Ok(best(reports).unwrap_or_else(|| Report::not_known(at)))
    }
}

enum Comparison {
    /// All that was given agrees, or what is on record does not read and the report says so.
    Agrees,
    /// It does not, and whoever asks knew of the certificate before.
    DiffersOpenly,
    /// It does not, and that there is such a certificate must not be told.
    DiffersSilently,
}

fn compare(presented: &Presented, given: &BTreeSet<String>, ty: &CertificateType, evidence: &Evidence) -> Comparison {
    let guarded = ty.number_is_personal() || presented.number.is_none();
    let Ok(statement) = Statement::from_text(&evidence.row.statement) else {
        return if guarded { Comparison::DiffersSilently } else { Comparison::Agrees };
    };
    if presented.agrees_with(&statement) {
        return Comparison::Agrees;
    }
    let mut sets = ty.lookup.iter().filter(|set| set.iter().all(|name| given.contains(name)));
    if !guarded || sets.any(|set| only(presented, set).agrees_with(&statement)) {
        Comparison::DiffersOpenly
    } else {
        Comparison::DiffersSilently
    }
}

/// What was presented, cut down to one set of the type's lookup.
fn only(presented: &Presented, set: &[String]) -> Presented {
    let has = |name: &str| set.iter().any(|member| member == name);
    let text = |name: &str, text: &Option<String>| text.clone().filter(|_| has(name));
    let data = presented.data.iter().flatten().filter(|(name, _)| has(name));
    Presented {
        number: text("number", &presented.number),
        holder_name: text("holderName", &presented.holder_name),
        holder_code: text("holderCode", &presented.holder_code),
        data: Some(data.map(|(name, value)| (name.clone(), value.clone())).collect()),
    }
}

/// Of several that agree, one that is genuine and in force before others; else the first.
fn best(reports: Vec<Report>) -> Option<Report> {
    reports.into_iter().min_by_key(|report| (report.genuine != Some(true), report.result != VerificationResult::Passed))
}

/// None: enough is given. Else what the set that lacks least still lacks.
fn missing(ty: &CertificateType, given: &BTreeSet<String>) -> Option<String> {
    let lacking = ty.lookup.iter().map(|set| set.iter().filter(|name| !given.contains(*name)).cloned().collect::<Vec<_>>());
    let least = lacking.min_by_key(Vec::len)?;
    (!least.is_empty()).then(|| least.join(", "))
}

fn given(presented: &Presented) -> BTreeSet<String> {
    let fixed = [("number", &presented.number), ("holderName", &presented.holder_name), ("holderCode", &presented.holder_code)];
    let mut names: BTreeSet<String> = fixed.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| (*name).to_owned()).collect();
    names.extend(presented.data.iter().flatten().map(|(name, _)| name.clone()));
    names
}

/// Blank is not given.
fn trimmed(presented: &Presented) -> Presented {
    let text = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let blank = |value: &serde_json::Value| value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
    let data = presented.data.iter().flatten().filter(|(_, value)| !blank(value));
    Presented {
        number: text(&presented.number),
        holder_name: text(&presented.holder_name),
        holder_code: text(&presented.holder_code),
        data: presented.data.is_some().then(|| data.map(|(name, value)| (name.clone(), value.clone())).collect()),
    }
}
