//! Verification by what is printed: the type says which information is enough.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::plan::{PlanError, evidence_by_information};
use model::registry::CertificateType;
use verify::report::{Outcome, VerificationResult};
use verify::{Presented, Report};

use super::{Information, Verification};

impl Verification {
    /// Verifies what somebody read off a certificate. Where several certificates come into question, the one that agrees
    /// answers.
    ///
    /// # Errors
    /// A type that is not known.
    pub async fn by_information(&self, asked: &Information, at: DateTime<Utc>) -> Result<Report, PlanError> {
        let registry = self.registry.load_full();
        let presented = trimmed(&asked.presented);
        let plan = evidence_by_information(&asked.type_code, presented.number.as_deref(), presented.holder_code.as_deref(), &registry)?;
        let types: Vec<Arc<CertificateType>> = registry.named(&asked.type_code).into_iter().map(|known| known.ty.clone()).collect();
        let given = given(&presented);
        let enough: Vec<&str> = types.iter().filter(|ty| missing(ty, &given).is_none()).map(|ty| &*ty.name).collect();
        let (Some(plan), false) = (plan, enough.is_empty()) else {
            let what = types.iter().find_map(|ty| missing(ty, &given)).unwrap_or_else(|| "number, holderCode".to_owned());
            return Ok(Report::too_little(at, &what));
        };
        let Some(found) = self.load(&plan).await else { return Ok(Report::unreachable(at)) };
        let candidates: Vec<_> = found
            .into_iter()
            .filter(|evidence| enough.contains(&&*evidence.row.type_name))
            .map(|evidence| Some(Arc::new(evidence)))
            .collect();
        let Some(reports) = self.judge_all(candidates, Some(presented), at).await else { return Ok(Report::unreachable(at)) };
        Ok(best(reports).unwrap_or_else(|| Report::not_known(at)))
    }
}

/// The report whose certificate agrees with what was presented, one in force before others; else the first.
fn best(reports: Vec<Report>) -> Option<Report> {
    let rank = |report: &Report| {
        let agrees = report.outcome("presented") == Some(Outcome::Ok);
        (!agrees, report.genuine != Some(true), report.result != VerificationResult::Passed)
    };
    reports.into_iter().min_by_key(rank)
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
    let data = presented.data.iter().flatten().filter(|(_, value)| !value.is_null() && value.as_str() != Some(""));
    names.extend(data.map(|(name, _)| name.clone()));
    names
}

/// Blank is not given.
fn trimmed(presented: &Presented) -> Presented {
    let text = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    Presented {
        number: text(&presented.number),
        holder_name: text(&presented.holder_name),
        holder_code: text(&presented.holder_code),
        data: presented.data.clone(),
    }
}
