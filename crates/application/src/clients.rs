//! Registered clients, with a bounded cache in front of the store.

use crate::failure::Failure;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::refusal::Refusal;
use countersign_ports::{ClientRepository, Revision, StoreError};
use moka::future::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Looks clients up. An entry is good for the revision that was known before it was read, so that a
/// change takes effect with the first [`Clients::follow`] after it, whatever was under way.
pub struct Clients<S> {
    store: Arc<S>,
    known: AtomicU64,
    cache: Cache<(Revision, ClientId), Arc<Client>>,
}

/// Why a look-up put nothing into the cache.
enum NotFound {
    Unknown,
    Failed(StoreError),
}

impl<S: ClientRepository + Send + Sync> Clients<S> {
    /// As many clients as are kept in memory.
    const CAPACITY: u64 = 10_000;

    /// Looks clients up in `store`.
    pub fn new(store: Arc<S>) -> Self {
        Self {
            store,
            known: AtomicU64::new(0),
            cache: Cache::new(Self::CAPACITY),
        }
    }

    /// Takes note of the store's revision: what was read at an earlier one is read again.
    pub fn follow(&self, revision: Revision) {
        if self.known.swap(revision.0, Ordering::AcqRel) != revision.0 {
            self.cache.invalidate_all();
        }
    }

    /// The client of this `client_id`, as it came.
    pub async fn registered(&self, id: &str) -> Result<Arc<Client>, Failure> {
        let id = ClientId::parse(id).map_err(|_| Refusal::ClientUnknown)?;
        Ok(self.find(&id).await?.ok_or(Refusal::ClientUnknown)?)
    }

    /// The client of this id. A client that is not there is asked for again each time, so that one
    /// that was just registered is found; look-ups that wait for the same client share one answer.
    pub async fn find(&self, id: &ClientId) -> Result<Option<Arc<Client>>, StoreError> {
        let key = (Revision(self.known.load(Ordering::Acquire)), id.clone());
        if let Some(client) = self.cache.get(&key).await {
            return Ok(Some(client));
        }
        let found = self.cache.try_get_with(key, async {
            match self.store.find_client(id).await {
                Ok(Some(client)) => Ok(Arc::new(client)),
                Ok(None) => Err(NotFound::Unknown),
                Err(error) => Err(NotFound::Failed(error)),
            }
        });
        match found.await {
            Ok(client) => Ok(Some(client)),
            Err(why) => match Arc::try_unwrap(why) {
                Ok(NotFound::Unknown) => Ok(None),
                Ok(NotFound::Failed(error)) => Err(error),
                Err(shared) => match &*shared {
                    NotFound::Unknown => Ok(None),
                    NotFound::Failed(error) => Err(StoreError::new(error.to_string())),
                },
            },
        }
    }
}
