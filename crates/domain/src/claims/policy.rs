//! Claims policies of clients and resource servers.

use crate::authorize::claims_request::StandardClaim;
use crate::claims::attribute::{Attribute, AttributeParty};
use crate::claims::attribute_value::AttributeName;
use crate::claims::mapping::{ClaimMapping, ClaimSource, Destination, Destinations};
use crate::scope::Scope;
use crate::token::custom_claims::CustomValue;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Claims policy: mappings in order. An empty one costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimsPolicy {
    /// Mappings. The first mapping of a claim that has a value sets it.
    pub mappings: Vec<ClaimMapping>,
    /// Mappings of a later version, as JSON objects. They have no effect and are kept unchanged.
    pub later: Vec<String>,
}

/// Owner of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyOwner<'a> {
    /// Client.
    Client,
    /// Resource server with this audience.
    ResourceServer(&'a str),
}

/// Reason why a policy is invalid: the first broken rule, and its mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPolicy {
    /// Index of the mapping.
    pub mapping: usize,
    /// Broken rule.
    pub rule: InvalidMapping,
}

impl fmt::Display for InvalidPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "mapping {}: {}", self.mapping + 1, self.rule)
    }
}

impl core::error::Error for InvalidPolicy {}

crate::error_type! {
    /// Reason why a mapping is invalid. One variant per rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidMapping {
        /// Too many mappings.
        #[error("a policy can have at most {max} mappings", max = ClaimsPolicy::MAX_MAPPINGS)]
        TooMany,
        /// Malformed name of a claim.
        #[error("a claim has 1 to {max} visible ASCII characters without quotes and backslashes", max = ClaimMapping::LONGEST)]
        ClaimMalformed,
        /// Claim of the protocol.
        #[error("a policy cannot set a protocol claim; use another name")]
        ProtocolClaim,
        /// Standard claim with another source or destination than its own.
        #[error("a standard claim can only be copied from profile: with the same name, and only into access_token; the scope decides about the other tokens")]
        StandardClaim,
        /// Access from a profile claim.
        #[error("groups, roles and entitlements cannot come from profile claims, because users can change them")]
        ProfileGrantsAccess,
        /// Access from an attribute that users or applications can write.
        #[error("groups, roles and entitlements cannot come from an attribute that users or applications can write")]
        UnprovedGrantsAccess,
        /// Unknown attribute.
        #[error("no attribute with this name exists; create it with `countersign attributes create`")]
        AttributeUnknown,
        /// Attribute that applications cannot read.
        #[error("applications cannot read the attribute; add application to its readers")]
        AttributeUnreadable,
        /// No destination.
        #[error("a mapping needs at least one destination in into")]
        DestinationMissing,
        /// Destination of a client only.
        #[error("the policy of a resource server can set claims of access_token and introspection only")]
        DestinationOfClient,
        /// Roles of another resource server.
        #[error("a resource server can only use its own roles; write roles without an audience")]
        RolesOfAnother,
        /// Malformed scope token.
        #[error("scope must be one scope token of at most {max} characters", max = ClaimMapping::LONGEST)]
        ScopeMalformed,
        /// Prefix of something else than names, or malformed.
        #[error("prefix is for groups and roles, and has 1 to {max} characters", max = ClaimMapping::LONGEST)]
        PrefixMalformed,
        /// Unsupported or too large fixed value.
        #[error("a value must be a string of at most {max} bytes, an integer, true, false, or an array of at most 50 such strings", max = ClaimsPolicy::MAX_VALUE)]
        ValueMalformed,
    }
}

impl ClaimsPolicy {
    /// Maximum number of mappings.
    pub const MAX_MAPPINGS: usize = 50;
    /// Maximum length of a fixed value in bytes.
    pub const MAX_VALUE: usize = 1000;

    /// Returns the policy without mappings.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            mappings: Vec::new(),
            later: Vec::new(),
        }
    }

    /// Returns whether the policy can set no claim.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.mappings.is_empty()
    }

    /// Validates the mappings without the attributes that they name; see [`ClaimsPolicy::check_attributes`]. Returns the
    /// first broken rule.
    pub fn check(&self, owner: PolicyOwner<'_>) -> Result<(), InvalidPolicy> {
        if self.mappings.len() + self.later.len() > Self::MAX_MAPPINGS {
            let (mapping, rule) = (Self::MAX_MAPPINGS, InvalidMapping::TooMany);
            return Err(InvalidPolicy { mapping, rule });
        }
        let mut all = self.mappings.iter().enumerate();
        all.try_for_each(|(index, mapping)| {
            let checked = check(mapping, owner);
            checked.map_err(|rule| InvalidPolicy {
                mapping: index,
                rule,
            })
        })
    }

    /// Checks that each attribute exists, that applications can read it, and that neither users nor applications can give
    /// access by it.
    pub fn check_attributes<'a>(
        &self,
        find: impl Fn(&AttributeName) -> Option<&'a Attribute>,
    ) -> Result<(), InvalidPolicy> {
        for (index, mapping) in self.mappings.iter().enumerate() {
            if let ClaimSource::Attribute(name) = &mapping.source {
                let checked = may_feed(mapping, find(name));
                checked.map_err(|rule| InvalidPolicy {
                    mapping: index,
                    rule,
                })?;
            }
        }
        Ok(())
    }

    /// Returns the attributes that the mappings name, with duplicates.
    pub fn attributes(&self) -> impl Iterator<Item = &AttributeName> {
        self.mappings
            .iter()
            .filter_map(|mapping| match &mapping.source {
                ClaimSource::Attribute(name) => Some(name),
                _ => None,
            })
    }
}

/// Checks that an attribute may be the source of a mapping.
pub(super) fn may_feed(
    mapping: &ClaimMapping,
    attribute: Option<&Attribute>,
) -> Result<(), InvalidMapping> {
    let attribute = attribute.ok_or(InvalidMapping::AttributeUnknown)?;
    if mapping.grants_access() && !attribute.is_proved() {
        return Err(InvalidMapping::UnprovedGrantsAccess);
    }
    if attribute.readers.contains(&AttributeParty::Application) {
        Ok(())
    } else {
        Err(InvalidMapping::AttributeUnreadable)
    }
}

/// Returns whether a mapping may set its claim, for any owner and any attributes.
pub(super) fn may_set(mapping: &ClaimMapping) -> Result<(), InvalidMapping> {
    if mapping.is_protocol_claim() {
        return Err(InvalidMapping::ProtocolClaim);
    }
    if let Some(standard) = StandardClaim::parse(&mapping.claim) {
        let access_token: Destinations = [Destination::AccessToken].into_iter().collect();
        let is_copy = mapping.source == ClaimSource::Profile(standard);
        if !is_copy || mapping.into != access_token {
            return Err(InvalidMapping::StandardClaim);
        }
    }
    if mapping.grants_access() && matches!(mapping.source, ClaimSource::Profile(_)) {
        return Err(InvalidMapping::ProfileGrantsAccess);
    }
    Ok(())
}

fn check(mapping: &ClaimMapping, owner: PolicyOwner<'_>) -> Result<(), InvalidMapping> {
    let holds = |holds: bool, broken: InvalidMapping| if holds { Ok(()) } else { Err(broken) };
    let fits = |text: &str| (1..=ClaimMapping::LONGEST).contains(&text.len());
    let is_visible = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    let claim = mapping.claim.as_str();
    holds(
        fits(claim) && claim.bytes().all(is_visible),
        InvalidMapping::ClaimMalformed,
    )?;
    may_set(mapping)?;
    holds(
        mapping.into.iter().next().is_some(),
        InvalidMapping::DestinationMissing,
    )?;
    if let PolicyOwner::ResourceServer(_) = owner {
        let [id_token, userinfo] =
            [Destination::IdToken, Destination::UserInfo].map(|own| mapping.into.contains(own));
        holds(!id_token && !userinfo, InvalidMapping::DestinationOfClient)?;
    }
    if let Some(scope) = &mapping.scope {
        let is_token = Scope::parse(scope).is_ok_and(|scope| scope.tokens().count() == 1);
        holds(fits(scope) && is_token, InvalidMapping::ScopeMalformed)?;
    }
    if let Some(prefix) = &mapping.prefix {
        let has_names = matches!(mapping.source, ClaimSource::Groups | ClaimSource::Roles(_));
        holds(has_names && fits(prefix), InvalidMapping::PrefixMalformed)?;
    }
    match (&mapping.source, owner) {
        (ClaimSource::Roles(Some(audience)), PolicyOwner::ResourceServer(own)) => {
            holds(audience == own, InvalidMapping::RolesOfAnother)
        }
        (ClaimSource::Value(value), _) => holds(is_fixed(value), InvalidMapping::ValueMalformed),
        _ => Ok(()),
    }
}

fn is_fixed(value: &CustomValue) -> bool {
    match value {
        CustomValue::Text(text) => text.len() <= ClaimsPolicy::MAX_VALUE,
        CustomValue::Number(_) | CustomValue::Flag(_) => true,
        CustomValue::List(items) => {
            let is_text = |item: &CustomValue| {
                item.as_text()
                    .is_some_and(|text| text.len() <= ClaimsPolicy::MAX_VALUE)
            };
            items.len() <= 50 && items.iter().all(is_text)
        }
        CustomValue::Object(_) => false,
    }
}

#[cfg(test)]
mod tests;
