//! `/api/users`.

pub(super) mod body;
mod identities;
mod search;

use super::done::done;
use super::pages::{Page, Pagination};
use super::roles::shown;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::resources::user_id;
use axum::http::{Method, StatusCode};
use body::{ACTIVE, DISABLED, UserChange, View};
use countersign_application::App;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::administration::holder::Holder;
use countersign_domain::audit::operator::Permission::{RolesRead, UsersRead, UsersWrite};
use countersign_domain::evidence::Evidence;
use countersign_domain::user::User;
use identities::{IdentityView, linked};
use search::matching;
use serde::Serialize;

/// Page of users.
#[derive(Serialize)]
struct List {
    users: Vec<View>,
    pagination: Pagination,
}

/// User with details.
#[derive(Serialize)]
struct Details {
    #[serde(flatten)]
    user: View,
    /// Admin roles; absent if the operator may not read them.
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<String>>,
    identities: Vec<IdentityView>,
}

/// Accounts of a user at other identity providers.
#[derive(Serialize)]
struct Identities {
    identities: Vec<IdentityView>,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let one = "/api/users/{id}";
    let identities = "/api/users/{id}/identities";
    let identity = "/api/users/{id}/identities/{link_id}";
    vec![
        Operation::get(("/api/users", "aero2ListUsers", "List users"), &[UsersRead])
            .queried_by(&["page", "limit", "search"])
            .by(list),
        Operation::get((one, "aero2GetUser", "Show a user"), &[UsersRead]).by(get),
        Operation::new(
            Method::PUT,
            StatusCode::OK,
            (one, "aero2UpdateUser", "Change a user"),
            &[UsersWrite],
        )
        .takes::<UserChange>()
        .by(update),
        Operation::new(
            Method::DELETE,
            StatusCode::OK,
            (one, "aero2DeleteUser", "Delete a user"),
            &[UsersWrite],
        )
        .by(delete),
        Operation::get(
            (identities, "aero2ListIdentities", "List linked identities"),
            &[UsersRead],
        )
        .by(list_identities),
        Operation::new(
            Method::DELETE,
            StatusCode::OK,
            (identity, "aero2Unlink", "Remove a linked identity"),
            &[UsersRead, UsersWrite],
        )
        .by(unlink),
    ]
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let page = Page::read(&call)?;
    let (users, pagination) = if let Some(text) = call.query("search") {
        page.within(matching(&call, text).await?)
    } else {
        let users = &call.commands().users;
        let read = |after| users.list(&call.tenant, &call.operator, after);
        page.of(|user: &User| user.id, read).await?
    };
    Reply::of(&List {
        users: users.iter().map(View::from).collect(),
        pagination,
    })
}

async fn found<A: App>(call: &Call<A>) -> Result<User, Problem> {
    let id = user_id(call)?.to_string();
    let users = &call.commands().users;
    Ok(users.find(&call.tenant, &call.operator, &id).await?)
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let user = found(&call).await?;
    let roles = if call.operator.may(RolesRead).is_ok() {
        let administrators = &call.commands().administrators;
        let all = administrators.list(&call.tenant, &call.operator).await?;
        let own = all.holders.get(&Holder::User(user.id));
        let roles = own.into_iter().flat_map(|own| &own.roles);
        Some(roles.map(|role| shown(role).to_owned()).collect())
    } else {
        None
    };
    Reply::of(&Details {
        user: View::from(&user),
        roles,
        identities: linked(&call, user.id).await?,
    })
}

/// Changes the claims, or the status. Both together would be two commands, and the second could fail alone.
async fn update<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let change: UserChange = call.body()?;
    let enables = change.status.as_deref().map(enables).transpose()?;
    let claims = change.claims();
    if enables.is_some() && !claims.is_empty() {
        return Err(Problem::field(
            "status",
            "cannot be combined with other fields",
        ));
    }
    let (users, sessions) = (&call.commands().users, &call.commands().ending);
    let (tenant, operator) = (&call.tenant, &call.operator);
    let user = match enables {
        None => {
            let edit = claims.into();
            users.edit(tenant, operator, id, None, &edit).await?
        }
        Some(true) => users.enable(tenant, operator, id).await?,
        Some(false) => users.disable(tenant, operator, sessions, id).await?.0,
    };
    Reply::of(&View::from(&user))
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let (users, sessions) = (&call.commands().users, &call.commands().ending);
    let deleted = users.delete(&call.tenant, &call.operator, sessions, id, None);
    deleted.await?;
    done("User deleted")
}

/// Returns whether a status allows a user to sign in.
fn enables(status: &str) -> Result<bool, Problem> {
    match status {
        ACTIVE => Ok(true),
        DISABLED => Ok(false),
        other => {
            let other = Evidence::of(other);
            let rule = format!("the value {other:?} is unknown; use {ACTIVE} or {DISABLED}");
            Err(Problem::field("status", rule))
        }
    }
}

async fn list_identities<A: App>(call: Call<A>) -> Outcome {
    let user = found(&call).await?;
    Reply::of(&Identities {
        identities: linked(&call, user.id).await?,
    })
}

async fn unlink<A: App>(call: Call<A>) -> Outcome {
    let user = found(&call).await?;
    let missing = |_| AdminError::NotFound(Missing::Identity);
    let identity = call.path(1).parse().map_err(missing)?;
    let users = &call.commands().users;
    let removed = users.remove_identity(&call.tenant, &call.operator, user.id, identity);
    removed.await?;
    done("Identity removed")
}
