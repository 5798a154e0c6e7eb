//! Limits of a tenant on what it stores.

use crate::account::refusals;
use crate::failure::Failure;
use countersign_domain::tenant::limits::TenantLimits;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_ports::{
    Counter, Ephemera, EphemeralKey, EphemeralKind, Race, Statistics, StoreError,
};
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

/// Counter of the clients that registered themselves. Registrations read it, so that they need not count rows.
const DYNAMIC_CLIENTS: EphemeralKey = EphemeralKey {
    expires_at: Timestamp::LATEST,
    kind: EphemeralKind::DynamicClients,
    id: [0; 16],
};

/// Returns the counter of the clients that registered themselves, with the limit of the tenant.
pub(crate) fn dynamic_clients(tenant: &Tenant) -> Counter {
    Counter {
        key: DYNAMIC_CLIENTS,
        limit: tenant.settings.client_registration.most_clients.into(),
    }
}

/// Adds one to all counters, unless one of them has reached its limit. Returns the index of that one.
pub(crate) async fn count<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    counters: &[Counter],
    now: Timestamp,
) -> Result<Option<usize>, StoreError> {
    let attempt = store.count_attempt(tenant, counters, None, now).await?;
    // Concurrent requests may each have found a total below the limit.
    let own = u64::from(attempt.counted == Race::Won);
    let mut totals = counters.iter().zip(&attempt.totals);
    let full = totals.position(|(counter, total)| total.saturating_sub(own) >= counter.limit);
    if full.is_some() && attempt.counted == Race::Won {
        give_back(store, tenant, counters, now).await;
    }
    Ok(full)
}

/// Takes back what [`count`] added. If the store fails, the counters stay too high.
pub(crate) async fn give_back<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    counters: &[Counter],
    now: Timestamp,
) {
    let keys: Vec<_> = counters.iter().map(|counter| counter.key).collect();
    if let Err(error) = store.add(tenant, &keys, -1, now).await {
        tracing::warn!(%error, "a client that was not registered stays counted");
    }
}

/// Counts a deleted client that had registered itself. If the store fails, housekeeping corrects the number.
pub(crate) async fn release_dynamic_client<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    now: Timestamp,
) {
    if let Err(error) = store.add(tenant, &[DYNAMIC_CLIENTS], -1, now).await {
        tracing::warn!(%error, "a deleted client stays counted for now");
    }
}

/// Returns the number of clients that registered themselves, as registrations count it.
pub(crate) async fn counted_dynamic_clients<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let found = store.get(tenant, &DYNAMIC_CLIENTS, now).await?;
    Ok(found.map_or(0, |found| found.total))
}

/// Corrects the number of clients that registered themselves by this difference. `expected` is the number that was counted
/// when the difference was found: changes nothing if clients were registered or deleted in the meantime.
pub(crate) async fn correct_dynamic_clients<S: Ephemera + Sync>(
    store: &S,
    tenant: TenantId,
    (expected, difference): (u64, i64),
    now: Timestamp,
) -> Result<(), StoreError> {
    let total = counted_dynamic_clients(store, tenant, now).await?;
    if total == expected && difference != 0 {
        let _ = store
            .add(tenant, &[DYNAMIC_CLIENTS], difference, now)
            .await?;
    }
    Ok(())
}

fn admitted(limit: u32, count: u64) -> Result<(), Failure> {
    if TenantLimits::admits(Some(limit), count) {
        Ok(())
    } else {
        Err(refusals::TENANT_FULL.into())
    }
}
