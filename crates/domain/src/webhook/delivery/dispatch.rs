//! Decides which events are sent next, and what follows from the outcome.

use super::{DeadLetter, Delivery, EventPlace, OrderingKey, Waiting};
use crate::audit::event::EventId;
use crate::time::Timestamp;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;
use core::time::Duration;

/// Failure of an attempt.
#[derive(Clone, Debug)]
pub struct Failed<'a> {
    /// Name of the action of the event.
    pub action: &'a str,
    /// Reason.
    pub reason: &'a str,
    /// Pause until the next attempt; `None` after the last one.
    pub pause: Option<Duration>,
}

/// Delivery with the attempts that are in progress.
///
/// Events with the same ordering key are sent one after the other: while one is in progress or waits for a retry, the
/// next ones wait.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// State to store.
    pub state: Delivery,
    sending: BTreeSet<EventId>,
    attempted_at: Timestamp,
}

impl Dispatch {
    /// Number of failures in a row after which the receiver counts as down.
    const DOWN: u32 = 10;

    /// Longest time without an attempt while the receiver is down. The first waiting event is then sent early, without
    /// counting as an attempt.
    const PROBE: Duration = Duration::from_secs(60);

    /// Continues from a stored state.
    #[must_use]
    pub const fn new(state: Delivery) -> Self {
        Self {
            state,
            sending: BTreeSet::new(),
            attempted_at: Timestamp::from_unix_seconds(0),
        }
    }

    /// Returns whether another batch may be read.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.state.waiting.len() < Delivery::MOST_WAITING
    }

    /// Adds the wanted events of the batch after the position, in order.
    pub fn take(
        &mut self,
        batch: u64,
        events: impl Iterator<Item = (EventId, OrderingKey)>,
        now: Timestamp,
    ) {
        let waiting = events.map(|(id, ordering_key)| Waiting {
            place: EventPlace { batch, id },
            ordering_key,
            attempts: 0,
            due: now,
        });
        self.state.waiting.extend(waiting);
        self.state.position = batch;
    }

    /// Returns the next events to send, so that at most `most` are in progress. The caller must report the outcome of
    /// each.
    pub fn next(&mut self, now: Timestamp, most: usize) -> Vec<EventPlace> {
        let is_down = self.state.failures >= Self::DOWN;
        let mut probes = is_down && self.attempted_at.plus(Self::PROBE).has_passed(now);
        let mut keys = BTreeSet::new();
        let mut next = Vec::new();
        for event in &self.state.waiting {
            if self.sending.len() >= most {
                break;
            }
            let is_first = keys.insert(event.ordering_key);
            if !is_first || self.sending.contains(&event.place.id) {
                continue;
            }
            if event.due.has_passed(now) || mem::take(&mut probes) {
                self.sending.insert(event.place.id);
                self.attempted_at = now;
                next.push(event.place);
            }
        }
        next
    }

    /// Records a delivery. If the receiver was down, all events are tried again at once.
    pub fn delivered(&mut self, id: EventId, now: Timestamp) {
        self.drop_event(id);
        if mem::take(&mut self.state.failures) >= Self::DOWN {
            for event in &mut self.state.waiting {
                event.due = event.due.min(now);
            }
        }
    }

    /// Removes an event that cannot or need not be sent: its content was erased, or the webhook no longer wants it.
    pub fn drop_event(&mut self, id: EventId) {
        self.sending.remove(&id);
        self.state.waiting.retain(|event| event.place.id != id);
    }

    /// Records a failed attempt. Returns whether the event became a dead letter. `failed` is called with the number of
    /// attempts.
    pub fn failed<'a>(
        &mut self,
        id: EventId,
        now: Timestamp,
        failed: impl FnOnce(u32) -> Failed<'a>,
    ) -> bool {
        self.sending.remove(&id);
        self.state.failures = self.state.failures.saturating_add(1);
        let mut all = self.state.waiting.iter_mut();
        let Some(event) = all.find(|event| event.place.id == id) else {
            return false;
        };
        if !event.due.has_passed(now) {
            // An early attempt.
            return false;
        }
        event.attempts = event.attempts.saturating_add(1);
        let failed = failed(event.attempts);
        if let Some(pause) = failed.pause {
            event.due = now.plus(pause);
            return false;
        }
        let letter = DeadLetter {
            place: event.place,
            ordering_key: event.ordering_key,
            action: failed.action.into(),
            attempts: event.attempts,
            died_at: now,
            reason: shortened(failed.reason),
        };
        self.drop_event(id);
        if self.state.dead.len() >= Delivery::MOST_DEAD {
            self.state.dead.remove(0);
        }
        self.state.dead.push(letter);
        true
    }
}

fn shortened(reason: &str) -> String {
    reason.chars().take(Delivery::LONGEST_REASON).collect()
}
