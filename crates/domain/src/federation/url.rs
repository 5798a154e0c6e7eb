//! URLs of upstream providers.

use crate::webhook::url::is_http_url;
use alloc::string::String;
use core::fmt;

crate::error_type! {
    /// The text is not a URL of an upstream provider.
    #[error("must be an absolute https URL in ASCII with at most 2048 characters, without user information and fragment")]
    pub struct InvalidUpstreamUrl;
}

/// URL of an upstream provider: its issuer or an endpoint. `https` or `http`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UpstreamUrl(String);

impl UpstreamUrl {
    /// Maximum length in characters.
    pub const MAX_LENGTH: usize = crate::webhook::url::WebhookUrl::MAX_LENGTH;

    /// Validates the text and keeps it unchanged: an issuer is compared byte for byte.
    pub fn parse(text: &str) -> Result<Self, InvalidUpstreamUrl> {
        is_http_url(text)
            .then(|| Self(text.into()))
            .ok_or(InvalidUpstreamUrl)
    }

    /// Returns the URL unchanged.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the URL uses TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl fmt::Debug for UpstreamUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
