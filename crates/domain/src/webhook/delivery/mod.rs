//! State of the delivery to a receiver, as it is stored: one document per webhook.
//!
//! The audit log itself is the queue. The state names a position in it and the events before the position that are not
//! delivered yet.

mod dispatch;

pub use dispatch::{Dispatch, Failed};

use crate::audit::event::{Event, EventId, Party};
use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;

/// Place of an event in the audit log. Events are ordered by batch, then by ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventPlace {
    /// Number of its batch.
    pub batch: u64,
    /// Identifier.
    pub id: EventId,
}

/// Key of the events that are delivered in order: a digest of the user whom they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderingKey(pub u64);

impl OrderingKey {
    /// Returns the key of an event: that of the user who is its target or its operator, or else that of its target.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        let is_user = |party: &&Party| party.kind == "user";
        let mut parties = [&event.target, &event.operator].into_iter();
        let party = parties.find(is_user).unwrap_or(&event.target);
        // FNV-1a. Two users with the same digest only wait for each other.
        let bytes = party.kind.bytes().chain([b':']).chain(party.id.bytes());
        Self(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }
}

/// Event that is not delivered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Place in the audit log.
    pub place: EventPlace,
    /// Ordering key.
    pub ordering_key: OrderingKey,
    /// Number of failed attempts.
    pub attempts: u32,
    /// Time of the next attempt.
    pub due: Timestamp,
}

/// Event that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Place in the audit log.
    pub place: EventPlace,
    /// Ordering key.
    pub ordering_key: OrderingKey,
    /// Name of the action.
    pub action: String,
    /// Number of failed attempts.
    pub attempts: u32,
    /// Time of the last attempt.
    pub died_at: Timestamp,
    /// Reason of the last failure.
    pub reason: String,
}

/// State of the delivery to a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Number of the last batch that was read.
    pub position: u64,
    /// Time before which events are skipped.
    pub not_before: Timestamp,
    /// Number of the last replay that was carried out.
    pub replayed: u64,
    /// Number of failed attempts since the last successful one.
    pub failures: u32,
    /// Events that were read and are not delivered yet, in the order of the audit log. Replayed events come first.
    pub waiting: Vec<Waiting>,
    /// Events that were given up, the oldest failure first.
    pub dead: Vec<DeadLetter>,
}

impl Delivery {
    /// Number of waiting events at which the delivery reads no more of the audit log. The last batch and the dead letters
    /// of a replay can exceed it.
    pub const MOST_WAITING: usize = 1_000;

    /// Maximum number of dead letters. A further one replaces the oldest.
    pub const MOST_DEAD: usize = 500;

    /// Maximum number of characters of the reason of a dead letter.
    pub const LONGEST_REASON: usize = 100;

    /// Creates the state of a new webhook: events after this batch and from this time on are sent.
    #[must_use]
    pub const fn new(position: u64, not_before: Timestamp) -> Self {
        Self {
            position,
            not_before,
            replayed: 0,
            failures: 0,
            waiting: Vec::new(),
            dead: Vec::new(),
        }
    }

    /// Sends the dead letters again, in the order of the audit log.
    pub fn replay_dead_letters(&mut self, now: Timestamp) {
        let mut again: Vec<_> = self.dead.drain(..).collect();
        again.sort_by_key(|letter| letter.place);
        let again = again.into_iter().map(|letter| Waiting {
            place: letter.place,
            ordering_key: letter.ordering_key,
            attempts: 0,
            due: now,
        });
        self.waiting.splice(0..0, again);
    }

    /// Reads the audit log again after this batch, and sends the events from this time on. Does nothing if the delivery
    /// has not passed the batch.
    pub fn rewind(&mut self, position: u64, since: Timestamp) {
        if position < self.position {
            self.waiting.retain(|event| event.place.batch <= position);
            self.dead.retain(|letter| letter.place.batch <= position);
            self.position = position;
            self.not_before = since;
        }
    }
}

#[cfg(test)]
mod tests;
