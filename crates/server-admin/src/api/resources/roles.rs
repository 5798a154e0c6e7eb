//! `/admin-roles`.

use super::managed_by::managed_by;
use crate::api::body::unknown;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::shape::{NAME, PLAIN_TEXT, one_of};
use crate::api::slice::{List, name};
use countersign_application::App;
use countersign_application::admin::roles::RoleChange;
use countersign_domain::administration::role::{AdminRole, RoleName};
use countersign_domain::audit::operator::Permission::{RolesRead, RolesWrite};
use countersign_domain::audit::operator::{Permission, Permissions};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

/// Admin role.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AdminRole")]
pub(in crate::api) struct Body {
    /// Name: lower-case letters, digits and hyphens. It cannot change.
    #[schemars(regex(pattern = NAME))]
    pub(in crate::api) name: String,
    /// Description.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = PLAIN_TEXT))]
    description: String,
    /// Permissions.
    #[serde(default)]
    #[schemars(transform = permission_names)]
    permissions: Vec<String>,
    /// Set of files that declares the role; see `countersign apply`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = NAME))]
    managed_by: Option<String>,
}

impl From<&AdminRole> for Body {
    fn from(role: &AdminRole) -> Self {
        let permissions = role.permissions.iter();
        Self {
            name: role.name.to_string(),
            description: role.description.clone(),
            permissions: permissions.map(|own| own.as_str().to_owned()).collect(),
            managed_by: role.managed_by.as_ref().map(ToString::to_string),
        }
    }
}

impl Body {
    pub(in crate::api) fn change(&self) -> Result<RoleChange, Problem> {
        Ok(RoleChange {
            description: Some(self.description.clone()),
            permissions: Some(permissions(&self.permissions)?),
            managed_by: Some(managed_by(self.managed_by.as_deref())?),
        })
    }
}

fn permission_names(schema: &mut Schema) {
    let names = Permission::ALL.iter().map(|own| own.as_str());
    schema.insert("items".to_owned(), one_of(names));
}

fn permissions(names: &[String]) -> Result<Permissions, Problem> {
    let parsed = names.iter().map(|name| {
        let parsed = permission(name);
        parsed.map_err(|problem| problem.about("permissions"))
    });
    parsed.collect()
}

/// Parses the name of a permission.
pub(in crate::api) fn permission(name: &str) -> Result<Permission, Problem> {
    let known = Permission::ALL.iter().map(|own| own.as_str());
    Permission::parse(name).ok_or_else(|| unknown(name, known))
}

/// Parses the name of an admin role.
pub(in crate::api) fn role_name(field: &str, name: &str) -> Result<RoleName, Problem> {
    RoleName::parse(name).map_err(|error| Problem::field(field, error))
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let (all, one) = ("/admin-roles", "/admin-roles/{name}");
    vec![
        Operation::list((all, "listAdminRoles", "List admin roles"), &[RolesRead])
            .gives::<List<Body>>()
            .by(list),
        Operation::create(
            (all, "createAdminRole", "Create an admin role"),
            &[RolesWrite],
        )
        .takes::<Body>()
        .gives::<Body>()
        .keeps(reply)
        .by(create),
        Operation::get((one, "getAdminRole", "Show an admin role"), &[RolesRead])
            .gives::<Body>()
            .by(get),
        Operation::patch(
            (one, "updateAdminRole", "Change an admin role"),
            &[RolesRead, RolesWrite],
        )
        .keeping(&["name"])
        .takes::<Body>()
        .gives::<Body>()
        .by(patch),
        Operation::delete(
            (one, "deleteAdminRole", "Delete an admin role"),
            &[RolesWrite],
        )
        .conditional()
        .by(delete),
    ]
}

fn reply(role: &AdminRole) -> Outcome {
    Ok(Reply::of(&Body::from(role))?.at(role.version))
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(name)?;
    let roles = &call.commands().roles;
    let slice = roles.list(&call.tenant, &call.operator, after).await?;
    Reply::of(&List::of(&slice, |role| role.name.to_string(), Body::from))
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let roles = &call.commands().roles;
    let found = roles.find(&call.tenant, &call.operator, call.path(0));
    reply(&found.await?)
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: Body = call.body()?;
    let (name, change) = (role_name("name", &body.name)?, body.change()?);
    let roles = &call.commands().roles;
    let created = roles.create(&call.tenant, &call.operator, name, &change);
    reply(&created.await?)
}

async fn patch<A: App>(call: Call<A>) -> Outcome {
    let roles = &call.commands().roles;
    let found = roles.find(&call.tenant, &call.operator, call.path(0));
    let role = found.await?;
    let expected = call.version(role.version)?;
    let body = call.patched(&Body::from(&role))?;
    if body.name != role.name.as_str() {
        return Err(Problem::field("name", "cannot change; create a new role"));
    }
    let (name, change) = (role.name.as_str(), body.change()?);
    let updated = roles.update(&call.tenant, &call.operator, name, expected, &change);
    reply(&call.changed(updated.await)?)
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let roles = &call.commands().roles;
    let deleted = roles.delete(&call.tenant, &call.operator, call.path(0), call.expected);
    deleted.await?;
    Ok(Reply::empty())
}
