//! Signing keys: made at the first start, replaced without a token that cannot be verified.

use super::events::{Done, EventSource};
use super::{AdminError, may};
use crate::failure::Failure;
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::ClientId;
use countersign_domain::tenant::{Tenant, TenantId};
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::{SigningKey, Takeover};
use countersign_ports::{Clock, KeyChange, Race, SigningError, SigningKeyRepository};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// A signing key that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewSigningKey<'a> {
    /// Tenant, for the seal.
    pub tenant: TenantId,
    /// Algorithm.
    pub algorithm: SigningAlgorithm,
    /// For HS256, the client that shares the key.
    pub client: Option<&'a ClientId>,
    /// Becomes [`SigningKey::created_at`].
    pub created_at: Timestamp,
    /// Becomes [`SigningKey::signs_from`].
    pub signs_from: Timestamp,
}

/// Makes a signing key. It may take a while: an RSA key takes tens of milliseconds and more.
pub type MakeSigningKey<'a> =
    dyn Fn(NewSigningKey<'_>) -> Result<SigningKey, SigningError> + Send + Sync + 'a;

/// The commands about signing keys.
pub struct KeyAdmin<S> {
    /// Signing keys.
    pub store: Arc<S>,
    /// Events of the commands.
    pub events: Arc<EventSource>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl<S: SigningKeyRepository + Send + Sync> KeyAdmin<S> {
    /// All signing keys, oldest first.
    pub async fn list(
        &self,
        tenant: &Tenant,
        operator: &Operator,
    ) -> Result<Vec<SigningKey>, AdminError> {
        may(operator, Permission::KeysRead)?;
        let (_, keys) = self.store.list_signing_keys(tenant.id).await?;
        Ok(keys)
    }

    /// Announces a new key for each of `algorithms` and sets the date for the keys before it ([`Takeover`]). Returns the
    /// new keys.
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
        let takeover = Takeover::planned(now, announcement);
        let new = algorithms.iter().map(|algorithm| {
            make(NewSigningKey {
                tenant: tenant.id,
                algorithm: *algorithm,
                client: None,
                created_at: now,
                signs_from: takeover.signs_from,
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
                    .map(|key| (key.id.clone(), takeover.others_retire_at))
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

    /// Makes a key that a client shares with its resource server (HS256). It signs at once, in the place of an earlier
    /// one, which still verifies.
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

    /// Stores the key of a client.
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

/// A new key of a client, which signs from `now` on.
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

/// Makes the keys that are missing: one for each asymmetric algorithm, to sign at once. Several servers may start at the
/// same time; the keys of one of them stay. No operator runs this, and there is no event.
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
