//! [`Transfer::list_tenants`].

use super::{ELSEWHERE, client, insert_clients};
use crate::fixtures::{NOW, device, ephemeral_key};
use countersign_domain::tenant::TenantId;
use countersign_ports::{EphemeralKind, Race, Store, Transfer};
use std::sync::Arc;

/// "The tenants that have rows in this store, in the order of their ids", each once.
pub async fn tenants_with_rows_are_listed_by_id<S: Store + Transfer>(
    store: Arc<S>,
    tenant: TenantId,
) {
    let neighbor = store.list_tenants().await.unwrap();
    assert_eq!(neighbor.len(), 1);
    let there = neighbor[0];
    let key = ephemeral_key(EphemeralKind::Attempts, 1);
    store.add(ELSEWHERE, &[key], 1, NOW).await.unwrap();
    let tenants = store.list_tenants().await.unwrap();
    assert_eq!(tenants, [there, ELSEWHERE]);
    let inserted = store.insert_device(tenant, &device(1)).await;
    assert_eq!(inserted.unwrap(), Race::Won);
    insert_clients(&*store, tenant, &[client("app"), client("other")]).await;
    let tenants = store.list_tenants().await.unwrap();
    assert_eq!(tenants, [there, tenant, ELSEWHERE]);
}
