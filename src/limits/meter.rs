//! One meter: a bucket that fills with the rate, and a count of the day.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use super::Limit;

const DAY: i64 = 86_400;
/// Beijing's distance from UTC.
const EAST: TimeDelta = TimeDelta::hours(8);

/// What one client or department has taken.
#[derive(Debug)]
pub struct Meter {
    name: String,
    /// What the headers call it: `client`, `department`.
    kind: &'static str,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limit: Limit,
    tokens: f64,
    at: Instant,
    /// Days since 1970 in Beijing.
    day: i64,
    /// What all replicas took on that day, as heard last.
    heard: u64,
    /// Taken here and on its way to the others.
    under_way: u64,
    /// Taken here and not told yet.
    untold: u64,
}

/// How a caller stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub kind: &'static str,
    pub limit: Limit,
    /// Requests that may come at once now.
    pub left: u32,
    /// Requests of the day that are left.
    pub left_today: u32,
    /// Until the day ends.
    pub day_ends: Duration,
    /// It was refused: wait so long.
    pub wait: Option<Duration>,
}

impl Meter {
    pub(super) fn new(name: &str, kind: &'static str, limit: Limit, now: Instant) -> Self {
        let state = State { limit, tokens: f64::from(limit.rate.unwrap_or_default()), at: now, day: 0, heard: 0, under_way: 0, untold: 0 };
        Self { name: name.to_owned(), kind, state: Mutex::new(state) }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it may take from now on.
    pub(super) fn limit(&self, limit: Limit) {
        let mut state = self.state();
        if state.limit.rate != limit.rate {
            state.tokens = f64::from(limit.rate.unwrap_or_default());
        }
        state.limit = limit;
    }

    /// Takes one, or none where that is too much.
    pub(super) fn take(&self, now: Instant, wall: DateTime<Utc>) -> Standing {
        let mut state = self.state();
        let seconds = (wall + EAST).timestamp();
        state.pass(now, seconds.div_euclid(DAY));
        let day_ends = Duration::from_secs(u64::try_from(DAY - seconds.rem_euclid(DAY)).unwrap_or_default());
        let mut wait = None;
        if let Some(rate) = state.limit.rate
            && state.tokens < 1.0
        {
            wait = Some(Duration::from_secs_f64(((1.0 - state.tokens) / f64::from(rate.max(1))).clamp(0.0, 3600.0)));
        }
        if state.limit.daily.is_some_and(|daily| state.used() >= u64::from(daily)) {
            wait = Some(day_ends);
        }
        if wait.is_none() {
            state.tokens -= 1.0;
            state.untold += 1;
        }
        Standing {
            kind: self.kind,
            limit: state.limit,
            // A float as a whole number saturates.
            left: state.tokens.max(0.0) as u32,
            left_today: state.limit.daily.map_or(0, |daily| u32::try_from(u64::from(daily).saturating_sub(state.used())).unwrap_or(daily)),
            day_ends,
            wait,
        }
    }

    /// Gives back what was taken last: another meter refused.
    pub(super) fn give_back(&self) {
        let mut state = self.state();
        state.tokens += 1.0;
        state.untold = state.untold.saturating_sub(1);
    }

    /// What the others must be told: the day, and how many were taken here.
    pub(super) fn to_tell(&self) -> Option<(i64, u64)> {
        let mut state = self.state();
        if state.untold == 0 || state.under_way > 0 {
            return None;
        }
        state.under_way = std::mem::take(&mut state.untold);
        Some((state.day, state.under_way))
    }

    /// What all replicas took on that day; None: they could not be told.
    pub(super) fn told(&self, day: i64, total: Option<u64>) {
        let mut state = self.state();
        if state.day != day {
            return;
        }
        let own = std::mem::take(&mut state.under_way);
        match total {
            Some(total) => {
                let others = total.saturating_sub(state.heard.saturating_add(own));
                state.heard = total.max(state.heard);
                // What came before this replica looked is of other seconds; a bucket is never deeper in debt than a second.
                let rate = f64::from(state.limit.rate.unwrap_or_default());
                state.tokens = (state.tokens - others.min(u64::from(u32::MAX)) as f64).max(-rate);
            }
            None => state.untold += own,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn pass(&mut self, now: Instant, day: i64) {
        let rate = f64::from(self.limit.rate.unwrap_or_default());
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + passed * rate).min(rate);
        self.at = now.max(self.at);
        if day != self.day {
            (self.day, self.heard, self.under_way, self.untold) = (day, 0, 0, 0);
        }
    }

    fn used(&self) -> u64 {
        self.heard.saturating_add(self.under_way).saturating_add(self.untold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall() -> DateTime<Utc> {
        "2026-11-23T15:59:00Z".parse().unwrap()
    }

    #[test]
    fn a_bucket_fills_with_the_rate() {
        let mut now = Instant::now();
        let meter = Meter::new("a", "client", Limit { rate: Some(10), daily: None }, now);
        for left in (0..10).rev() {
            let standing = meter.take(now, wall());
            assert_eq!((standing.left, standing.wait), (left, None));
        }
        let refused = meter.take(now, wall());
        assert_eq!(refused.wait, Some(Duration::from_millis(100)));
        now += Duration::from_millis(100);
        assert!(meter.take(now, wall()).wait.is_none() && meter.take(now, wall()).wait.is_some());
        now += Duration::from_secs(100);
        assert_eq!(meter.take(now, wall()).left, 9, "never fuller than a second");
    }

    #[test]
    fn a_day_ends_at_midnight_in_beijing() {
        let now = Instant::now();
        let meter = Meter::new("a", "client", Limit { rate: None, daily: Some(2) }, now);
        assert_eq!((meter.take(now, wall()).left_today, meter.take(now, wall()).left_today), (1, 0));
        assert_eq!(meter.take(now, wall()).wait, Some(Duration::from_secs(60)));
        assert_eq!(meter.take(now, wall() + TimeDelta::seconds(60)).wait, None);
    }

    #[test]
    fn what_others_took_is_taken_here() {
        let now = Instant::now();
        let meter = Meter::new("a", "client", Limit { rate: Some(10), daily: Some(100) }, now);
        meter.take(now, wall());
        let (day, own) = meter.to_tell().unwrap();
        assert_eq!((own, meter.to_tell()), (1, None), "told once");
        meter.take(now, wall());
        meter.told(day, Some(5));
        let standing = meter.take(now, wall());
        assert_eq!((standing.left, standing.left_today), (3, 93), "three here, four elsewhere");
        // Nobody could be told: it is told later, and counts here meanwhile.
        let (day, own) = meter.to_tell().unwrap();
        assert_eq!(own, 2);
        meter.told(day, None);
        assert_eq!(meter.take(now, wall()).left_today, 92);
        assert_eq!(meter.to_tell(), Some((day, 3)));
        // Of a day that is over.
        meter.take(now, wall() + TimeDelta::seconds(60));
        meter.told(day, Some(1000));
        assert_eq!(meter.take(now, wall() + TimeDelta::seconds(60)).left_today, 98);
        // Far more elsewhere: in debt for a second, not for ever.
        let (day, _) = meter.to_tell().unwrap();
        meter.told(day, Some(90));
        assert!(meter.take(now, wall() + TimeDelta::seconds(60)).wait.is_some());
        assert!(meter.take(now + Duration::from_millis(1200), wall() + TimeDelta::seconds(60)).wait.is_none());
    }
}
