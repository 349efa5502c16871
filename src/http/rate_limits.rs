//! `RateLimit` and `RateLimit-Policy`, after draft-ietf-httpapi-ratelimit-headers: how a caller stands at each of his limits.

use std::fmt::Write as _;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::limits::Standing;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const DAY: u32 = 86_400;

/// Writes both headers; nothing where there is no limit.
pub(super) fn tell(standings: &[Standing], headers: &mut HeaderMap) {
    if standings.is_empty() {
        return;
    }
    let (mut policy, mut state) = (String::new(), String::new());
    let mut item = |kind: &str, span: &str, quota: u32, window: u32, left: u32, reset: u64| {
        for text in [&mut policy, &mut state] {
            if !text.is_empty() {
                text.push_str(", ");
            }
        }
        // Writing into a text does not fail.
        let _ = write!(policy, "\"{kind}-{span}\";q={quota};w={window}");
        let _ = write!(state, "\"{kind}-{span}\";r={left};t={reset}");
    };
    for one in standings {
        if let Some(rate) = one.limit.rate {
            item(one.kind, "second", rate, 1, one.left, 1);
        }
        if let Some(daily) = one.limit.daily {
            item(one.kind, "day", daily, DAY, one.left_today, one.day_ends.as_secs());
        }
    }
    for (name, text) in [(POLICY, policy), (LIMIT, state)] {
        if let Ok(value) = HeaderValue::from_maybe_shared(bytes::Bytes::from(text)) {
            headers.insert(name, value);
        }
    }
}

/// Whole seconds, one at least.
pub(super) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0 || wait.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limit;

    #[test]
    fn each_limit_is_told() {
        let standing = Standing {
            kind: "client",
            limit: Limit { rate: Some(10), daily: Some(1000) },
            left: 3,
            left_today: 900,
            day_ends: Duration::from_secs(60),
            wait: None,
        };
        let department = Standing { kind: "department", limit: Limit { rate: None, daily: Some(5) }, left_today: 0, ..standing };
        let mut headers = HeaderMap::new();
        tell(&[standing, department], &mut headers);
        assert_eq!(headers["ratelimit-policy"], r#""client-second";q=10;w=1, "client-day";q=1000;w=86400, "department-day";q=5;w=86400"#);
        assert_eq!(headers["ratelimit"], r#""client-second";r=3;t=1, "client-day";r=900;t=60, "department-day";r=0;t=60"#);
        let mut none = HeaderMap::new();
        tell(&[], &mut none);
        assert!(none.is_empty());
        assert_eq!((seconds(Duration::ZERO), seconds(Duration::from_millis(1)), seconds(Duration::from_secs(2))), (1, 1, 2));
    }
}
