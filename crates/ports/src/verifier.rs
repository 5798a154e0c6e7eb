//! Checking of our own tokens when somebody brings them back.

use countersign_domain::access_token::AccessToken;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{SessionId, Subject, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;

/// What an ID token of ours says, as far as a hint needs it (OpenID Connect Core section 3.1.2.1,
/// RP-Initiated Logout section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdToken {
    /// `iss`.
    pub issuer: String,
    /// `sub`, as the client knows it.
    pub subject: Subject,
    /// `aud`: the client.
    pub client: ClientId,
    /// `sid`.
    pub session: Option<SessionId>,
}

/// What a session token of ours says.
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

/// Checks the signature of a token with the published keys of a tenant (or, for an access token with HS256, the key of the
/// client it names) and that it is of the right kind (`typ` and `token_use`). Issuer and expiry are for the caller to judge: a hint may
/// have expired.
pub trait TokenVerifier: Send + Sync {
    /// An access token.
    fn access_token(&self, tenant: TenantId, text: &str) -> Option<AccessToken>;

    /// An ID token. Keys that have retired since do not count.
    fn id_token(&self, tenant: TenantId, text: &str) -> Option<IdToken>;

    /// A session token.
    fn session_token(&self, tenant: TenantId, text: &str) -> Option<SessionToken>;
}
