//! HTTP requests to URLs that clients, operators or upstream providers supply.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

/// Purpose of a request. Access to private networks is allowed per purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutboundPurpose {
    /// Back-channel logout (OpenID Connect Back-Channel Logout section 2.5).
    BackChannelLogout,
    /// Public keys of a client (RFC 7591 section 2, `jwks_uri`).
    JwksUri,
    /// Events for a webhook.
    Webhook,
    /// Check of a new password against published breaches.
    BreachedPasswords,
    /// Sign-in at an upstream provider in a public network.
    UpstreamProvider,
    /// Sign-in at an upstream provider that may be in a private network.
    PrivateUpstreamProvider,
}

impl OutboundPurpose {
    /// Purposes for which the configuration can allow private networks. Each upstream provider has a setting instead.
    pub const ALL: &'static [Self] = &[
        Self::BackChannelLogout,
        Self::JwksUri,
        Self::BreachedPasswords,
        Self::Webhook,
    ];

    /// Returns the name used in the configuration and the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BackChannelLogout => "back_channel_logout",
            Self::JwksUri => "jwks_uri",
            Self::Webhook => "webhook",
            Self::BreachedPasswords => "breached_passwords",
            Self::UpstreamProvider | Self::PrivateUpstreamProvider => "upstream_provider",
        }
    }

    /// Returns the purpose with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|purpose| purpose.as_str() == name)
    }
}

/// A request.
pub struct OutboundRequest {
    /// Purpose.
    pub purpose: OutboundPurpose,
    /// Absolute `http` or `https` URL.
    pub url: String,
    /// Method and body.
    pub content: OutboundContent,
}

/// Method and body of a request.
pub enum OutboundContent {
    /// GET. The response has a body.
    None,
    /// POST of a form. The response has a body.
    Form(Vec<(&'static str, String)>),
    /// GET, or POST of a form, with further headers. The response has a body.
    Fetch {
        /// Names and values of headers.
        headers: Vec<(&'static str, String)>,
        /// Form; `None` for a GET.
        form: Option<Vec<(&'static str, String)>>,
    },
    /// POST of a JSON text with further headers. The body of the response is not read.
    Json {
        /// Names and values of headers.
        headers: Vec<(&'static str, String)>,
        /// JSON text.
        body: Vec<u8>,
    },
}

/// A response. Redirects are returned as responses, not followed.
pub struct OutboundResponse {
    /// Status code.
    pub status: u16,
    /// Body; empty if it is not read. A body over the size limit is an error instead.
    pub body: Vec<u8>,
}

/// Reason why a request got no response. It names at most the host, never the rest of the URL.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The URL is not absolute, not HTTP, or contains credentials.
    #[error("the URL is not an absolute http or https URL without credentials")]
    Url,
    /// The host is, or resolves to, an address in a private, loopback or other special network. Link-local and reserved
    /// networks are never allowed.
    #[error(
        "{host} is in a private or special network; `outbound.private_networks` does not allow it for {purpose}"
    )]
    PrivateNetwork {
        /// Host name.
        host: String,
        /// Purpose of the request.
        purpose: &'static str,
    },
    /// The response body exceeds the size limit.
    #[error("the response exceeds {0} bytes")]
    TooLarge(usize),
    /// The request timed out.
    #[error("the request timed out")]
    Timeout,
    /// The connection failed or was broken.
    #[error("the request failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

/// HTTP client for all such requests. It resolves a host once and connects to the resolved address. It rejects private
/// networks unless they are allowed for the purpose, follows no redirects, and limits time and size.
pub trait Outbound: Send + Sync {
    /// Sends a request and waits for the response.
    fn send<'a>(
        &'a self,
        request: OutboundRequest,
    ) -> Pin<Box<dyn Future<Output = Result<OutboundResponse, OutboundError>> + Send + 'a>>;
}
