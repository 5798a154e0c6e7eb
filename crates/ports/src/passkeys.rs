//! The ceremonies of passkeys (Web Authentication Level 3, section 7).

use countersign_domain::credential::Passkey;
use countersign_domain::identifier::UserId;
use countersign_domain::tenant::Tenant;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use std::error::Error;
use std::fmt;

/// A ceremony that was begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// What the browser hands to `navigator.credentials`: the JSON form of the options, in a member `publicKey`
    /// (section 5.1.8 and 5.1.9), binary values in base64url.
    pub options: String,
    /// What finishing it needs. It is neither authenticated nor secret from its holder by itself: seal it, with a
    /// time at which it ends, and let it be used once.
    pub state: Vec<u8>,
}

/// The challenge in it is nobody's business.
impl fmt::Debug for Ceremony {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ceremony(..)")
    }
}

/// The answer of a browser was not what the ceremony asked for.
#[derive(Debug, thiserror::Error)]
#[error("the passkey was not accepted")]
pub struct PasskeyRefused(#[source] Box<dyn Error + Send + Sync>);

impl PasskeyRefused {
    /// Wraps a cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// Which passkey a browser says it answers with. Nothing of it is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedPasskey {
    /// The credential id, to find the passkey by.
    pub id: Vec<u8>,
    /// Whose the authenticator thinks it is, if it says so.
    pub user: Option<UserId>,
}

/// Enrolls passkeys and checks what is signed with them. User verification is required in both: a passkey counts
/// as two factors. The relying party is the host of the tenant's issuer.
pub trait Passkeys: Send + Sync {
    /// Whether there can be any: browsers have none for a server without a host name (Web Authentication section
    /// 5.1.3), and nobody is offered what cannot be.
    fn are_possible(&self, tenant: &Tenant) -> bool;

    /// Begins to enroll a passkey for a user. Authenticators that hold one of `enrolled` decline.
    fn begin_registration(
        &self,
        tenant: &Tenant,
        user: &User,
        enrolled: &[Passkey],
    ) -> Result<Ceremony, PasskeyRefused>;

    /// Judges the answer of `navigator.credentials.create`, as JSON. The passkey that comes out belongs to the
    /// user whom the ceremony was begun for.
    fn finish_registration(
        &self,
        tenant: &Tenant,
        state: &[u8],
        answer: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyRefused>;

    /// Begins a login: with one of the passkeys of `user` if given, otherwise with any that the authenticator
    /// offers by itself.
    fn begin_authentication(
        &self,
        tenant: &Tenant,
        user: Option<(UserId, &[Passkey])>,
    ) -> Result<Ceremony, PasskeyRefused>;

    /// Reads from the answer of `navigator.credentials.get`, as JSON, which passkey to look up.
    fn presented(&self, answer: &str) -> Option<PresentedPasskey>;

    /// Judges the answer with the passkey that it names, as it is stored. Out comes that passkey with its counter
    /// moved on and its last use set, to be stored; its owner has logged in. A counter that did not move is
    /// refused: there may be a copy of the passkey.
    fn finish_authentication(
        &self,
        tenant: &Tenant,
        state: &[u8],
        answer: &str,
        passkey: &Passkey,
        now: Timestamp,
    ) -> Result<Passkey, PasskeyRefused>;
}
