//! Claims that an upstream provider makes: in an ID token, a logout token or a userinfo response.

mod checks;
mod id_token;
mod logout_token;

pub use checks::UntrueToken;
pub use id_token::IdTokenDemands;
pub use logout_token::{LogoutTokenDemands, UpstreamLogout};

use crate::time::Timestamp;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Value of a claim. Values of other types are not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimValue {
    /// String.
    Text(String),
    /// Number, as written.
    Number(String),
    /// Boolean.
    Flag(bool),
    /// Strings of an array.
    Texts(Vec<String>),
    /// Names of the members of an object.
    Members(Vec<String>),
}

/// Claims by name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UpstreamClaims(BTreeMap<String, ClaimValue>);

impl UpstreamClaims {
    /// Sets a claim.
    pub fn insert(&mut self, name: impl Into<String>, value: ClaimValue) {
        self.0.insert(name.into(), value);
    }

    /// Returns whether there is a claim with this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns the text of a claim. An empty one counts as absent.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(ClaimValue::Text(text)) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Returns the text or the whole number of a claim that identifies a user.
    #[must_use]
    pub fn identifier(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(ClaimValue::Number(number)) if number.bytes().all(|b| b.is_ascii_digit()) => {
                Some(number)
            }
            _ => self.text(name),
        }
    }

    /// Returns whether a claim is true. Some providers send `"true"` or 1.
    #[must_use]
    pub fn is_true(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(ClaimValue::Flag(flag)) => *flag,
            Some(ClaimValue::Text(text)) => text == "true" || text == "1",
            Some(ClaimValue::Number(number)) => number == "1",
            _ => false,
        }
    }

    /// Returns the strings of a claim that is a string or an array of strings.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let (one, several) = match self.0.get(name) {
            Some(ClaimValue::Text(text)) => (Some(text.as_str()), None),
            Some(ClaimValue::Texts(texts)) => (None, Some(texts)),
            _ => (None, None),
        };
        one.into_iter()
            .chain(several.into_iter().flatten().map(String::as_str))
    }

    /// Returns a `NumericDate` (RFC 7519 section 2) without its fraction.
    #[must_use]
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        let Some(ClaimValue::Number(number)) = self.0.get(name) else {
            return None;
        };
        let whole = number
            .split_once('.')
            .map_or(number.as_str(), |(whole, _)| whole);
        whole.parse().ok().map(Timestamp::from_unix_seconds)
    }

    /// Returns whether a claim is an object with this member.
    #[must_use]
    pub fn has_member(&self, name: &str, member: &str) -> bool {
        match self.0.get(name) {
            Some(ClaimValue::Members(members)) => members.iter().any(|own| own == member),
            _ => false,
        }
    }

    /// Adds the claims of a userinfo response to those of an ID token, which stay unchanged. Whether an address is
    /// verified is taken from the source of the address.
    #[must_use]
    pub fn with_userinfo(mut self, userinfo: Self) -> Self {
        const EMAIL: &str = "email";
        const VERIFIED: &str = "email_verified";
        let is_from_token = self.has(EMAIL);
        let same_address = self.text(EMAIL) == userinfo.text(EMAIL);
        if !is_from_token {
            self.0.remove(VERIFIED);
        }
        for (name, value) in userinfo.0 {
            if name == VERIFIED && is_from_token && !same_address {
                continue;
            }
            self.0.entry(name).or_insert(value);
        }
        self
    }
}

/// Shows only the names: the values are personal data.
impl fmt::Debug for UpstreamClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests;
