//! What a client that registered itself has in addition to others.

use super::initial_access_token::TokenName;
use crate::client::redirect_uri::RedirectUri;
use crate::secret::SecretDigest;

/// Registration of a client at its own request (RFC 7591 section 3).
#[derive(Clone, Debug)]
pub struct DynamicRegistration {
    /// Digest of the registration access token (RFC 7592 section 3). The token itself is not stored.
    pub access_token: SecretDigest,
    /// Initial access token of the registration; `None` for an anonymous one.
    pub initial_access_token: Option<TokenName>,
    /// Pages about the client.
    pub links: ClientLinks,
}

/// Pages about a client (RFC 7591 section 2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientLinks {
    /// `client_uri`: home page.
    pub home: Option<RedirectUri>,
    /// `logo_uri`: logo. The server never loads it.
    pub logo: Option<RedirectUri>,
    /// `policy_uri`: privacy policy.
    pub policy: Option<RedirectUri>,
    /// `tos_uri`: terms of service.
    pub terms: Option<RedirectUri>,
}
