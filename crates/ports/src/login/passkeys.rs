//! Passkey ceremonies (Web Authentication Level 3, section 7).

use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Passkey;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use std::error::Error;
use std::fmt;

/// A ceremony in progress.
#[derive(Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// Options for `navigator.credentials`, as JSON in a member `publicKey` (sections 5.1.8 and 5.1.9). Binary values
    /// are in base64url.
    pub options: String,
    /// State needed to finish the ceremony. It is neither authenticated nor encrypted. The caller must seal it, limit
    /// its lifetime, and accept it only once.
    pub state: Vec<u8>,
}

/// Hides the challenge.
impl fmt::Debug for Ceremony {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ceremony(..)")
    }
}

/// The browser's response does not satisfy the ceremony.
#[derive(Debug, thiserror::Error)]
#[error("the passkey was not accepted")]
pub struct PasskeyRefused(#[source] Box<dyn Error + Send + Sync>);

impl PasskeyRefused {
    /// Wraps a cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// Passkey that a browser claims to use. Unverified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedPasskey {
    /// Credential ID, for looking up the passkey.
    pub id: Vec<u8>,
    /// Owner according to the authenticator, if it sent a user handle.
    pub user: Option<UserId>,
}

/// Registers passkeys and verifies their signatures. Both require user verification, so a passkey counts as two
/// factors. The relying party is the host of the tenant's issuer.
pub trait Passkeys: Send + Sync {
    /// Returns whether the tenant supports passkeys. Browsers require a host name (Web Authentication section 5.1.3);
    /// without one, pages do not offer passkeys.
    fn are_possible(&self, tenant: &Tenant) -> bool;

    /// Returns the domain that the passkeys of a tenant belong to (relying party ID). `None` without passkeys.
    fn domain(&self, tenant: &Tenant) -> Option<String>;

    /// Returns the origins that may use the passkeys of a tenant, to publish them (section 5.11.1). None without such a
    /// setting.
    fn related_origins(&self, tenant: &Tenant) -> Vec<String>;

    /// Begins to register a passkey for a user. Authenticators that hold one of `enrolled` decline.
    fn begin_registration(
        &self,
        tenant: &Tenant,
        user: &User,
        enrolled: &[Passkey],
    ) -> Result<Ceremony, PasskeyRefused>;

    /// Verifies the response of `navigator.credentials.create`, as JSON. The returned passkey belongs to the user for
    /// whom the ceremony began. An empty name becomes the name of the authenticator model.
    fn finish_registration(
        &self,
        tenant: &Tenant,
        state: &[u8],
        answer: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyRefused>;

    /// Begins a login with one of the passkeys of `user`. Without a user, the authenticator may offer any discoverable
    /// passkey.
    fn begin_authentication(
        &self,
        tenant: &Tenant,
        user: Option<(UserId, &[Passkey])>,
    ) -> Result<Ceremony, PasskeyRefused>;

    /// Returns the passkey to look up, from the JSON response of `navigator.credentials.get`.
    fn presented(&self, answer: &str) -> Option<PresentedPasskey>;

    /// Verifies the response against the stored passkey that it names; success means that the owner is authenticated.
    /// Returns the passkey with its counter and last use updated, for the caller to store. If the authenticator counts
    /// signatures, rejects a counter that did not increase, because the passkey may have been cloned.
    fn finish_authentication(
        &self,
        tenant: &Tenant,
        state: &[u8],
        answer: &str,
        passkey: &Passkey,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyRefused>;
}
