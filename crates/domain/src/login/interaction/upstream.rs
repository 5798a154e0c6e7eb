//! Sign-in at an upstream provider.

use crate::federation::provider_name::ProviderName;
use crate::identifier::{SessionId, UserId};
use crate::time::Timestamp;
use alloc::string::String;
use core::fmt;

/// Sign-in that waits for the response of an upstream provider.
#[derive(Clone, PartialEq, Eq)]
pub struct UpstreamLogin {
    /// Name of the provider.
    pub provider: ProviderName,
    /// `nonce` of the request.
    pub nonce: String,
    /// PKCE code verifier of the request (RFC 7636 section 4.1).
    pub verifier: String,
    /// `max_age` of the request, in seconds.
    pub max_age: Option<u64>,
    /// Signed-in user who links the identity to the account, and the session. `None` for a sign-in.
    pub links: Option<(UserId, SessionId)>,
    /// Expiry time.
    pub expires_at: Timestamp,
}

/// Sign-in at an upstream provider that this server has accepted. The identity is linked, and the session is known as one
/// of the provider, only after the user has also proved every factor that this server demands.
#[derive(Clone, PartialEq, Eq)]
pub struct UpstreamSignIn {
    /// User who signed in.
    pub user: UserId,
    /// Name of the provider.
    pub provider: ProviderName,
    /// Issuer of the identity.
    pub issuer: String,
    /// Subject of the identity.
    pub subject: String,
    /// Email address at the provider.
    pub email: Option<String>,
    /// `sid` of the session at the provider.
    pub session: Option<String>,
    /// Whether the identity is not linked yet.
    pub is_new: bool,
}

/// Omits the secrets of the request.
impl fmt::Debug for UpstreamLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamLogin")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// Omits what the provider knows about the user.
impl fmt::Debug for UpstreamSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamSignIn")
            .field("user", &self.user)
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}
