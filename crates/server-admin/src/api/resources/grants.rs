//! `/users/{user_id}/grants` and `/grants`.

use super::users::user_id;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use crate::api::slice::List;
use countersign_application::App;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::audit::operator::Permission::{SessionsRead, UsersWrite};
use countersign_domain::grant::Grant;
use countersign_domain::resource::Resource;
use countersign_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Grant: the access that a user gave to a client, with its refresh tokens. Times are in seconds since the Unix epoch.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Grant")]
struct View {
    /// Identifier.
    id: String,
    /// Client.
    client_id: String,
    /// Granted scope.
    scope: String,
    /// Resources that the tokens are restricted to (RFC 8707).
    resources: Vec<String>,
    /// Time of the sign-in.
    auth_time: u64,
    /// Session in which the user signed in; `null` if there was none.
    session_id: Option<String>,
    /// Number of times that the refresh token was rotated.
    generation: u32,
    /// Expiry time.
    expires_at: u64,
    /// Time of the revocation; `null` if the grant is not revoked.
    revoked_at: Option<u64>,
}

impl From<&Grant> for View {
    fn from(grant: &Grant) -> Self {
        let facts = grant.facts();
        let authorization = grant.authorization();
        let access = &authorization.access;
        let resources = access.resources.iter().map(Resource::as_str);
        Self {
            id: grant.id().to_string(),
            client_id: access.client.to_string(),
            scope: access.scope.to_string(),
            resources: resources.map(str::to_owned).collect(),
            auth_time: authorization.authentication.time.as_unix_seconds(),
            session_id: authorization.session.map(|id| id.to_string()),
            generation: facts.generation,
            expires_at: facts.expires_at.as_unix_seconds(),
            revoked_at: facts.revoked_at.map(Timestamp::as_unix_seconds),
        }
    }
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let all = "/users/{user_id}/grants";
    vec![
        Operation::list(
            (all, "listGrants", "List the grants of a user"),
            &[SessionsRead],
        )
        .gives::<List<View>>()
        .by(list),
        Operation::delete(
            (all, "revokeGrants", "Revoke all grants of a user"),
            &[UsersWrite],
        )
        .by(revoke_all),
        Operation::delete(
            ("/grants/{grant_id}", "revokeGrant", "Revoke a grant"),
            &[UsersWrite],
        )
        .by(revoke),
    ]
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let (id, after) = (user_id(&call)?, call.after(|text| text.parse().ok())?);
    let users = &call.commands().users;
    let slice = users.grants(&call.tenant, &call.operator, id, after);
    let key = |grant: &Grant| grant.id().to_string();
    Reply::of(&List::of(&slice.await?, key, View::from))
}

async fn revoke_all<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let revoked = users.revoke_grants(&call.tenant, &call.operator, id);
    revoked.await?;
    Ok(Reply::empty())
}

async fn revoke<A: App>(call: Call<A>) -> Outcome {
    let missing = |_| AdminError::NotFound(Missing::Grant);
    let id = call.path(0).parse().map_err(missing)?;
    let users = &call.commands().users;
    let revoked = users.revoke_grant(&call.tenant, &call.operator, id);
    revoked.await?;
    Ok(Reply::empty())
}
