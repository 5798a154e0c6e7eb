//! One mapping of a claims policy.

use crate::authorize::claims_request::StandardClaim;
use crate::claims::attribute_value::AttributeName;
use crate::token::custom_claims::CustomValue;
use alloc::string::String;
use core::fmt;

/// Source of the value of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimSource {
    /// Names of the user's groups.
    Groups,
    /// Names of the user's application roles: at the resource server with this audience, or at that of the token.
    Roles(Option<String>),
    /// Attribute.
    Attribute(AttributeName),
    /// Standard claim of the user.
    Profile(StandardClaim),
    /// The same value for all users, and for the client itself.
    Value(CustomValue),
}

impl ClaimSource {
    /// Parses the text of a source, except a value: `groups`, `roles`, `roles:AUDIENCE`, `attribute:NAME` or
    /// `profile:CLAIM`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = match text.split_once(':') {
            Some((kind, name)) => (kind, Some(name)),
            None => (text, None),
        };
        match (kind, name) {
            ("groups", None) => Some(Self::Groups),
            ("roles", None) => Some(Self::Roles(None)),
            ("roles", Some(audience)) if !audience.is_empty() => {
                Some(Self::Roles(Some(audience.into())))
            }
            ("attribute", Some(name)) => AttributeName::parse(name).ok().map(Self::Attribute),
            ("profile", Some(name)) => StandardClaim::parse(name).map(Self::Profile),
            _ => None,
        }
    }

    /// Returns the source of a fixed value; `None` for an object, and for an array of other values than strings.
    #[must_use]
    pub fn fixed(value: CustomValue) -> Option<Self> {
        let is_fixed = match &value {
            CustomValue::List(items) => items.iter().all(|item| item.as_text().is_some()),
            CustomValue::Object(_) => false,
            _ => true,
        };
        is_fixed.then_some(Self::Value(value))
    }
}

/// Prints the text that [`ClaimSource::parse`] accepts, and `value` for a value.
impl fmt::Display for ClaimSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Groups => f.write_str("groups"),
            Self::Roles(None) => f.write_str("roles"),
            Self::Roles(Some(audience)) => write!(f, "roles:{audience}"),
            Self::Attribute(name) => write!(f, "attribute:{name}"),
            Self::Profile(claim) => write!(f, "profile:{}", claim.as_str()),
            Self::Value(_) => f.write_str("value"),
        }
    }
}

/// Token or response that a claim goes into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// ID token.
    IdToken,
    /// Access token.
    AccessToken,
    /// Userinfo response.
    UserInfo,
    /// Introspection response.
    Introspection,
}
crate::wire_names!(Destination {
    IdToken = "id_token",
    AccessToken = "access_token",
    UserInfo = "userinfo",
    Introspection = "introspection",
});

/// Set of destinations.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Destinations(u8);

impl Destinations {
    /// Returns whether the set contains a destination.
    #[must_use]
    pub const fn contains(self, destination: Destination) -> bool {
        self.0 & (1 << destination as u8) != 0
    }

    /// Returns the destinations, in declaration order.
    pub fn iter(self) -> impl Iterator<Item = Destination> {
        let all = Destination::ALL.iter().copied();
        all.filter(move |own| self.contains(*own))
    }
}

impl FromIterator<Destination> for Destinations {
    fn from_iter<T: IntoIterator<Item = Destination>>(all: T) -> Self {
        Self(all.into_iter().fold(0, |bits, own| bits | 1 << own as u8))
    }
}

impl fmt::Debug for Destinations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Form of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListFormat {
    /// JSON array.
    #[default]
    List,
    /// One string, separated by spaces.
    SpaceSeparated,
}
crate::wire_names!(ListFormat {
    List = "list",
    SpaceSeparated = "space_separated",
});

/// Mapping of one claim. The first mapping of a claim that has a value sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMapping {
    /// Name of the claim.
    pub claim: String,
    /// Source of its value.
    pub source: ClaimSource,
    /// Tokens and responses that it goes into.
    pub into: Destinations,
    /// Scope token that the token must have.
    pub scope: Option<String>,
    /// Beginning of the names of groups or roles to include. Others are left out.
    pub prefix: Option<String>,
    /// Form of a list.
    pub format: ListFormat,
}

impl ClaimMapping {
    /// Maximum length of the name of a claim, of a scope token and of a prefix, in bytes.
    pub const LONGEST: usize = 128;

    /// Returns whether the attribute with this name is the source.
    #[must_use]
    pub fn names(&self, attribute: &AttributeName) -> bool {
        matches!(&self.source, ClaimSource::Attribute(name) if name == attribute)
    }

    /// Returns whether the claim grants access: `groups`, `roles` or `entitlements` (RFC 9068 section 2.2.3.1).
    #[must_use]
    pub fn grants_access(&self) -> bool {
        matches!(self.claim.as_str(), "groups" | "roles" | "entitlements")
    }

    /// Returns whether no policy may set the claim: it belongs to the protocol, or only the server can prove it.
    #[must_use]
    pub fn is_protocol_claim(&self) -> bool {
        matches!(
            self.claim.as_str(),
            "iss"
                | "sub"
                | "aud"
                | "exp"
                | "nbf"
                | "iat"
                | "jti"
                | "cnf"
                | "act"
                | "may_act"
                | "scope"
                | "client_id"
                | "acr"
                | "amr"
                | "auth_time"
                | "nonce"
                | "azp"
                | "at_hash"
                | "c_hash"
                | "s_hash"
                | "sid"
                | "events"
                | "authorization_details"
                | "gty"
                | "token_use"
                | "email_verified"
                | "phone_number_verified"
                | "active"
                | "username"
                | "token_type"
                | "token_introspection"
                | "_claim_names"
                | "_claim_sources"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn source_text_round_trips() {
        for text in [
            "groups",
            "roles",
            "roles:https://api.example",
            "attribute:cost_center",
            "profile:given_name",
        ] {
            assert_eq!(ClaimSource::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "group",
            "groups:",
            "roles:",
            "attribute",
            "attribute:A",
            "profile:age",
            "value",
        ] {
            assert_eq!(ClaimSource::parse(text), None, "{text}");
        }
    }

    #[test]
    fn destinations_contain_what_they_were_made_of() {
        for own in Destination::ALL {
            let set: Destinations = [*own].into_iter().collect();
            assert!(set.iter().eq([*own]), "{own:?}");
        }
    }
}
