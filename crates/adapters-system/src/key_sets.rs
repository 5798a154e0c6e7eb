//! Key sets of clients, fetched from their `jwks_uri` and cached (RFC 7591 section 2).

mod entry;
#[cfg(test)]
mod tests;

use countersign_domain::client::Jwks;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    KeySetFuture, KeySets, NoKeySet, Outbound, OutboundContent, OutboundPurpose, OutboundRequest,
    OutboundResponse,
};
use entry::Entry;
use quick_cache::sync::Cache;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::sync::Arc;
use tokio::time::Instant;

/// Key sets behind URLs, in a bounded cache.
///
/// A set is used without a request for five minutes. After that, or if it lacks the key of a request, it is fetched
/// again. All requests that wait for a URL share one fetch. If the fetch fails, the old set is used for up to an hour, and
/// the next requests do not wait: failures are retried with increasing delays.
#[derive(Clone)]
pub struct CachedKeySets {
    outbound: Arc<dyn Outbound>,
    entries: Arc<Cache<(TenantId, String), Arc<Entry>>>,
}

impl CachedKeySets {
    /// Maximum number of cached sets. Each has at most [`Jwks::MAX_LENGTH`] bytes.
    const CAPACITY: usize = 1000;

    /// Creates an empty cache.
    pub fn new(outbound: Arc<dyn Outbound>) -> Self {
        Self {
            outbound,
            entries: Arc::new(Cache::new(Self::CAPACITY)),
        }
    }

    fn entry(&self, tenant: TenantId, uri: &RedirectUri) -> Arc<Entry> {
        let key = (tenant, uri.as_str().to_owned());
        let Ok(entry) = self
            .entries
            .get_or_insert_with(&key, || Ok::<_, std::convert::Infallible>(Arc::default()));
        entry
    }

    async fn current(
        &self,
        entry: Arc<Entry>,
        uri: &RedirectUri,
        outdated: Option<&Arc<Jwks>>,
    ) -> Result<Arc<Jwks>, NoKeySet> {
        let asked_at = Instant::now();
        let fresh = entry.state().fresh(asked_at);
        let is_outdated = |keys: &Arc<Jwks>| outdated.is_some_and(|old| Arc::ptr_eq(old, keys));
        if let Some(keys) = fresh.filter(|keys| !is_outdated(keys)) {
            return Ok(keys);
        }
        let _turn = entry.turn.lock().await;
        let state = entry.state();
        if state.was_tried_since(asked_at) || !state.may_try(Instant::now()) {
            return state.usable(Instant::now()).ok_or(NoKeySet::TooEarly);
        }
        let fetched = self.fetch(uri).await;
        let state = entry.settle(fetched.as_ref().ok(), Instant::now());
        match fetched {
            Ok(keys) => Ok(keys),
            Err(error) => {
                log(uri, &error);
                state.usable(Instant::now()).ok_or(error)
            }
        }
    }

    async fn fetch(&self, uri: &RedirectUri) -> Result<Arc<Jwks>, NoKeySet> {
        let request = OutboundRequest {
            purpose: OutboundPurpose::JwksUri,
            url: uri.as_str().to_owned(),
            content: OutboundContent::None,
        };
        let OutboundResponse { status, body } = self.outbound.send(request).await?;
        if status != 200 {
            return Err(NoKeySet::Status(status));
        }
        key_set(body).ok_or(NoKeySet::Malformed)
    }
}

impl KeySets for CachedKeySets {
    fn find<'a>(
        &'a self,
        tenant: TenantId,
        uri: &'a RedirectUri,
        outdated: Option<&'a Arc<Jwks>>,
    ) -> KeySetFuture<'a> {
        Box::pin(self.current(self.entry(tenant, uri), uri, outdated))
    }
}

/// Returns a body that is a JWK Set (RFC 7517 section 5). Single keys may still be unusable.
fn key_set(body: Vec<u8>) -> Option<Arc<Jwks>> {
    #[derive(Deserialize)]
    struct Set {
        #[serde(rename = "keys")]
        _keys: Vec<IgnoredAny>,
    }
    if body.len() > Jwks::MAX_LENGTH {
        return None;
    }
    let text = String::from_utf8(body).ok()?;
    serde_json::from_str::<Set>(&text).ok()?;
    Some(Arc::new(Jwks::new(text)))
}

fn log(uri: &RedirectUri, error: &NoKeySet) {
    tracing::warn!(
        event = "jwks_uri_failed",
        host = uri.host().unwrap_or_default(),
        error = %error,
        "the keys of a client cannot be fetched"
    );
}
