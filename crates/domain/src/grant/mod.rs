//! Grants: the stored record of an authorization, and the only row that concurrent requests compete for.

pub mod authorization;
pub mod authorization_code;
pub mod client_credentials;
pub mod code_binding;
pub mod custom;
pub mod device_code;
mod log_in;
mod narrowed;
pub mod pkce;
pub mod redemption;
pub mod refresh;
pub mod refresh_token;
pub mod rotation;
pub mod token_exchange;

use crate::decision::Race;
use crate::grant::authorization::Authorization;
use crate::grant::rotation::Rotation;
use crate::identifier::GrantId;
use crate::time::Timestamp;

/// Authorization of one client by one resource owner.
///
/// It is one row, created when the code is redeemed. Tokens issued from it add no rows.
///
/// A grant comes from [`Redemption::grant`](redemption::Redemption::grant), or from the store by
/// [`Grant::from_stored`]. Only [`Grant::apply`] and [`Grant::revoke`] change it:
///
/// ```compile_fail,E0616
/// # use countersign_domain::grant::Grant;
/// fn undo_revocation(grant: &mut Grant) {
///     grant.facts.revoked_at = None;
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    facts: GrantFacts,
}

/// Fields of a [`Grant`], for a store to write and read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantFacts {
    /// Identifier, chosen when the authorization code is created.
    pub id: GrantId,
    /// Granted access, client and resource owner. Immutable.
    pub authorization: Authorization,
    /// Number of rotations. The refresh token of this generation is current.
    pub generation: u32,
    /// When the generation last changed.
    pub rotated_at: Timestamp,
    /// Expiration time. Each rotation resets it.
    pub expires_at: Timestamp,
    /// Revocation time; `None` if the grant is not revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Grant {
    /// Creates a grant from the fields that a store has kept.
    #[must_use]
    pub const fn from_stored(facts: GrantFacts) -> Self {
        Self { facts }
    }

    /// Returns all fields, for a store to keep.
    #[must_use]
    pub const fn facts(&self) -> &GrantFacts {
        &self.facts
    }

    /// Returns the identifier.
    #[must_use]
    pub const fn id(&self) -> GrantId {
        self.facts.id
    }

    /// Returns the granted access, the client and the resource owner.
    #[must_use]
    pub const fn authorization(&self) -> &Authorization {
        &self.facts.authorization
    }

    /// Returns the expiration time.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.facts.expires_at
    }

    /// Returns whether the grant is neither revoked nor expired. Userinfo and introspection check this.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.facts.revoked_at.is_none() && !self.facts.expires_at.has_passed(now)
    }

    /// Applies a rotation of this grant, if the grant is neither revoked nor expired and its generation is not greater
    /// than [`Rotation::presented`]. Otherwise returns `Lost` and changes nothing.
    ///
    /// A smaller generation means that the store lost rotations in a failover. This method is for stores that keep
    /// grants in memory. A SQL store uses the same condition in its `UPDATE`.
    pub fn apply(&mut self, rotation: &Rotation) -> Race {
        let applies = self.facts.id == rotation.grant
            && self.facts.generation <= rotation.presented
            && self.is_live(rotation.now);
        if !applies {
            return Race::Lost;
        }
        self.facts.generation = rotation.successor();
        self.facts.rotated_at = rotation.now;
        self.facts.expires_at = rotation.expires_at;
        Race::Won
    }

    /// Revokes the grant. Returns `Lost` if it is already revoked; the first revocation time is kept.
    pub const fn revoke(&mut self, now: Timestamp) -> Race {
        if self.facts.revoked_at.is_some() {
            return Race::Lost;
        }
        self.facts.revoked_at = Some(now);
        Race::Won
    }
}

#[cfg(test)]
mod tests;
