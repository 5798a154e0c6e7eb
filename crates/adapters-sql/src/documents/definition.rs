//! Documents of definitions, one `read` and one `write` per kind.

use super::attribute;
use super::claims_policy::{
    defined_roles, held, held_at, policy, take_defined_roles, take_held, take_policy,
};
use super::invitation;
use super::members::{self, Members};
use super::registration::initial_access_token;
use super::tenant;
use super::upstream_provider;
use super::webhook;
use crate::columns::{Failure, Unreadable};
use countersign_domain::administration::administrators::{Administrators, Assignment};
use countersign_domain::administration::group::Group;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::administration::permission::Permission;
use countersign_domain::administration::role::{AdminRole, RoleName};
use countersign_domain::client::ClientId;
use countersign_domain::identifier::UserId;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::time::Timestamp;
use countersign_domain::user::factor_reset::FactorReset;
use countersign_domain::user::scheduled_deletion::ScheduledDeletion;
use countersign_ports::{Definition, DefinitionKind};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

const COLUMN: &str = "definitions.document";

/// Data of a definition in columns, outside the document.
pub(crate) struct Columns {
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) version: u64,
}

/// Members of the document of a resource server.
#[derive(Serialize)]
struct ResourceServerDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    name: &'a str,
    introspection_clients: Vec<&'a str>,
    personal_claims: bool,
    /// Application roles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claims_policy: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<&'a str>,
}

/// Members of the document of an admin role.
#[derive(Serialize)]
struct AdminRoleDocument<'a> {
    description: &'a str,
    permissions: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<&'a str>,
}

/// Members of the document of a group.
#[derive(Serialize)]
struct GroupDocument<'a> {
    description: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parents: Vec<&'a str>,
    /// Application roles by audience.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    roles: BTreeMap<&'a str, Vec<&'a str>>,
    /// Identifiers of the resource servers of these roles.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    role_servers: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<&'a str>,
}

/// Members of the document of a requested deletion, or of a requested reset of second factors.
#[derive(Serialize)]
struct DueDocument {
    due_at: u64,
}

/// Members of the document of the holders of admin roles.
#[derive(Serialize)]
struct AdministratorsDocument<'a> {
    holders: Vec<HolderObject<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HolderObject<'a> {
    holder: String,
    roles: Vec<Cow<'a, str>>,
    without_second_factor: bool,
}

pub(crate) const fn created_at(definition: &Definition) -> Timestamp {
    match definition {
        Definition::ResourceServer(server) => server.created_at,
        Definition::AdminRole(role) => role.created_at,
        Definition::Administrators(all) => all.created_at,
        Definition::Group(group) => group.created_at,
        Definition::Webhook(webhook) => webhook.created_at,
        Definition::ScheduledDeletion(deletion) => deletion.created_at,
        Definition::Invitation(invitation) => invitation.created_at,
        Definition::FactorReset(reset) => reset.created_at,
        Definition::Attribute(attribute) => attribute.created_at,
        Definition::UpstreamProvider(provider) => provider.created_at,
        Definition::RegisteredTenant(tenant) => tenant.created_at,
        Definition::InitialAccessToken(token) => token.created_at,
    }
}

/// Writes the document of a definition.
pub(crate) fn write(definition: &Definition) -> Result<String, Failure> {
    match definition {
        Definition::ResourceServer(server) => {
            let clients = server.introspection_clients.iter();
            let document = ResourceServerDocument {
                id: server.id.map(|id| id.to_string()),
                name: &server.name,
                introspection_clients: clients.map(ClientId::as_str).collect(),
                personal_claims: server.personal_claims,
                roles: defined_roles(&server.roles)?,
                claims_policy: policy(&server.claims_policy)?,
                managed_by: server.managed_by.as_ref().map(ManagedBy::as_str),
            };
            members::write(&document, &server.later)
        }
        Definition::AdminRole(role) => {
            let own = role.permissions.iter().map(Permission::as_str);
            let mut permissions: Vec<&str> = own.collect();
            permissions.extend(role.later_permissions.iter().map(String::as_str));
            let document = AdminRoleDocument {
                description: &role.description,
                permissions,
                managed_by: role.managed_by.as_ref().map(ManagedBy::as_str),
            };
            members::write(&document, &role.later)
        }
        Definition::Administrators(all) => {
            let holders = all.holders.iter().map(|(holder, own)| HolderObject {
                holder: holder.to_string(),
                roles: own.roles.iter().map(|role| role.as_str().into()).collect(),
                without_second_factor: own.without_second_factor,
            });
            let holders = holders.collect();
            members::write(&AdministratorsDocument { holders }, &all.later)
        }
        Definition::Group(group) => {
            let document = GroupDocument {
                description: &group.description,
                parents: group.parents.iter().map(GroupName::as_str).collect(),
                roles: held(&group.roles),
                role_servers: held_at(&group.roles),
                managed_by: group.managed_by.as_ref().map(ManagedBy::as_str),
            };
            members::write(&document, &group.later)
        }
        Definition::Webhook(webhook) => webhook::write(webhook),
        Definition::ScheduledDeletion(deletion) => {
            let due_at = deletion.due_at.as_unix_seconds();
            members::write(&DueDocument { due_at }, &deletion.later)
        }
        Definition::FactorReset(reset) => {
            let due_at = reset.due_at.as_unix_seconds();
            members::write(&DueDocument { due_at }, &reset.later)
        }
        Definition::Invitation(invitation) => invitation::write(invitation),
        Definition::Attribute(attribute) => attribute::write(attribute),
        Definition::UpstreamProvider(provider) => upstream_provider::write(provider),
        Definition::RegisteredTenant(tenant) => tenant::write(tenant),
        Definition::InitialAccessToken(token) => initial_access_token::write(token),
    }
}

/// Reads a definition from its document and columns.
pub(crate) fn read(
    kind: DefinitionKind,
    document: &str,
    columns: Columns,
) -> Result<Definition, Unreadable> {
    let mut members = Members::read(COLUMN, document)?;
    let members = &mut members;
    match kind {
        DefinitionKind::ResourceServer => Ok(Definition::ResourceServer(ResourceServer {
            id: members.take_parsed("id", |id| id.parse().ok())?,
            audience: columns.id,
            name: members.require("name")?,
            introspection_clients: members
                .require_list("introspection_clients", |id| ClientId::parse(id).ok())?,
            personal_claims: members.require("personal_claims")?,
            roles: take_defined_roles(members)?,
            claims_policy: take_policy(members)?,
            managed_by: members.take_managed_by()?,
            created_at: columns.created_at,
            version: columns.version,
            later: members.take_later()?,
        })),
        DefinitionKind::AdminRole => {
            let names: Vec<String> = members.require("permissions")?;
            let (known, later): (Vec<_>, _) = names
                .into_iter()
                .partition(|name| Permission::parse(name).is_some());
            let known = known.iter().filter_map(|name| Permission::parse(name));
            Ok(Definition::AdminRole(AdminRole {
                name: RoleName::parse(&columns.id).map_err(|_| Unreadable("definitions.id"))?,
                description: members.require("description")?,
                permissions: known.collect(),
                later_permissions: later,
                managed_by: members.take_managed_by()?,
                created_at: columns.created_at,
                version: columns.version,
                later: members.take_later()?,
            }))
        }
        DefinitionKind::Administrators => {
            let objects: Vec<HolderObject<'_>> = members.require("holders")?;
            let holders = objects.iter().map(assignment).collect::<Option<_>>();
            Ok(Definition::Administrators(Administrators {
                holders: holders.ok_or_else(|| members.unreadable())?,
                created_at: columns.created_at,
                version: columns.version,
                later: members.take_later()?,
            }))
        }
        DefinitionKind::Group => Ok(Definition::Group(Group {
            name: GroupName::parse(&columns.id).map_err(|_| Unreadable("definitions.id"))?,
            description: members.require("description")?,
            parents: members
                .take_list("parents", |name| GroupName::parse(name).ok())?
                .into_iter()
                .collect(),
            roles: take_held(members)?,
            managed_by: members.take_managed_by()?,
            created_at: columns.created_at,
            version: columns.version,
            later: members.take_later()?,
        })),
        DefinitionKind::Webhook => {
            webhook::read(members, &columns.id, columns.created_at, columns.version)
                .map(Definition::Webhook)
        }
        DefinitionKind::ScheduledDeletion => Ok(Definition::ScheduledDeletion(ScheduledDeletion {
            user: user(&columns.id)?,
            due_at: Timestamp::from_unix_seconds(members.require("due_at")?),
            created_at: columns.created_at,
            version: columns.version,
            later: members.take_later()?,
        })),
        DefinitionKind::FactorReset => Ok(Definition::FactorReset(FactorReset {
            user: user(&columns.id)?,
            due_at: Timestamp::from_unix_seconds(members.require("due_at")?),
            created_at: columns.created_at,
            version: columns.version,
            later: members.take_later()?,
        })),
        DefinitionKind::Invitation => {
            invitation::read(members, &columns.id, columns.created_at, columns.version)
                .map(Definition::Invitation)
        }
        DefinitionKind::Attribute => {
            attribute::read(members, &columns.id, columns.created_at, columns.version)
                .map(Definition::Attribute)
        }
        DefinitionKind::UpstreamProvider => {
            upstream_provider::read(members, &columns.id, columns.created_at, columns.version)
                .map(Definition::UpstreamProvider)
        }
        DefinitionKind::RegisteredTenant => {
            tenant::read(members, &columns.id, columns.created_at, columns.version)
                .map(Definition::RegisteredTenant)
        }
        DefinitionKind::InitialAccessToken => {
            initial_access_token::read(members, &columns.id, columns.created_at, columns.version)
                .map(Definition::InitialAccessToken)
        }
    }
}

fn user(id: &str) -> Result<UserId, Unreadable> {
    id.parse().map_err(|_| Unreadable("definitions.id"))
}

fn assignment(object: &HolderObject<'_>) -> Option<(Holder, Assignment)> {
    let roles = object.roles.iter().map(|name| RoleName::parse(name).ok());
    let assignment = Assignment {
        roles: roles.collect::<Option<_>>()?,
        without_second_factor: object.without_second_factor,
    };
    Some((object.holder.parse().ok()?, assignment))
}
