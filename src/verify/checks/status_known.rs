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
    let of_policy = facts.policy.max_status_age.map(|limit| i64::try_from(limit).unwrap_or(i64::MAX));
    match of_policy.into_iter().chain(fresh_for(facts)).min() {
        Some(limit) if age.num_seconds() > limit => {
            Finding::unknown(Reason::new("STATUS_TOO_OLD", [("asOf", as_of), ("limit", limit.to_string())]))
        }
        _ => Finding::ok(),
    }
}

/// For how many seconds a code alone may be relied on: its issuer says so. The minute it was signed in counts as a whole.
fn fresh_for(facts: &Facts<'_>) -> Option<i64> {
    let claims = facts.code.as_ref().filter(|_| facts.certificate.is_none())?.claims?;
    Some(i64::from(claims.fresh_minutes) * 60)
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
