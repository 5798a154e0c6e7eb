//! Documents behind URLs, in a bounded cache.

use super::entry::Entry;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    NoKeySet, Outbound, OutboundContent, OutboundPurpose, OutboundRequest, OutboundResponse,
};
use quick_cache::sync::Cache;
use std::sync::Arc;
use tokio::time::Instant;

/// Entries by tenant and URL.
type Entries<T> = Cache<(TenantId, String), Arc<Entry<T>>>;

/// Documents of one kind.
///
/// A document is used without a request for five minutes. After that, or if the caller says that it is outdated, it is
/// fetched again. All requests that wait for a URL share one fetch. If the fetch fails, the old document is used for up
/// to an hour, and the next requests do not wait: failures are retried with increasing delays.
pub(crate) struct Documents<T> {
    outbound: Arc<dyn Outbound>,
    purpose: OutboundPurpose,
    /// Reads the body of a response.
    read: fn(&[u8]) -> Option<T>,
    entries: Arc<Entries<T>>,
}

impl<T> Clone for Documents<T> {
    fn clone(&self) -> Self {
        Self {
            outbound: self.outbound.clone(),
            entries: self.entries.clone(),
            ..*self
        }
    }
}

impl<T: Send + Sync> Documents<T> {
    /// Maximum number of cached documents.
    const CAPACITY: usize = 1000;

    /// Creates an empty cache.
    pub(crate) fn new(
        outbound: Arc<dyn Outbound>,
        purpose: OutboundPurpose,
        read: fn(&[u8]) -> Option<T>,
    ) -> Self {
        Self {
            outbound,
            purpose,
            read,
            entries: Arc::new(Cache::new(Self::CAPACITY)),
        }
    }

    fn entry(&self, tenant: TenantId, url: &str) -> Arc<Entry<T>> {
        let key = (tenant, url.to_owned());
        let Ok(entry) = self
            .entries
            .get_or_insert_with(&key, || Ok::<_, std::convert::Infallible>(Arc::default()));
        entry
    }

    /// Returns the document at a URL. `log` reports a failed request whose document is still usable, or not.
    pub(crate) async fn find(
        &self,
        tenant: TenantId,
        url: &str,
        outdated: Option<&Arc<T>>,
        log: impl FnOnce(&NoKeySet) + Send,
    ) -> Result<Arc<T>, NoKeySet> {
        let entry = self.entry(tenant, url);
        let asked_at = Instant::now();
        let fresh = entry.state().fresh(asked_at);
        let is_outdated = |own: &Arc<T>| outdated.is_some_and(|old| Arc::ptr_eq(old, own));
        if let Some(document) = fresh.filter(|own| !is_outdated(own)) {
            return Ok(document);
        }
        let _turn = entry.turn.lock().await;
        let state = entry.state();
        if state.was_tried_since(asked_at) || !state.may_try(Instant::now()) {
            return state.usable(Instant::now()).ok_or(NoKeySet::TooEarly);
        }
        let fetched = self.fetch(url).await;
        let state = entry.settle(fetched.as_ref().ok(), Instant::now());
        match fetched {
            Ok(document) => Ok(document),
            Err(error) => {
                log(&error);
                state.usable(Instant::now()).ok_or(error)
            }
        }
    }

    async fn fetch(&self, url: &str) -> Result<Arc<T>, NoKeySet> {
        let request = OutboundRequest {
            purpose: self.purpose,
            url: url.to_owned(),
            content: OutboundContent::None,
        };
        let OutboundResponse { status, body } = self.outbound.send(request).await?;
        if status != 200 {
            return Err(NoKeySet::Status(status));
        }
        (self.read)(&body).map(Arc::new).ok_or(NoKeySet::Malformed)
    }
}
