//! Clients that registered themselves (RFC 7591), and the rules that apply only to them.

pub mod initial_access_token;
pub mod metadata;
pub mod overrides;
pub mod policy;
mod registration;

use crate::authorize::consent::Consent;
use crate::client::redirect_uri::RedirectUri;
use crate::client::registration::InvalidRegistration;
use crate::client::{Client, GrantType};
use crate::secret::Secret;
pub use registration::{ClientLinks, DynamicRegistration};

impl Client {
    /// Returns whether an operator marked the client as first-party. A client that registered itself never is.
    #[must_use]
    pub const fn is_first_party(&self) -> bool {
        self.first_party && self.dynamic.is_none()
    }

    /// Returns whether the server may redirect a malformed authorization request to the client before a user has signed in
    /// (RFC 9700 section 4.11.2). A client that registered itself could be a phisher's: its users see an error page.
    #[must_use]
    pub const fn receives_request_errors(&self) -> bool {
        self.dynamic.is_none()
    }

    /// Returns whether the client may collect passwords in its own pages and sign users in without a consent page. A client
    /// that registered itself may not.
    #[must_use]
    pub const fn may_sign_users_in(&self) -> bool {
        self.dynamic.is_none()
    }

    /// Returns whether this token manages the registration of the client (RFC 7592 section 2).
    #[must_use]
    pub fn is_managed_with(&self, token: &Secret) -> bool {
        let own = self.dynamic.as_ref().map(|dynamic| dynamic.access_token);
        own.is_some_and(|own| own.is(&token.digest()))
    }

    /// Returns whether a stored consent still counts. A client that registered itself can change its name and its
    /// redirect URIs, so a consent from before the change was for other facts. Times have a resolution of one second; in
    /// the second of a change, the server asks again.
    #[must_use]
    pub fn honors(&self, consent: &Consent) -> bool {
        let changed_at = self.updated_at.filter(|_| self.dynamic.is_some());
        changed_at.is_none_or(|changed_at| consent.given_at > changed_at)
    }

    /// Returns whether users should be warned that any app on their device can receive the response: the client
    /// registered itself, and all of its redirect URIs are on the loopback interface.
    #[must_use]
    pub fn warns_of_loopback(&self) -> bool {
        let is_loopback = |uri: &RedirectUri| uri.host().is_some() && uri.is_open_to_other_apps();
        self.dynamic.is_some()
            && !self.redirect_uris.is_empty()
            && self.redirect_uris.iter().all(is_loopback)
    }

    /// Checks the rules that apply only to clients that registered themselves. They hold for changes by operators too.
    pub(super) fn check_dynamic(&self) -> Result<(), InvalidRegistration> {
        use InvalidRegistration as Invalid;
        if self.dynamic.is_none() {
            return Ok(());
        }
        if self.first_party {
            return Err(Invalid::DynamicFirstParty);
        }
        if self.grant_types.contains(&GrantType::CLIENT_CREDENTIALS) {
            return Err(Invalid::DynamicClientCredentials);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
