//! Commands that read the audit log.

use super::{AdminError, may};
use countersign_domain::audit::filter::{EventFilter, EventPosition};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::tenant::Tenant;
use countersign_ports::{After, FoundEvents, Store};
use std::sync::Arc;

/// Commands that read the audit log.
pub struct AuditAdmin<S> {
    /// Audit log.
    pub store: Arc<S>,
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
}
