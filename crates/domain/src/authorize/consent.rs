//! Consent: what a user has agreed that a client may have.

use crate::client::redirect_uri::RedirectUri;
use crate::client::{Client, ClientId, ClientType};
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

impl Client {
    /// Whether the user is asked each time, whatever was agreed to before: nobody can tell a public client whose answers
    /// any app can take from such an app, and what was agreed to for the one must not go to the other unseen
    /// (RFC 8252 section 8.6).
    #[must_use]
    pub fn could_be_anybody(&self, redirect_uri: &RedirectUri) -> bool {
        self.client_type == ClientType::Public && redirect_uri.is_open_to_other_apps()
    }
}
