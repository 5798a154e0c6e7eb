//! Rotation of a refresh token, as the store carries it out.

use crate::identifier::GrantId;
use crate::time::Timestamp;

/// Update of a stored grant to the next generation.
///
/// The store applies it under one condition, in the same statement: the grant is live, and its generation is
/// [`Rotation::presented`] or smaller. See [`Grant::apply`](crate::grant::Grant::apply).
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
