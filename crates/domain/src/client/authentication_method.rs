//! How a client is registered to authenticate: the method and the keys.

use crate::client::redirect_uri::RedirectUri;
use alloc::string::String;
use core::fmt;

/// Client authentication method: `token_endpoint_auth_method` (RFC 7591 section 2, OpenID Connect Core section 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthenticationMethod {
    /// No authentication: the client sends only its identifier.
    None,
    /// Secret in the `Authorization` header (RFC 6749 section 2.3.1).
    ClientSecretBasic,
    /// Secret in the request body.
    ClientSecretPost,
    /// JWT signed with the client's private key (RFC 7523 section 2.2).
    PrivateKeyJwt,
}
crate::wire_names!(AuthenticationMethod {
    None = "none",
    ClientSecretBasic = "client_secret_basic",
    ClientSecretPost = "client_secret_post",
    PrivateKeyJwt = "private_key_jwt",
});

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
