//! Tenants of the server: which tenant a request is for.
//!
//! The directory knows the names and hosts of all tenants, so a request for an unknown one reads nothing. It reads the
//! settings and signing keys of a tenant with its first request, and forgets those of tenants that were not used for long.

mod hosts;
mod index;
mod requests;
pub(crate) mod room;
mod served;

pub use hosts::OwnHosts;
pub use served::{RequestPlace, Served};

use crate::definitions::stored;
use crate::failure::Failure;
use countersign_domain::tenant::registered::{RegisteredTenant, TenantStatus};
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_ports::{
    Change, ChangeKind, Clock, DefinitionKind, DefinitionRepository, KeysInMemory,
    SigningKeyRepository, StoreError,
};
use index::{Entry, Index};
use served::Serving;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

/// Directory of the tenants of a server.
pub struct TenantDirectory<S> {
    store: Arc<S>,
    /// The server's own tenant, which the configuration describes.
    own: Arc<Tenant>,
    hosts: OwnHosts,
    keys: Arc<dyn KeysInMemory>,
    clock: Arc<dyn Clock>,
    index: RwLock<Index>,
    serving: Serving,
}

/// Attempts to read a tenant that changes while it is read.
const TRIES: usize = 5;

impl<S: DefinitionRepository + SigningKeyRepository + Send + Sync> TenantDirectory<S> {
    /// Creates a directory of one tenant, the server's own. `hosts` are the hosts at which it is reached.
    pub fn new(
        store: Arc<S>,
        own: Arc<Tenant>,
        hosts: OwnHosts,
        keys: Arc<dyn KeysInMemory>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            hosts: hosts.with(&own.issuer),
            own,
            serving: Serving::new(keys.clone()),
            keys,
            clock,
            index: RwLock::default(),
        }
    }

    /// Returns the server's own tenant.
    pub const fn own(&self) -> &Arc<Tenant> {
        &self.own
    }

    /// Reads the names and hosts of all tenants. Forgets all settings and keys, except those of the own tenant.
    pub async fn load(&self) -> Result<(), StoreError> {
        let all: Vec<RegisteredTenant> = stored::all(&*self.store, TenantId::SINGLE).await?;
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = all.iter().collect();
        self.serving.clear();
        Ok(())
    }

    /// Returns the tenant of a request, and the path within the tenant. Returns `None` if no tenant has this place.
    ///
    /// # Errors
    ///
    /// [`Failure::TenantBusy`] at the limit of the tenant's requests, or [`Failure::Store`].
    pub async fn find(&self, place: RequestPlace<'_>) -> Result<Option<Served>, Failure> {
        let is_own = place.host.is_none_or(|host| self.hosts.contain(host));
        if is_own && !place.may_name_tenant() {
            return Ok(Some(Served::whole(self.own.clone())));
        }
        Box::pin(self.find_other(place, is_own)).await
    }

    async fn find_other(
        &self,
        place: RequestPlace<'_>,
        is_own: bool,
    ) -> Result<Option<Served>, Failure> {
        let (entry, path) = {
            let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
            // The hosts of the server come first, whatever tenants are registered.
            let other_host = place.host.filter(|_| !is_own);
            let of_host = other_host.and_then(|host| index.of_host(&hosts::normal(host)));
            match of_host {
                Some(entry) => (Some(entry), None),
                None if !is_own && !self.hosts.are_any() => return Ok(None),
                None => match place.split() {
                    Some((name, path)) => (index.of_path(name), Some(path)),
                    None => return Ok(Some(Served::whole(self.own.clone()))),
                },
            }
        };
        let Some(entry) = entry.filter(|entry| entry.status == TenantStatus::Active) else {
            return Ok(None);
        };
        let Some(tenant) = self.tenant(&entry).await? else {
            return Ok(None);
        };
        let admitted = entry
            .requests
            .admit(tenant.settings.limits.requests, self.clock.now());
        admitted.map_err(Failure::TenantBusy)?;
        Ok(Some(Served { tenant, path }))
    }

    fn entry(&self, id: TenantId) -> Option<Arc<Entry>> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index.of_id(id)
    }

    /// Returns whether a tenant exists, served or not.
    pub fn is_known(&self, id: TenantId) -> bool {
        id == self.own.id || self.entry(id).is_some()
    }

    /// Returns whether requests reach a tenant.
    pub fn is_active(&self, id: TenantId) -> bool {
        let status = self.entry(id).map(|entry| entry.status);
        id == self.own.id || status == Some(TenantStatus::Active)
    }

    /// Returns an active tenant by its identifier, with its keys in memory.
    pub async fn serve(&self, id: TenantId) -> Result<Option<Arc<Tenant>>, StoreError> {
        let entry = self.entry(id);
        match entry.filter(|entry| entry.status == TenantStatus::Active) {
            Some(entry) => self.tenant(&entry).await,
            None => Ok(None),
        }
    }

    /// Reads an active tenant by its identifier. Its keys are not loaded, so it cannot sign.
    pub async fn look_up(&self, id: TenantId) -> Result<Option<Arc<Tenant>>, StoreError> {
        let entry = self.entry(id);
        let Some(entry) = entry else {
            return Ok(None);
        };
        let found = self.read(&entry).await?;
        Ok(found.map(|found| Arc::new(found.tenant(&self.own))))
    }

    /// Reads the tenant of an entry, if it still exists and is active.
    async fn read(&self, entry: &Entry) -> Result<Option<RegisteredTenant>, StoreError> {
        let found = stored::find(&*self.store, TenantId::SINGLE, entry.name.as_str()).await?;
        Ok(found.filter(|own: &RegisteredTenant| {
            own.id == entry.id && own.status == TenantStatus::Active
        }))
    }

    /// Returns the tenant of an entry, with its keys in memory.
    async fn tenant(&self, entry: &Arc<Entry>) -> Result<Option<Arc<Tenant>>, StoreError> {
        if let Some(tenant) = self.serving.get(entry.id, self.clock.now()) {
            return Ok(Some(tenant));
        }
        for _ in 0..TRIES {
            let key_changes = entry.key_changes.load(Ordering::Acquire);
            let Some(found) = self.read(entry).await? else {
                return Ok(None);
            };
            self.load_keys(found.id).await?;
            let tenant = Arc::new(found.tenant(&self.own));
            self.serving.insert(tenant.clone(), self.clock.now());
            // Compared after the tenant is in place: a later change finds it there.
            let current = self.entry(entry.id);
            let is_current = current.is_some_and(|own| Arc::ptr_eq(&own, entry));
            if is_current && entry.key_changes.load(Ordering::Acquire) == key_changes {
                return Ok(Some(tenant));
            }
            self.serving.remove(entry.id);
            if !is_current {
                return Box::pin(self.serve(entry.id)).await;
            }
        }
        Err(StoreError::new("the tenant changes too often"))
    }

    /// Reads the signing keys of a tenant.
    async fn load_keys(&self, tenant: TenantId) -> Result<(), StoreError> {
        let (_, keys) = self.store.list_signing_keys(tenant).await?;
        if let Err(error) = self.keys.hold(tenant, &keys, self.clock.now()) {
            tracing::error!(%tenant, "{error}; using the other keys");
        }
        Ok(())
    }

    /// Applies changes from the store: settings and keys of tenants. A change of the own tenant's keys is not applied.
    pub async fn follow(&self, changes: &[Change]) -> Result<(), StoreError> {
        for change in changes {
            match change.kind {
                ChangeKind::Definition(DefinitionKind::RegisteredTenant)
                    if change.tenant == TenantId::SINGLE =>
                {
                    let name = change.id.as_str();
                    let found = stored::find(&*self.store, TenantId::SINGLE, name).await?;
                    let before = self
                        .index
                        .write()
                        .unwrap_or_else(PoisonError::into_inner)
                        .replace(name, found.as_ref());
                    if let Some(id) = before {
                        self.serving.remove(id);
                        if found
                            .as_ref()
                            .is_none_or(|own| own.status != TenantStatus::Active)
                        {
                            self.keys.forget(id);
                        }
                    }
                }
                ChangeKind::SigningKeys if change.tenant != self.own.id => {
                    // First, so that a tenant that is being read now gets the new keys, too.
                    if let Some(entry) = self.entry(change.tenant) {
                        entry.key_changes.fetch_add(1, Ordering::Release);
                    }
                    if self.serving.contains(change.tenant) {
                        self.load_keys(change.tenant).await?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns the names of tenants with this status.
    pub fn with_status(&self, status: TenantStatus) -> Vec<String> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        let found = index.with_status(status);
        found.map(|entry| entry.name.to_string()).collect()
    }

    /// Returns the identifiers of tenants with this status.
    pub fn ids_with_status(&self, status: TenantStatus) -> Vec<TenantId> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index.with_status(status).map(|entry| entry.id).collect()
    }
}
