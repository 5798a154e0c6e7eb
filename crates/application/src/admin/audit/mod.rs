//! Commands of the audit log.

mod activity;
mod erasure;
mod finding;
mod refusals;
mod retention;
mod sealing;
mod verification;

pub use activity::Activity;
pub use finding::{Finding, Verified};
pub use sealing::{Sealing, SealingError};
pub use verification::Verification;

use super::events::EventSource;
use super::{AdminError, may};
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::filter::{EventFilter, EventPosition};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, Clock, EventRecord, FoundEvents, Store};
use std::sync::Arc;

/// Commands of the audit log.
pub struct AuditAdmin<S> {
    /// Audit log.
    pub store: Arc<S>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<S: Store> AuditAdmin<S> {
    /// Returns a slice of the events that match a filter, newest first.
    pub async fn find(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        filter: &EventFilter,
        after: After<EventPosition>,
    ) -> Result<FoundEvents, AdminError> {
        may(operator, Permission::AuditRead)?;
        Ok(self.store.find_events(tenant.id, filter, after).await?)
    }

    /// Returns the event with this ID; `None` if it does not exist, or its content was erased.
    pub async fn event(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        id: EventId,
    ) -> Result<Option<EventRecord>, AdminError> {
        may(operator, Permission::AuditRead)?;
        let Some(number) = id.number.checked_sub(1) else {
            return Ok(None);
        };
        let next = After {
            key: Some(EventId { number, ..id }),
            limit: 1,
        };
        let slice = self.store.list_events(tenant.id, next).await?;
        let mut events = slice.items.into_iter();
        Ok(events.find(|record| record.event.id == id))
    }
}
