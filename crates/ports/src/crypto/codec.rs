//! Values protected by a key: sealed (confidential and authenticated) or protected by a MAC (authenticated only).

use countersign_domain::grant::authorization_code::AuthorizationCode;
use countersign_domain::grant::device_code::{DeviceCode, DeviceRequest};
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::LoginId;
use countersign_domain::login::LoginStep;
use countersign_domain::login::known_device::KnownDevice;
use countersign_domain::login::mailed_link::MailedLink;
use countersign_domain::tenant::TenantId;

/// Reason why a protected value cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The value was altered, or was not sealed for this tenant and purpose under this server's master key.
    #[error("the value was not sealed by this server")]
    Unknown,
    /// The value is authentic but contains a critical fact that only a later version understands. The server answers
    /// with 503 and changes nothing; a retry may succeed on another node.
    #[error("the value holds a fact that only a later version of the server understands")]
    Later,
}

/// Seals authorization codes.
pub trait AuthorizationCodeCodec: Send + Sync {
    /// Returns the sealed code. Its characters need no escaping in a URI. Sealing the same code twice gives different
    /// text.
    fn seal(&self, tenant: TenantId, code: &AuthorizationCode) -> String;

    /// Returns the code if a server with this master key sealed it and it is unaltered.
    fn open(&self, tenant: TenantId, text: &str) -> Result<AuthorizationCode, OpenError>;
}

/// Format of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshTokenForm {
    /// Opaque: base64url.
    Opaque,
    /// JWT (HS256) whose payload is opaque to clients.
    Jwt,
}

/// Encodes and decodes refresh tokens.
pub trait RefreshTokenCodec: Send + Sync {
    /// Encodes a token. The same token in the same form always gives the same text.
    fn encode(&self, tenant: TenantId, token: &RefreshToken, form: RefreshTokenForm) -> String;

    /// Decodes a token in either form if this server sealed it and it is unaltered.
    fn decode(&self, tenant: TenantId, text: &str) -> Result<RefreshToken, OpenError>;
}

/// Seals login steps.
pub trait LoginStepCodec: Send + Sync {
    /// Returns the sealed step. Sealing the same step twice gives different text.
    fn seal(&self, tenant: TenantId, step: &LoginStep) -> String;

    /// Returns the step if this server sealed it and it is unaltered.
    fn open(&self, tenant: TenantId, text: &str) -> Result<LoginStep, OpenError>;
}

/// Seals known devices.
pub trait KnownDeviceCodec: Send + Sync {
    /// Returns the device, sealed for a browser. It needs no escaping in a cookie.
    fn seal(&self, tenant: TenantId, browser: &str, device: &KnownDevice) -> String;

    /// Returns the device if this server sealed it for this browser and it is unaltered.
    fn open(&self, tenant: TenantId, browser: &str, text: &str) -> Result<KnownDevice, OpenError>;
}

/// Seals mailed links for the store.
pub trait MailedLinkCodec: Send + Sync {
    /// Returns the sealed link with this identifier.
    fn seal(&self, tenant: TenantId, id: LoginId, link: &MailedLink) -> Vec<u8>;

    /// Returns the link if this server sealed it under this identifier.
    fn open(&self, tenant: TenantId, id: LoginId, sealed: &[u8]) -> Result<MailedLink, OpenError>;
}

/// Seals device codes, and the requests of devices for the store (RFC 8628).
pub trait DeviceCodec: Send + Sync {
    /// Returns the sealed code. Sealing the same code twice gives different text.
    fn seal_code(&self, tenant: TenantId, code: &DeviceCode) -> String;

    /// Returns the code if this server sealed it and it is unaltered.
    fn open_code(&self, tenant: TenantId, text: &str) -> Result<DeviceCode, OpenError>;

    /// Returns the sealed request with this identifier.
    fn seal_request(&self, tenant: TenantId, id: [u8; 16], request: &DeviceRequest) -> Vec<u8>;

    /// Returns the request if this server sealed it under this identifier.
    fn open_request(
        &self,
        tenant: TenantId,
        id: [u8; 16],
        sealed: &[u8],
    ) -> Result<DeviceRequest, OpenError>;
}

/// Seals values that a browser carries between pages in a cookie, form field or query parameter.
pub trait Envelopes: Send + Sync {
    /// Seals `content`. `context` names the value and the browser it is for; opening requires the same context. The
    /// result needs no escaping in a URI or a cookie. Sealing the same content twice gives different text.
    fn seal(&self, tenant: TenantId, context: &str, content: &[u8]) -> String;

    /// Returns the content if a server with this master key sealed it for this context and it is unaltered.
    fn open(&self, tenant: TenantId, context: &str, text: &str) -> Option<Vec<u8>>;
}

/// Encrypts secrets at rest.
pub trait Vault: Send + Sync {
    /// Encrypts `plaintext`. `context` names the secret and its owner; unsealing requires the same context. A sealed
    /// secret therefore cannot be moved to another row.
    fn seal(&self, tenant: TenantId, context: &str, plaintext: &[u8]) -> Vec<u8>;

    /// Returns the plaintext if it was sealed under this master key for this context.
    fn unseal(&self, tenant: TenantId, context: &str, sealed: &[u8]) -> Option<Vec<u8>>;
}
