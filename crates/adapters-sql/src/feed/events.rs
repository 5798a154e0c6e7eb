//! Rows of events.

use crate::columns::{
    Failure, Unreadable, from_bytes, from_integer, from_optional_text, from_text, from_time,
    integer, optional_text, tenant, text, time,
};
use crate::ephemera::{EphemeralKeyColumns, key};
use crate::id::Id;
use crate::schema::events;
use countersign_codec::decode_event;
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::filter::{EventFilter, EventPosition};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, EventRecord, FoundEvents, StoreError, StoredEvent};
use diesel::prelude::*;

/// Row of an audit event. Operator, target, salt, and content are `None` after erasure.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub struct EventRow {
    node: Id,
    number: i64,
    tenant: i32,
    at: i64,
    action: String,
    operator: Option<String>,
    target: Option<String>,
    salt: Option<Vec<u8>>,
    digest: Vec<u8>,
    content: Option<Vec<u8>>,
    batch: Option<i64>,
}

impl EventRow {
    /// Creates the row of an event.
    pub fn new(of: TenantId, record: &EventRecord) -> Result<Self, Failure> {
        let event = &record.event;
        Ok(Self {
            node: event.id.node.into(),
            number: integer(event.id.number)?,
            tenant: tenant(of),
            at: time(event.at)?,
            action: text(event.action.as_str()),
            operator: Some(text(&StoredEvent::party(&event.operator))),
            target: Some(text(&StoredEvent::party(&event.target))),
            salt: Some(record.salt.into()),
            digest: record.digest.into(),
            content: Some(record.content.clone()),
            batch: None,
        })
    }

    /// Creates the rows of events.
    pub fn all(of: TenantId, records: &[EventRecord]) -> Result<Vec<Self>, StoreError> {
        let rows = records.iter().map(|record| Self::new(of, record));
        rows.collect::<Result<_, _>>().map_err(StoreError::new)
    }

    /// Creates the row of an event as another store has it.
    pub fn as_is(of: TenantId, event: &StoredEvent) -> Result<Self, Failure> {
        let EventPosition { at, id } = event.position;
        Ok(Self {
            node: id.node.into(),
            number: integer(id.number)?,
            tenant: tenant(of),
            at: time(at)?,
            action: text(&event.action),
            operator: optional_text(event.operator.as_deref()),
            target: optional_text(event.target.as_deref()),
            salt: event.salt.clone(),
            digest: event.digest.clone(),
            content: event.content.clone(),
            batch: event.batch.map(integer).transpose()?,
        })
    }

    fn position(&self) -> Result<EventPosition, Unreadable> {
        Ok(EventPosition {
            at: from_time("events.at", self.at)?,
            id: EventId {
                node: self.node.into(),
                number: from_integer("events.number", self.number)?,
            },
        })
    }

    /// Returns the position by time, and the event unless its content was erased.
    fn found(self) -> Result<(EventPosition, Option<EventRecord>), Unreadable> {
        let position = self.position()?;
        let is_whole = self.content.is_some() && self.salt.is_some();
        let record = is_whole.then(|| EventRecord::try_from(self));
        Ok((position, record.transpose()?))
    }
}

/// Rows of an event and of the reply of its command.
#[derive(Clone)]
pub struct EventRows {
    /// Event.
    pub event: EventRow,
    /// Key and value of the reply.
    pub reply: Option<(EphemeralKeyColumns, Vec<u8>)>,
}

impl EventRows {
    /// Creates the rows of an event.
    pub fn new(of: TenantId, record: &EventRecord) -> Result<Self, Failure> {
        let reply = match &record.reply {
            Some(reply) => Some((key(of, &reply.key)?, reply.value.clone())),
            None => None,
        };
        Ok(Self {
            event: EventRow::new(of, record)?,
            reply,
        })
    }

    /// Returns the time of the command, in Unix seconds.
    #[must_use]
    pub const fn at(&self) -> i64 {
        self.event.at
    }
}

/// Statement that reads the rows of [`Examined`], newest first. The order of its values is that of the fields.
pub const EXAMINE: &str = "SELECT node, number, tenant, at, action, operator, target, salt, digest, content, batch \
    FROM events WHERE tenant = ? AND at >= ? AND at < ? AND (at, node, number) < (?, ?, ?) \
    ORDER BY at DESC, node DESC, number DESC LIMIT ?";

/// Range of rows that a search examines, newest first.
pub struct Examined {
    /// Tenant.
    pub tenant: i32,
    /// Earliest time.
    pub since: i64,
    /// Time before which the event happened.
    pub until: i64,
    /// Time, node and number of the last examined event; the highest possible ones at the start.
    pub before: (i64, Id, i64),
    /// Maximum number of rows.
    pub most: i64,
}

impl Examined {
    /// Returns the rows to examine for a slice of matching events.
    #[must_use]
    pub fn new(of: TenantId, filter: &EventFilter, after: &After<EventPosition>) -> Self {
        // A time or number that does not fit is later than every event.
        let late = |at| time(at).unwrap_or(i64::MAX);
        let before = match after.key {
            Some(EventPosition { at, id }) => {
                let number = integer(id.number).unwrap_or(i64::MAX);
                (late(at), id.node.into(), number)
            }
            None => (i64::MAX, Id([u8::MAX; 16]), i64::MAX),
        };
        Self {
            tenant: tenant(of),
            since: filter.since.map_or(0, late),
            until: filter.until.map_or(i64::MAX, late),
            before,
            most: i64::from(FoundEvents::examined(filter, after.limit)) + 1,
        }
    }
}

/// Converts examined rows to a slice of up to `limit` matching events.
pub fn found(
    rows: Vec<EventRow>,
    filter: &EventFilter,
    limit: u32,
) -> Result<FoundEvents, Unreadable> {
    FoundEvents::of(rows.into_iter().map(EventRow::found), filter, limit)
}

impl TryFrom<EventRow> for StoredEvent {
    type Error = Unreadable;

    fn try_from(row: EventRow) -> Result<Self, Unreadable> {
        let batch = |number| from_integer("events.batch", number);
        Ok(Self {
            position: row.position()?,
            action: from_text("events.action", row.action)?,
            operator: from_optional_text("events.operator", row.operator)?,
            target: from_optional_text("events.target", row.target)?,
            salt: row.salt,
            content: row.content,
            digest: row.digest,
            batch: row.batch.map(batch).transpose()?,
        })
    }
}

impl TryFrom<EventRow> for EventRecord {
    type Error = Unreadable;

    /// Fails for an event with erased content: select only rows that have content.
    fn try_from(row: EventRow) -> Result<Self, Unreadable> {
        let content = row.content.ok_or(Unreadable("events.content"))?;
        let salt = row.salt.ok_or(Unreadable("events.salt"))?;
        let decoded = decode_event(&content).map_err(|_| Unreadable("events.content"))?;
        let (of, event) = decoded;
        if tenant(of) != row.tenant {
            return Err(Unreadable("events.tenant"));
        }
        Ok(Self {
            event,
            salt: from_bytes("events.salt", &salt)?,
            digest: from_bytes("events.digest", &row.digest)?,
            content,
            reply: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_codec::encode_event;
    use countersign_domain::audit::event::{Action, Event, EventContext, EventId, Party};
    use countersign_domain::identifier::NodeId;
    use countersign_domain::time::Timestamp;

    fn record(tenant: TenantId) -> EventRecord {
        let event = Event {
            id: EventId {
                node: NodeId::from_bytes([1; 16]),
                number: 2,
            },
            at: Timestamp::from_unix_seconds(3),
            action: Action::CLIENT_CREATED,
            operator: Party::new("command_line", "root"),
            target: Party::new("client", "app"),
            changes: Vec::new(),
            address: None,
            request: None,
            context: EventContext::default(),
        };
        EventRecord {
            content: encode_event(tenant, &event),
            event,
            salt: [4; 16],
            digest: [5; 32],
            reply: None,
        }
    }

    #[test]
    fn event_round_trips() {
        let record = record(TenantId::SINGLE);
        let row = EventRow::new(TenantId::SINGLE, &record).unwrap();
        assert_eq!(row.operator.as_deref(), Some("command_line:root"));
        assert_eq!(row.target.as_deref(), Some("client:app"));
        assert_eq!(EventRecord::try_from(row).unwrap(), record);
    }

    #[test]
    fn event_of_another_tenant_or_without_content_is_unreadable() {
        let record = record(TenantId::SINGLE);
        let row = EventRow::new(TenantId::SINGLE, &record).unwrap();
        let mut moved = row.clone();
        moved.tenant = 2;
        assert!(EventRecord::try_from(moved).is_err());
        let mut erased = row;
        (erased.salt, erased.content) = (None, None);
        assert!(EventRecord::try_from(erased).is_err());
    }
}
