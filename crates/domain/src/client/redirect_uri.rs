//! Redirect URIs (RFC 6749 section 3.1.2, RFC 8252 sections 7 and 8).

use alloc::format;
use alloc::string::String;
use core::fmt;

crate::error_type! {
    /// Reason why a text is not a valid redirect URI.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidRedirectUri {
        /// Longer than [`RedirectUri::MAX_LENGTH`].
        #[error("a redirect URI may have at most {max} characters", max = RedirectUri::MAX_LENGTH)]
        TooLong,
        /// Not an absolute URI (RFC 3986 section 4.3).
        #[error("a redirect URI must be an absolute URI in ASCII, such as https://app.example/callback")]
        NotAbsolute,
        /// Fragment, which RFC 6749 section 3.1.2 forbids.
        #[error("a redirect URI must not have a fragment")]
        Fragment,
        /// User name or password before the host.
        #[error("a redirect URI must not have user information before its host")]
        UserInfo,
        /// Plain `http` to another machine, which would expose the code on the network.
        #[error("http is allowed only on the loopback interface; use https")]
        PlainHttp,
        /// Private-use scheme without a dot, so not a reversed domain name (RFC 8252 section 7.1).
        #[error("a private-use scheme must be a reversed domain name, such as com.example.app")]
        SchemeWithoutOwner,
    }
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

    /// Returns whether any app on the user's device can receive responses to this URI (RFC 8252 sections 7.1 and 8.6).
    /// This is true for private-use schemes and for `http`, which is limited to the loopback interface.
    #[must_use]
    pub fn is_open_to_other_apps(&self) -> bool {
        !self.0.starts_with("https:")
    }

    /// Compares redirect URIs: returns whether `presented` equals this URI byte for byte (RFC 9700 section 2.1).
    #[must_use]
    pub fn is(&self, presented: &str) -> bool {
        self.0 == presented
    }

    /// Returns whether both URIs are `http` on the same loopback host and differ at most in the port. A native app learns
    /// its port only when it starts to listen (RFC 8252 section 7.3). Many of them use `localhost`, which RFC 8252 section
    /// 8.3 advises against, so it counts as a loopback host too.
    #[must_use]
    pub fn is_but_for_loopback_port(&self, presented: &str) -> bool {
        match (OnLoopback::parse(&self.0), OnLoopback::parse(presented)) {
            // No app can listen on port 0.
            (Some(own), Some(other)) => {
                (own.host, own.rest) == (other.host, other.rest) && other.port != Some(0)
            }
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
pub(crate) struct Authority<'a> {
    pub(crate) text: &'a str,
}

impl<'a> Authority<'a> {
    pub(crate) fn of(after_scheme: &'a str) -> Option<Self> {
        let text = after_scheme.strip_prefix("//")?;
        let end = text.find(['/', '?', '#']).unwrap_or(text.len());
        text.get(..end).map(|text| Self { text })
    }

    pub(crate) fn host(&self) -> &'a str {
        if self.text.starts_with('[') {
            let end = self.text.find(']').map_or(self.text.len(), |end| end + 1);
            return self.text.get(..end).unwrap_or_default();
        }
        self.text.split(':').next().unwrap_or_default()
    }

    fn is_this_machine(&self) -> bool {
        matches!(self.host(), "127.0.0.1" | "[::1]" | "localhost")
    }
}

/// `http` URI on a loopback host, in its parts.
struct OnLoopback<'a> {
    host: &'a str,
    port: Option<u16>,
    /// Path and query.
    rest: &'a str,
}

impl<'a> OnLoopback<'a> {
    /// Splits a URI. Returns `None` if it is not `http`, has another host, or has a malformed port.
    fn parse(uri: &'a str) -> Option<Self> {
        let after_scheme = uri.strip_prefix("http:")?;
        let authority = Authority::of(after_scheme).filter(Authority::is_this_machine)?;
        let host = authority.host();
        let port = match authority.text.get(host.len()..)? {
            "" => None,
            after_host => Some(port_of(after_host)?),
        };
        let rest = after_scheme.get(2 + authority.text.len()..)?;
        Some(Self { host, port, rest })
    }
}

/// Parses a colon and a port in digits.
fn port_of(after_host: &str) -> Option<u16> {
    let digits = after_host.strip_prefix(':')?;
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then(|| digits.parse().ok())?
}

fn is_scheme(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte)
        })
}

/// Returns whether RFC 3986 section 2 allows the character in a URI: unreserved, reserved or `%`.
pub(crate) fn is_uri_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

#[cfg(test)]
mod tests;
