//! Rows of sealed batches.

use crate::columns::{Failure, Unreadable, from_integer, integer, tenant};
use crate::feed::events::EventRow;
use crate::id::Id;
use crate::schema::event_batches;
use countersign_domain::audit::event::EventId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{SealedBatch, StoredEvent};
use diesel::prelude::*;

/// Row of a batch.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = event_batches)]
pub struct BatchRow {
    tenant: i32,
    number: i64,
    content: Vec<u8>,
    mac: Vec<u8>,
}

impl BatchRow {
    /// Creates the row of a batch.
    pub fn new(of: TenantId, batch: &SealedBatch) -> Result<Self, Failure> {
        Ok(Self {
            tenant: tenant(of),
            number: integer(batch.number)?,
            content: batch.content.clone(),
            mac: batch.mac.clone(),
        })
    }

    /// Returns the number.
    #[must_use]
    pub const fn number(&self) -> i64 {
        self.number
    }
}

impl TryFrom<BatchRow> for SealedBatch {
    type Error = Unreadable;

    fn try_from(row: BatchRow) -> Result<Self, Unreadable> {
        Ok(Self {
            number: from_integer("event_batches.number", row.number)?,
            content: row.content,
            mac: row.mac,
        })
    }
}

/// Returns the nodes and numbers of events, as columns.
pub fn keys(events: &[EventId]) -> Result<Vec<(Id, i64)>, Failure> {
    let key = |id: &EventId| Ok((id.node.into(), integer(id.number)?));
    events.iter().map(key).collect()
}

/// Converts rows to stored events.
pub fn stored(rows: Vec<EventRow>) -> Result<Vec<StoredEvent>, Unreadable> {
    rows.into_iter().map(StoredEvent::try_from).collect()
}
