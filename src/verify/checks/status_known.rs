//! The status is known, and as fresh as the policy asks.

use chrono::{SecondsFormat, TimeDelta};

use super::Finding;
use crate::{
    facts::Facts,
    report::{Outcome, Reason},
};

/// How far the clock of the hub that wrote a file may run ahead, in minutes.
const CLOCK_SKEW: i64 = 5;

pub(super) fn run(facts: &Facts<'_>) -> Finding {
    if facts.stated_status.is_none() {
        return Finding::unread();
    }
    let Some(as_of) = facts.status_as_of else {
        return match facts.policy.max_status_age {
            Some(_) => Finding::unknown(Reason::new("STATUS_AGE_UNKNOWN", [])),
            None => Finding::ok(),
        };
    };
    let future = not_from_future(facts);
    if future.outcome != Outcome::Ok {
        return future;
    }
    let age = facts.at.signed_duration_since(as_of);
    let as_of = as_of.to_rfc3339_opts(SecondsFormat::Secs, true);
    match facts.policy.max_status_age.map(|limit| i64::try_from(limit).unwrap_or(i64::MAX)) {
        Some(limit) if age.num_seconds() > limit => {
            Finding::unknown(Reason::new("STATUS_TOO_OLD", [("asOf", as_of), ("limit", limit.to_string())]))
        }
        _ => Finding::ok(),
    }
}

/// A status of a later time says nothing of the time asked.
pub(super) fn not_from_future(facts: &Facts<'_>) -> Finding {
    match facts.status_as_of {
        Some(as_of) if facts.at.signed_duration_since(as_of) < -TimeDelta::minutes(CLOCK_SKEW) => {
            let as_of = as_of.to_rfc3339_opts(SecondsFormat::Secs, true);
            Finding::unknown(Reason::new("STATUS_FROM_FUTURE", [("asOf", as_of)]))
        }
        _ => Finding::ok(),
    }
}
