//! Removal of the data of deleted tenants, in the background.

use super::TenantAdmin;
use crate::admin::{AdminError, definitions};
use crate::definitions::stored;
use countersign_domain::audit::event::Action;
use countersign_domain::audit::operator::Operator;
use countersign_domain::tenant::Tenant;
use countersign_domain::tenant::registered::{RegisteredTenant, TenantStatus};
use countersign_ports::Store;

/// Rows per transaction, few enough not to delay writes of requests.
const BATCH: u32 = 100;

impl<S: Store> TenantAdmin<S> {
    /// Removes the data of a deleted tenant, and then the tenant. Another server may do the same. Returns whether
    /// there was such a tenant.
    pub async fn remove(&self, server: &Tenant, name: &str) -> Result<bool, AdminError> {
        let found: Option<RegisteredTenant> = stored::find(&*self.store, server.id, name).await?;
        let is_deleted = |tenant: &RegisteredTenant| {
            tenant.status == TenantStatus::Deleting && tenant.id != server.id
        };
        let Some(tenant) = found.filter(is_deleted) else {
            return Ok(false);
        };
        self.store.remove_tenant(tenant.id, BATCH).await?;
        let action = (Action::TENANT_REMOVED, &tenant);
        let event = self.event(server, &Operator::schedule(), action, Vec::new());
        // Lost: another server has done so.
        let _ = definitions::delete(&*self.store, server, &tenant, &event).await?;
        Ok(true)
    }
}
