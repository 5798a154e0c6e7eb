//! Evaluation of claims policies.

use crate::claims::attribute::Attribute;
use crate::claims::attribute_value::AttributeValue;
use crate::claims::groups::EffectiveGroups;
use crate::claims::mapping::{ClaimMapping, ClaimSource, Destination, ListFormat};
use crate::claims::policies::Policies;
use crate::claims::policy::{PolicyOwner, may_feed, may_set};
use crate::claims::roles::ApplicationRoleName;
use crate::resource_server::ResourceServer;
use crate::scope::Scope;
use crate::token::custom_claims::{CustomClaims, CustomValue};
use crate::user::User;
use crate::user::user_claims::ClaimValue;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// Facts that mappings take their values from.
#[derive(Clone, Copy, Debug)]
pub struct ClaimFacts<'a> {
    /// User; `None` for a client that acts for itself.
    pub user: Option<&'a User>,
    /// Groups of the user.
    pub groups: &'a EffectiveGroups,
    /// Attributes that the policies name and that exist.
    pub attributes: &'a [Arc<Attribute>],
    /// Resource servers whose roles the policies name and that exist.
    pub servers: &'a [Arc<ResourceServer>],
    /// Scope of the token.
    pub scope: &'a Scope,
}

/// Reason why a mapping sets no claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// The token lacks the scope token of the mapping.
    ScopeMissing,
    /// The user has no such value, or the client acts for itself.
    NoValue,
    /// An earlier mapping or policy has set the claim.
    AlreadySet,
    /// The claims would be longer than [`ClaimFacts::MAX_LENGTH`].
    TooLarge,
    /// The mapping breaks a rule that was added after it was stored.
    NotAllowed,
    /// The attribute does not exist, applications cannot read it, or others than operators can write it and the claim grants
    /// access.
    AttributeNotAllowed,
    /// The value does not have the type of the attribute.
    AttributeType,
    /// The token has several audiences, so its roles would be ambiguous.
    SeveralAudiences,
    /// A resource server decides about the claim in its access tokens: [`Policies::withholds`].
    ResourceServerDecides,
}
crate::wire_names!(Dropped {
    ScopeMissing = "scope_missing",
    NoValue = "no_value",
    AlreadySet = "already_set",
    TooLarge = "too_large",
    NotAllowed = "not_allowed",
    AttributeNotAllowed = "attribute_not_allowed",
    AttributeType = "attribute_type",
    SeveralAudiences = "several_audiences",
    ResourceServerDecides = "resource_server_decides",
});

/// Result of a mapping, for a preview or a log.
#[derive(Clone, Copy, Debug)]
pub struct MappingResult<'a> {
    /// Token or response.
    pub into: Destination,
    /// Owner of the policy.
    pub owner: PolicyOwner<'a>,
    /// Index of the mapping in its policy.
    pub index: usize,
    /// Mapping.
    pub mapping: &'a ClaimMapping,
    /// Why it set no claim; `None` if it did.
    pub dropped: Option<Dropped>,
}

impl ClaimFacts<'_> {
    /// Maximum length of the names and values that policies add to one token or response, in bytes. HTTP servers often
    /// limit a header to 8 KB.
    pub const MAX_LENGTH: usize = 4096;

    /// Adds the claims of the policies. `observe` gets the result of each mapping.
    pub fn evaluate<'p>(
        &self,
        policies: &Policies<'p>,
        claims: &mut CustomClaims,
        mut observe: impl FnMut(MappingResult<'p>),
    ) {
        let mut left = Self::MAX_LENGTH;
        for (owner, index, mapping) in policies.mappings() {
            let set = self.set(policies, (owner, mapping), claims, &mut left);
            observe(MappingResult {
                into: policies.into,
                owner,
                index,
                mapping,
                dropped: set.err(),
            });
        }
    }

    fn set(
        &self,
        policies: &Policies<'_>,
        (owner, mapping): (PolicyOwner<'_>, &ClaimMapping),
        claims: &mut CustomClaims,
        left: &mut usize,
    ) -> Result<(), Dropped> {
        if mapping
            .scope
            .as_ref()
            .is_some_and(|scope| !self.scope.contains(scope))
        {
            return Err(Dropped::ScopeMissing);
        }
        may_set(mapping).map_err(|_| Dropped::NotAllowed)?;
        if owner == PolicyOwner::Client && policies.withholds(mapping) {
            return Err(Dropped::ResourceServerDecides);
        }
        if claims.get(&mapping.claim).is_some() {
            return Err(Dropped::AlreadySet);
        }
        let value = self.value(policies, (owner, mapping))?;
        let length = mapping.claim.len() + length(&value);
        if length > *left {
            return Err(Dropped::TooLarge);
        }
        *left -= length;
        claims.add(&mapping.claim, value);
        Ok(())
    }

    fn value(
        &self,
        policies: &Policies<'_>,
        (owner, mapping): (PolicyOwner<'_>, &ClaimMapping),
    ) -> Result<CustomValue, Dropped> {
        let user = || self.user.ok_or(Dropped::NoValue);
        match &mapping.source {
            ClaimSource::Value(value) => Ok(value.clone()),
            ClaimSource::Groups => {
                user()?;
                names(mapping, self.groups.iter().map(|group| group.name.as_str()))
            }
            ClaimSource::Roles(named) => {
                let audience = policies.audience_of_roles(owner, named.as_deref());
                let audience = audience.ok_or(Dropped::SeveralAudiences)?;
                let mut servers = self.servers.iter();
                let server = servers.find(|server| server.audience == audience);
                let roles = self
                    .groups
                    .roles(&user()?.roles, server.ok_or(Dropped::NoValue)?);
                names(mapping, roles.into_iter().map(ApplicationRoleName::as_str))
            }
            ClaimSource::Attribute(name) => {
                let mut attributes = self.attributes.iter().map(|own| &**own);
                let attribute = attributes.find(|own| own.name == *name);
                may_feed(mapping, attribute).map_err(|_| Dropped::AttributeNotAllowed)?;
                let value = user()?
                    .attributes
                    .values
                    .get(name)
                    .ok_or(Dropped::NoValue)?;
                if attribute.is_some_and(|own| !own.rule.has_type(value)) {
                    return Err(Dropped::AttributeType);
                }
                match value {
                    AttributeValue::Texts(texts) => {
                        names(mapping, texts.iter().map(String::as_str))
                    }
                    other => Ok(other.into()),
                }
            }
            ClaimSource::Profile(claim) => {
                let value = user()?.claim(*claim).ok_or(Dropped::NoValue)?;
                Ok(profile(value))
            }
        }
    }
}

fn names<'n>(
    mapping: &ClaimMapping,
    names: impl Iterator<Item = &'n str>,
) -> Result<CustomValue, Dropped> {
    let prefix = mapping.prefix.as_deref();
    let most = names.size_hint().0;
    let names = names.filter(|name| prefix.is_none_or(|prefix| name.starts_with(prefix)));
    match mapping.format {
        ListFormat::List => {
            // The filter hides how many names there are.
            let mut items = Vec::with_capacity(most);
            items.extend(names.map(CustomValue::from));
            if items.is_empty() {
                return Err(Dropped::NoValue);
            }
            Ok(CustomValue::List(items))
        }
        ListFormat::SpaceSeparated => {
            let text = names.collect::<Vec<_>>().join(" ");
            if text.is_empty() {
                return Err(Dropped::NoValue);
            }
            Ok(CustomValue::Text(text))
        }
    }
}

fn profile(value: ClaimValue<'_>) -> CustomValue {
    match value {
        ClaimValue::Text(text) => text.into(),
        ClaimValue::Flag(flag) => flag.into(),
        ClaimValue::Time(time) => {
            CustomValue::Number(time.as_unix_seconds().try_into().unwrap_or(i64::MAX))
        }
        ClaimValue::Address(address) => {
            let members = address.members();
            CustomValue::Object(
                members
                    .map(|(name, text)| (name.to_string(), text.into()))
                    .collect(),
            )
        }
    }
}

/// Returns the approximate length of a value in JSON.
fn length(value: &CustomValue) -> usize {
    match value {
        CustomValue::Text(text) => text.len() + 2,
        CustomValue::Number(_) | CustomValue::Flag(_) => 8,
        CustomValue::List(items) => items.iter().map(|item| length(item) + 1).sum(),
        CustomValue::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| name.len() + length(value) + 4)
                .sum()
        }
    }
}

#[cfg(test)]
mod tests;
