//! System clock.

use countersign_domain::time::Timestamp;
use countersign_ports::Clock;
use std::time::{Duration, SystemTime};

/// System clock. A time before 1970 reads as 1970.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(since_epoch().as_secs())
    }
}

pub(crate) fn since_epoch() -> Duration {
    SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_clock_returns_unix_seconds() {
        let year_2025 = Timestamp::from_unix_seconds(1_735_689_600);
        let year_2200 = Timestamp::from_unix_seconds(7_258_118_400);
        assert!((year_2025..year_2200).contains(&SystemClock.now()));
    }
}
