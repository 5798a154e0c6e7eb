//! The keys that verify an assertion.

use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Jwks, KeySource};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::TenantId;
use countersign_ports::{KeySets, NoKeySet, UnreadableAssertion};
use std::sync::Arc;

/// Keys that are published at URLs.
#[derive(Clone, Copy)]
pub(super) struct PublishedKeys<'a> {
    pub(super) key_sets: &'a dyn KeySets,
    pub(super) tenant: TenantId,
}

impl PublishedKeys<'_> {
    /// Verifies an assertion with registered or published keys.
    pub(super) async fn verified<T>(
        self,
        source: &KeySource,
        verify: impl Fn(&Jwks) -> Result<T, UnreadableAssertion>,
    ) -> Result<T, Refusal> {
        let verified = match source {
            KeySource::Registered(keys) => verify(keys),
            KeySource::Published(uri) => self.verified_at(uri, verify).await?,
        };
        verified.map_err(|error| match error {
            UnreadableAssertion::Malformed => Refusal::AssertionMalformed,
            UnreadableAssertion::NoKey => Refusal::AssertionKeyUnknown,
            UnreadableAssertion::Signature => Refusal::AssertionSignatureWrong,
        })
    }

    /// Verifies an assertion with published keys. If none of them verifies it, the keys may have been rotated, so they
    /// are fetched again.
    async fn verified_at<T>(
        self,
        uri: &RedirectUri,
        verify: impl Fn(&Jwks) -> Result<T, UnreadableAssertion>,
    ) -> Result<Result<T, UnreadableAssertion>, Refusal> {
        let Self { key_sets, tenant } = self;
        let unavailable = |error: NoKeySet| {
            let host = uri.host().unwrap_or_default();
            Refusal::KeysUnavailable(Evidence::of(format_args!("{host}: {error}")))
        };
        let known = key_sets.find(tenant, uri, None).await;
        let known = known.map_err(unavailable)?;
        let verified = verify(&known);
        if matches!(verified, Ok(_) | Err(UnreadableAssertion::Malformed)) {
            return Ok(verified);
        }
        let newer = key_sets.find(tenant, uri, Some(&known)).await;
        let newer = newer.map_err(unavailable)?;
        if Arc::ptr_eq(&newer, &known) {
            return Ok(verified);
        }
        Ok(verify(&newer))
    }
}
