//! `private_key_jwt`: a JWT signed by the client (RFC 7523 section 2.2).

use super::keys::PublishedKeys;
use super::workload;
use crate::failure::Failure;
use countersign_domain::client::assertion::{Assertion, Audience};
use countersign_domain::client::authentication::{Caller, Credential, RegisteredClient};
use countersign_domain::client::presented::PresentedAssertion;
use countersign_domain::client::{AuthenticationMethod, Client, ClientId, Jwks};
use countersign_domain::evidence::Evidence;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_ports::{Assertions, EphemeralKey, EphemeralKind, KeySets, Race, Store};
use sha2::{Digest as _, Sha256};

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
    let endpoint = format!("{}{endpoint}", tenant.issuer);
    let audience = Audience {
        issuer: &tenant.issuer,
        endpoint: &endpoint,
    };
    let keys = PublishedKeys {
        key_sets,
        tenant: tenant.id,
    };
    let text = &assertion.text;
    let checked = if let Some(claimed) = workload::claimed(client, assertions, text) {
        let verify = |keys: &Jwks| assertions.verify_workload(text, keys);
        workload::check((client, claimed), (keys, verify), audience, now).await?
    } else {
        let source = client.keys.as_ref().ok_or_else(not_registered)?;
        let verify = |keys: &Jwks| assertions.verify(text, keys);
        let claims = keys.verified(source, verify).await?;
        let checked = claims.check(client, audience, now)?;
        use_up(store, tenant.id, &client.id, &claims, now).await?;
        checked
    };
    Ok(RegisteredClient::from_stored(client).authenticate(&Credential::Assertion(checked), now)?)
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
