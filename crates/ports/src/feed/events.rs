//! The audit log.

use crate::answer::StoreError;
use crate::ephemera::EphemeralKey;
use crate::slice::{After, Slice};
use countersign_domain::audit::event::{Event, EventId};
use countersign_domain::audit::filter::{EventFilter, EventPosition};
use countersign_domain::tenant::TenantId;
use std::future::Future;

/// Reply of a command, for a repeated request with the same idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptReply {
    /// Key of the expiring value that the request inserted before the command.
    pub key: EphemeralKey,
    /// Sealed reply, which replaces version 1 of that value.
    pub value: Vec<u8>,
}

/// An event with its stored form. Each method behind an operator command takes one, and stores it in the same
/// transaction as the change. A lost race stores no event. [`Audit::append_activity`] stores the events of requests that
/// are no commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// Event. Stores keep its time, action, operator and target in columns, for filters.
    pub event: Event,
    /// Encoded event. This copy is authoritative; columns and [`EventRecord::event`] repeat it.
    pub content: Vec<u8>,
    /// Random bytes, hashed together with the content.
    pub salt: [u8; 16],
    /// SHA-256 of salt and content: the leaf of a sealed batch. It is kept even if the law requires content and salt to
    /// be erased.
    pub digest: [u8; 32],
    /// Reply of the command. Each method that stores the event also stores the reply, in the same transaction. A listed
    /// event has none.
    pub reply: Option<KeptReply>,
}

/// Encodes events.
pub trait EventCodec: Send + Sync {
    /// Builds the record of an event. `salt` must be random.
    fn record(&self, tenant: TenantId, event: Event, salt: [u8; 16]) -> EventRecord;
}

/// Slice of a search in the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundEvents {
    /// Matching events, newest first.
    pub events: Vec<EventRecord>,
    /// Position after which the search continues; `None` at the end of the log. A slice that is not the last one can have
    /// few events or none, because a search examines a limited number of events per slice.
    pub next: Option<EventPosition>,
}

impl FoundEvents {
    /// Maximum number of events that a search examines for one slice.
    pub const EXAMINED: u32 = 2000;

    /// Returns the number of events to examine for a slice of up to `limit` events. One more shows whether events follow.
    #[must_use]
    pub fn examined(filter: &EventFilter, limit: u32) -> u32 {
        if filter.is_only_time() {
            limit.min(Self::EXAMINED)
        } else {
            Self::EXAMINED
        }
    }

    /// Creates the slice of up to `limit` matching events from the events after a position, newest first. `rows` has up
    /// to one event more than [`FoundEvents::examined`]. An event is `None` if its content was erased.
    pub fn of<E>(
        rows: impl IntoIterator<Item = Result<(EventPosition, Option<EventRecord>), E>>,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Self, E> {
        let examined = usize::try_from(Self::examined(filter, limit)).unwrap_or(usize::MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Self::default();
        let mut last = None;
        for (count, row) in rows.into_iter().enumerate() {
            if count == examined || found.events.len() == limit {
                found.next = last;
                break;
            }
            let (position, record) = row?;
            last = Some(position);
            found
                .events
                .extend(record.filter(|record| filter.matches(&record.event)));
        }
        Ok(found)
    }
}

/// The audit log.
pub trait Audit {
    /// Stores events of requests that are no commands, and of commands that change nothing. Skips events that are already stored, so that a caller can retry.
    fn append_activity(
        &self,
        tenant: TenantId,
        events: &[EventRecord],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Returns a slice of the events of a tenant that match a filter, newest first, starting after (that is, before in
    /// time) a position. Skips events with erased content.
    fn find_events(
        &self,
        tenant: TenantId,
        filter: &EventFilter,
        after: After<EventPosition>,
    ) -> impl Future<Output = Result<FoundEvents, StoreError>> + Send;

    /// Returns a slice of a tenant's events, ordered by ID.
    fn list_events(
        &self,
        tenant: TenantId,
        after: After<EventId>,
    ) -> impl Future<Output = Result<Slice<EventRecord>, StoreError>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_domain::audit::event::{Action, EventContext, Party};
    use countersign_domain::identifier::NodeId;
    use countersign_domain::time::Timestamp;
    use std::convert::Infallible;

    type Row = Result<(EventPosition, Option<EventRecord>), Infallible>;

    /// Returns the event of a second. Its action is the one that the filter accepts, if `matches`.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "a search reads rows that can be unreadable"
    )]
    fn row(second: u64, matches: bool) -> Row {
        let action = if matches { "a" } else { "b" };
        let event = Event {
            id: EventId {
                node: NodeId::from_bytes([1; 16]),
                number: second,
            },
            at: Timestamp::from_unix_seconds(second),
            action: Action::named(action),
            operator: Party::new("user", "jane"),
            target: Party::new("client", "app"),
            changes: Vec::new(),
            address: None,
            request: None,
            context: EventContext::default(),
        };
        let position = EventPosition::from(&event);
        let record = EventRecord {
            event,
            content: Vec::new(),
            salt: [0; 16],
            digest: [0; 32],
            reply: None,
        };
        Ok((position, Some(record)))
    }

    fn search(rows: impl Iterator<Item = Row>, limit: u32) -> (usize, Option<u64>) {
        let filter = EventFilter {
            action: Some(Action::named("a")),
            ..EventFilter::default()
        };
        let Ok(found) = FoundEvents::of(rows, &filter, limit);
        (found.events.len(), found.next.map(|next| next.id.number))
    }

    #[test]
    fn search_without_matches_continues_after_examined_events() {
        let most = u64::from(FoundEvents::EXAMINED);
        let rows = |count: u64| (0..count).rev().map(|second| row(second, false));
        assert_eq!(search(rows(most), 1), (0, None));
        assert_eq!(search(rows(most + 1), 1), (0, Some(1)));
    }

    #[test]
    fn search_continues_after_last_event_of_full_slice() {
        let rows = || [row(9, true), row(8, false), row(7, true), row(6, false)].into_iter();
        assert_eq!(search(rows(), 1), (1, Some(9)));
        assert_eq!(search(rows(), 2), (2, Some(7)));
        assert_eq!(search(rows(), 3), (2, None));
    }

    #[test]
    fn event_with_erased_content_is_skipped() {
        let Ok((position, _)) = row(9, true);
        let erased = Ok((position, None));
        let rows = [erased, row(8, true)].into_iter();
        assert_eq!(search(rows, 5), (1, None));
    }
}
