//! Refresh tokens and their rotation (RFC 6749 section 6, RFC 9700 section 4.14).

use crate::grant::Grant;
use crate::grant::authorization::Authorization;
use crate::identifier::GrantId;
use crate::time::Timestamp;

/// Contents of a refresh token: a generation of a grant, usually with the grant's authorization.
///
/// The store does not keep refresh tokens. The seal proves that this server issued the token. Because the token
/// contains the authorization, a typical refresh needs only one store statement: the rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// Identifier of the grant.
    pub grant: GrantId,
    /// Generation of the grant that this token belongs to.
    pub generation: u32,
    /// [`Grant::authorization`]; `None` if it is too long for a token. The refresh then reads the stored grant first.
    pub authorization: Option<Authorization>,
}

impl RefreshToken {
    /// Creates the token for a generation of `grant`.
    #[must_use]
    pub fn of(grant: &Grant, generation: u32) -> Self {
        Self {
            grant: grant.id,
            generation,
            authorization: Some(grant.authorization.clone()),
        }
    }

    /// Returns the grant under the assumption that this token is current and the grant is live.
    ///
    /// Pass it to [`Grant::refresh`] to avoid a read. The condition of the [`Rotation`] verifies the assumption. If the
    /// rotation fails, read the stored grant and call [`Grant::refresh`] again.
    ///
    /// Returns `None` if the token does not contain the authorization.
    #[must_use]
    pub fn presumed_grant(&self, now: Timestamp) -> Option<Grant> {
        self.authorization.clone().map(|authorization| Grant {
            id: self.grant,
            authorization,
            generation: self.generation,
            rotated_at: now,
            expires_at: Timestamp::from_unix_seconds(u64::MAX),
            revoked_at: None,
        })
    }
}

/// Conditional update of a stored grant to the next generation.
///
/// The store must update the row only if the grant is neither revoked nor expired, and the stored generation is not
/// greater than [`Rotation::presented`]. A smaller stored generation means that the store lost rotations in a failover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Identifier of the grant.
    pub grant: GrantId,
    /// Generation of the presented token.
    pub presented: u32,
    /// Time of the request: the new [`Grant::rotated_at`].
    pub now: Timestamp,
    /// New [`Grant::expires_at`].
    pub expires_at: Timestamp,
}

impl Rotation {
    /// Returns the generation of the grant after the rotation.
    #[must_use]
    pub const fn successor(&self) -> u32 {
        self.presented.saturating_add(1)
    }

    /// Returns whether the condition of the rotation holds for the stored `grant`. For stores that keep grants in
    /// memory; a SQL store uses the same condition in its `UPDATE`.
    #[must_use]
    pub fn applies_to(&self, grant: &Grant) -> bool {
        grant.generation <= self.presented && grant.is_live(self.now)
    }
}
