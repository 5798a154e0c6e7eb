//! Claims of the server that uses this crate, in addition to those of the specifications.

use crate::authorize::claims_request::StandardClaim;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Custom claims of a token, in the order in which they were first set.
///
/// A custom claim cannot replace a claim that a rule sets:
///
/// ```
/// use countersign_domain::token::custom_claims::CustomClaims;
///
/// let mut claims = CustomClaims::none();
/// claims.set("plan", "team").unwrap();
/// claims.set("seats", 12).unwrap();
/// assert!(claims.set("sub", "another-user").is_err());
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CustomClaims(Vec<(String, CustomValue)>);

/// Value of a custom claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomValue {
    /// String.
    Text(String),
    /// Integer.
    Number(i64),
    /// `true` or `false`.
    Flag(bool),
    /// Array.
    List(Vec<Self>),
    /// Object, as members with unique names.
    Object(Vec<(String, Self)>),
}

crate::error_type! {
    /// The claim may be set only by a rule or from the user's record.
    #[error("a protocol claim cannot be a custom claim; use another name")]
    pub struct ReservedClaim;
}

impl CustomClaims {
    /// Claims that decide who may do what with a token, and for how long: RFC 7519 section 4.1, RFC 7800 section 3.1,
    /// RFC 8693 section 4, RFC 9068 section 2.2, RFC 9396 section 9, OpenID Connect Core section 2, FAPI (`s_hash`), security
    /// event tokens and logout tokens (`events`, RFC 8417 section 2.2), and the claims `gty` and `token_use` of many servers.
    pub(crate) const RESERVED: &[&str] = &[
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "cnf",
        "act",
        "may_act",
        "scope",
        "client_id",
        "acr",
        "amr",
        "auth_time",
        "nonce",
        "azp",
        "at_hash",
        "c_hash",
        "s_hash",
        "sid",
        "events",
        "authorization_details",
        "gty",
        "token_use",
    ];

    /// Returns no claims.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Sets a claim. Replaces an earlier value. Returns an error for a protocol claim, such as `sub` or `exp`.
    pub fn set(&mut self, name: &str, value: impl Into<CustomValue>) -> Result<(), ReservedClaim> {
        if Self::is_reserved(name) {
            return Err(ReservedClaim);
        }
        let value = value.into();
        match self.0.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) => *own = value,
            None => self.0.push((name.into(), value)),
        }
        Ok(())
    }

    /// Adds a claim that has passed the rules of a policy. The caller has checked that no claim has this name.
    pub(crate) fn add(&mut self, name: &str, value: CustomValue) {
        self.0.push((name.into(), value));
    }

    /// Returns the value of a claim.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&CustomValue> {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value)
    }

    /// Returns names and values.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &CustomValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Returns whether this is the name of a protocol claim.
    #[must_use]
    pub fn is_reserved(name: &str) -> bool {
        Self::RESERVED.contains(&name)
    }

    /// Returns whether a standard claim about the user is among the claims (OpenID Connect Core section 5.1).
    pub(crate) fn describe_user(&self) -> bool {
        self.iter()
            .any(|(name, _)| StandardClaim::parse(name).is_some())
    }
}

impl CustomValue {
    /// Returns the string; `None` for another type.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for CustomValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for CustomValue {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for CustomValue {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// Prints only the names, because values may be personal data.
impl fmt::Debug for CustomClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn claims_of_the_protocol_cannot_be_custom_claims() {
        let mut claims = CustomClaims::none();
        for name in CustomClaims::RESERVED {
            assert_eq!(claims.set(name, "x"), Err(ReservedClaim), "{name}");
        }
        assert_eq!(claims, CustomClaims::none());
    }

    #[test]
    fn custom_claim_set_twice_has_its_last_value_once() {
        let mut claims = CustomClaims::none();
        claims.set("plan", "free").unwrap();
        claims.set("seats", 1).unwrap();
        claims.set("plan", "team").unwrap();
        assert!(claims.iter().map(|(name, _)| name).eq(["plan", "seats"]));
        let plan = claims.get("plan").and_then(CustomValue::as_text);
        assert_eq!(plan, Some("team"));
    }

    #[test]
    fn custom_claims_print_only_their_names() {
        let mut claims = CustomClaims::none();
        claims.set("plan", "secret plan").unwrap();
        assert_eq!(format!("{claims:?}"), "{\"plan\"}");
    }
}
