//! Registered clients, with a bounded cache in front of the store.

mod origins;
mod secret_uses;

pub use secret_uses::SecretUses;
pub(crate) use secret_uses::last_use;

use crate::failure::Failure;
use crate::read_through::ReadThrough;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_ports::{Change, ChangeKind, ClientRepository, StoreError};
use origins::Origins;
use quick_cache::Equivalent;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Client lookup with a cache. A change of a client takes effect when [`Clients::follow`] reports it, even if the
/// client is being read at that time.
pub struct Clients<S> {
    store: Arc<S>,
    outage_grace: Duration,
    /// Time when the store became unavailable.
    away_since: Mutex<Option<Timestamp>>,
    /// Cached clients. `None` is not cached, so a newly registered client is found at once.
    known: ReadThrough<(TenantId, ClientId), Option<Arc<Client>>>,
    origins: Origins,
}

/// Cache key that borrows an unparsed identifier.
struct Key<'a> {
    tenant: TenantId,
    id: &'a str,
}

/// Must produce the same hash as the equivalent owned key. A tuple hashes its parts in order; a [`ClientId`] hashes its
/// text.
impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.tenant, self.id).hash(state);
    }
}

impl Equivalent<(TenantId, ClientId)> for Key<'_> {
    fn equivalent(&self, (tenant, id): &(TenantId, ClientId)) -> bool {
        self.tenant == *tenant && self.id == id.as_str()
    }
}

impl<S: ClientRepository + Send + Sync> Clients<S> {
    /// Maximum number of cached clients, of all tenants: two for each tenant whose settings are in memory.
    const CAPACITY: usize = 32_768;

    /// Default for [`Clients::with_outage_grace`].
    const OUTAGE_GRACE: Duration = Duration::from_secs(300);

    /// Creates a cache in front of `store`.
    pub fn new(store: Arc<S>) -> Self {
        Self {
            store,
            outage_grace: Self::OUTAGE_GRACE,
            away_since: Mutex::new(None),
            known: ReadThrough::new(Self::CAPACITY, Option::is_some),
            origins: Origins::new(),
        }
    }

    /// Sets how long the server uses cached clients while the store is unavailable. During that time clients keep
    /// working, including a client that was disabled in the meantime.
    #[must_use]
    pub const fn with_outage_grace(mut self, outage_grace: Duration) -> Self {
        self.outage_grace = outage_grace;
        self
    }

    /// Applies changes from the store: removes changed clients, and the origins of their tenants, from the cache. Call
    /// it with an empty slice too, because a call also means that the store is available.
    pub fn follow(&self, changes: &[Change]) {
        *self.away_since() = None;
        let changes = changes
            .iter()
            .filter(|change| change.kind == ChangeKind::Client);
        for change in changes {
            let key = Key {
                tenant: change.tenant,
                id: &change.id,
            };
            let is_current = |client: &Option<Arc<Client>>| {
                let version = client.as_ref().map_or(0, |client| client.version);
                change.version > 0 && version >= change.version
            };
            self.known.remove(&key, is_current);
            self.origins.forget(change.tenant);
        }
    }

    /// Records that the changes could not be read at `now`. When the outage grace has passed, it clears the cache, so
    /// lookups fail until the store is available again. Returns whether it has passed.
    pub fn miss(&self, now: Timestamp) -> bool {
        let since = *self.away_since().get_or_insert(now);
        let is_over = now.since(since) >= self.outage_grace;
        if is_over {
            self.forget();
        }
        is_over
    }

    /// Clears the cache. For a reader of changes that lost its position.
    pub fn forget(&self) {
        self.known.clear();
        self.origins.clear();
    }

    /// Returns the client with an unparsed `client_id` if it is cached.
    #[must_use]
    pub fn cached(&self, tenant: &Tenant, id: &str) -> Option<Arc<Client>> {
        let key = Key {
            tenant: tenant.id,
            id,
        };
        self.known.get(&key).flatten()
    }

    /// Returns the client with an unparsed `client_id`. Fails with [`Refusal::ClientUnknown`] if it does not exist.
    pub async fn registered(&self, tenant: &Tenant, id: &str) -> Result<Arc<Client>, Failure> {
        if let Some(client) = self.cached(tenant, id) {
            return Ok(client);
        }
        let unknown = || Refusal::ClientUnknown(Evidence::of(id));
        let id = ClientId::parse(id).map_err(|_| unknown())?;
        // Boxed: a cache miss is rare, and unboxed it would make the future of every request kilobytes larger.
        let found = Box::pin(self.read(tenant.id, id)).await?;
        Ok(found.ok_or_else(unknown)?)
    }

    /// Returns the client with this identifier. Concurrent lookups of one client share a read.
    pub async fn find(
        &self,
        tenant: &Tenant,
        id: &ClientId,
    ) -> Result<Option<Arc<Client>>, StoreError> {
        if let Some(client) = self.cached(tenant, id.as_str()) {
            return Ok(Some(client));
        }
        Box::pin(self.read(tenant.id, id.clone())).await
    }

    /// Returns whether an active client has a redirect URI with this origin, so that a page of the origin may be the
    /// client.
    pub async fn is_origin_of_a_client(
        &self,
        tenant: &Tenant,
        origin: &str,
    ) -> Result<bool, StoreError> {
        self.origins.find(&*self.store, tenant.id, origin).await
    }

    async fn read(
        &self,
        tenant: TenantId,
        id: ClientId,
    ) -> Result<Option<Arc<Client>>, StoreError> {
        let key = (tenant, id);
        let read = async {
            let found = self.store.find_client(tenant, &key.1).await?;
            Ok(found.map(Arc::new))
        };
        self.known.get_or_read(&key, read).await
    }

    fn away_since(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.away_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::{BuildHasher as _, RandomState};

    #[test]
    fn borrowed_key_hashes_as_owned_key() {
        let hasher = RandomState::new();
        let id = ClientId::parse("app").unwrap();
        let borrowed = Key {
            tenant: TenantId::SINGLE,
            id: id.as_str(),
        };
        let owned = (TenantId::SINGLE, id.clone());
        assert!(borrowed.equivalent(&owned));
        assert_eq!(hasher.hash_one(&borrowed), hasher.hash_one(&owned));
    }
}
