//! How a client is registered to authenticate: the method and the keys.

use crate::client::redirect_uri::RedirectUri;
use alloc::string::String;
use core::fmt;

/// Client authentication method: `token_endpoint_auth_method` (RFC 7591 section 2, OpenID Connect Core section 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AuthenticationMethod {
    /// No authentication: the client sends only its identifier.
    None,
    /// Secret in the `Authorization` header (RFC 6749 section 2.3.1).
    ClientSecretBasic,
    /// Secret in the request body.
    ClientSecretPost,
    /// JWT signed with the client's private key (RFC 7523 section 2.2).
    PrivateKeyJwt,
    /// Custom method of the server that uses this crate, by its registered name, such as `tls_client_auth`. See
    /// [`RegisteredClient::assume_authenticated_by`](super::authentication::RegisteredClient::assume_authenticated_by).
    Custom(&'static str),
}

impl AuthenticationMethod {
    /// All methods that this crate verifies, and `none`.
    pub const ALL: &'static [Self] = &[
        Self::None,
        Self::ClientSecretBasic,
        Self::ClientSecretPost,
        Self::PrivateKeyJwt,
    ];

    /// Returns the name used on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::Custom(name) => name,
        }
    }

    /// Returns whether the client sends a secret.
    #[must_use]
    pub const fn uses_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }

    /// Returns the method with this name; `None` for a custom method.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|method| method.as_str() == name)
    }
}

/// Where the public keys of a client come from, for `private_key_jwt`. RFC 7591 section 2 allows only one of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// `jwks`: the keys are part of the registration.
    Registered(Jwks),
    /// `jwks_uri`: the client publishes its keys at this URL, and rotates them there.
    Published(RedirectUri),
}

impl KeySource {
    /// Returns the registered keys.
    #[must_use]
    pub const fn registered(&self) -> Option<&Jwks> {
        match self {
            Self::Registered(jwks) => Some(jwks),
            Self::Published(_) => None,
        }
    }

    /// Returns the URL of the published keys.
    #[must_use]
    pub const fn uri(&self) -> Option<&RedirectUri> {
        match self {
            Self::Registered(_) => None,
            Self::Published(uri) => Some(uri),
        }
    }
}

/// Public keys of a client: the unparsed text of a JWK Set (RFC 7517 section 5).
#[derive(Clone, PartialEq, Eq)]
pub struct Jwks(String);

impl Jwks {
    /// Maximum length in bytes.
    pub const MAX_LENGTH: usize = 16_384;

    /// Wraps the text of a JWK Set. The caller has checked that it parses.
    pub fn new(json: impl Into<String>) -> Self {
        Self(json.into())
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Jwks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jwks({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_set_prints_only_its_length() {
        let keys = Jwks::new("{\"keys\":[]}");
        assert_eq!(alloc::format!("{keys:?}"), "Jwks(11 bytes)");
    }
}
