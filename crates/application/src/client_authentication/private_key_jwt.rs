//! `private_key_jwt`: a JWT signed by the client (RFC 7523 section 2.2).

use crate::failure::Failure;
use countersign_domain::client::assertion::{Assertion, Audience};
use countersign_domain::client::authentication::{Caller, Credential, RegisteredClient};
use countersign_domain::client::presented::PresentedAssertion;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{AuthenticationMethod, Client, ClientId, Jwks, KeySource};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_ports::{
    Assertions, EphemeralKey, EphemeralKind, KeySets, NoKeySet, Race, Store, UnreadableAssertion,
};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Arguments of [`authenticate`].
pub(super) struct Request<'a, 'b, S> {
    /// Records used assertions.
    pub(super) store: &'b S,
    /// Verifies assertions.
    pub(super) assertions: &'b dyn Assertions,
    /// Fetches published keys.
    pub(super) key_sets: &'b dyn KeySets,
    pub(super) tenant: &'b Tenant,
    pub(super) client: &'a Client,
    pub(super) assertion: &'b PresentedAssertion,
    pub(super) endpoint: &'static str,
    pub(super) now: Timestamp,
}

/// Authenticates a client by an assertion. Marks the assertion as used last, so a rejected assertion is not used up.
pub(super) async fn authenticate<'a, S: Store>(
    request: Request<'a, '_, S>,
) -> Result<Caller<'a>, Failure> {
    let Request {
        store,
        assertions,
        key_sets,
        tenant,
        client,
        assertion,
        endpoint,
        now,
    } = request;
    assertion.check_kind()?;
    let method = AuthenticationMethod::PrivateKeyJwt;
    client.may_authenticate_by(method)?;
    let not_registered = || Refusal::AuthenticationMethodNotAllowed(Evidence::of(method.as_str()));
    let claims = match client.keys.as_ref().ok_or_else(not_registered)? {
        KeySource::Registered(keys) => assertions.verify(&assertion.text, keys),
        KeySource::Published(uri) => {
            let verify = |keys: &Jwks| assertions.verify(&assertion.text, keys);
            verify_with_published(key_sets, tenant.id, uri, verify).await?
        }
    }
    .map_err(|error| match error {
        UnreadableAssertion::Malformed => Refusal::AssertionMalformed,
        UnreadableAssertion::NoKey => Refusal::AssertionKeyUnknown,
        UnreadableAssertion::Signature => Refusal::AssertionSignatureWrong,
    })?;
    let endpoint = format!("{}{endpoint}", tenant.issuer);
    let audience = Audience {
        issuer: &tenant.issuer,
        endpoint: &endpoint,
    };
    let checked = claims.check(client, audience, now)?;
    use_up(store, tenant.id, &client.id, &claims, now).await?;
    Ok(RegisteredClient::from_stored(client).authenticate(&Credential::Assertion(checked), now)?)
}

/// Verifies an assertion with published keys. If none of them verifies it, the client may have rotated its keys, so they
/// are fetched again.
async fn verify_with_published(
    key_sets: &dyn KeySets,
    tenant: TenantId,
    uri: &RedirectUri,
    verify: impl Fn(&Jwks) -> Result<Assertion, UnreadableAssertion>,
) -> Result<Result<Assertion, UnreadableAssertion>, Refusal> {
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

/// Marks an assertion as used. Rejects a replay (RFC 7523 section 3, item 7).
async fn use_up<S: Store>(
    store: &S,
    tenant: TenantId,
    client: &ClientId,
    claims: &Assertion,
    now: Timestamp,
) -> Result<(), Failure> {
    match store.insert(tenant, &key(client, claims), &[], now).await? {
        Race::Won => Ok(()),
        Race::Lost => Err(Refusal::AssertionReplayed.into()),
    }
}

/// Returns the key of a used assertion. Nodes of different versions share these keys, so never change the derivation.
fn key(client: &ClientId, claims: &Assertion) -> EphemeralKey {
    // A client identifier never contains a zero byte, so the separator is unambiguous.
    let digest = Sha256::new()
        .chain_update(client.as_str())
        .chain_update([0])
        .chain_update(&claims.token_id)
        .finalize();
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(digest) {
        *to = from;
    }
    EphemeralKey {
        expires_at: claims.expires_at.plus(Assertion::LEEWAY),
        kind: EphemeralKind::AssertionId,
        id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_of(client: &str, token_id: &str) -> EphemeralKey {
        let claims = Assertion {
            issuer: client.to_owned(),
            subject: client.to_owned(),
            audience: Vec::new(),
            expires_at: Timestamp::from_unix_seconds(1_750_000_000),
            not_before: None,
            token_id: token_id.to_owned(),
        };
        key(&ClientId::parse(client).unwrap(), &claims)
    }

    #[test]
    fn used_assertion_key_is_stable() {
        let key = key_of("app", "1");
        assert_eq!(key.expires_at.as_unix_seconds(), 1_750_000_060);
        let hex = format!("{:032x}", u128::from_be_bytes(key.id));
        assert_eq!(hex, "26a732d42da182948c5628c54510b187");
    }

    #[test]
    fn key_separates_client_from_token_id() {
        assert_ne!(key_of("app", "1").id, key_of("ap", "p1").id);
    }
}
