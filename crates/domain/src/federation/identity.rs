//! Identities: accounts at upstream providers that are linked to a user.

use crate::identifier::{IdentityId, UserId};
use crate::time::Timestamp;
use alloc::string::String;
use core::fmt;

/// Account at an upstream provider that is linked to a user. Issuer and subject identify it (OpenID Connect Core
/// section 5.7). Its email address does not.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Identifier, derived from issuer and subject.
    pub id: IdentityId,
    /// User that the account is linked to.
    pub user: UserId,
    /// Name of the provider through which it was linked.
    pub provider: String,
    /// Issuer of the provider.
    pub issuer: String,
    /// `sub` at the provider.
    pub subject: String,
    /// Email address at the provider, for display only.
    pub email: Option<String>,
    /// Time of linking.
    pub created_at: Timestamp,
    /// Time of the last sign-in.
    pub last_used_at: Option<Timestamp>,
}

impl Identity {
    /// Returns whether this is the account with this issuer and subject.
    #[must_use]
    pub fn is_of(&self, issuer: &str, subject: &str) -> bool {
        self.issuer == issuer && self.subject == subject
    }
}

/// Omits what the provider knows about the user.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("user", &self.user)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}
