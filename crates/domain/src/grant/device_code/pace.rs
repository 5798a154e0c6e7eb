//! How fast a device may poll (RFC 8628 section 3.5).

use crate::refusal::Refusal;
use crate::time::Timestamp;
use core::time::Duration;

/// Pace of the polls for one device code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Time of the last poll.
    pub last: Timestamp,
    /// Time that must pass before the next poll.
    pub interval: Duration,
}

impl Pace {
    /// Time between two polls, and the time that each poll before it adds (RFC 8628 sections 3.2 and 3.5).
    pub const INTERVAL: Duration = Duration::from_secs(5);

    /// Returns the pace after a poll, and whether the poll was in time. `before` is the pace of earlier polls, if it is known.
    ///
    /// An earlier poll is answered with `slow_down`, and the device must then wait five seconds longer each time.
    pub fn after(before: Option<Self>, now: Timestamp) -> (Self, Result<(), Refusal>) {
        let interval = before.map_or(Self::INTERVAL, |pace| pace.interval);
        match before {
            Some(pace) if now.since(pace.last) < interval => {
                let interval = interval.saturating_add(Self::INTERVAL);
                let pace = Self {
                    last: now,
                    interval,
                };
                (pace, Err(Refusal::SlowDown))
            }
            _ => {
                let pace = Self {
                    last: now,
                    interval,
                };
                (pace, Ok(()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::NOW;

    /// Returns which polls at these seconds are in time.
    fn polls(seconds: &[u64]) -> alloc::vec::Vec<bool> {
        let mut pace = None;
        let judged = seconds.iter().map(|second| {
            let now = NOW.plus(Duration::from_secs(*second));
            let (next, judged) = Pace::after(pace, now);
            pace = Some(next);
            judged.is_ok()
        });
        judged.collect()
    }

    #[test]
    fn early_poll_adds_five_seconds_to_each_wait() {
        assert_eq!(polls(&[0, 5, 10]), [true, true, true]);
        assert_eq!(polls(&[0, 4, 13, 28]), [true, false, false, true]);
        assert_eq!(polls(&[0, 4, 14, 23]), [true, false, true, false]);
    }
}
