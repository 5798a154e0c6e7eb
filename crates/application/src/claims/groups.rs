//! Effective groups, read from the cache or from the store.

use crate::definitions::{Definitions, NotCached, stored};
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::claims::groups::EffectiveGroups;
use countersign_domain::tenant::TenantId;
use countersign_ports::{DefinitionRepository, StoreError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Returns these groups and all groups above them. Reads those that are not cached.
pub(crate) async fn effective_groups<S: DefinitionRepository + Send + Sync>(
    definitions: &Definitions<S>,
    tenant: TenantId,
    direct: &[GroupName],
) -> Result<EffectiveGroups, StoreError> {
    let mut read = BTreeMap::new();
    loop {
        let found = EffectiveGroups::of(direct, |name| match read.get(name) {
            Some(known) => Ok(Option::clone(known)),
            None => definitions
                .cached(tenant, name.as_str())
                .map_err(|NotCached| name.clone()),
        });
        match found {
            Ok(groups) => return Ok(groups),
            // Kept for this search, even if a change removes it from the cache at once.
            Err(missing) => {
                let group = definitions.find(tenant, missing.as_str()).await?;
                read.insert(missing, group);
            }
        }
    }
}

/// Returns these groups and all groups above them, as the store has them now.
pub(crate) async fn stored_groups<S: DefinitionRepository + Sync>(
    store: &S,
    tenant: TenantId,
    direct: &[GroupName],
) -> Result<EffectiveGroups, StoreError> {
    let mut read: BTreeMap<GroupName, Option<Arc<Group>>> = BTreeMap::new();
    loop {
        let find = |name: &GroupName| read.get(name).cloned().ok_or_else(|| name.clone());
        match EffectiveGroups::of(direct, find) {
            Ok(groups) => return Ok(groups),
            Err(missing) => {
                let group = stored::find(store, tenant, missing.as_str()).await?;
                read.insert(missing, group.map(Arc::new));
            }
        }
    }
}
