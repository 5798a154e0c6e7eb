//! Names, hosts and identifiers of all tenants.

use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::place::TenantPlace;
use countersign_domain::tenant::registered::{RegisteredTenant, TenantStatus};
use std::collections::HashMap;
use std::sync::Arc;

/// Tenant in the index.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: TenantName,
    pub(super) id: TenantId,
    pub(super) place: TenantPlace,
    pub(super) status: TenantStatus,
}

/// Index of all tenants. About 300 bytes per tenant.
#[derive(Debug, Default)]
pub(super) struct Index {
    names: HashMap<String, Arc<Entry>>,
    hosts: HashMap<String, Arc<Entry>>,
    ids: HashMap<TenantId, Arc<Entry>>,
}

impl<'a> FromIterator<&'a RegisteredTenant> for Index {
    fn from_iter<I: IntoIterator<Item = &'a RegisteredTenant>>(tenants: I) -> Self {
        let mut index = Self::default();
        for tenant in tenants {
            index.add(tenant);
        }
        index
    }
}

impl Index {
    fn add(&mut self, tenant: &RegisteredTenant) {
        let entry = Arc::new(Entry {
            name: tenant.name.clone(),
            id: tenant.id,
            place: tenant.place.clone(),
            status: tenant.status,
        });
        if let TenantPlace::Host(host) = &tenant.place {
            self.hosts.insert(host.to_string(), entry.clone());
        }
        self.ids.insert(tenant.id, entry.clone());
        self.names.insert(tenant.name.to_string(), entry);
    }

    /// Replaces the entry of a name; `None` removes it. Returns the identifier of the former entry.
    pub(super) fn replace(
        &mut self,
        name: &str,
        tenant: Option<&RegisteredTenant>,
    ) -> Option<TenantId> {
        let before = self.names.remove(name);
        if let Some(before) = &before {
            if let TenantPlace::Host(host) = &before.place {
                self.hosts.remove(host.as_str());
            }
            self.ids.remove(&before.id);
        }
        if let Some(tenant) = tenant {
            self.add(tenant);
        }
        before.map(|before| before.id)
    }

    /// Returns the tenant at a host.
    pub(super) fn of_host(&self, host: &str) -> Option<Arc<Entry>> {
        self.hosts.get(host).cloned()
    }

    /// Returns the tenant with a path that has this name.
    pub(super) fn of_path(&self, name: &str) -> Option<Arc<Entry>> {
        let entry = self.names.get(name)?;
        (entry.place == TenantPlace::Path).then(|| entry.clone())
    }

    /// Returns the tenant with this identifier.
    pub(super) fn of_id(&self, id: TenantId) -> Option<Arc<Entry>> {
        self.ids.get(&id).cloned()
    }

    /// Returns the tenants with this status.
    pub(super) fn with_status(&self, status: TenantStatus) -> impl Iterator<Item = &Arc<Entry>> {
        self.ids
            .values()
            .filter(move |entry| entry.status == status)
    }
}
