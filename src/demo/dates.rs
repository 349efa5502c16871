//! When a fictitious certificate begins and ends: most are in force, some are over, some soon, some not begun.

use chrono::{Days, NaiveDate};
use model::registry::{CertificateType, Source, path};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Map, Value};

/// The term of an example, as far as its data say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Term {
    pub(crate) begin: Option<NaiveDate>,
    pub(crate) end: Option<NaiveDate>,
}

pub(crate) fn term(ty: &CertificateType, data: &Map<String, Value>) -> Term {
    let read = |source: &Source| match source {
        Source::From(steps) => path::value(data, steps)?.as_str()?.parse().ok(),
        _ => None,
    };
    Term { begin: read(&ty.metadata.valid_from), end: read(&ty.metadata.valid_to) }
}

/// The day on which a certificate of this type shall begin.
pub(super) fn beginning(ty: &CertificateType, data: &Map<String, Value>, today: NaiveDate, chance: &mut StdRng) -> NaiveDate {
    let days = length(ty, term(ty, data));
    let back = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    match (chance.random_range(0..100), days) {
        (0..70, Some(days)) => back(chance.random_range(1..(days * 4 / 5).clamp(2, 900))),
        (70..85, Some(days)) => back(days + chance.random_range(10..400)),
        (85..95, Some(days)) => back(days.saturating_sub(chance.random_range(1..30))),
        (0..95, None) => back(chance.random_range(1..1500)),
        _ => today.checked_add_days(Days::new(chance.random_range(5..60))).unwrap_or(today),
    }
}

/// Days that a certificate lasts; None: no end.
pub(crate) fn length(ty: &CertificateType, term: Term) -> Option<u64> {
    if let (Some(begin), Some(end)) = (term.begin, term.end) {
        return u64::try_from((end - begin).num_days()).ok().filter(|days| *days > 0);
    }
    let period = ty.validity.period?;
    Some(u64::from(period.months) * 30 + u64::from(period.days))
}
