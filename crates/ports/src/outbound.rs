//! HTTP requests to URLs that a client, an operator or an upstream provider names.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

/// What a request is for: private networks are allowed by purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutboundPurpose {
    /// Back-channel logout (OpenID Connect Back-Channel Logout section 2.5).
    BackChannelLogout,
}

impl OutboundPurpose {
    /// All purposes.
    pub const ALL: &'static [Self] = &[Self::BackChannelLogout];

    /// The name in the configuration and in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BackChannelLogout => "back_channel_logout",
        }
    }

    /// The purpose of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|purpose| purpose.as_str() == name)
    }
}

/// A request.
pub struct OutboundRequest {
    /// What it is for.
    pub purpose: OutboundPurpose,
    /// Absolute `http` or `https` URL.
    pub url: String,
    /// Fields of a form to be posted; without any, the request is a GET.
    pub form: Vec<(&'static str, String)>,
}

/// An answer. Redirects are not followed: they are answers like any other.
pub struct OutboundResponse {
    /// Status code.
    pub status: u16,
    /// Body; a longer body than the limit is an error.
    pub body: Vec<u8>,
}

/// Why there is no answer. It holds the host at most, never the rest of the URL.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The URL is not absolute, not HTTP, or carries credentials.
    #[error("the URL is not an absolute http or https URL without credentials")]
    Url,
    /// The host is, or resolves to, an address of a private, loopback or other special network. Link-local and reserved
    /// networks are never allowed.
    #[error(
        "{host} is in a private or special network; `outbound.private_networks` does not allow it for {purpose}"
    )]
    PrivateNetwork {
        /// Host name.
        host: String,
        /// Purpose.
        purpose: &'static str,
    },
    /// The body of the answer is too long.
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    /// There was no answer in time.
    #[error("no answer in time")]
    Timeout,
    /// No connection, or it broke.
    #[error("the request failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

/// The one HTTP client for all such requests. It resolves a host once and connects to what it resolved, refuses private
/// networks unless they are allowed for the purpose, follows no redirects, and bounds time and size.
pub trait Outbound: Send + Sync {
    /// Sends a request and waits for the answer.
    fn send<'a>(
        &'a self,
        request: OutboundRequest,
    ) -> Pin<Box<dyn Future<Output = Result<OutboundResponse, OutboundError>> + Send + 'a>>;
}
