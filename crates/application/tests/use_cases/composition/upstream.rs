//! Upstream providers that never respond. The wire tests have some that do.

use countersign_domain::client::Jwks;
use countersign_domain::federation::account::ListedEmail;
use countersign_domain::federation::claims::UpstreamClaims;
use countersign_domain::federation::url::UpstreamUrl;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    OutboundError, UnreadableAssertion, UpstreamError, UpstreamFuture, UpstreamJwt, UpstreamJwts,
    UpstreamMetadata, UpstreamReach, UpstreamTokenRequest, UpstreamTokens, Upstreams,
};
use std::sync::Arc;

pub(crate) struct Unreachable;

fn timeout<'a, T: Send + 'a>() -> UpstreamFuture<'a, T> {
    Box::pin(async { Err(UpstreamError::Outbound(OutboundError::Timeout)) })
}

impl Upstreams for Unreachable {
    fn discover<'a>(
        &'a self,
        _: TenantId,
        _: &'a UpstreamUrl,
        _: UpstreamReach,
    ) -> UpstreamFuture<'a, Arc<UpstreamMetadata>> {
        timeout()
    }

    fn keys<'a>(
        &'a self,
        _: TenantId,
        _: &'a UpstreamUrl,
        _: UpstreamReach,
        _: Option<&'a Arc<Jwks>>,
    ) -> UpstreamFuture<'a, Arc<Jwks>> {
        timeout()
    }

    fn redeem(&self, _: UpstreamTokenRequest) -> UpstreamFuture<'_, UpstreamTokens> {
        timeout()
    }

    fn userinfo<'a>(
        &'a self,
        _: &'a UpstreamUrl,
        _: &'a Secret,
        _: UpstreamReach,
    ) -> UpstreamFuture<'a, UpstreamClaims> {
        timeout()
    }

    fn emails<'a>(
        &'a self,
        _: &'a UpstreamUrl,
        _: &'a Secret,
        _: UpstreamReach,
    ) -> UpstreamFuture<'a, Vec<ListedEmail>> {
        timeout()
    }

    fn claims(&self, _: &[u8]) -> Option<UpstreamClaims> {
        None
    }
}

impl UpstreamJwts for Unreachable {
    fn verify(&self, _: &str, _: &Jwks) -> Result<UpstreamJwt, UnreadableAssertion> {
        Err(UnreadableAssertion::Signature)
    }
}
