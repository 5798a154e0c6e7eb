//! Timestamps in whole seconds, as in tokens.

use core::fmt;
use core::time::Duration;

/// Point in time in whole seconds since the Unix epoch: `NumericDate` of RFC 7519 section 2, without a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Last second of the year 9999. No expiry time is later.
    pub const LATEST: Self = Self(253_402_300_799);

    /// Creates a timestamp from seconds since the Unix epoch.
    #[must_use]
    pub const fn from_unix_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Returns the seconds since the Unix epoch.
    #[must_use]
    pub const fn as_unix_seconds(self) -> u64 {
        self.0
    }

    /// Returns the time after `lifetime`. Drops fractions of a second and saturates at the maximum.
    #[must_use]
    pub const fn plus(self, lifetime: Duration) -> Self {
        Self(self.0.saturating_add(lifetime.as_secs()))
    }

    /// Returns the duration from `earlier` to `self`, or zero if `earlier` is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }

    /// Returns whether an expiration time with this value has passed. It counts as passed from its own second on
    /// (RFC 7519 section 4.1.4, "on or after").
    #[must_use]
    pub const fn has_passed(self, now: Self) -> bool {
        now.0 >= self.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamp_has_passed_from_its_own_second() {
        let expires_at = Timestamp::from_unix_seconds(100);
        assert!(!expires_at.has_passed(Timestamp::from_unix_seconds(99)));
        assert!(expires_at.has_passed(Timestamp::from_unix_seconds(100)));
    }

    #[test]
    fn age_is_zero_after_clock_moves_back() {
        let now = Timestamp::from_unix_seconds(5);
        assert_eq!(now.since(Timestamp::from_unix_seconds(9)), Duration::ZERO);
    }
}
