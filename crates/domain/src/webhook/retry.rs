//! Pauses between attempts.

use alloc::vec::Vec;
use core::time::Duration;

/// Pauses between the attempts to deliver an event. After the last one, the event becomes a dead letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrySchedule(Vec<Duration>);

impl RetrySchedule {
    /// Maximum number of retries.
    pub const MOST: usize = 20;

    /// Longest pause.
    pub const LONGEST: Duration = Duration::from_secs(7 * 86_400);

    /// Creates a schedule. Returns `None` unless it has 1 to [`Self::MOST`] pauses of a second to [`Self::LONGEST`].
    #[must_use]
    pub fn new(pauses: Vec<Duration>) -> Option<Self> {
        let allowed = Duration::from_secs(1)..=Self::LONGEST;
        let are_allowed = pauses.iter().all(|pause| allowed.contains(pause));
        let is_allowed = are_allowed && (1..=Self::MOST).contains(&pauses.len());
        is_allowed.then_some(Self(pauses))
    }

    /// Returns the pause after a number of failed attempts; `None` after the last one. `random` spreads it by up to a
    /// fifth, so that the events of an outage are not retried all at once.
    #[must_use]
    pub fn pause(&self, attempts: u32, random: u64) -> Option<Duration> {
        let number = usize::try_from(attempts).ok()?.checked_sub(1)?;
        let pause = self.0.get(number)?;
        let spread = pause.as_secs() / 5 + 1;
        Some(*pause + Duration::from_secs(random % spread))
    }
}

/// Pauses that the Standard Webhooks specification recommends: about three days.
impl Default for RetrySchedule {
    fn default() -> Self {
        let pauses = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        Self(pauses.map(Duration::from_secs).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pause_grows_with_attempts_and_ends() {
        let schedule = RetrySchedule::default();
        let pauses: Vec<_> = (1..).map_while(|count| schedule.pause(count, 0)).collect();
        assert_eq!(pauses.len(), 9);
        assert!(pauses.is_sorted());
        assert_eq!(schedule.pause(0, 0), None);
        let spread: Vec<_> = (0..100).filter_map(|one| schedule.pause(2, one)).collect();
        let range = Duration::from_secs(300)..=Duration::from_secs(360);
        assert!(spread.iter().all(|pause| range.contains(pause)));
        assert!(spread.iter().max() > spread.iter().min());
    }

    #[test]
    fn schedule_has_bounds() {
        let schedule = |count: usize, seconds| {
            RetrySchedule::new(alloc::vec![Duration::from_secs(seconds); count])
        };
        let longest = RetrySchedule::LONGEST.as_secs();
        assert!(schedule(1, 1).is_some() && schedule(RetrySchedule::MOST, longest).is_some());
        for (count, seconds) in [(0, 1), (21, 1), (1, 0), (1, longest + 1)] {
            assert_eq!(schedule(count, seconds), None);
        }
    }
}
