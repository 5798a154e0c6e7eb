//! Refresh tokens and their rotation (RFC 6749 section 6, RFC 9700 section 4.14).

use crate::grant::authorization::Authorization;
use crate::grant::{Grant, GrantFacts};
use crate::identifier::GrantId;
use crate::time::Timestamp;

/// Contents of a refresh token: a generation of a grant, usually with the grant's authorization.
///
/// The store does not keep refresh tokens. The seal proves that this server issued the token. Because the token
/// contains the authorization, a typical refresh needs only one store statement: the rotation.
///
/// A refresh token comes from [`Issuance::refresh_token`](crate::token::issuance::Issuance::refresh_token), or from a
/// sealed value by [`RefreshToken::from_sealed`]:
///
/// ```compile_fail,E0451
/// # use countersign_domain::grant::refresh_token::RefreshToken;
/// # use countersign_domain::identifier::GrantId;
/// fn token_of_any_generation(grant: GrantId) -> RefreshToken {
///     RefreshToken { grant, generation: 1_000, authorization: None }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    grant: GrantId,
    generation: u32,
    authorization: Option<Authorization>,
}

impl RefreshToken {
    /// Creates the token for a generation of `grant`.
    pub(crate) fn of(grant: &Grant, generation: u32) -> Self {
        Self::from_sealed(grant.id(), generation, Some(grant.authorization().clone()))
    }

    /// Creates a token from its fields in a sealed value.
    #[must_use]
    pub const fn from_sealed(
        grant: GrantId,
        generation: u32,
        authorization: Option<Authorization>,
    ) -> Self {
        Self {
            grant,
            generation,
            authorization,
        }
    }

    /// Returns the identifier of the grant.
    #[must_use]
    pub const fn grant(&self) -> GrantId {
        self.grant
    }

    /// Returns the generation of the grant that this token belongs to.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// Returns the authorization of the grant; `None` if it is too long for a token. The refresh then reads the stored
    /// grant first.
    #[must_use]
    pub const fn authorization(&self) -> Option<&Authorization> {
        self.authorization.as_ref()
    }

    /// Returns the grant under the assumption that this token is current and the grant is live.
    ///
    /// Pass it to [`Grant::refresh`] to avoid a read. The condition of the
    /// [`Rotation`](crate::grant::rotation::Rotation) verifies the assumption. If the rotation fails, read the stored
    /// grant and call [`Grant::refresh`] again.
    ///
    /// Returns `None` if the token does not contain the authorization.
    #[must_use]
    pub fn presumed_grant(&self, now: Timestamp) -> Option<Grant> {
        self.authorization.clone().map(|authorization| {
            Grant::from_stored(GrantFacts {
                id: self.grant,
                authorization,
                generation: self.generation,
                rotated_at: now,
                expires_at: Timestamp::from_unix_seconds(u64::MAX),
                revoked_at: None,
            })
        })
    }
}
