//! `/resource-servers`.

use super::claims::mapping::{MappingBody, bodies, mappings};
use super::managed_by::managed_by;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::shape::{CLIENT_ID, NAME, PLAIN_TEXT, ROLE};
use crate::api::slice::{List, name};
use countersign_application::App;
use countersign_application::admin::resource_servers::ResourceServerChange;
use countersign_domain::audit::operator::Permission::{ResourceServersRead, ResourceServersWrite};
use countersign_domain::claims::policy::ClaimsPolicy;
use countersign_domain::claims::roles::{ApplicationRole, ApplicationRoleName};
use countersign_domain::client::ClientId;
use countersign_domain::later::LaterMembers;
use countersign_domain::resource_server::ResourceServer;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Resource server.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ResourceServer")]
pub(in crate::api) struct Body {
    /// `aud` of its tokens. It cannot change.
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    pub(in crate::api) audience: String,
    /// Display name; the audience if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    name: Option<String>,
    /// Confidential clients that may introspect its tokens.
    #[serde(default)]
    #[schemars(length(max = 100), inner(regex(pattern = CLIENT_ID)))]
    introspection_clients: Vec<String>,
    /// Whether introspection returns claims about the user.
    #[serde(default)]
    personal_claims: bool,
    /// Application roles, which users and groups can hold.
    #[serde(default)]
    #[schemars(length(max = 100))]
    roles: Vec<RoleBody>,
    /// Claims of its access tokens and of introspection responses.
    #[serde(default)]
    #[schemars(length(max = 50))]
    claims_policy: Vec<MappingBody>,
    /// Set of files that declares the resource server; see `countersign apply`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = NAME))]
    managed_by: Option<String>,
}

/// Application role.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an object with the name of a role")]
#[schemars(rename = "ApplicationRole")]
struct RoleBody {
    /// Name.
    #[schemars(regex(pattern = ROLE))]
    name: String,
    /// Description.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = PLAIN_TEXT))]
    description: String,
}

impl From<&ResourceServer> for Body {
    fn from(server: &ResourceServer) -> Self {
        let clients = server.introspection_clients.iter();
        Self {
            audience: server.audience.clone(),
            name: Some(server.name.clone()),
            introspection_clients: clients.map(ToString::to_string).collect(),
            personal_claims: server.personal_claims,
            roles: server.roles.iter().map(RoleBody::from).collect(),
            claims_policy: bodies(&server.claims_policy),
            managed_by: server.managed_by.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&ApplicationRole> for RoleBody {
    fn from(role: &ApplicationRole) -> Self {
        Self {
            name: role.name.to_string(),
            description: role.description.clone(),
        }
    }
}

impl RoleBody {
    fn role(&self) -> Result<ApplicationRole, Problem> {
        let name = ApplicationRoleName::parse(&self.name);
        Ok(ApplicationRole {
            name: name.map_err(|error| Problem::field("roles", error))?,
            description: self.description.clone(),
            later: LaterMembers::default(),
        })
    }
}

impl Body {
    pub(in crate::api) fn change(&self) -> Result<ResourceServerChange, Problem> {
        let clients = self.introspection_clients.iter();
        let clients = clients
            .map(|id| ClientId::parse(id))
            .collect::<Result<_, _>>();
        let clients = clients.map_err(|error| Problem::field("introspection_clients", error))?;
        Ok(ResourceServerChange {
            name: Some(self.name.as_ref().unwrap_or(&self.audience).clone()),
            introspection_clients: Some(clients),
            personal_claims: Some(self.personal_claims),
            roles: Some(
                self.roles
                    .iter()
                    .map(RoleBody::role)
                    .collect::<Result<_, _>>()?,
            ),
            claims_policy: Some(ClaimsPolicy {
                mappings: mappings(&self.claims_policy)?,
                later: Vec::new(),
            }),
            managed_by: Some(managed_by(self.managed_by.as_deref())?),
        })
    }
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let all = "/resource-servers";
    let one = "/resource-servers/{audience}";
    vec![
        Operation::list(
            (all, "listResourceServers", "List resource servers"),
            &[ResourceServersRead],
        )
        .gives::<List<Body>>()
        .by(list),
        Operation::create(
            (all, "createResourceServer", "Create a resource server"),
            &[ResourceServersWrite],
        )
        .takes::<Body>()
        .gives::<Body>()
        .keeps(reply)
        .by(create),
        Operation::get(
            (one, "getResourceServer", "Show a resource server"),
            &[ResourceServersRead],
        )
        .gives::<Body>()
        .by(get),
        Operation::patch(
            (one, "updateResourceServer", "Change a resource server"),
            &[ResourceServersRead, ResourceServersWrite],
        )
        .keeping(&["audience"])
        .takes::<Body>()
        .gives::<Body>()
        .by(patch),
        Operation::delete(
            (one, "deleteResourceServer", "Delete a resource server"),
            &[ResourceServersWrite],
        )
        .conditional()
        .by(delete),
    ]
}

fn reply(server: &ResourceServer) -> Outcome {
    Ok(Reply::of(&Body::from(server))?.at(server.version))
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(name)?;
    let servers = &call.commands().resource_servers;
    let slice = servers.list(&call.tenant, &call.operator, after).await?;
    Reply::of(&List::of(
        &slice,
        |server| server.audience.clone(),
        Body::from,
    ))
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let servers = &call.commands().resource_servers;
    let found = servers.find(&call.tenant, &call.operator, call.path(0));
    reply(&found.await?)
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: Body = call.body()?;
    let change = body.change()?;
    let servers = &call.commands().resource_servers;
    let created = servers.create(&call.tenant, &call.operator, &body.audience, &change);
    reply(&created.await?)
}

async fn patch<A: App>(call: Call<A>) -> Outcome {
    let servers = &call.commands().resource_servers;
    let found = servers.find(&call.tenant, &call.operator, call.path(0));
    let server = found.await?;
    let expected = call.version(server.version)?;
    let body = call.patched(&Body::from(&server))?;
    if body.audience != server.audience {
        let rule = "cannot change; create a new resource server";
        return Err(Problem::field("audience", rule));
    }
    let (audience, change) = (&server.audience, body.change()?);
    let updated = servers.update(&call.tenant, &call.operator, audience, expected, &change);
    reply(&call.changed(updated.await)?)
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let servers = &call.commands().resource_servers;
    let deleted = servers.delete(&call.tenant, &call.operator, call.path(0), call.expected);
    deleted.await?;
    Ok(Reply::empty())
}
