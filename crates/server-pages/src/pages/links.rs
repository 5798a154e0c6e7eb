//! Links below every page.

use std::fmt;
use std::str::FromStr;

/// Links below every page. A link without an address is absent.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// Help for people who cannot sign in.
    pub help: Option<Link>,
    /// Terms of service.
    pub terms: Option<Link>,
    /// Privacy policy.
    pub privacy: Option<Link>,
}

/// URL of a page for people: `https:`, `http:` or `mailto:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link(String);

/// Error for text that is not the URL of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a link must begin with https://, http:// or mailto:")]
pub struct InvalidLink;

impl FromStr for Link {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        let is_link = ["https://", "http://", "mailto:"]
            .iter()
            .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
        let is_plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
        (is_link && is_plain)
            .then(|| Self(text.to_owned()))
            .ok_or(InvalidLink)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_with_script_or_line_break_is_rejected() {
        for good in [
            "https://example.com/help?a=b",
            "http://localhost/help",
            "mailto:help@example.com",
        ] {
            assert_eq!(good.parse::<Link>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "https://",
            "javascript:alert(1)",
            "/help",
            "https://a b",
            "https://a\n",
        ] {
            assert_eq!(bad.parse::<Link>(), Err(InvalidLink), "{bad}");
        }
    }
}
