//! Grants: the stored record of an authorization, and the only row that concurrent requests compete for.

pub mod authorization;
pub mod authorization_code;
pub mod client_credentials;
pub mod pkce;
pub mod refresh;
pub mod refresh_token;

use crate::grant::authorization::Authorization;
use crate::identifier::GrantId;
use crate::time::Timestamp;

/// Authorization of one client by one resource owner.
///
/// It is one row, created when the code is redeemed. Tokens issued from it add no rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Identifier, chosen when the authorization code is sealed.
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
    /// Returns whether the grant is neither revoked nor expired. Userinfo and introspection check this.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && !self.expires_at.has_passed(now)
    }
}
