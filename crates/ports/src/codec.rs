//! Values that travel under a key: sealed (nobody can read or alter them) or under a MAC (nobody can
//! forge them).

use countersign_domain::authorization_code::AuthorizationCode;
use countersign_domain::login::LoginStep;
use countersign_domain::refresh_token::RefreshToken;
use countersign_domain::tenant::TenantId;

/// Why a text that travelled under a key does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// This server, or one with the same master key, did not seal it for this tenant and purpose, or it was altered.
    #[error("the value was not sealed by this server")]
    Unknown,
    /// It is authentic, and holds a critical fact that only a later version understands. The request may succeed on
    /// another node: it is answered with 503 and changes nothing.
    #[error("the value holds a fact that only a later version of the server understands")]
    Later,
}

/// Seals authorization codes.
pub trait AuthorizationCodeCodec: Send + Sync {
    /// The code as it travels: characters that need no escaping in a URI. Two sealings of the same facts differ.
    fn seal(&self, tenant: TenantId, code: &AuthorizationCode) -> String;

    /// The facts, if this server (or one with the same master key) sealed them and not a bit was changed.
    fn open(&self, tenant: TenantId, text: &str) -> Result<AuthorizationCode, OpenError>;
}

/// How a refresh token is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshTokenForm {
    /// Opaque: base64url.
    Opaque,
    /// A JWT (HS256) whose payload means nothing to a client.
    Jwt,
}

/// Writes and reads refresh tokens.
pub trait RefreshTokenCodec: Send + Sync {
    /// The token as it travels. The same token in the same form is the same text every time.
    fn encode(&self, tenant: TenantId, token: &RefreshToken, form: RefreshTokenForm) -> String;

    /// The token, whichever form it is in, if we sealed it and not a bit was changed.
    fn decode(&self, tenant: TenantId, text: &str) -> Result<RefreshToken, OpenError>;
}

/// Seals login steps.
pub trait LoginStepCodec: Send + Sync {
    /// The step as it travels. Two sealings of the same step differ.
    fn seal(&self, tenant: TenantId, step: &LoginStep) -> String;

    /// The step, if we sealed it and not a bit was changed.
    fn open(&self, tenant: TenantId, text: &str) -> Result<LoginStep, OpenError>;
}

/// Seals what a browser carries from one page to the next: in a cookie, a form field or a query.
pub trait Envelopes: Send + Sync {
    /// Seals `content`. `context` names what it is and for which browser; it must be the same when opening. What
    /// comes out needs no escaping in a URI or a cookie, and two sealings of the same content differ.
    fn seal(&self, tenant: TenantId, context: &str, content: &[u8]) -> String;

    /// The content, if this server (or one with the same master key) sealed it for this context and not a bit was
    /// changed.
    fn open(&self, tenant: TenantId, context: &str, text: &str) -> Option<Vec<u8>>;
}

/// Encrypts secrets at rest.
pub trait Vault: Send + Sync {
    /// Encrypts `plaintext`. `context` names what and whose it is; it must be the same when unsealing,
    /// so that a sealed secret cannot be moved to another row.
    fn seal(&self, tenant: TenantId, context: &str, plaintext: &[u8]) -> Vec<u8>;

    /// The plaintext, if it was sealed under this master key for this context.
    fn unseal(&self, tenant: TenantId, context: &str, sealed: &[u8]) -> Option<Vec<u8>>;
}
