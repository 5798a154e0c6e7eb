//! Rotation of signing keys on a schedule.

use super::make::{MakeSigningKey, make_all};
use super::{KeyAdmin, key_use, replacement};
use crate::admin::AdminError;
use countersign_domain::audit::operator::Operator;
use countersign_domain::tenant::Tenant;
use countersign_domain::token::signing_key::{KeyRollover, SigningKey};
use countersign_ports::{ClientRepository, Race, SigningKeyRepository};
use std::time::Duration;

impl<S: SigningKeyRepository + ClientRepository + Send + Sync> KeyAdmin<S> {
    /// Rotates the keys if the oldest one that signs was created at least `every` ago, and returns the new keys. Returns
    /// none if no key is due, or if another node is faster: the change applies only to the set of keys that was read.
    pub async fn rotate_on_schedule(
        &self,
        tenant: &Tenant,
        make: &MakeSigningKey<'_>,
        every: Duration,
        announcement: Duration,
    ) -> Result<Vec<SigningKey>, AdminError> {
        let now = self.clock.now();
        let (seen, keys) = self.store.list_signing_keys(tenant.id).await?;
        let stays = |key: &&SigningKey| key.client.is_none() && key.retires_at.is_none();
        let oldest = keys.iter().filter(stays).min_by_key(|key| key.created_at);
        // A key that was announced is replaced only after it has signed.
        let is_due =
            |key: &SigningKey| key.created_at.plus(every).has_passed(now) && key.may_sign(now);
        if !oldest.is_some_and(is_due) {
            return Ok(Vec::new());
        }
        let rollover = KeyRollover::planned(now, announcement);
        let algorithms = key_use::in_use(&*self.store, tenant).await;
        let new = make_all(tenant, make, &algorithms, (now, rollover.signs_from))?;
        let change = replacement(seen, &keys, new, rollover, None);
        match self
            .add(tenant, &Operator::schedule(), &change, now)
            .await?
        {
            Race::Won => Ok(change.add),
            Race::Lost => Ok(Vec::new()),
        }
    }
}
