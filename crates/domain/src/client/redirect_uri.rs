//! Redirect URIs (RFC 6749 section 3.1.2, RFC 8252 sections 7 and 8).

use alloc::format;
use alloc::string::String;
use core::fmt;

/// Reason why a text is not a valid redirect URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRedirectUri {
    /// Longer than [`RedirectUri::MAX_LENGTH`].
    #[error("a redirect URI has at most {max} characters", max = RedirectUri::MAX_LENGTH)]
    TooLong,
    /// Not an absolute URI (RFC 3986 section 4.3).
    #[error("a redirect URI is an absolute URI in ASCII, such as https://app.example/callback")]
    NotAbsolute,
    /// Fragment, which RFC 6749 section 3.1.2 forbids.
    #[error("a redirect URI has no fragment")]
    Fragment,
    /// User name or password before the host.
    #[error("a redirect URI has no user information before its host")]
    UserInfo,
    /// Plain `http` to another machine, which would expose the code on the network.
    #[error("http is for the loopback interface only; use https")]
    PlainHttp,
    /// Private-use scheme without a dot, so not a reversed domain name (RFC 8252 section 7.1).
    #[error("a private-use scheme is a reversed domain name, such as com.example.app")]
    SchemeWithoutOwner,
}

/// Valid redirect URI, stored unchanged. [`RedirectUri::is`] compares byte for byte.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Maximum length in characters.
    pub const MAX_LENGTH: usize = 2048;

    /// Validates the text and keeps it unchanged. A URL library would normalize it, and clients must send it back byte
    /// for byte (RFC 9700 section 2.1).
    pub fn parse(text: &str) -> Result<Self, InvalidRedirectUri> {
        use InvalidRedirectUri as Invalid;
        if text.len() > Self::MAX_LENGTH {
            return Err(Invalid::TooLong);
        }
        if !text.bytes().all(is_uri_character) {
            return Err(Invalid::NotAbsolute);
        }
        if text.contains('#') {
            return Err(Invalid::Fragment);
        }
        let (scheme, rest) = text.split_once(':').ok_or(Invalid::NotAbsolute)?;
        if !is_scheme(scheme) {
            return Err(Invalid::NotAbsolute);
        }
        match scheme {
            "https" | "http" => {
                let authority = Authority::of(rest).ok_or(Invalid::NotAbsolute)?;
                if authority.text.contains('@') {
                    return Err(Invalid::UserInfo);
                }
                if authority.host().is_empty() {
                    return Err(Invalid::NotAbsolute);
                }
                if scheme == "http" && !authority.is_this_machine() {
                    return Err(Invalid::PlainHttp);
                }
            }
            private if private.contains('.') && !rest.is_empty() => {}
            _ => return Err(Invalid::SchemeWithoutOwner),
        }
        Ok(Self(text.into()))
    }

    /// Returns the URI unchanged.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the host of an `https` or `http` URI; `None` for a private-use scheme.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        let rest = self
            .0
            .strip_prefix("https:")
            .or_else(|| self.0.strip_prefix("http:"))?;
        Authority::of(rest).map(|authority| authority.host())
    }

    /// Returns the origin as browsers serialize it (RFC 6454 section 6.2); `None` for a private-use scheme.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let (scheme, rest) = self.0.split_once(':')?;
        let default_port = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return None,
        };
        let authority = Authority::of(rest)?.text.to_ascii_lowercase();
        let shown = authority.strip_suffix(default_port).unwrap_or(&authority);
        Some(format!("{scheme}://{}", shown.trim_end_matches(':')))
    }

    /// Whether any app on the user's device can receive responses to this URI (RFC 8252 sections 7.1 and 8.6). This is
    /// true for private-use schemes and for `http`, which is limited to the loopback interface.
    #[must_use]
    pub fn is_open_to_other_apps(&self) -> bool {
        !self.0.starts_with("https:")
    }

    /// Whether `presented` equals this URI byte for byte.
    #[must_use]
    pub fn is(&self, presented: &str) -> bool {
        self.0 == presented
    }

    /// Whether both URIs are `http` on a loopback address and differ at most in the port. A native app learns its port
    /// only when it starts to listen (RFC 8252 section 7.3).
    #[must_use]
    pub fn is_but_for_loopback_port(&self, presented: &str) -> bool {
        match (
            without_loopback_port(&self.0),
            without_loopback_port(presented),
        ) {
            (Some(own), Some(other)) => own == other,
            _ => false,
        }
    }
}

impl fmt::Debug for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Authority of a URI: the part between `//` and the path.
struct Authority<'a> {
    text: &'a str,
}

impl<'a> Authority<'a> {
    fn of(after_scheme: &'a str) -> Option<Self> {
        let text = after_scheme.strip_prefix("//")?;
        let end = text.find(['/', '?', '#']).unwrap_or(text.len());
        text.get(..end).map(|text| Self { text })
    }

    fn host(&self) -> &'a str {
        if self.text.starts_with('[') {
            let end = self.text.find(']').map_or(self.text.len(), |end| end + 1);
            return self.text.get(..end).unwrap_or_default();
        }
        self.text.split(':').next().unwrap_or_default()
    }

    fn is_loopback_address(&self) -> bool {
        matches!(self.host(), "127.0.0.1" | "[::1]")
    }

    fn is_this_machine(&self) -> bool {
        self.is_loopback_address() || self.host() == "localhost"
    }
}

/// Returns the host and the part after the port, if the URI is `http` on a loopback address with a valid port.
fn without_loopback_port(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http:")?;
    let authority = Authority::of(rest).filter(Authority::is_loopback_address)?;
    let after_host = authority.text.get(authority.host().len()..)?;
    let port_is_sane = match after_host.strip_prefix(':') {
        Some(port) => port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit()),
        None => after_host.is_empty(),
    };
    let path = rest.get(2 + authority.text.len()..)?;
    port_is_sane.then_some((authority.host(), path))
}

fn is_scheme(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte)
        })
}

/// Whether RFC 3986 section 2 allows the character in a URI: unreserved, reserved or `%`.
fn is_uri_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_matches_browser_serialization() {
        for (uri, origin) in [
            (
                "https://app.example/callback?x=1",
                Some("https://app.example"),
            ),
            ("https://App.Example:443", Some("https://app.example")),
            (
                "https://app.example:8443/",
                Some("https://app.example:8443"),
            ),
            ("https://app.example:/", Some("https://app.example")),
            ("http://localhost:80/x", Some("http://localhost")),
            ("http://127.0.0.1:3000/x", Some("http://127.0.0.1:3000")),
            ("http://[::1]:443/x", Some("http://[::1]:443")),
            ("com.example.app:/callback", None),
        ] {
            let uri = RedirectUri::parse(uri).unwrap();
            assert_eq!(uri.origin().as_deref(), origin);
        }
    }
    use InvalidRedirectUri as Invalid;

    #[test]
    fn http_and_private_use_schemes_are_open_to_other_apps() {
        for (uri, is_open) in [
            ("https://app.example/callback", false),
            ("https://localhost/callback", false),
            ("http://127.0.0.1:9000/cb", true),
            ("http://[::1]/cb", true),
            ("http://localhost:3000/cb", true),
            ("com.example.app:/oauth", true),
        ] {
            let uri = RedirectUri::parse(uri).unwrap();
            assert_eq!(uri.is_open_to_other_apps(), is_open, "{uri:?}");
        }
    }

    #[test]
    fn valid_redirect_uris_are_accepted() {
        for good in [
            "https://app.example/callback",
            "https://app.example",
            "https://app.example:8443/cb?tenant=1",
            "http://localhost:3000/callback",
            "http://127.0.0.1/cb",
            "http://[::1]:9000/cb",
            "com.example.app:/oauth",
        ] {
            assert!(RedirectUri::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn invalid_redirect_uris_are_rejected() {
        for (bad, why) in [
            ("", Invalid::NotAbsolute),
            ("/callback", Invalid::NotAbsolute),
            ("https:app.example", Invalid::NotAbsolute),
            ("https:///path", Invalid::NotAbsolute),
            ("https://app.example/a b", Invalid::NotAbsolute),
            ("https://app.example\\@evil.example/", Invalid::NotAbsolute),
            ("HTTPS://app.example/", Invalid::NotAbsolute),
            ("https://app.example/#top", Invalid::Fragment),
            ("https://good.example@evil.example/", Invalid::UserInfo),
            ("http://app.example/callback", Invalid::PlainHttp),
            ("http://localhost.evil.example/", Invalid::PlainHttp),
            ("http://127.0.0.1.evil.example/", Invalid::PlainHttp),
            ("javascript:alert(1)", Invalid::SchemeWithoutOwner),
            ("data:text/html,x", Invalid::SchemeWithoutOwner),
        ] {
            assert_eq!(RedirectUri::parse(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn redirect_uri_comparison_is_byte_for_byte() {
        let registered = RedirectUri::parse("https://app.example/callback").unwrap();
        for other in [
            "https://app.example/callback/",
            "https://app.example/Callback",
            "https://APP.example/callback",
            "https://app.example:443/callback",
            "https://app.example/%63allback",
            "https://app.example/callback?",
        ] {
            assert!(!registered.is(other), "{other}");
            assert!(!registered.is_but_for_loopback_port(other), "{other}");
        }
    }

    #[test]
    fn only_port_of_loopback_address_may_differ() {
        let registered = RedirectUri::parse("http://127.0.0.1/cb").unwrap();
        assert!(registered.is_but_for_loopback_port("http://127.0.0.1:51004/cb"));
        for other in [
            "http://127.0.0.1:51004/other",
            "http://127.0.0.1:51004x/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:99999/cb",
            "http://127.0.0.2:51004/cb",
            "http://localhost:51004/cb",
            "http://[::1]:51004/cb",
            "https://127.0.0.1:51004/cb",
        ] {
            assert!(!registered.is_but_for_loopback_port(other), "{other}");
        }
        let localhost = RedirectUri::parse("http://localhost/cb").unwrap();
        assert!(!localhost.is_but_for_loopback_port("http://localhost:1/cb"));
    }

    proptest::proptest! {
        #[test]
        fn redirect_uri_parser_never_panics(text in "\\PC{0,60}", tail in "[\\[\\]:/@.0-9a-z]{0,30}") {
            let _ = RedirectUri::parse(&text);
            let uri = alloc::format!("http://{tail}");
            if let Ok(parsed) = RedirectUri::parse(&uri) {
                assert!(parsed.is(&uri));
                let _ = parsed.is_but_for_loopback_port(&text);
            }
        }
    }
}
