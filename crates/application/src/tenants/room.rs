//! Limits of a tenant on what it stores.

use crate::account::refusals;
use crate::failure::Failure;
use countersign_domain::tenant::Tenant;
use countersign_domain::tenant::limits::TenantLimits;
use countersign_domain::time::Timestamp;
use countersign_ports::{Ephemera, EphemeralKind, Statistics};
use std::time::Duration;

/// Time after which a request may succeed that found too many expiring values.
const SOON: Duration = Duration::from_secs(60);

/// Checks that a tenant may have one more user.
pub(crate) async fn for_user<S: Statistics + Sync>(
    store: &S,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(limit) = tenant.settings.limits.users else {
        return Ok(());
    };
    let counts = store.count_objects(tenant.id, limit, now).await?;
    admitted(limit, counts.users.number)
}

/// Checks that a tenant may have one more client.
pub(crate) async fn for_client<S: Statistics + Sync>(
    store: &S,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(limit) = tenant.settings.limits.clients else {
        return Ok(());
    };
    let counts = store.count_objects(tenant.id, limit, now).await?;
    admitted(limit, counts.clients.number)
}

/// Checks that a tenant may have one more expiring value. The count may be a second old.
pub(crate) async fn for_value<S: Ephemera + Sync>(
    store: &S,
    tenant: &Tenant,
    kind: EphemeralKind,
    now: Timestamp,
) -> Result<(), Failure> {
    let limit = tenant.settings.limits.expiring_values;
    if limit.is_none() {
        return Ok(());
    }
    let count = store.count(tenant.id, kind, now).await?;
    if TenantLimits::admits(limit, count) {
        Ok(())
    } else {
        Err(Failure::TenantBusy(SOON))
    }
}

fn admitted(limit: u32, count: u64) -> Result<(), Failure> {
    if TenantLimits::admits(Some(limit), count) {
        Ok(())
    } else {
        Err(refusals::TENANT_FULL.into())
    }
}
