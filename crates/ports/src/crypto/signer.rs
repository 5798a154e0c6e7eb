//! Token signing.

use countersign_domain::client::ClientId;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::claims::{AccessTokenClaims, IdTokenClaims, LogoutTokenClaims};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::signing_key::SigningKey;
use std::error::Error;
use std::future::Future;
use std::sync::Arc;

/// A token cannot be signed, because the key is missing or unusable.
#[derive(Debug, thiserror::Error)]
#[error("the token cannot be signed")]
pub struct SigningError(#[source] Box<dyn Error + Send + Sync>);

impl SigningError {
    /// Wraps a cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// Signs tokens with a tenant's current key for an algorithm.
///
/// It is async because an RSA signature occupies a core for a quarter of a millisecond. Other ready requests run first.
pub trait Signer: Send + Sync + 'static {
    /// Returns a signed access token (RFC 9068; with HS256, `typ` is `JWT`). HS256 uses the key of `claims.client_id`.
    fn sign_access_token(
        &self,
        tenant: TenantId,
        claims: &AccessTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> impl Future<Output = Result<String, SigningError>> + Send;

    /// Returns a signed ID token (OpenID Connect Core section 2). HS256 uses the key of `claims.audience`.
    fn sign_id_token(
        &self,
        tenant: TenantId,
        claims: &IdTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> impl Future<Output = Result<String, SigningError>> + Send;

    /// Returns a signed session token (`token_use` is `session`).
    ///
    /// Only for a rolling upgrade: browsers get these tokens while a node of an earlier generation than
    /// [`SESSION_SECRETS`](crate::FormatGeneration::SESSION_SECRETS) is live, because that node knows no other cookie.
    fn sign_session_token(
        &self,
        tenant: TenantId,
        claims: &SessionTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> impl Future<Output = Result<String, SigningError>> + Send;

    /// Returns a signed logout token (OpenID Connect Back-Channel Logout section 2.4). HS256 uses the key of
    /// `claims.audience`.
    fn sign_logout_token(
        &self,
        tenant: TenantId,
        claims: &LogoutTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> impl Future<Output = Result<String, SigningError>> + Send;

    /// Returns a signed document for a client. HS256 uses the key of that client.
    fn sign_document(
        &self,
        tenant: TenantId,
        document: &Document<'_>,
        client: &ClientId,
        algorithm: SigningAlgorithm,
    ) -> impl Future<Output = Result<String, SigningError>> + Send;
}

/// Claims of a session token, the browser's reference to a [`Session`](countersign_domain::login::session::Session)
/// without a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTokenClaims<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `sub`.
    pub user: UserId,
    /// `sid`.
    pub session: SessionId,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
}

/// A document that is sent as a JWT. The claims of a response are a serialized JSON object.
#[derive(Clone, Copy, Debug)]
pub enum Document<'a> {
    /// Userinfo response (OpenID Connect Core section 5.3.2).
    UserInfo(&'a [u8]),
    /// Introspection response (RFC 9701 section 5).
    Introspection(&'a [u8]),
    /// Assertion with which this server authenticates at an upstream provider (RFC 7523 section 3).
    ClientAssertion(&'a ClientAssertion<'a>),
}

/// Claims of an assertion with which this server authenticates.
#[derive(Clone, Copy, Debug)]
pub struct ClientAssertion<'a> {
    /// `iss` and `sub`: the client ID of this server.
    pub client_id: &'a str,
    /// `aud`.
    pub audience: &'a str,
    /// `jti`.
    pub token_id: &'a str,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
}

/// Public signing keys, for token verification by others.
pub trait PublishedKeys: Send + Sync {
    /// Returns the JWK Set (RFC 7517 section 5) of all published keys, as JSON.
    fn key_set(&self, tenant: TenantId) -> Arc<str>;

    /// Returns the JWK of one published key, as JSON.
    fn key(&self, tenant: TenantId, id: &str) -> Option<Arc<str>>;

    /// Returns the algorithms of the published keys, in the order of [`SigningAlgorithm::ASYMMETRIC`]. The tenant can
    /// sign with each of them.
    fn algorithms(&self, tenant: TenantId) -> Vec<SigningAlgorithm>;
}

/// Signing keys that this process holds in memory. A signer uses only these.
pub trait KeysInMemory: Send + Sync {
    /// Replaces the keys of a tenant with the stored ones. If keys are unusable, returns an error that names the first, and
    /// holds all others.
    fn hold(
        &self,
        tenant: TenantId,
        keys: &[SigningKey],
        now: Timestamp,
    ) -> Result<(), SigningError>;

    /// Removes the keys of a tenant.
    fn forget(&self, tenant: TenantId);
}
