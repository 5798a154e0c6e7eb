//! Commands that read the audit log.

use super::{AdminError, may};
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, EventRecord, Slice, Store};
use std::sync::Arc;

/// Commands that read the audit log.
pub struct AuditAdmin<S> {
    /// Audit log.
    pub store: Arc<S>,
}

impl<S: Store> AuditAdmin<S> {
    /// Returns a slice of the audit log, ordered by event ID: all events of a node, then those of the next node.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        after: After<EventId>,
    ) -> Result<Slice<EventRecord>, AdminError> {
        may(operator, Permission::AuditRead)?;
        Ok(self.store.list_events(tenant.id, after).await?)
    }
}
