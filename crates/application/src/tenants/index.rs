//! Names, hosts and identifiers of all tenants.

use super::requests::Requests;
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::place::TenantPlace;
use countersign_domain::tenant::registered::{RegisteredTenant, TenantStatus};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Tenant in the index.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: TenantName,
    pub(super) id: TenantId,
    pub(super) place: TenantPlace,
    pub(super) status: TenantStatus,
    /// Number of changes of the keys that were followed. Keys that were read meanwhile may be outdated.
    pub(super) key_changes: AtomicU64,
    /// Requests in the current minute. A change of the tenant does not reset them.
    pub(super) requests: Arc<Requests>,
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
            index.add(tenant, Arc::default());
        }
        index
    }
}

impl Index {
    fn add(&mut self, tenant: &RegisteredTenant, requests: Arc<Requests>) {
        let entry = Arc::new(Entry {
            name: tenant.name.clone(),
            id: tenant.id,
            place: tenant.place.clone(),
            status: tenant.status,
            key_changes: AtomicU64::new(0),
            requests,
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
            if let TenantPlace::Host(host) = &before.place
                && self
                    .hosts
                    .get(host.as_str())
                    .is_some_and(|own| own.id == before.id)
            {
                self.hosts.remove(host.as_str());
            }
            self.ids.remove(&before.id);
        }
        if let Some(tenant) = tenant {
            let same = before.as_ref().filter(|before| before.id == tenant.id);
            let requests = same.map(|before| before.requests.clone());
            self.add(tenant, requests.unwrap_or_default());
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
