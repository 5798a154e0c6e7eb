//! Background work for the tenants of the server, one after another. The work for the server's own tenant has its own
//! intervals.

use super::state::{Rotation, State};
use super::tasks::ticks;
use countersign_application::admin::AdminError;
use countersign_domain::tenant::registered::TenantStatus;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_ports::{After, DefinitionKind, DefinitionRepository as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

/// Minimum interval between two visits of a tenant.
const ROUND: Duration = Duration::from_secs(60);
/// Interval between removals of unused clients.
const UNUSED: Duration = Duration::from_secs(3600);
/// Minimum pause between two tenants. With many tenants, a round takes longer.
const PAUSE: Duration = Duration::from_millis(100);

/// Visits all tenants, and removes the data of deleted ones, until it is aborted.
pub(super) async fn tour(state: &Arc<State>) {
    let mut ticks = ticks(ROUND);
    let mut deleted = Vec::new();
    loop {
        ticks.tick().await;
        if state.keeps_house {
            let now_deleted = state.tenants.with_status(TenantStatus::Deleting);
            // Only in the round after: by then, no node serves the tenant or stores its last events.
            for name in now_deleted.iter().filter(|name| deleted.contains(*name)) {
                remove(state, name).await;
            }
            deleted = now_deleted;
        }
        for id in state.tenants.ids_with_status(TenantStatus::Active) {
            match state.tenants.look_up(id).await {
                Ok(Some(tenant)) => visit(state, &tenant).await,
                Ok(None) => {}
                Err(error) => tracing::error!(tenant = %id, "cannot read a tenant: {error}"),
            }
            sleep(PAUSE).await;
        }
    }
}

/// Removes the clients of all tenants that registered themselves and are not used, until it is aborted.
pub(super) async fn remove_unused_clients(state: &State) {
    if !state.keeps_house {
        return;
    }
    let mut ticks = ticks(UNUSED);
    loop {
        ticks.tick().await;
        remove_unused_of(state, &state.tenant).await;
        for id in state.tenants.ids_with_status(TenantStatus::Active) {
            sleep(PAUSE).await;
            match state.tenants.look_up(id).await {
                Ok(Some(tenant)) => remove_unused_of(state, &tenant).await,
                Ok(None) => {}
                Err(error) => tracing::error!(tenant = %id, "cannot read a tenant: {error}"),
            }
        }
    }
}

async fn remove_unused_of(state: &State, tenant: &Tenant) {
    let id = tenant.id;
    match state.registrations.remove_unused(tenant).await {
        Ok(0) => {}
        Ok(count) => {
            metrics::counter!("countersign_unused_clients_removed_total").increment(count);
            tracing::info!(tenant = %id, count, "deleted clients that registered themselves and were not used");
        }
        Err(error) => {
            tracing::error!(tenant = %id, "cannot delete unused clients: {error}");
        }
    }
}

async fn visit(state: &Arc<State>, tenant: &Arc<Tenant>) {
    let id = tenant.id;
    if let Err(error) = state.sealing.renew_key(id).await {
        tracing::error!(tenant = %id, "cannot seal the audit log: {error}");
    }
    rotate_keys(state, tenant).await;
    if !state.keeps_house {
        return;
    }
    match delete_due(state, id).await {
        Ok(0) => {}
        Ok(count) => {
            metrics::counter!("countersign_requested_deletions_total").increment(count);
            tracing::info!(tenant = %id, count, "deleted users who had requested it");
        }
        Err(error) => {
            tracing::error!(tenant = %id, "cannot delete users who requested it: {error}");
        }
    }
    if let Some(retention) = state.scheduled.audit_retention {
        match state.sealing.remove_old(id, retention).await {
            Ok(0) => {}
            Ok(batches) => {
                tracing::info!(tenant = %id, batches, "removed old events from the audit log");
            }
            Err(error) => {
                tracing::error!(tenant = %id, "cannot remove old events from the audit log: {error}");
            }
        }
    }
}

/// Deletes the users who requested it. Their clients get logout tokens, which need the keys of the tenant.
async fn delete_due(state: &State, id: TenantId) -> Result<u64, AdminError> {
    let kind = DefinitionKind::ScheduledDeletion;
    let requested = state.store.list_definitions(id, kind, After::start());
    if requested.await?.items.is_empty() {
        return Ok(0);
    }
    let Some(tenant) = state.tenants.serve(id).await? else {
        return Ok(0);
    };
    let (users, sessions) = &state.deletions;
    users.delete_due(&tenant, sessions).await
}

/// Replaces the signing keys of a tenant on schedule. A thread for blocking work creates them.
async fn rotate_keys(state: &Arc<State>, tenant: &Arc<Tenant>) {
    if state.rotation.is_none() {
        return;
    }
    let (state, runtime, own) = (state.clone(), Handle::current(), tenant.clone());
    let rotated = spawn_blocking(move || {
        let Some(Rotation {
            keys,
            make,
            every,
            announcement,
        }) = &state.rotation
        else {
            return Ok(Vec::new());
        };
        runtime.block_on(keys.rotate_on_schedule(&own, &**make, *every, *announcement))
    });
    match rotated.await {
        Ok(Ok(keys)) if keys.is_empty() => {}
        Ok(Ok(keys)) => {
            let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
            tracing::info!(tenant = %tenant.id, keys = %ids.join(" "), "replaced the signing keys on schedule");
        }
        Ok(Err(error)) => {
            tracing::error!(tenant = %tenant.id, "cannot replace the signing keys on schedule: {error}");
        }
        Err(error) => {
            tracing::error!(tenant = %tenant.id, "cannot replace the signing keys on schedule: {error}");
        }
    }
}

async fn remove(state: &State, name: &str) {
    match state.tenant_admin.remove(&state.tenant, name).await {
        Ok(true) => tracing::info!(tenant = name, "removed the data of a deleted tenant"),
        Ok(false) => {}
        Err(error) => {
            tracing::error!(
                tenant = name,
                "cannot remove the data of a deleted tenant: {error}"
            );
        }
    }
}
