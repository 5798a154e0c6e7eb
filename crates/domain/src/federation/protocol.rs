//! Protocols of upstream providers.

use super::url::UpstreamUrl;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Protocol of an upstream provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpstreamProtocol {
    /// OpenID Connect. The endpoints come from the discovery document of the issuer.
    OpenIdConnect {
        /// Issuer, exactly as in the ID tokens. Microsoft's issuer for several organizations is the one of its
        /// discovery URL, such as `https://login.microsoftonline.com/common/v2.0`.
        issuer: UpstreamUrl,
    },
    /// OAuth 2.0 with a userinfo endpoint.
    OAuth2(OAuth2Endpoints),
}

/// Endpoints of a provider without discovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuth2Endpoints {
    /// Authorization endpoint.
    pub authorization: UpstreamUrl,
    /// Token endpoint.
    pub token: UpstreamUrl,
    /// Endpoint that returns a JSON object about the user.
    pub userinfo: UpstreamUrl,
    /// Endpoint that lists the user's addresses as GitHub does: objects with `email`, `primary` and `verified`. The
    /// verified primary address is the user's.
    pub emails: Option<UpstreamUrl>,
    /// Members of the userinfo response that can identify the user. The first one that is there does.
    pub subject_claims: Vec<String>,
}

impl OAuth2Endpoints {
    /// Aero2's members that identify a user.
    pub const SUBJECT_CLAIMS: &'static [&'static str] = &["sub", "id", "user_id"];

    /// Returns the issuer of identities: the endpoint that names the users, and the member that identifies them. An
    /// operator who replaces one of them therefore cannot take over the identities of before.
    #[must_use]
    pub fn identity_issuer(&self, subject_claim: &str) -> String {
        format!("{}#{subject_claim}", self.userinfo.as_str())
    }
}

impl UpstreamProtocol {
    /// Name of OpenID Connect.
    pub const OIDC: &'static str = "oidc";

    /// Name of OAuth 2.0.
    pub const OAUTH2: &'static str = "oauth2";

    /// Default scope of OpenID Connect.
    pub const OIDC_SCOPE: &'static str = "openid profile email";

    /// Returns the name used on the wire and in the store.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::OpenIdConnect { .. } => Self::OIDC,
            Self::OAuth2(_) => Self::OAUTH2,
        }
    }

    /// Returns the issuer of an OpenID Connect provider.
    #[must_use]
    pub const fn issuer(&self) -> Option<&UpstreamUrl> {
        match self {
            Self::OpenIdConnect { issuer } => Some(issuer),
            Self::OAuth2(_) => None,
        }
    }

    /// Returns the endpoints of an OAuth 2.0 provider.
    #[must_use]
    pub const fn endpoints(&self) -> Option<&OAuth2Endpoints> {
        match self {
            Self::OpenIdConnect { .. } => None,
            Self::OAuth2(endpoints) => Some(endpoints),
        }
    }

    /// Returns the URLs, each with the name of its field.
    pub fn urls(&self) -> impl Iterator<Item = (&'static str, &UpstreamUrl)> {
        let all = match self {
            Self::OpenIdConnect { issuer } => [Some(("issuer", issuer)), None, None, None],
            Self::OAuth2(own) => [
                Some(("authorization_endpoint", &own.authorization)),
                Some(("token_endpoint", &own.token)),
                Some(("userinfo_endpoint", &own.userinfo)),
                own.emails.as_ref().map(|url| ("emails_endpoint", url)),
            ],
        };
        all.into_iter().flatten()
    }
}

/// How this server authenticates at the token endpoint of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpstreamAuthentication {
    /// Secret in the `Authorization` header (RFC 6749 section 2.3.1).
    ClientSecretBasic,
    /// Secret in the request body.
    ClientSecretPost,
    /// JWT signed with a signing key of the tenant (RFC 7523 section 2.2). The provider reads the public keys at this
    /// server's `jwks_uri`.
    PrivateKeyJwt,
    /// No authentication; PKCE alone.
    None,
}
crate::wire_names!(UpstreamAuthentication {
    ClientSecretBasic = "client_secret_basic",
    ClientSecretPost = "client_secret_post",
    PrivateKeyJwt = "private_key_jwt",
    None = "none",
});

impl UpstreamAuthentication {
    /// Returns whether the method needs a client secret.
    #[must_use]
    pub const fn needs_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}
