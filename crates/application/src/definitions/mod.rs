//! Definitions, with a bounded cache in front of the store.

mod groups;
pub mod stored;

pub(crate) use groups::GroupTable;

use crate::definitions::groups::GroupTables;
use crate::read_through::ReadThrough;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    Change, ChangeKind, Defined, DefinitionKey, DefinitionKind, DefinitionRepository, StoreError,
};
use quick_cache::Equivalent;
use std::any::Any;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Lookup of definitions with a cache, which also knows what does not exist. A change of a definition takes effect when
/// [`Definitions::follow`] reports it.
pub struct Definitions<S> {
    store: Arc<S>,
    known: ReadThrough<(TenantId, DefinitionKey), Option<Known>>,
    /// The upstream providers of a tenant, which every sign-in page needs.
    providers: ReadThrough<(TenantId, ()), Providers>,
    groups: GroupTables,
}

/// Upstream providers, ordered by name.
type Providers = Arc<[Arc<UpstreamProvider>]>;

/// Cached definition.
#[derive(Clone)]
struct Known {
    version: u64,
    definition: Arc<dyn Any + Send + Sync>,
}

/// Cache key that borrows the identifier.
#[derive(Clone, Copy)]
struct Key<'a> {
    tenant: TenantId,
    kind: DefinitionKind,
    id: &'a str,
}

/// Must produce the same hash as the equivalent owned key, whose parts are hashed in order.
impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.tenant, self.kind, self.id).hash(state);
    }
}

impl Equivalent<(TenantId, DefinitionKey)> for Key<'_> {
    fn equivalent(&self, (tenant, key): &(TenantId, DefinitionKey)) -> bool {
        self.tenant == *tenant && self.kind == key.kind && self.id == key.id
    }
}

/// Result of a lookup in the cache: `Err` if the store must be read.
pub(crate) type Cached<T> = Result<Option<Arc<T>>, NotCached>;

/// The cache does not know whether a definition exists.
pub(crate) struct NotCached;

impl<S: DefinitionRepository + Send + Sync> Definitions<S> {
    /// Maximum number of cached results.
    const CAPACITY: usize = 10_000;

    /// Creates a cache in front of `store`.
    pub fn new(store: Arc<S>) -> Self {
        Self {
            store,
            known: ReadThrough::new(Self::CAPACITY, |_| true),
            providers: ReadThrough::new(Self::CAPACITY, |_| true),
            groups: GroupTables::default(),
        }
    }

    /// Applies changes from the store: removes changed definitions from the cache.
    pub fn follow(&self, changes: &[Change]) {
        for change in changes {
            let ChangeKind::Definition(kind) = change.kind else {
                continue;
            };
            let key = Key {
                tenant: change.tenant,
                kind,
                id: &change.id,
            };
            let is_current = |known: &Option<Known>| {
                let version = known.as_ref().map_or(0, |known| known.version);
                change.version > 0 && version >= change.version
            };
            self.known.remove(&key, is_current);
            if kind == DefinitionKind::UpstreamProvider {
                self.providers.remove(&(change.tenant, ()), |_| false);
            }
            // After `known`, so that no later search adds the former group again.
            if kind == DefinitionKind::Group {
                self.groups.remove(change.tenant, &change.id);
            }
        }
    }

    /// Clears the cache. For a reader of changes that lost its position.
    pub fn forget(&self) {
        self.known.clear();
        self.providers.clear();
        self.groups.clear();
    }

    /// Returns all upstream providers of a tenant, ordered by name.
    pub(crate) async fn upstream_providers(
        &self,
        tenant: TenantId,
    ) -> Result<Arc<[Arc<UpstreamProvider>]>, StoreError> {
        let read = async {
            let all = stored::all::<UpstreamProvider>(&*self.store, tenant).await?;
            Ok(all.into_iter().map(Arc::new).collect())
        };
        // Boxed, like the read of a definition.
        Box::pin(self.providers.get_or_read(&(tenant, ()), read)).await
    }

    /// Returns the definition with this identifier.
    pub(crate) async fn find<T: Defined>(
        &self,
        tenant: TenantId,
        id: &str,
    ) -> Result<Option<Arc<T>>, StoreError> {
        if let Ok(cached) = self.cached(tenant, id) {
            return Ok(cached);
        }
        // Boxed: a cache miss is rare, and unboxed it would make the future of every request larger.
        let found = Box::pin(self.read::<T>(tenant, id)).await?;
        Ok(found.and_then(Known::shared))
    }

    /// Returns the definition with this identifier if the cache has it.
    pub(crate) fn cached<T: Defined>(&self, tenant: TenantId, id: &str) -> Cached<T> {
        let kind = T::KIND;
        let found = self.known.get(&Key { tenant, kind, id });
        Ok(found.ok_or(NotCached)?.and_then(Known::shared))
    }

    /// Returns the groups of a tenant that earlier searches have found.
    pub(crate) fn groups(&self, tenant: TenantId) -> Arc<GroupTable> {
        self.groups.of(tenant)
    }

    /// Keeps the groups that a search has found in addition to the table that it began with.
    pub(crate) fn add_groups(
        &self,
        tenant: TenantId,
        began_with: &Arc<GroupTable>,
        groups: GroupTable,
    ) {
        self.groups.add(tenant, began_with, groups);
    }

    async fn read<T: Defined>(
        &self,
        tenant: TenantId,
        id: &str,
    ) -> Result<Option<Known>, StoreError> {
        let key = (tenant, DefinitionKey::of::<T>(id));
        let read = async {
            let found = stored::find::<T>(&*self.store, tenant, id).await?;
            Ok(found.map(|own| Known {
                version: own.version(),
                definition: Arc::new(own),
            }))
        };
        self.known.get_or_read(&key, read).await
    }
}

impl Known {
    fn shared<T: Defined>(self) -> Option<Arc<T>> {
        self.definition.downcast().ok()
    }
}
