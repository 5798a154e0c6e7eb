//! `/api/roles` and `/api/users/{id}/roles`: admin roles.
//!
//! The ID of a role is its name. The role `admin` of Aero2 has all permissions, so it is the role `owner`.

use super::done::done;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::resources::{permission, role_name, user_id};
use countersign_application::App;
use countersign_application::admin::roles::RoleChange;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::{AdminRole, RoleName};
use countersign_domain::audit::operator::Permission::{RolesRead, RolesWrite};
use countersign_domain::audit::operator::Permissions;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Name of the role `owner` in Aero2.
const ADMIN: &str = "admin";
/// Prefix of the permissions for admin roles in Aero2.
const ROLES: &str = "roles:";

/// Role to create, without permissions.
#[derive(Deserialize, JsonSchema)]
struct NewRole {
    /// Name: lower-case letters, digits and hyphens.
    name: String,
    /// Description.
    #[serde(default)]
    description: String,
}

/// Permission to add to a role.
#[derive(Deserialize, JsonSchema)]
struct AddedPermission {
    /// Name of the permission.
    permission_id: String,
}

/// Role to grant.
#[derive(Deserialize, JsonSchema)]
struct GrantedRole {
    /// Name of the role.
    role_id: String,
}

/// Role.
#[derive(Serialize)]
struct View {
    /// The same as `name`.
    id: String,
    name: String,
    description: String,
    permissions: Vec<String>,
}

impl From<&AdminRole> for View {
    fn from(role: &AdminRole) -> Self {
        let permissions = role.permissions.iter();
        Self {
            id: shown(&role.name).to_owned(),
            name: shown(&role.name).to_owned(),
            description: role.description.clone(),
            permissions: permissions.map(|own| own.as_str().to_owned()).collect(),
        }
    }
}

/// Returns the name of a role in Aero2.
pub(super) fn shown(role: &RoleName) -> &str {
    match role.as_str() {
        AdminRole::OWNER => ADMIN,
        name => name,
    }
}

/// Returns the name of a role from its name in Aero2.
fn own_name(field: &str, name: &str) -> Result<RoleName, Problem> {
    let name = if name == ADMIN {
        AdminRole::OWNER
    } else {
        name
    };
    role_name(field, name)
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    vec![
        Operation::create(
            ("/api/roles", "aero2CreateRole", "Create a role"),
            &[RolesWrite],
        )
        .takes::<NewRole>()
        .keeps(created)
        .by(create),
        Operation::post(
            (
                "/api/roles/{id}/permissions",
                "aero2AddPermission",
                "Add a permission to a role",
            ),
            &[RolesRead, RolesWrite],
        )
        .takes::<AddedPermission>()
        .by(add_permission),
        Operation::post(
            (
                "/api/users/{id}/roles",
                "aero2GrantRole",
                "Grant a role to a user",
            ),
            &[RolesWrite],
        )
        .takes::<GrantedRole>()
        .by(grant),
    ]
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: NewRole = call.body()?;
    let name = own_name("name", &body.name)?;
    let change = RoleChange {
        description: Some(body.description),
        ..RoleChange::default()
    };
    let roles = &call.commands().roles;
    let creation = roles.create(&call.tenant, &call.operator, name, &change);
    created(&creation.await?)
}

fn created(role: &AdminRole) -> Outcome {
    Reply::of(&View::from(role))
}

/// Adds a permission. Fails with a conflict if another command changes the role at the same time.
async fn add_permission<A: App>(call: Call<A>) -> Outcome {
    let body: AddedPermission = call.body()?;
    let name = own_name("id", call.path(0))?;
    let id = match body.permission_id.strip_prefix(ROLES) {
        Some(action) => format!("admin-{ROLES}{action}"),
        None => body.permission_id,
    };
    let added = permission(&id).map_err(|problem| problem.about("permission_id"))?;
    let roles = &call.commands().roles;
    let name = name.as_str();
    let found = roles.find(&call.tenant, &call.operator, name).await?;
    let change = RoleChange {
        permissions: Some(found.permissions.and(Permissions::of(&[added]))),
        ..RoleChange::default()
    };
    let expected = Some(found.version);
    let updated = roles.update(&call.tenant, &call.operator, name, expected, &change);
    Reply::of(&View::from(&call.changed(updated.await)?))
}

async fn grant<A: App>(call: Call<A>) -> Outcome {
    let holder = Holder::User(user_id(&call)?);
    let body: GrantedRole = call.body()?;
    let role = own_name("role_id", &body.role_id)?;
    let administrators = &call.commands().administrators;
    let granted = administrators.grant(&call.tenant, &call.operator, &holder, &role, false);
    granted.await?;
    done("Role granted")
}
