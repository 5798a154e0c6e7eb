//! Signing keys: creation at the first start, and rotation without unverifiable tokens.

use super::events::{Done, EventSource};
use super::{AdminError, may};
use crate::failure::Failure;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::ClientId;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::{KeyRollover, SigningKey};
use countersign_ports::{Clock, KeyChange, Race, SigningError, SigningKeyRepository};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

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

/// Signing key administration commands.
pub struct KeyAdmin<S> {
    /// Signing keys.
    pub store: Arc<S>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<S: SigningKeyRepository + Send + Sync> KeyAdmin<S> {
    /// Returns all signing keys, oldest first.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
    ) -> Result<Vec<SigningKey>, AdminError> {
        may(operator, Permission::KeysRead)?;
        let (_, keys) = self.store.list_signing_keys(tenant.id).await?;
        Ok(keys)
    }

    /// Adds a new key for each of `algorithms`, which starts signing after the announcement period. Sets the retirement
    /// time of the current keys ([`KeyRollover`]). Returns the new keys.
    pub async fn rotate(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        make: &MakeSigningKey<'_>,
        algorithms: &[SigningAlgorithm],
        announcement: Duration,
    ) -> Result<Vec<SigningKey>, AdminError> {
        may(operator, Permission::KeysWrite)?;
        let now = self.clock.now();
        let rollover = KeyRollover::planned(now, announcement);
        let new = algorithms.iter().map(|algorithm| {
            make(NewSigningKey {
                tenant: tenant.id,
                algorithm: *algorithm,
                client: None,
                created_at: now,
                signs_from: rollover.signs_from,
            })
        });
        let add = new.collect::<Result<Vec<_>, _>>()?;
        let retires = |key: &&SigningKey| {
            algorithms.contains(&key.algorithm) && key.client.is_none() && key.retires_at.is_none()
        };
        let ids: Vec<&str> = add.iter().map(|key| key.id.as_str()).collect();
        let target = Party::new("signing_key", ids.join(" "));
        loop {
            let (seen, keys) = self.store.list_signing_keys(tenant.id).await?;
            let retire = keys.iter().filter(retires);
            let change = KeyChange {
                seen,
                add: add.clone(),
                retire: retire
                    .map(|key| (key.id.clone(), rollover.others_retire_at))
                    .collect(),
            };
            if self
                .change(tenant, operator, &change, target.clone(), now)
                .await?
                == Race::Won
            {
                return Ok(add);
            }
        }
    }

    /// Creates a key that a client shares with its resource server (HS256). It signs at once. An earlier key still
    /// verifies tokens.
    pub async fn create_client_key(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        client: &ClientId,
        make: &MakeSigningKey<'_>,
    ) -> Result<SigningKey, AdminError> {
        may(operator, Permission::KeysWrite)?;
        let key = make(client_key(tenant, client, self.clock.now()))?;
        self.add_client_key(tenant, operator, client, &key).await?;
        Ok(key)
    }

    /// Stores a client's key.
    pub(super) async fn add_client_key(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        client: &ClientId,
        key: &SigningKey,
    ) -> Result<(), AdminError> {
        let target = Party::new("client", client.as_str());
        loop {
            let (seen, _) = self.store.list_signing_keys(tenant.id).await?;
            let change = KeyChange {
                seen,
                add: vec![key.clone()],
                retire: Vec::new(),
            };
            let at = key.created_at;
            let changed = self.change(tenant, operator, &change, target.clone(), at);
            if changed.await? == Race::Won {
                return Ok(());
            }
        }
    }

    async fn change(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        change: &KeyChange,
        target: Party,
        at: Timestamp,
    ) -> Result<Race, AdminError> {
        let done = Done {
            action: Action::SIGNING_KEYS_CHANGED,
            target,
            changes: fields_of(change),
            at,
        };
        let event = self.events.record(tenant.id, operator, done);
        let changed = self
            .store
            .change_signing_keys(tenant.id, change, Some(&event));
        Ok(changed.await?)
    }
}

/// Returns the parameters of a new client key that signs from `now` on.
pub(super) const fn client_key<'a>(
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

fn fields_of(change: &KeyChange) -> Vec<FieldChange> {
    let added = change.add.iter().map(|key| {
        let (algorithm, from) = (key.algorithm.as_str(), key.signs_from);
        (
            format!("signing_key:{}", key.id),
            format!("{algorithm}, signs from {from}"),
        )
    });
    let retire = change.retire.iter();
    let retired = retire.map(|(id, at)| (format!("retires_at:{id}"), at.to_string()));
    let changes = added.chain(retired).map(|(field, after)| FieldChange {
        field: Cow::Owned(field),
        before: None,
        after: Some(after),
    });
    changes.collect()
}

/// Creates the missing keys, one for each asymmetric algorithm; they sign at once. If several servers start at the same
/// time, only the keys of one are stored. Records no audit event, because no operator runs this.
pub async fn ensure_signing_keys<S: SigningKeyRepository>(
    store: &S,
    tenant: &Tenant,
    make: &MakeSigningKey<'_>,
    now: Timestamp,
) -> Result<(), Failure> {
    loop {
        let (seen, keys) = store.list_signing_keys(tenant.id).await?;
        let has = |algorithm| {
            keys.iter().any(|key| {
                key.algorithm == algorithm && key.client.is_none() && key.is_published(now)
            })
        };
        let missing = SigningAlgorithm::ASYMMETRIC
            .iter()
            .filter(|algorithm| !has(**algorithm));
        let new = missing.map(|algorithm| {
            make(NewSigningKey {
                tenant: tenant.id,
                algorithm: *algorithm,
                client: None,
                created_at: now,
                signs_from: now,
            })
        });
        let add = new.collect::<Result<Vec<_>, _>>()?;
        if add.is_empty() {
            return Ok(());
        }
        let change = KeyChange {
            seen,
            add,
            retire: Vec::new(),
        };
        if store.change_signing_keys(tenant.id, &change, None).await? == Race::Won {
            return Ok(());
        }
    }
}
