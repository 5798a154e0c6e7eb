//! Definitions, with a bounded cache in front of the store.

use crate::read_through::ReadThrough;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    Change, ChangeKind, Definition, DefinitionKey, DefinitionKind, DefinitionRepository, StoreError,
};
use std::sync::Arc;

/// Lookup of definitions with a cache, which also knows what does not exist. A change of a definition takes effect when
/// [`Definitions::follow`] reports it.
pub struct Definitions<S> {
    store: Arc<S>,
    known: ReadThrough<(TenantId, DefinitionKey), Option<Arc<Definition>>>,
}

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
            let id = change.id.clone();
            let key = (change.tenant, DefinitionKey { kind, id });
            let is_current = |known: &Option<Arc<Definition>>| {
                let version = known.as_ref().map_or(0, |known| known.version());
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
    ) -> Result<Option<ResourceServer>, StoreError> {
        let key = DefinitionKey {
            kind: DefinitionKind::ResourceServer,
            id: audience.to_owned(),
        };
        let found = self.find(tenant, key).await?;
        Ok(found.and_then(|found| match &*found {
            Definition::ResourceServer(server) => Some(server.clone()),
            _ => None,
        }))
    }

    async fn find(
        &self,
        tenant: TenantId,
        key: DefinitionKey,
    ) -> Result<Option<Arc<Definition>>, StoreError> {
        let key = (tenant, key);
        if let Some(known) = self.known.get(&key) {
            return Ok(known);
        }
        let read = async {
            let found = self.store.find_definition(tenant, &key.1).await?;
            Ok(found.map(Arc::new))
        };
        self.known.get_or_read(&key, read).await
    }
}
