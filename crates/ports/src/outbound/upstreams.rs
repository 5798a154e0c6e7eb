//! Requests to upstream providers.

use super::http::OutboundError;
use super::key_sets::NoKeySet;
use countersign_domain::client::Jwks;
use countersign_domain::federation::account::ListedEmail;
use countersign_domain::federation::claims::UpstreamClaims;
use countersign_domain::federation::url::UpstreamUrl;
use countersign_domain::secret::Secret;
use countersign_domain::tenant::TenantId;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Reason why a provider gave no usable response. It names at most the host of a URL, and no part of a token.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The host is in a private network.
    #[error("{0} is in a private network, and the provider does not have allow_private_network")]
    PrivateNetwork(String),
    /// The request failed.
    #[error(transparent)]
    Outbound(OutboundError),
    /// The status code was not 200.
    #[error("the {0} responded with the status code {1}")]
    Status(&'static str, u16),
    /// The provider rejected the request with this error code.
    #[error("the {0} responded with the error {1}")]
    Rejected(&'static str, String),
    /// The response does not have the form that the specification demands.
    #[error("the {0} did not respond as specified: {1}")]
    Malformed(&'static str, &'static str),
    /// Earlier requests failed, and it is too early for the next one.
    #[error("earlier requests to the {0} failed; the next one is sent later")]
    TooEarly(&'static str),
}

impl UpstreamError {
    /// Returns the error of a request.
    #[must_use]
    pub fn of(error: OutboundError) -> Self {
        match error {
            OutboundError::PrivateNetwork { host, .. } => Self::PrivateNetwork(host),
            other => Self::Outbound(other),
        }
    }

    /// Returns the error of a document that is fetched and cached.
    #[must_use]
    pub fn of_document(name: &'static str, error: NoKeySet) -> Self {
        match error {
            NoKeySet::Outbound(error) => Self::of(error),
            NoKeySet::Status(status) => Self::Status(name, status),
            NoKeySet::Malformed => Self::Malformed(name, "not the document that was expected"),
            NoKeySet::TooEarly => Self::TooEarly(name),
        }
    }
}

/// Networks that requests to a provider may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UpstreamReach {
    /// Public networks, by `https`.
    Public,
    /// Private networks too, also by `http`.
    Private,
}

impl UpstreamReach {
    /// Returns the reach of a provider.
    #[must_use]
    pub const fn of(allow_private_network: bool) -> Self {
        if allow_private_network {
            Self::Private
        } else {
            Self::Public
        }
    }
}

/// Discovery document of a provider (OpenID Connect Discovery section 3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamMetadata {
    /// `issuer`.
    pub issuer: String,
    /// `authorization_endpoint`.
    pub authorization: UpstreamUrl,
    /// `token_endpoint`.
    pub token: UpstreamUrl,
    /// `userinfo_endpoint`.
    pub userinfo: Option<UpstreamUrl>,
    /// `end_session_endpoint` (OpenID Connect RP-Initiated Logout section 2.1).
    pub end_session: Option<UpstreamUrl>,
    /// `jwks_uri`.
    pub keys: UpstreamUrl,
    /// `id_token_signing_alg_values_supported`.
    pub algorithms: Vec<String>,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 section 3).
    pub iss_in_response: bool,
}

/// Token request (RFC 6749 section 4.1.3).
pub struct UpstreamTokenRequest {
    /// Token endpoint.
    pub endpoint: UpstreamUrl,
    /// Parameters.
    pub form: Vec<(&'static str, String)>,
    /// Value of the `Authorization` header.
    pub authorization: Option<Secret>,
    /// Networks.
    pub reach: UpstreamReach,
}

/// Token response (RFC 6749 section 5.1).
pub struct UpstreamTokens {
    /// `access_token`.
    pub access_token: Option<Secret>,
    /// `id_token`.
    pub id_token: Option<String>,
}

/// Future of the methods of [`Upstreams`].
pub type UpstreamFuture<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, UpstreamError>> + Send + 'a>>;

/// HTTP client of upstream providers. All requests have bounds of time and size, and follow no redirects.
pub trait Upstreams: Send + Sync {
    /// Returns the discovery document of an issuer, cached. Its `issuer` is not checked; its URLs are valid for the
    /// reach.
    fn discover<'a>(
        &'a self,
        tenant: TenantId,
        issuer: &'a UpstreamUrl,
        reach: UpstreamReach,
    ) -> UpstreamFuture<'a, Arc<UpstreamMetadata>>;

    /// Returns the keys of a provider, cached. Pass keys from an earlier call as `outdated` if they lack the key of a
    /// token. They are then fetched again, unless that happened a moment ago.
    fn keys<'a>(
        &'a self,
        tenant: TenantId,
        url: &'a UpstreamUrl,
        reach: UpstreamReach,
        outdated: Option<&'a Arc<Jwks>>,
    ) -> UpstreamFuture<'a, Arc<Jwks>>;

    /// Sends a token request.
    fn redeem(&self, request: UpstreamTokenRequest) -> UpstreamFuture<'_, UpstreamTokens>;

    /// Reads the userinfo endpoint.
    fn userinfo<'a>(
        &'a self,
        url: &'a UpstreamUrl,
        access_token: &'a Secret,
        reach: UpstreamReach,
    ) -> UpstreamFuture<'a, UpstreamClaims>;

    /// Reads the endpoint that lists the addresses of a user.
    fn emails<'a>(
        &'a self,
        url: &'a UpstreamUrl,
        access_token: &'a Secret,
        reach: UpstreamReach,
    ) -> UpstreamFuture<'a, Vec<ListedEmail>>;

    /// Reads the payload of a JWT. `None` if it is not a JSON object.
    fn claims(&self, payload: &[u8]) -> Option<UpstreamClaims>;
}

/// Omits the code and the credentials.
impl std::fmt::Debug for UpstreamTokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UpstreamTokenRequest(..)")
    }
}

/// Omits the tokens.
impl std::fmt::Debug for UpstreamTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UpstreamTokens(..)")
    }
}
