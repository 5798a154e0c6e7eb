//! Definitions, with a bounded cache in front of the store.

use crate::read_through::ReadThrough;
use countersign_domain::administration::group::Group;
use countersign_domain::claims::attribute::Attribute;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    Change, ChangeKind, Definition, DefinitionKey, DefinitionKind, DefinitionRepository, StoreError,
};
use quick_cache::Equivalent;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Lookup of definitions with a cache, which also knows what does not exist. A change of a definition takes effect when
/// [`Definitions::follow`] reports it.
pub struct Definitions<S> {
    store: Arc<S>,
    known: ReadThrough<(TenantId, DefinitionKey), Option<Known>>,
}

/// Cached definition. The kinds that tokens need can be shared.
#[derive(Clone)]
enum Known {
    ResourceServer(Arc<ResourceServer>),
    Group(Arc<Group>),
    Attribute(Arc<Attribute>),
    /// Another kind, at this version.
    Other(u64),
}

impl From<Definition> for Known {
    fn from(definition: Definition) -> Self {
        match definition {
            Definition::ResourceServer(server) => Self::ResourceServer(Arc::new(server)),
            Definition::Group(group) => Self::Group(Arc::new(group)),
            Definition::Attribute(attribute) => Self::Attribute(Arc::new(attribute)),
            other => Self::Other(other.version()),
        }
    }
}

impl Known {
    fn version(&self) -> u64 {
        match self {
            Self::ResourceServer(server) => server.version,
            Self::Group(group) => group.version,
            Self::Attribute(attribute) => attribute.version,
            Self::Other(version) => *version,
        }
    }
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
                let version = known.as_ref().map_or(0, Known::version);
                change.version > 0 && version >= change.version
            };
            self.known.remove(&key, is_current);
        }
    }

    /// Clears the cache. For a reader of changes that lost its position.
    pub fn forget(&self) {
        self.known.clear();
    }

    /// Returns the resource server with this audience.
    pub async fn resource_server(
        &self,
        tenant: TenantId,
        audience: &str,
    ) -> Result<Option<Arc<ResourceServer>>, StoreError> {
        if let Ok(cached) = self.cached_resource_server(tenant, audience) {
            return Ok(cached);
        }
        // Boxed: a cache miss is rare, and unboxed it would make the future of every request larger.
        let found = Box::pin(self.read(Key {
            tenant,
            kind: DefinitionKind::ResourceServer,
            id: audience,
        }))
        .await?;
        Ok(found.and_then(resource_server))
    }

    /// Returns the resource server with this audience if the cache has it.
    pub(crate) fn cached_resource_server(
        &self,
        tenant: TenantId,
        audience: &str,
    ) -> Cached<ResourceServer> {
        let kind = DefinitionKind::ResourceServer;
        let found = self.known.get(&Key {
            tenant,
            kind,
            id: audience,
        });
        Ok(found.ok_or(NotCached)?.and_then(resource_server))
    }

    /// Returns the group with this name.
    pub(crate) async fn group(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Option<Arc<Group>>, StoreError> {
        if let Ok(cached) = self.cached_group(tenant, name) {
            return Ok(cached);
        }
        let found = Box::pin(self.read(Key {
            tenant,
            kind: DefinitionKind::Group,
            id: name,
        }))
        .await?;
        Ok(found.and_then(group))
    }

    /// Returns the group with this name if the cache has it.
    pub(crate) fn cached_group(&self, tenant: TenantId, name: &str) -> Cached<Group> {
        let found = self.known.get(&Key {
            tenant,
            kind: DefinitionKind::Group,
            id: name,
        });
        Ok(found.ok_or(NotCached)?.and_then(group))
    }

    /// Returns the user attribute with this name.
    pub(crate) async fn attribute(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Option<Arc<Attribute>>, StoreError> {
        let key = Key {
            tenant,
            kind: DefinitionKind::Attribute,
            id: name,
        };
        let found = match self.known.get(&key) {
            Some(found) => found,
            None => Box::pin(self.read(key)).await?,
        };
        Ok(found.and_then(|known| match known {
            Known::Attribute(attribute) => Some(attribute),
            _ => None,
        }))
    }

    async fn read(&self, key: Key<'_>) -> Result<Option<Known>, StoreError> {
        let id = key.id.to_owned();
        let key = (key.tenant, DefinitionKey { kind: key.kind, id });
        let read = async {
            let found = self.store.find_definition(key.0, &key.1).await?;
            Ok(found.map(Known::from))
        };
        self.known.get_or_read(&key, read).await
    }
}

fn resource_server(known: Known) -> Option<Arc<ResourceServer>> {
    match known {
        Known::ResourceServer(server) => Some(server),
        _ => None,
    }
}

fn group(known: Known) -> Option<Arc<Group>> {
    match known {
        Known::Group(group) => Some(group),
        _ => None,
    }
}
