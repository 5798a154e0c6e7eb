//! Registered clients, with a bounded cache in front of the store.

use crate::failure::Failure;
use countersign_domain::client::{Client, ClientId, ClientStatus};
use countersign_domain::redirect_uri::RedirectUri;
use countersign_domain::refusal::Refusal;
use countersign_domain::time::Timestamp;
use countersign_ports::{ClientRepository, Revision, StoreError};
use moka::future::Cache;
use std::collections::HashSet;
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
    /// Where the pages of clients are, at the last revision that somebody asked at.
    origins: Cache<Revision, Arc<HashSet<String>>>,
}

/// Why a look-up put nothing into the cache.
enum NotFound {
    Unknown,
    Failed(StoreError),
}

impl<S: ClientRepository + Send + Sync> Clients<S> {
    /// As many clients as are kept in memory.
    const CAPACITY: u64 = 10_000;

    /// As many origins as are kept in memory; those beyond are not let in, and the log says so.
    const MOST_ORIGINS: usize = 100_000;

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
            origins: Cache::new(1),
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
            self.forget();
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
            self.forget();
        }
    }

    fn forget(&self) {
        self.cache.invalidate_all();
        self.origins.invalidate_all();
    }

    fn revision(&self) -> Revision {
        Revision(self.known.load(Ordering::Acquire))
    }

    /// The client of this `client_id`, as it came.
    pub async fn registered(&self, id: &str) -> Result<Arc<Client>, Failure> {
        let id = ClientId::parse(id).map_err(|_| Refusal::ClientUnknown)?;
        Ok(self.find(&id).await?.ok_or(Refusal::ClientUnknown)?)
    }

    /// The client of this id. A client that is not there is asked for again each time, so that one
    /// that was just registered is found; look-ups that wait for the same client share one answer.
    pub async fn find(&self, id: &ClientId) -> Result<Option<Arc<Client>>, StoreError> {
        let key = (self.revision(), id.clone());
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

    /// Whether an active client has a redirect URI at this origin: then a page of this origin may be the client.
    /// All clients are read for it, once after each change.
    pub async fn is_origin_of_a_client(&self, origin: &str) -> Result<bool, StoreError> {
        let origins = self.origins.try_get_with(self.revision(), async {
            let clients = self.store.list_clients().await?;
            let active = clients
                .iter()
                .filter(|client| client.status == ClientStatus::Active);
            let uris = active.flat_map(|client| &client.redirect_uris);
            let mut origins: HashSet<String> = HashSet::new();
            for origin in uris.filter_map(RedirectUri::origin) {
                if origins.len() == Self::MOST_ORIGINS {
                    tracing::warn!("clients have too many origins: some are not let in");
                    break;
                }
                origins.insert(origin);
            }
            Ok::<_, StoreError>(Arc::new(origins))
        });
        match origins.await {
            Ok(origins) => Ok(origins.contains(origin)),
            Err(error) => Err(StoreError::new(error.to_string())),
        }
    }
}
