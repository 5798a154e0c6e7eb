//! Numbers of stored objects.

use super::{AdminError, may};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::tenant::Tenant;
use countersign_ports::{Clock, Counts, Store};
use std::sync::Arc;

/// Command that counts stored objects.
pub struct StatisticsAdmin<S> {
    /// Stored objects.
    pub store: Arc<S>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<S: Store> StatisticsAdmin<S> {
    /// Number up to which objects are counted. Higher numbers are lower bounds, so that the cost is limited.
    pub const MOST: u32 = 10_000;

    /// Returns the numbers of users, clients, live sessions and live grants.
    pub async fn counts(&self, tenant: &Tenant, operator: &Operator) -> Result<Counts, AdminError> {
        for permission in [
            Permission::ClientsRead,
            Permission::UsersRead,
            Permission::SessionsRead,
        ] {
            may(operator, permission)?;
        }
        let now = self.clock.now();
        let counted = self.store.count_objects(tenant.id, Self::MOST, now);
        Ok(counted.await?)
    }
}
