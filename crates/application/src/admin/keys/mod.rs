//! Signing keys: creation at the first start, and rotation without unverifiable tokens.

mod ensure;
pub(super) mod key_use;
mod make;
mod revoke;
mod schedule;

pub use ensure::ensure_signing_keys;
pub(super) use make::client_key;
pub use make::{MakeSigningKey, NewSigningKey};
pub use revoke::{RevokedKey, SharedKeys};

use super::events::{Done, EventSource};
use super::{AdminError, may};
use countersign_domain::audit::event::{Action, FieldChange, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::client::ClientId;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::{KeyRollover, SigningKey};
use countersign_ports::{
    ClientRepository, Clock, KeyChange, KeySetVersion, Race, SigningKeyRepository,
};
use make::make_all;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Signing key administration commands.
pub struct KeyAdmin<S> {
    /// Signing keys.
    pub store: Arc<S>,
    /// Audit events of the commands.
    pub events: Arc<EventSource>,
    /// Current time.
    pub clock: Arc<dyn Clock>,
}

impl<S: SigningKeyRepository + ClientRepository + Send + Sync> KeyAdmin<S> {
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

    /// Adds a new key for each algorithm in use, which starts signing after the announcement period. Sets the
    /// retirement time of the current keys ([`KeyRollover`]), also for algorithms that are no longer in use. Returns
    /// the new keys.
    ///
    /// With `only`, rotates the key of this algorithm, in use or not.
    pub async fn rotate(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        make: &MakeSigningKey<'_>,
        only: Option<SigningAlgorithm>,
        announcement: Duration,
    ) -> Result<Vec<SigningKey>, AdminError> {
        may(operator, Permission::KeysWrite)?;
        let now = self.clock.now();
        let rollover = KeyRollover::planned(now, announcement);
        let algorithms = match only {
            Some(algorithm) => BTreeSet::from([algorithm]),
            None => key_use::in_use(&*self.store, tenant).await,
        };
        let mut new = make_all(tenant, make, &algorithms, (now, rollover.signs_from))?;
        loop {
            let (seen, keys) = self.store.list_signing_keys(tenant.id).await?;
            let change = replacement(seen, &keys, new.clone(), rollover, only);
            if self.add(tenant, operator, &change, now).await? == Race::Won {
                break;
            }
        }
        if only.is_none() {
            // A client may have been registered for an algorithm that was not in use a moment ago.
            let in_use = key_use::in_use(&*self.store, tenant).await;
            let missed = self.add_missing(tenant, operator, make, &in_use);
            new.extend(missed.await?);
        }
        Ok(new)
    }

    /// Returns those of the algorithms that need a key before a client may use them.
    pub async fn missing(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        algorithms: &BTreeSet<SigningAlgorithm>,
    ) -> Result<BTreeSet<SigningAlgorithm>, AdminError> {
        let keys = self.list(tenant, operator).await?;
        Ok(key_use::unpublished(&keys, algorithms.iter().copied()))
    }

    /// Adds a key for each of the algorithms that needs one ([`Self::missing`]). It signs at once. Returns the new
    /// keys.
    pub async fn add_missing(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        make: &MakeSigningKey<'_>,
        algorithms: &BTreeSet<SigningAlgorithm>,
    ) -> Result<Vec<SigningKey>, AdminError> {
        may(operator, Permission::KeysWrite)?;
        let now = self.clock.now();
        loop {
            let (seen, keys) = self.store.list_signing_keys(tenant.id).await?;
            let missing = key_use::unpublished(&keys, algorithms.iter().copied());
            if missing.is_empty() {
                return Ok(Vec::new());
            }
            let change = KeyChange {
                seen,
                add: make_all(tenant, make, &missing, (now, now))?,
                retire: Vec::new(),
            };
            if self.add(tenant, operator, &change, now).await? == Race::Won {
                return Ok(change.add);
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
            let what = (Action::SIGNING_KEYS_CHANGED, target.clone());
            let changed = self.change(tenant, operator, &change, what, key.created_at);
            if changed.await? == Race::Won {
                return Ok(());
            }
        }
    }

    /// Applies a change whose event is about the added keys.
    async fn add(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        change: &KeyChange,
        at: Timestamp,
    ) -> Result<Race, AdminError> {
        let ids: Vec<&str> = change.add.iter().map(|key| key.id.as_str()).collect();
        let target = Party::new("signing_key", ids.join(" "));
        let what = (Action::SIGNING_KEYS_CHANGED, target);
        self.change(tenant, operator, change, what, at).await
    }

    async fn change(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        change: &KeyChange,
        (action, target): (Action, Party),
        at: Timestamp,
    ) -> Result<Race, AdminError> {
        let done = Done {
            action,
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

/// Returns the change that adds new keys and sets the retirement time of the server's current ones; with `only`, those
/// of this algorithm.
fn replacement(
    seen: KeySetVersion,
    keys: &[SigningKey],
    new: Vec<SigningKey>,
    rollover: KeyRollover,
    only: Option<SigningAlgorithm>,
) -> KeyChange {
    let retires = |key: &&SigningKey| {
        let is_meant = only.is_none_or(|algorithm| key.algorithm == algorithm);
        is_meant && key.client.is_none() && key.retires_at.is_none()
    };
    let retire = keys.iter().filter(retires);
    KeyChange {
        seen,
        add: new,
        retire: retire
            .map(|key| (key.id.clone(), rollover.others_retire_at))
            .collect(),
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
