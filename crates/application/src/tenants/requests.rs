//! Requests of a tenant in the current minute.

use countersign_domain::time::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counter of requests: the minute since the epoch in the upper half, and the requests in it in the lower half.
#[derive(Debug, Default)]
pub(super) struct Requests(AtomicU64);

impl Requests {
    /// Counts a request. Fails over the limit, with the time until the next minute.
    pub(super) fn admit(&self, limit: Option<u32>, now: Timestamp) -> Result<(), Duration> {
        let Some(limit) = limit else {
            return Ok(());
        };
        let seconds = now.as_unix_seconds();
        let minute = (seconds / 60) << 32;
        let count = |before: u64| {
            if before >> 32 == minute >> 32 {
                before.saturating_add(1)
            } else {
                minute | 1
            }
        };
        let order = Ordering::Relaxed;
        let before = self
            .0
            .fetch_update(order, order, |before| Some(count(before)));
        let now_there = count(before.unwrap_or_else(|unchanged| unchanged)) & u64::from(u32::MAX);
        if now_there <= u64::from(limit) {
            Ok(())
        } else {
            Err(Duration::from_secs(60 - seconds % 60))
        }
    }
}
