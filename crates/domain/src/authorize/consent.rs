//! Stored consent: the scope that a user allowed. The server does not ask for it again.

use crate::client::redirect_uri::RedirectUri;
use crate::client::{Client, ClientId, ClientType};
use crate::identifier::UserId;
use crate::scope::Scope;
use crate::time::Timestamp;

/// Scope that a user allowed for a client. The store has one row per user and client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// User who consented.
    pub user: UserId,
    /// Client.
    pub client: ClientId,
    /// All scope that the user allowed.
    pub scope: Scope,
    /// Time of the last consent.
    pub given_at: Timestamp,
}

impl Consent {
    /// Returns whether the consent covers a request for `scope`.
    #[must_use]
    pub fn covers(&self, scope: &Scope) -> bool {
        scope.is_subset_of(&self.scope)
    }
}

impl Client {
    /// Returns whether another app on the user's device could impersonate this client (RFC 8252 section 8.6).
    ///
    /// This is true for a public client if any app can receive its redirect URI
    /// ([`RedirectUri::is_open_to_other_apps`]). The server then ignores stored consent and asks the user each time,
    /// unless the client is first-party.
    #[must_use]
    pub fn can_be_impersonated(&self, redirect_uri: &RedirectUri) -> bool {
        self.client_type == ClientType::Public && redirect_uri.is_open_to_other_apps()
    }
}
