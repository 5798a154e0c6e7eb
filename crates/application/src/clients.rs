//! Registered clients, with a bounded cache in front of the store.

use crate::failure::Failure;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_ports::{ClientRepository, Revision, StoreError};
use moka::future::Cache;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Looks clients up. An entry is good for the revision that was known before it was read, so that a
/// change takes effect with the first [`Clients::follow`] after it, whatever was under way.
pub struct Clients<S> {
    store: Arc<S>,
    known: AtomicU64,
    outage_grace: Duration,
    /// Since when the store has not answered.
    away_since: Mutex<Option<Timestamp>>,
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

    /// How long a client is remembered while the store does not answer, if nothing else is said.
    const OUTAGE_GRACE: Duration = Duration::from_secs(300);

    /// Looks clients up in `store`.
    pub fn new(store: Arc<S>) -> Self {
        Self {
            store,
            known: AtomicU64::new(0),
            outage_grace: Self::OUTAGE_GRACE,
            away_since: Mutex::new(None),
            cache: Cache::new(Self::CAPACITY),
        }
    }

    /// Sets how long a client is remembered while the store does not answer: for that long an outage does
    /// not stop clients, and for that long a client that was disabled meanwhile goes on.
    #[must_use]
    pub const fn with_outage_grace(mut self, outage_grace: Duration) -> Self {
        self.outage_grace = outage_grace;
        self
    }

    /// Takes note that the store did not say its revision at `now`. Once it has not for the grace, nothing
    /// is remembered: look-ups ask the store, and fail with it.
    pub fn miss(&self, now: Timestamp) {
        let since = *self.away_since().get_or_insert(now);
        if now.since(since) >= self.outage_grace {
            self.cache.invalidate_all();
        }
    }

    fn away_since(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.away_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of the store's revision: what was read at an earlier one is read again.
    pub fn follow(&self, revision: Revision) {
        *self.away_since() = None;
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
        // Boxed: it is rare, and as long as it is in the future of every request, each is kilobytes larger.
        Box::pin(self.read(key)).await
    }

    async fn read(&self, key: (Revision, ClientId)) -> Result<Option<Arc<Client>>, StoreError> {
        let id = key.1.clone();
        let found = self.cache.try_get_with(key, async {
            match self.store.find_client(&id).await {
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
