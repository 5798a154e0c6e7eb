//! Groups in memory: one table per tenant.

use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::tenant::TenantId;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Groups by name; `None` for one that does not exist.
pub(crate) type GroupTable = HashMap<GroupName, Option<Arc<Group>>>;

/// A table for each tenant. A search of a user's groups takes the table of its tenant once, instead of a lock for each
/// group. A change replaces the table if a search holds it.
#[derive(Default)]
pub(super) struct GroupTables(RwLock<Tables>);

type Tables = HashMap<TenantId, Arc<GroupTable>>;

impl GroupTables {
    /// Maximum number of tables. One more removes all others.
    const MAX_TENANTS: usize = 50;

    /// Maximum number of groups in a table. A full table gets no further groups.
    const MAX_GROUPS: usize = 1000;

    /// Returns the table of a tenant, empty at first.
    pub(super) fn of(&self, tenant: TenantId) -> Arc<GroupTable> {
        if let Some(table) = self.read().get(&tenant) {
            return Arc::clone(table);
        }
        let mut tables = self.write();
        if tables.len() >= Self::MAX_TENANTS && !tables.contains_key(&tenant) {
            tables.clear();
        }
        Arc::clone(tables.entry(tenant).or_default())
    }

    /// Adds groups to the table that a search began with. If the table was replaced since, the groups may be older than a
    /// change, so they are dropped.
    pub(super) fn add(&self, tenant: TenantId, began_with: &Arc<GroupTable>, groups: GroupTable) {
        let room = Self::MAX_GROUPS.saturating_sub(began_with.len());
        if room == 0 || groups.is_empty() {
            return;
        }
        let mut table = GroupTable::clone(began_with);
        table.extend(groups.into_iter().take(room));
        if let Some(present) = self.write().get_mut(&tenant)
            && Arc::ptr_eq(present, began_with)
        {
            *present = Arc::new(table);
        }
    }

    /// Removes a changed group.
    pub(super) fn remove(&self, tenant: TenantId, name: &str) {
        let Ok(name) = GroupName::parse(name) else {
            return;
        };
        if let Some(table) = self.write().get_mut(&tenant) {
            // Copies the table if a search holds it.
            Arc::make_mut(table).remove(&name);
        }
    }

    /// Removes all tables.
    pub(super) fn clear(&self) {
        self.write().clear();
    }

    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId::SINGLE;

    fn unknown(names: impl IntoIterator<Item = usize>) -> GroupTable {
        let names = names.into_iter().map(|number| format!("g{number}"));
        names
            .map(|name| (GroupName::parse(&name).unwrap(), None))
            .collect()
    }

    #[test]
    fn groups_read_before_a_change_are_dropped() {
        let tables = GroupTables::default();
        let before = tables.of(TENANT);
        tables.remove(TENANT, "g1");
        tables.add(TENANT, &before, unknown([1]));
        assert_eq!(*tables.of(TENANT), unknown([]));
        let before = tables.of(TENANT);
        tables.clear();
        tables.add(TENANT, &before, unknown([1]));
        assert_eq!(*tables.of(TENANT), unknown([]));
    }

    #[test]
    fn changed_group_leaves_table_and_others_stay() {
        let tables = GroupTables::default();
        tables.add(TENANT, &tables.of(TENANT), unknown([1, 2]));
        tables.remove(TENANT, "g1");
        assert_eq!(*tables.of(TENANT), unknown([2]));
    }

    #[test]
    fn number_of_tables_and_groups_is_bounded() {
        let tables = GroupTables::default();
        let groups = 0..GroupTables::MAX_GROUPS + 1;
        tables.add(TENANT, &tables.of(TENANT), unknown(groups));
        assert_eq!(tables.of(TENANT).len(), GroupTables::MAX_GROUPS);
        for number in 0..GroupTables::MAX_TENANTS {
            let tenant = u32::try_from(number + 2).unwrap();
            tables.of(TenantId::from_number(tenant).unwrap());
        }
        assert!(tables.read().len() <= GroupTables::MAX_TENANTS);
    }
}
