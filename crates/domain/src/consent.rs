//! Consent: what a user has agreed that a client may have.

use crate::client::ClientId;
use crate::identifier::UserId;
use crate::scope::Scope;
use crate::time::Timestamp;

/// One row for each user and client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Who agreed.
    pub user: UserId,
    /// To whom.
    pub client: ClientId,
    /// To all of this.
    pub scope: Scope,
    /// When last.
    pub given_at: Timestamp,
}

impl Consent {
    /// Whether a request for `scope` was agreed to before.
    #[must_use]
    pub fn covers(&self, scope: &Scope) -> bool {
        scope.is_subset_of(&self.scope)
    }
}
