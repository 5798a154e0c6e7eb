//! Signing keys to create.

use countersign_domain::client::ClientId;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::SigningError;
use std::collections::BTreeSet;

/// Signing key to create.
#[derive(Clone, Copy, Debug)]
pub struct NewSigningKey<'a> {
    /// Tenant for which the private key is sealed.
    pub tenant: TenantId,
    /// Algorithm.
    pub algorithm: SigningAlgorithm,
    /// For HS256, the client that shares the key.
    pub client: Option<&'a ClientId>,
    /// [`SigningKey::created_at`] of the new key.
    pub created_at: Timestamp,
    /// [`SigningKey::signs_from`] of the new key.
    pub signs_from: Timestamp,
}

/// Function that creates a signing key. It can be slow: an RSA key takes at least tens of milliseconds.
pub type MakeSigningKey<'a> =
    dyn Fn(NewSigningKey<'_>) -> Result<SigningKey, SigningError> + Send + Sync + 'a;

/// Returns the parameters of a new client key that signs from `now` on.
pub(in crate::admin) const fn client_key<'a>(
    tenant: &Tenant,
    client: &'a ClientId,
    now: Timestamp,
) -> NewSigningKey<'a> {
    NewSigningKey {
        tenant: tenant.id,
        algorithm: SigningAlgorithm::Hs256,
        client: Some(client),
        created_at: now,
        signs_from: now,
    }
}

/// Makes a key of the server for each of the algorithms, with its creation time and the time from which it signs.
pub(super) fn make_all(
    tenant: &Tenant,
    make: &MakeSigningKey<'_>,
    algorithms: &BTreeSet<SigningAlgorithm>,
    (created_at, signs_from): (Timestamp, Timestamp),
) -> Result<Vec<SigningKey>, SigningError> {
    let new = algorithms.iter().map(|algorithm| {
        make(NewSigningKey {
            tenant: tenant.id,
            algorithm: *algorithm,
            client: None,
            created_at,
            signs_from,
        })
    });
    new.collect()
}
