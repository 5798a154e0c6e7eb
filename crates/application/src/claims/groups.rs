//! Effective groups, read from the cache or from the store.

use crate::definitions::{Definitions, GroupTable, stored};
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
    let table = definitions.groups(tenant);
    // Kept for this search, even if a change removes them from the cache at once.
    let mut others = GroupTable::new();
    let groups = loop {
        let found = EffectiveGroups::of(direct, |name| {
            if let Some(known) = table.get(name).or_else(|| others.get(name)) {
                return Ok(known.clone());
            }
            let Ok(group) = definitions.cached(tenant, name.as_str()) else {
                return Err(name.clone());
            };
            others.insert(name.clone(), group.clone());
            Ok(group)
        });
        match found {
            Ok(groups) => break groups,
            Err(missing) => {
                let group = definitions.find(tenant, missing.as_str()).await?;
                others.insert(missing, group);
            }
        }
    };
    definitions.add_groups(tenant, &table, others);
    Ok(groups)
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
