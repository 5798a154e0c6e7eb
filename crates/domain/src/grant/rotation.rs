//! Rotation of a refresh token, as the store carries it out.

use crate::identifier::GrantId;
use crate::time::Timestamp;

/// Conditional update of a stored grant to the next generation. The condition is that of [`Grant::apply`](crate::grant::Grant::apply).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Identifier of the grant.
    pub grant: GrantId,
    /// Generation of the presented token.
    pub presented: u32,
    /// Time of the request: the new `rotated_at`.
    pub now: Timestamp,
    /// New `expires_at`.
    pub expires_at: Timestamp,
}

impl Rotation {
    /// Returns the generation of the grant after the rotation.
    #[must_use]
    pub const fn successor(&self) -> u32 {
        self.presented.saturating_add(1)
    }
}
