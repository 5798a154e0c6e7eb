//! Definitions of one kind, as the store has them now.

use crate::slices;
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Defined, DefinitionKey, DefinitionRepository, Slice, StoreError};

/// Returns the definition with this identifier.
pub async fn find<T: Defined>(
    store: &(impl DefinitionRepository + Sync),
    tenant: TenantId,
    identifier: &str,
) -> Result<Option<T>, StoreError> {
    let key = DefinitionKey::of::<T>(identifier);
    let found = store.find_definition(tenant, &key).await?;
    Ok(found.and_then(T::from_definition))
}

/// Returns a slice of the definitions, ordered by identifier.
pub async fn list<T: Defined>(
    store: &(impl DefinitionRepository + Sync),
    tenant: TenantId,
    after: After<String>,
) -> Result<Slice<T>, StoreError> {
    let Slice { items, has_more } = store.list_definitions(tenant, T::KIND, after).await?;
    let items = items.into_iter().filter_map(T::from_definition).collect();
    Ok(Slice { items, has_more })
}

/// Reads all definitions, slice by slice.
pub async fn all<T: Defined>(
    store: &(impl DefinitionRepository + Sync),
    tenant: TenantId,
) -> Result<Vec<T>, StoreError> {
    slices::all(T::identifier, |after| list(store, tenant, after)).await
}
