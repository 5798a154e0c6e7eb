//! Points in time, as the tokens carry them.

use core::fmt;
use core::time::Duration;

/// A point in time in whole seconds since the Unix epoch: the `NumericDate` of RFC 7519 section 2,
/// without the fraction that no claim here needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The point `seconds` after the Unix epoch.
    #[must_use]
    pub const fn from_unix_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub const fn as_unix_seconds(self) -> u64 {
        self.0
    }

    /// The point that is `lifetime` (whole seconds; a fraction is dropped) later than this one.
    #[must_use]
    pub const fn plus(self, lifetime: Duration) -> Self {
        Self(self.0.saturating_add(lifetime.as_secs()))
    }

    /// How long before `self` the point `earlier` was; zero when it was not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }

    /// Whether an `expires at` of this value has been reached: from that very second on
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
    fn an_expiry_is_reached_in_its_own_second() {
        let expires_at = Timestamp::from_unix_seconds(100);
        assert!(!expires_at.has_passed(Timestamp::from_unix_seconds(99)));
        assert!(expires_at.has_passed(Timestamp::from_unix_seconds(100)));
    }

    #[test]
    fn a_clock_that_went_back_yields_no_negative_age() {
        let now = Timestamp::from_unix_seconds(5);
        assert_eq!(now.since(Timestamp::from_unix_seconds(9)), Duration::ZERO);
    }
}
