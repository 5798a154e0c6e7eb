//! Helpers of the background tasks.

use countersign_ports::StoreError;
use std::error::Error;
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Reason why a task failed.
pub(super) type Failure = Box<dyn Error + Send + Sync>;

/// Returns a timer for a task that repeats. A late run delays the following ones.
pub(super) fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Logs an error of the store that a task survives.
pub(super) fn report(what: &str, error: &StoreError) {
    tracing::error!("{what}: {error}");
}
