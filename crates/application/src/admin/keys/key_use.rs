//! Use of signing keys: the algorithms that sign with published keys, and which of them have none.

use crate::admin::AdminError;
use countersign_domain::client::Client;
use countersign_domain::tenant::Tenant;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{After, ClientRepository, StoreError};
use std::collections::BTreeSet;

/// Returns the algorithms that the tenant's default or a client uses.
///
/// Returns all algorithms if a client cannot be read, because that client may need any of them.
pub(super) async fn in_use<S: ClientRepository>(
    store: &S,
    tenant: &Tenant,
) -> BTreeSet<SigningAlgorithm> {
    let mut used = of_clients(store, tenant).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot read all clients; keeping a signing key for every algorithm");
        SigningAlgorithm::ASYMMETRIC.iter().copied().collect()
    });
    used.insert(tenant.settings.signing_algorithm);
    used
}

async fn of_clients<S: ClientRepository>(
    store: &S,
    tenant: &Tenant,
) -> Result<BTreeSet<SigningAlgorithm>, StoreError> {
    let mut used = BTreeSet::new();
    let mut after = After::start();
    loop {
        let slice = store.list_clients(tenant.id, None, after).await?;
        used.extend(slice.items.iter().flat_map(Client::published_algorithms));
        match slice.items.into_iter().last() {
            Some(last) if slice.has_more => after = After::key(last.id),
            _ => return Ok(used),
        }
    }
}

/// Returns the algorithms without a key, or with retiring keys only.
pub(super) fn missing(
    keys: &[SigningKey],
    algorithms: impl IntoIterator<Item = SigningAlgorithm>,
) -> BTreeSet<SigningAlgorithm> {
    let stays = |key: &SigningKey| key.client.is_none() && key.retires_at.is_none();
    let has = |algorithm| {
        let mut staying = keys.iter().filter(|key| stays(key));
        staying.any(|key| key.algorithm == algorithm)
    };
    let algorithms = algorithms.into_iter();
    algorithms.filter(|algorithm| !has(*algorithm)).collect()
}

/// Returns the algorithms that need a key before a client may use them. A store without keys needs none: a server
/// creates them when it first starts.
pub(super) fn unpublished(
    keys: &[SigningKey],
    algorithms: impl IntoIterator<Item = SigningAlgorithm>,
) -> BTreeSet<SigningAlgorithm> {
    if keys.iter().all(|key| key.client.is_some()) {
        return BTreeSet::new();
    }
    missing(keys, algorithms)
}

/// Checks that every algorithm of a client has a published key.
pub(in crate::admin) fn check(keys: &[SigningKey], client: &Client) -> Result<(), AdminError> {
    match unpublished(keys, client.published_algorithms()).first() {
        Some(algorithm) => Err(AdminError::SigningKeyMissing(*algorithm)),
        None => Ok(()),
    }
}
