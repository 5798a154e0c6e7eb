//! Claims policies and roles in documents of clients, resource servers, groups and users.

use super::members::{self, Members};
use crate::columns::{Failure, Unreadable};
use countersign_domain::claims::mapping::{ClaimMapping, ClaimSource, Destination, ListFormat};
use countersign_domain::claims::policy::ClaimsPolicy;
use countersign_domain::claims::roles::{ApplicationRole, ApplicationRoleName, HeldRoles};
use countersign_domain::token::custom_claims::CustomValue;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Member with the mappings.
const POLICY: &str = "claims_policy";

/// Mapping of a policy. An object with another member belongs to a later version.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingObject {
    claim: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Fixed value, instead of `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<CustomValue>,
    into: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    /// Omitted for an array.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    format: Option<String>,
}

impl From<&ClaimMapping> for MappingObject {
    fn from(mapping: &ClaimMapping) -> Self {
        let value = match &mapping.source {
            ClaimSource::Value(value) => Some(value.clone()),
            _ => None,
        };
        let is_list = mapping.format == ListFormat::List;
        Self {
            claim: mapping.claim.clone(),
            from: value.is_none().then(|| mapping.source.to_string()),
            value,
            into: mapping
                .into
                .iter()
                .map(|own| own.as_str().to_owned())
                .collect(),
            scope: mapping.scope.clone(),
            prefix: mapping.prefix.clone(),
            format: (!is_list).then(|| mapping.format.as_str().to_owned()),
        }
    }
}

impl MappingObject {
    /// Returns the mapping; `None` if it belongs to a later version.
    fn into_mapping(self) -> Option<ClaimMapping> {
        let source = match (self.from, self.value) {
            (Some(from), None) => ClaimSource::parse(&from)?,
            (None, Some(value)) => ClaimSource::fixed(value)?,
            _ => return None,
        };
        let into = self.into.iter().map(|name| Destination::parse(name));
        let format = self.format.as_deref().map(ListFormat::parse);
        Some(ClaimMapping {
            claim: self.claim,
            source,
            into: into.collect::<Option<_>>()?,
            scope: self.scope,
            prefix: self.prefix,
            format: format.unwrap_or(Some(ListFormat::List))?,
        })
    }
}

/// Returns the mappings of a policy for a document, those of later versions at the end.
pub(super) fn policy(policy: &ClaimsPolicy) -> Result<Vec<Box<RawValue>>, Failure> {
    let own = policy
        .mappings
        .iter()
        .map(|mapping| serde_json::value::to_raw_value(&MappingObject::from(mapping)));
    let later = policy
        .later
        .iter()
        .map(|text| RawValue::from_string(text.clone()));
    Ok(own.chain(later).collect::<Result<_, _>>()?)
}

/// Takes the policy. Mappings of a later version have no effect.
pub(super) fn take_policy(members: &mut Members) -> Result<ClaimsPolicy, Unreadable> {
    let mut policy = ClaimsPolicy::none();
    let objects: Option<Vec<Box<RawValue>>> = members.take(POLICY)?;
    for object in objects.into_iter().flatten() {
        let mapping = serde_json::from_str::<MappingObject>(object.get()).ok();
        match mapping.and_then(MappingObject::into_mapping) {
            Some(mapping) => policy.mappings.push(mapping),
            None => policy.later.push(object.get().to_owned()),
        }
    }
    Ok(policy)
}

/// Members of an application role of a resource server.
#[derive(Serialize)]
struct RoleObject<'a> {
    name: &'a str,
    description: &'a str,
}

/// Returns the roles that a resource server defines, for its document.
pub(super) fn defined_roles(roles: &[ApplicationRole]) -> Result<Vec<Box<RawValue>>, Failure> {
    let write = |role: &ApplicationRole| {
        let object = RoleObject {
            name: role.name.as_str(),
            description: &role.description,
        };
        let text = members::write(&object, &role.later)?;
        Ok(RawValue::from_string(text)?)
    };
    roles.iter().map(write).collect()
}

/// Takes the roles that a resource server defines.
pub(super) fn take_defined_roles(
    members: &mut Members,
) -> Result<Vec<ApplicationRole>, Unreadable> {
    let Unreadable(column) = members.unreadable();
    let objects: Option<Vec<Box<RawValue>>> = members.take("roles")?;
    let read = |object: Box<RawValue>| {
        let mut role = Members::read(column, object.get())?;
        Ok(ApplicationRole {
            name: role.require_parsed("name", |name| ApplicationRoleName::parse(name).ok())?,
            description: role.require("description")?,
            later: role.take_later()?,
        })
    };
    objects.into_iter().flatten().map(read).collect()
}

/// Returns the roles of a user or group by audience.
pub(super) fn held(roles: &HeldRoles) -> BTreeMap<&str, Vec<&str>> {
    let all = roles.audiences();
    all.map(|(audience, roles)| (audience, roles.map(ApplicationRoleName::as_str).collect()))
        .collect()
}

/// Returns the identifiers of the resource servers of these roles by audience.
pub(super) fn held_at(roles: &HeldRoles) -> BTreeMap<&str, String> {
    let all = roles.servers();
    all.map(|(audience, id)| (audience, id.to_string()))
        .collect()
}

/// Takes the roles of a user or group.
pub(super) fn take_held(members: &mut Members) -> Result<HeldRoles, Unreadable> {
    let all: Option<BTreeMap<String, Vec<String>>> = members.take("roles")?;
    let mut held = HeldRoles::default();
    for (audience, names) in all.iter().flatten() {
        for name in names {
            let role = ApplicationRoleName::parse(name).map_err(|_| members.unreadable())?;
            held.insert(audience, role);
        }
    }
    let servers: Option<BTreeMap<String, String>> = members.take("role_servers")?;
    for (audience, id) in servers.iter().flatten() {
        let id = id.parse().map_err(|_| members.unreadable())?;
        held.bind(audience, Some(id));
    }
    Ok(held)
}
