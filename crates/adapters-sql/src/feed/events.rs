//! Rows of events.

use crate::columns::{Failure, Unreadable, from_bytes, integer, tenant, text, time};
use crate::ephemera::{EphemeralKeyColumns, key};
use crate::id::Id;
use crate::schema::events;
use countersign_codec::decode_event;
use countersign_domain::audit::event::Party;
use countersign_domain::tenant::TenantId;
use countersign_ports::EventRecord;
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
}

fn party(party: &Party) -> String {
    text(&format!("{}:{}", party.kind, party.id))
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
            operator: Some(party(&event.operator)),
            target: Some(party(&event.target)),
            salt: Some(record.salt.into()),
            digest: record.digest.into(),
            content: Some(record.content.clone()),
        })
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
    use countersign_domain::audit::event::{Action, Event, EventId};
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
