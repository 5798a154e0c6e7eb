//! Verification of tokens that this server issued.

use countersign_domain::client::ClientId;
use countersign_domain::identifier::{SessionId, Subject, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;

/// Claims of an ID token that a hint needs (OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdToken {
    /// `iss`.
    pub issuer: String,
    /// `sub`, in the form that the client received.
    pub subject: Subject,
    /// `aud`: the client.
    pub client: ClientId,
    /// `sid`.
    pub session: Option<SessionId>,
}

/// Claims of a session token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionToken {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub user: UserId,
    /// `sid`.
    pub session: SessionId,
    /// `exp`.
    pub expires_at: Timestamp,
}

/// Verifies tokens that this server issued.
///
/// Checks the signature with the tenant's published keys; for an access token with HS256, with the key of the client
/// that it names. Checks the token kind by `typ`, `token_use` and the claims of the kind. Does not check issuer or
/// expiry, because a hint may have expired: the caller checks them.
pub trait TokenVerifier: Send + Sync {
    /// Verifies an access token.
    fn access_token(&self, tenant: TenantId, text: &str) -> Option<AccessToken>;

    /// Verifies an ID token. Keys that have retired since it was issued are not accepted.
    fn id_token(&self, tenant: TenantId, text: &str) -> Option<IdToken>;

    /// Verifies a session token, which a browser holds for a session without a secret.
    fn session_token(&self, tenant: TenantId, text: &str) -> Option<SessionToken>;
}
