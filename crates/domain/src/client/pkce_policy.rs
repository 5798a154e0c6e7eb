//! PKCE policy of a client (RFC 7636).

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

/// Why a request needs a code challenge, and how a client can do without. Displayed in error descriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum MissingChallenge {
    /// The client is public, or the tenant requires PKCE of all clients.
    #[error("send code_challenge and code_challenge_method=S256 (PKCE)")]
    NoAlternative,
    /// The client has [`PkceRequirement::Always`].
    #[error(
        "send it (PKCE), or change this client with `countersign clients update`: --defaults lets it send the scope \
         openid with a nonce instead, and --no-pkce makes PKCE optional"
    )]
    Always,
    /// The client has [`PkceRequirement::UnlessNonce`], and the request lacks `openid` or a nonce.
    #[error(
        "send it (PKCE), or the scope openid with a nonce, or change this client with `countersign clients update \
         --no-pkce`"
    )]
    UnlessNonce,
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
