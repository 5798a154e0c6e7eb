//! Key sets of clients, fetched from their `jwks_uri` and cached (RFC 7591 section 2).

mod documents;
mod entry;
#[cfg(test)]
mod tests;

use countersign_domain::client::Jwks;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::tenant::TenantId;
use countersign_ports::{KeySetFuture, KeySets, NoKeySet, Outbound, OutboundPurpose};
pub(crate) use documents::Documents;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::sync::Arc;

/// Key sets of clients, in a bounded cache. Each has at most [`Jwks::MAX_LENGTH`] bytes.
#[derive(Clone)]
pub struct CachedKeySets(Documents<Jwks>);

impl CachedKeySets {
    /// Creates an empty cache.
    pub fn new(outbound: Arc<dyn Outbound>) -> Self {
        let purpose = OutboundPurpose::JwksUri;
        Self(Documents::new(outbound, purpose, key_set))
    }
}

impl KeySets for CachedKeySets {
    fn find<'a>(
        &'a self,
        tenant: TenantId,
        uri: &'a RedirectUri,
        outdated: Option<&'a Arc<Jwks>>,
    ) -> KeySetFuture<'a> {
        let log = |error: &NoKeySet| log(uri, error);
        Box::pin(self.0.find(tenant, uri.as_str(), outdated, log))
    }
}

/// Returns a body that is a JWK Set (RFC 7517 section 5). Single keys may still be unusable.
pub(crate) fn key_set(body: &[u8]) -> Option<Jwks> {
    #[derive(Deserialize)]
    struct Set {
        #[serde(rename = "keys")]
        _keys: Vec<IgnoredAny>,
    }
    if body.len() > Jwks::MAX_LENGTH {
        return None;
    }
    let text = str::from_utf8(body).ok()?;
    serde_json::from_str::<Set>(text).ok()?;
    Some(Jwks::new(text))
}

fn log(uri: &RedirectUri, error: &NoKeySet) {
    tracing::warn!(
        event = "jwks_uri_failed",
        host = uri.host().unwrap_or_default(),
        error = %error,
        "the keys of a client cannot be fetched"
    );
}
