//! How a client is registered to authenticate: the method and the keys.

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
