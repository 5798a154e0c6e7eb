//! Signing of tokens.

use countersign_domain::claims::{
    AccessTokenClaims, IdTokenClaims, LogoutTokenClaims, SessionTokenClaims,
};
use countersign_domain::client::ClientId;
use countersign_domain::signing_algorithm::SigningAlgorithm;
use countersign_domain::tenant::TenantId;
use std::error::Error;
use std::future::Future;
use std::sync::Arc;

/// No signature could be made: there is no key, or the key is unusable.
#[derive(Debug, thiserror::Error)]
#[error("the token cannot be signed")]
pub struct SigningError(#[source] Box<dyn Error + Send + Sync>);

impl SigningError {
    /// Wraps a cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// Signs tokens with the key of a tenant that is current for an algorithm.
///
/// It is async because an RSA signature holds a core for a quarter of a millisecond, which must not be
/// one that answers requests.
pub trait Signer: Send + Sync + 'static {
    /// A signed access token (RFC 9068; `typ` is `JWT` with HS256). HS256 uses the key of `claims.client_id`.
    fn sign_access_token(
        &self,
        tenant: TenantId,
        claims: &AccessTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> impl Future<Output = Result<String, SigningError>> + Send;

    /// A signed ID token (OpenID Connect Core section 2). HS256 uses the key of `claims.audience`.
    fn sign_id_token(
        &self,
        tenant: TenantId,
        claims: &IdTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> impl Future<Output = Result<String, SigningError>> + Send;

    /// A signed session token (`token_use` is `session`).
    fn sign_session_token(
        &self,
        tenant: TenantId,
        claims: &SessionTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> impl Future<Output = Result<String, SigningError>> + Send;

    /// A signed logout token (OpenID Connect Back-Channel Logout section 2.4). HS256 uses the key of
    /// `claims.audience`.
    fn sign_logout_token(
        &self,
        tenant: TenantId,
        claims: &LogoutTokenClaims<'_>,
        algorithm: SigningAlgorithm,
    ) -> impl Future<Output = Result<String, SigningError>> + Send;

    /// A signed document for one client. HS256 uses the key of that client.
    fn sign_document(
        &self,
        tenant: TenantId,
        document: &Document<'_>,
        client: &ClientId,
        algorithm: SigningAlgorithm,
    ) -> impl Future<Output = Result<String, SigningError>> + Send;
}

/// An answer that travels as a JWT, its claims written down as a JSON object.
#[derive(Clone, Copy, Debug)]
pub enum Document<'a> {
    /// OpenID Connect Core section 5.3.2.
    UserInfo(&'a [u8]),
    /// RFC 9701 section 5.
    Introspection(&'a [u8]),
}

/// The public halves of the signing keys, for whoever checks tokens.
pub trait PublishedKeys: Send + Sync {
    /// The JWK Set (RFC 7517 section 5) of all published keys, as JSON.
    fn key_set(&self, tenant: TenantId) -> Arc<str>;

    /// The JWK of one published key, as JSON.
    fn key(&self, tenant: TenantId, id: &str) -> Option<Arc<str>>;

    /// Whether every algorithm has a key that signs.
    fn can_sign(&self, tenant: TenantId) -> bool;
}
