//! The status of a certificate: stored is what the last event said, answered is what that means at one instant.
//!
//! Dates are days in Asia/Shanghai, which has been UTC+08:00 without summer time since 1991; `validTo` counts to the end of its
//! day.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The normalised status; each type's own codes map to one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CertificateStatus {
    /// 有效: in force.
    Valid,
    /// 未生效: its term has not begun.
    NotYetValid,
    /// 暂扣: suspended for a time.
    Suspended,
    /// 过期: its term is over.
    Expired,
    /// 撤销, 吊销: taken away by the authority.
    Revoked,
    /// 注销: given up or ended.
    Cancelled,
    /// 转出: moved to another authority.
    Transferred,
    /// 已变更: replaced by a newer version.
    Superseded,
    /// A code whose meaning is not one of the above.
    Other,
}

/// A text that names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no certificate status")]
pub struct UnknownStatus(pub String);

impl CertificateStatus {
    /// Every status, in the order of the GraphQL enum.
    pub const ALL: [Self; 9] = [
        Self::Valid,
        Self::NotYetValid,
        Self::Suspended,
        Self::Expired,
        Self::Revoked,
        Self::Cancelled,
        Self::Transferred,
        Self::Superseded,
        Self::Other,
    ];

    /// The name as it stands in JSON, GraphQL and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "VALID",
            Self::NotYetValid => "NOT_YET_VALID",
            Self::Suspended => "SUSPENDED",
            Self::Expired => "EXPIRED",
            Self::Revoked => "REVOKED",
            Self::Cancelled => "CANCELLED",
            Self::Transferred => "TRANSFERRED",
            Self::Superseded => "SUPERSEDED",
            Self::Other => "OTHER",
        }
    }

    /// REVOKED > CANCELLED > TRANSFERRED > SUPERSEDED > EXPIRED > SUSPENDED > OTHER > NOT_YET_VALID > VALID.
    fn precedence(self) -> u8 {
        match self {
            Self::Revoked => 8,
            Self::Cancelled => 7,
            Self::Transferred => 6,
            Self::Superseded => 5,
            Self::Expired => 4,
            Self::Suspended => 3,
            Self::Other => 2,
            Self::NotYetValid => 1,
            Self::Valid => 0,
        }
    }

    /// The one of two that is answered when both hold.
    fn stronger(self, other: Self) -> Self {
        if other.precedence() > self.precedence() { other } else { self }
    }
}

impl fmt::Display for CertificateStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for CertificateStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

/// The status at `now` of a certificate whose last event said `event` and whose term is `valid_from` to `valid_to`.
pub fn derive(
    event: CertificateStatus,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> CertificateStatus {
    let mut status = event;
    if valid_from.and_then(day_begins).is_some_and(|begins| now < begins) {
        status = status.stronger(CertificateStatus::NotYetValid);
    }
    if valid_to.and_then(day_ends).is_some_and(|ends| now >= ends) {
        status = status.stronger(CertificateStatus::Expired);
    }
    status
}

/// The first instant after `now` at which [`derive()`] answers otherwise by time alone; `None` when it never will.
/// An answer kept in a cache must not outlive it.
pub fn next_boundary(
    event: CertificateStatus,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let answered = derive(event, valid_from, valid_to, now);
    let mut boundaries = [valid_from.and_then(day_begins), valid_to.and_then(day_ends)];
    boundaries.sort_unstable();
    boundaries.into_iter().flatten().find(|boundary| *boundary > now && derive(event, valid_from, valid_to, *boundary) != answered)
}

/// The instant a day begins in Asia/Shanghai; `None` beyond what the calendar can hold.
pub fn day_begins(day: NaiveDate) -> Option<DateTime<Utc>> {
    day.and_time(NaiveTime::MIN).and_utc().checked_sub_signed(TimeDelta::hours(8))
}

/// The instant a day is over in Asia/Shanghai, which is the beginning of the next.
pub fn day_ends(day: NaiveDate) -> Option<DateTime<Utc>> {
    day.checked_add_days(Days::new(1)).and_then(day_begins)
}

#[cfg(test)]
mod tests {
    use super::{CertificateStatus::*, *};

    fn day(text: &str) -> Option<NaiveDate> {
        Some(text.parse().unwrap())
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn names_go_both_ways_and_agree_with_serde() {
        for status in CertificateStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        assert_eq!("valid".parse::<CertificateStatus>(), Err(UnknownStatus("valid".into())));
    }

    #[test]
    fn the_stronger_of_every_pair_is_answered() {
        let order = [Revoked, Cancelled, Transferred, Superseded, Expired, Suspended, Other, NotYetValid, Valid];
        for (place, strong) in order.into_iter().enumerate() {
            for weak in &order[place..] {
                assert_eq!(strong.stronger(*weak), strong);
                assert_eq!(weak.stronger(strong), strong);
            }
        }
    }

    #[test]
    fn an_event_and_the_calendar_are_weighed() {
        let (past, future) = (day("2020-01-01"), day("2030-01-01"));
        let now = instant("2026-06-01T00:00:00Z");
        for (event, running, expired, early) in [
            (Valid, Valid, Expired, NotYetValid),
            (NotYetValid, NotYetValid, Expired, NotYetValid),
            (Other, Other, Expired, Other),
            (Suspended, Suspended, Expired, Suspended),
            (Expired, Expired, Expired, Expired),
            (Superseded, Superseded, Superseded, Superseded),
            (Transferred, Transferred, Transferred, Transferred),
            (Cancelled, Cancelled, Cancelled, Cancelled),
            (Revoked, Revoked, Revoked, Revoked),
        ] {
            assert_eq!(derive(event, past, future, now), running);
            assert_eq!(derive(event, None, None, now), running);
            assert_eq!(derive(event, past, past, now), expired);
            assert_eq!(derive(event, future, None, now), early);
        }
    }

    #[test]
    fn a_term_counts_in_whole_days_of_shanghai() {
        let (from, to) = (day("2026-01-01"), day("2026-12-31"));
        assert_eq!(derive(Valid, from, to, instant("2025-12-31T15:59:59.999999Z")), NotYetValid);
        assert_eq!(derive(Valid, from, to, instant("2025-12-31T16:00:00Z")), Valid);
        assert_eq!(derive(Valid, from, to, instant("2026-12-31T15:59:59.999999Z")), Valid);
        assert_eq!(derive(Valid, from, to, instant("2026-12-31T16:00:00Z")), Expired);
    }

    #[test]
    fn the_next_boundary_is_where_the_answer_changes() {
        let (from, to) = (day("2026-01-01"), day("2026-12-31"));
        let (begins, ends) = (instant("2025-12-31T16:00:00Z"), instant("2026-12-31T16:00:00Z"));
        let before = instant("2025-06-01T00:00:00Z");
        assert_eq!(next_boundary(Valid, from, to, before), Some(begins));
        assert_eq!(next_boundary(Valid, from, to, begins), Some(ends));
        assert_eq!(next_boundary(Valid, from, to, ends), None);
        assert_eq!(next_boundary(Suspended, from, to, before), Some(ends));
        assert_eq!(next_boundary(Revoked, from, to, before), None);
        assert_eq!(next_boundary(Valid, None, None, before), None);
        assert_eq!(next_boundary(Valid, None, Some(NaiveDate::MAX), before), None);
    }
}
