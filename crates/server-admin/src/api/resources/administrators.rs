//! `/administrators`: the users, clients and groups with admin roles.

use super::roles::role_name;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::shape::NAME;
use countersign_application::App;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::administration::administrators::Assignment;
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::role::RoleName;
use countersign_domain::audit::operator::Permission::{RolesRead, RolesWrite};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// User, client or group with admin roles.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Administrator")]
struct View {
    /// `user:` and a user ID, `client:` and a client ID, or `group:` and the name of a group.
    holder: String,
    /// Admin roles.
    roles: Vec<String>,
    /// Whether a client may run commands that need a second factor of a user.
    without_second_factor: bool,
}

/// All administrators.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Administrators")]
struct All {
    /// Users, clients and groups with admin roles.
    items: Vec<View>,
}

impl View {
    fn of(holder: &Holder, own: &Assignment) -> Self {
        Self {
            holder: holder.to_string(),
            roles: own.roles.iter().map(ToString::to_string).collect(),
            without_second_factor: own.without_second_factor,
        }
    }
}

/// Admin role to grant.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "AdminRoleGrant")]
struct Grant {
    /// Name of the admin role.
    #[schemars(regex(pattern = NAME))]
    role: String,
    /// Whether a client may run commands that need a second factor of a user. Replaces the value of an earlier grant.
    #[serde(default)]
    without_second_factor: bool,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let roles = "/administrators/{holder}/roles";
    let one = "/administrators/{holder}/roles/{role}";
    vec![
        Operation::get(
            (
                "/administrators",
                "listAdministrators",
                "List administrators",
            ),
            &[RolesRead],
        )
        .gives::<All>()
        .by(list),
        Operation::post(
            (roles, "grantAdminRole", "Grant an admin role"),
            &[RolesWrite],
        )
        .takes::<Grant>()
        .gives::<View>()
        .by(grant),
        Operation::delete(
            (one, "revokeAdminRole", "Revoke an admin role"),
            &[RolesWrite],
        )
        .by(revoke),
        Operation::delete(
            (
                roles,
                "revokeAdminRoles",
                "Revoke all admin roles of a user, client or group",
            ),
            &[RolesWrite],
        )
        .by(revoke_all),
    ]
}

fn holder<A: App>(call: &Call<A>) -> Result<Holder, Problem> {
    let missing = |_| AdminError::NotFound(Missing::Holder).into();
    call.path(0).parse::<Holder>().map_err(missing)
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let administrators = &call.commands().administrators;
    let all = administrators.list(&call.tenant, &call.operator).await?;
    let items = all
        .holders
        .iter()
        .map(|(holder, own)| View::of(holder, own));
    Reply::of(&All {
        items: items.collect(),
    })
}

async fn grant<A: App>(call: Call<A>) -> Outcome {
    let (holder, body) = (holder(&call)?, call.body::<Grant>()?);
    let role = role_name("role", &body.role)?;
    let administrators = &call.commands().administrators;
    let granted = administrators.grant(
        &call.tenant,
        &call.operator,
        &holder,
        &role,
        body.without_second_factor,
    );
    Reply::of(&View::of(&holder, &granted.await?))
}

async fn revoke<A: App>(call: Call<A>) -> Outcome {
    let missing = |_| AdminError::NotFound(Missing::Role);
    let (holder, role) = (
        holder(&call)?,
        RoleName::parse(call.path(1)).map_err(missing)?,
    );
    let administrators = &call.commands().administrators;
    let revoked = administrators.revoke(&call.tenant, &call.operator, &holder, Some(&role));
    revoked.await?;
    Ok(Reply::empty())
}

async fn revoke_all<A: App>(call: Call<A>) -> Outcome {
    let holder = holder(&call)?;
    let administrators = &call.commands().administrators;
    let revoked = administrators.revoke(&call.tenant, &call.operator, &holder, None);
    revoked.await?;
    Ok(Reply::empty())
}
