//! URLs of receivers.

use crate::client::redirect_uri::{Authority, is_uri_character};
use alloc::format;
use alloc::string::String;
use core::fmt;

crate::error_type! {
    /// The text is not a URL of a receiver.
    #[error("must be an absolute https URL in ASCII with at most 2048 characters, without user information and fragment")]
    pub struct InvalidWebhookUrl;
}

/// URL of a receiver: `https` or `http`. Its path can be a secret, so `Debug` and [`WebhookUrl::origin`] omit it.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

impl WebhookUrl {
    /// Maximum length in characters.
    pub const MAX_LENGTH: usize = 2048;

    /// Validates the text and keeps it unchanged.
    pub fn parse(text: &str) -> Result<Self, InvalidWebhookUrl> {
        is_http_url(text)
            .then(|| Self(text.into()))
            .ok_or(InvalidWebhookUrl)
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

    /// Returns scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        let (scheme, rest) = self.0.split_once(':').unwrap_or_default();
        let authority = Authority::of(rest).map_or("", |authority| authority.text);
        format!("{scheme}://{authority}")
    }
}

/// Returns whether a text is an absolute `https` or `http` URL in ASCII of at most [`WebhookUrl::MAX_LENGTH`] characters,
/// without user information and fragment.
pub(crate) fn is_http_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https:")
        .or_else(|| text.strip_prefix("http:"));
    let Some(authority) = rest.and_then(Authority::of) else {
        return false;
    };
    let is_plain = text.bytes().all(is_uri_character) && !text.contains('#');
    let has_host = !authority.host().is_empty() && !authority.text.contains('@');
    is_plain && has_host && text.len() <= WebhookUrl::MAX_LENGTH
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl({}/..)", self.origin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_must_be_absolute_http_url() {
        for url in [
            "https://crm.example",
            "https://crm.example:8443/hook?key=1",
            "http://[::1]:8000/",
        ] {
            assert!(WebhookUrl::parse(url).is_ok(), "{url}");
        }
        let long = format!("https://crm.example/{}", "a".repeat(2048));
        for url in [
            "",
            "crm.example",
            "ftp://crm.example/",
            "https:/crm.example",
            "https://",
            "https:///hook",
            "https://user:secret@crm.example/",
            "https://crm.example/#part",
            "https://crm.example/ü",
            "https://crm.example/a b",
            &long,
        ] {
            assert_eq!(WebhookUrl::parse(url), Err(InvalidWebhookUrl), "{url}");
        }
    }

    #[test]
    fn printed_url_has_no_path() {
        let url = WebhookUrl::parse("https://crm.example:8443/hook/secret?key=1").unwrap();
        assert_eq!(url.origin(), "https://crm.example:8443");
        let printed = format!("{url:?}");
        assert_eq!(printed, "WebhookUrl(https://crm.example:8443/..)");
    }
}
