//! Revocation of a leaked signing key.

use super::make::MakeSigningKey;
use super::{KeyAdmin, NewSigningKey};
use crate::admin::{AdminError, Conflict, Missing, TRIES, may};
use countersign_domain::audit::event::{Action, Party};
use countersign_domain::audit::operator::{Operator, Permission};
use countersign_domain::tenant::Tenant;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{ClientRepository, KeyChange, Race, SigningKeyRepository};

/// Result of a revocation.
#[derive(Clone, Debug)]
pub struct RevokedKey {
    /// Revoked key. It retires now.
    pub revoked: SigningKey,
    /// Key for the same use that signs from now on.
    pub successor: SigningKey,
    /// Whether the revocation created the successor.
    pub is_new: bool,
}

/// Whether the key may be one that a client shares. Its successor has a secret that the caller must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedKeys {
    /// Any key.
    Allowed,
    /// Only keys that no client shares.
    Refused,
}

impl<S: SigningKeyRepository + ClientRepository + Send + Sync> KeyAdmin<S> {
    /// Retires a key at once. Every token that it signed is invalid from then on. If no other key that stays may sign
    /// for the same use, creates one that signs at once. A key that was announced does not count: verifiers may not know
    /// it, and they do not know the new one either, but tokens must be signed.
    pub async fn revoke(
        &self,
        tenant: &Tenant,
        operator: &Operator,
        make: &MakeSigningKey<'_>,
        (id, shared): (&str, SharedKeys),
    ) -> Result<RevokedKey, AdminError> {
        may(operator, Permission::KeysWrite)?;
        let now = self.clock.now();
        for _ in 0..TRIES {
            let (seen, keys) = self.store.list_signing_keys(tenant.id).await?;
            let of_id = |key: &&SigningKey| key.id == id && key.is_published(now);
            let revoked = keys.iter().find(of_id);
            let revoked = revoked.ok_or(AdminError::NotFound(Missing::SigningKey))?;
            if revoked.client.is_some() && shared == SharedKeys::Refused {
                return Err(Conflict::SharedKey.into());
            }
            let stays = |key: &&SigningKey| {
                let is_same_use =
                    key.algorithm == revoked.algorithm && key.client == revoked.client;
                is_same_use && key.id != id && key.retires_at.is_none() && key.may_sign(now)
            };
            let present = keys.iter().find(stays).cloned();
            let is_new = present.is_none();
            let new = || {
                make(NewSigningKey {
                    tenant: tenant.id,
                    algorithm: revoked.algorithm,
                    client: revoked.client.as_ref(),
                    created_at: now,
                    signs_from: now,
                })
            };
            let successor = present.map_or_else(new, Ok)?;
            let change = KeyChange {
                seen,
                add: is_new.then(|| successor.clone()).into_iter().collect(),
                retire: vec![(id.to_owned(), now)],
            };
            let what = (Action::SIGNING_KEY_REVOKED, Party::new("signing_key", id));
            if self.change(tenant, operator, &change, what, now).await? == Race::Won {
                return Ok(RevokedKey {
                    revoked: revoked.clone(),
                    successor,
                    is_new,
                });
            }
        }
        Err(Conflict::Changed.into())
    }
}
