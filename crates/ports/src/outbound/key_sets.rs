//! Key sets that clients publish at a URL.

use crate::outbound::OutboundError;
use countersign_domain::client::Jwks;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::tenant::TenantId;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Reason why there is no key set. It names at most the host of the URL.
#[derive(Debug, thiserror::Error)]
pub enum NoKeySet {
    /// The request failed.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// The status code was not 200.
    #[error("the response had the status code {0}")]
    Status(u16),
    /// The body is not a JWK Set, or longer than [`Jwks::MAX_LENGTH`].
    #[error("the response is not a JWK Set of at most {max} bytes", max = Jwks::MAX_LENGTH)]
    Malformed,
    /// Earlier requests failed, and it is too early for the next one.
    #[error("earlier requests failed; the next one is sent later")]
    TooEarly,
}

/// Future of [`KeySets::find`].
pub type KeySetFuture<'a> = Pin<Box<dyn Future<Output = Result<Arc<Jwks>, NoKeySet>> + Send + 'a>>;

/// Fetches the key sets behind `jwks_uri` (RFC 7591 section 2) and caches them.
pub trait KeySets: Send + Sync {
    /// Returns the key set at a URL.
    ///
    /// Pass a set from an earlier call as `outdated` if it lacks the key that a request needs. It is then fetched
    /// again, unless that happened a moment ago. Returns the same set if there is no newer one.
    fn find<'a>(
        &'a self,
        tenant: TenantId,
        uri: &'a RedirectUri,
        outdated: Option<&'a Arc<Jwks>>,
    ) -> KeySetFuture<'a>;
}
