//! The grant: the only thing that is stored, and the only thing that is ever raced for.

pub mod authorization;
pub mod authorization_code;
pub mod client_credentials;
pub mod pkce;
pub mod refresh_token;

use crate::grant::authorization::Authorization;
use crate::identifier::GrantId;
use crate::time::Timestamp;

/// One authorization by one resource owner to one client: a single row, from the first redemption of
/// its code to its end, whatever number of tokens is issued from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Identifier, known since the authorization code was sealed.
    pub id: GrantId,
    /// What was granted, to whom and by whom. It never changes.
    pub authorization: Authorization,
    /// Number of rotations. The refresh token of this generation is the current one.
    pub generation: u32,
    /// When the generation last changed.
    pub rotated_at: Timestamp,
    /// When the grant expires unless it is refreshed.
    pub expires_at: Timestamp,
    /// When the grant was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Grant {
    /// Whether tokens of this grant are still good: the question of userinfo and introspection.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && !self.expires_at.has_passed(now)
    }
}
