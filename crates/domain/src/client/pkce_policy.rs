//! PKCE policy of a client (RFC 7636).

use core::fmt;

/// PKCE policy of a client. The default is [`PkcePolicy::STRICT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PkcePolicy {
    /// When an authorization request needs a code challenge. A public client always needs one.
    pub required: PkceRequirement,
    /// Whether `code_challenge_method=plain` is accepted. RFC 7636 section 7.2 advises against it.
    pub plain_allowed: bool,
    /// Whether a confidential client may send its code verifier instead of its secret, and later refresh without the
    /// secret. OAuth 2.1 section 2.4 requires `false`.
    pub replaces_secret: bool,
}

/// When an authorization request needs a code challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PkceRequirement {
    /// Always.
    Always,
    /// Unless the scope has `openid` and the request has a `nonce`. The client then detects an injected code by the
    /// `nonce` of the ID token. RFC 9700 section 2.1.1 allows this for confidential clients.
    UnlessNonce,
    /// Never.
    Never,
}
crate::wire_names!(PkceRequirement {
    Always = "always",
    UnlessNonce = "unless_nonce",
    Never = "never",
});

/// Why a request needs a code challenge, and what the client can do. Displayed in error descriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MissingChallenge {
    /// The client is public, or the tenant requires PKCE of all clients.
    NoAlternative,
    /// The client has [`PkceRequirement::Always`].
    Always,
    /// The client has [`PkceRequirement::UnlessNonce`], and the request lacks `openid` or a nonce.
    UnlessNonce,
}

impl fmt::Display for MissingChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAlternative => "send code_challenge and code_challenge_method=S256 (PKCE)",
            Self::Always => "send it (PKCE), or change the PKCE policy of the client",
            Self::UnlessNonce => {
                "send it (PKCE), or the scope openid with a nonce, or change the PKCE policy of the client"
            }
        })
    }
}

impl PkcePolicy {
    /// S256 and the client secret are required.
    pub const STRICT: Self = Self {
        required: PkceRequirement::Always,
        plain_allowed: false,
        replaces_secret: false,
    };
}

impl Default for PkcePolicy {
    fn default() -> Self {
        Self::STRICT
    }
}
