//! Rate limit of each operator, counted in the memory of this node.

use super::problem::Problem;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use countersign_domain::audit::event::Party;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Length of a window in seconds.
const WINDOW: u64 = 60;
/// Maximum number of operators with a count. At this number, all counts of the window restart.
const MOST_OPERATORS: usize = 10_000;

/// Headers of the draft "`RateLimit` header fields for HTTP".
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Counts the requests of operators in windows of one minute.
pub struct RateLimit {
    quota: u32,
    counts: Mutex<Counts>,
}

/// Requests in one window.
#[derive(Default)]
struct Counts {
    window: u64,
    of: HashMap<String, u32>,
}

/// State of an operator's limit after a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quota {
    limit: u32,
    /// Requests in this window, this one included.
    used: u32,
    /// Seconds until the next window.
    reset: u64,
    /// Start of the next window, in seconds since the Unix epoch.
    next: u64,
}

impl RateLimit {
    /// Creates a limit of this number of requests per operator and minute.
    #[must_use]
    pub fn per_minute(quota: u32) -> Self {
        Self {
            quota,
            counts: Mutex::default(),
        }
    }

    /// Counts a request of an operator.
    pub(super) fn count(&self, tenant: TenantId, operator: &Party, now: Timestamp) -> Quota {
        let now = now.as_unix_seconds();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.window != now / WINDOW {
            counts.window = now / WINDOW;
            counts.of.clear();
        }
        let key = format!("{tenant}:{}:{}", operator.kind, operator.id);
        if counts.of.len() >= MOST_OPERATORS && !counts.of.contains_key(&key) {
            counts.of.clear();
        }
        let used = counts.of.entry(key).or_default();
        *used = used.saturating_add(1);
        Quota {
            limit: self.quota,
            used: *used,
            reset: WINDOW - now % WINDOW,
            next: (now / WINDOW + 1) * WINDOW,
        }
    }
}

impl Quota {
    /// Fails with 429 if the request is over the limit.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.used <= self.limit {
            return Ok(());
        }
        let (limit, reset) = (self.limit, self.reset);
        let detail = format!(
            "an operator may send {limit} requests per minute; try again in {reset} seconds"
        );
        let problem = Problem::of(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail);
        Err(problem.with_header(header::RETRY_AFTER, reset.into()))
    }

    /// Adds the headers of the limit to a response.
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        let Self {
            limit, used, reset, ..
        } = self;
        let left = limit.saturating_sub(*used);
        for (name, value) in [
            (POLICY, format!("\"operator\";q={limit};w={WINDOW}")),
            (LIMIT, format!("\"operator\";r={left};t={reset}")),
        ] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }
}

impl Quota {
    /// Adds the headers of the limit to a response of a dialect that has no standard headers.
    pub(super) fn write_as_x(&self, headers: &mut HeaderMap) {
        let left = self.limit.saturating_sub(self.used);
        headers.insert("x-ratelimit-limit", self.limit.into());
        headers.insert("x-ratelimit-remaining", left.into());
        headers.insert("x-ratelimit-reset", self.next.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn operator_has_own_quota_in_each_window() {
        let limit = RateLimit::per_minute(2);
        let (jane, joe) = (Party::new("user", "jane"), Party::new("user", "joe"));
        for is_allowed in [true, true, false] {
            let quota = limit.count(TenantId::SINGLE, &jane, at(119));
            assert_eq!(quota.check().is_ok(), is_allowed);
            assert_eq!(quota.reset, 1);
        }
        assert!(limit.count(TenantId::SINGLE, &joe, at(119)).check().is_ok());
        let other = TenantId::from_number(2).unwrap();
        assert!(limit.count(other, &jane, at(119)).check().is_ok());
        let next = limit.count(TenantId::SINGLE, &jane, at(120));
        assert_eq!((next.used, next.reset), (1, 60));
    }

    #[test]
    fn counts_of_operators_are_bounded() {
        let limit = RateLimit::per_minute(1);
        for number in 0..=MOST_OPERATORS {
            limit.count(
                TenantId::SINGLE,
                &Party::new("user", number.to_string()),
                at(0),
            );
        }
        let counts = limit.counts.lock().unwrap();
        assert!(counts.of.len() <= MOST_OPERATORS);
    }
}
