//! `/users/{user_id}/identities`: linked accounts at upstream providers.

use super::user_id;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use crate::api::slice::List;
use countersign_application::App;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::audit::operator::Permission::{UsersRead, UsersWrite};
use countersign_domain::federation::identity::Identity;
use countersign_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Account at an upstream provider that is linked to a user. Times are in seconds since the Unix epoch.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Identity")]
struct IdentityView {
    /// Identifier.
    id: String,
    /// Name of the provider through which it was linked.
    provider: String,
    /// Issuer of the provider.
    issuer: String,
    /// Identifier of the user at the provider.
    subject: String,
    /// Email address at the provider; `null` if the provider named none.
    email: Option<String>,
    /// Time of linking.
    created_at: u64,
    /// Time of the last sign-in; `null` if there was none.
    last_used_at: Option<u64>,
}

impl From<&Identity> for IdentityView {
    fn from(identity: &Identity) -> Self {
        Self {
            id: identity.id.to_string(),
            provider: identity.provider.clone(),
            issuer: identity.issuer.clone(),
            subject: identity.subject.clone(),
            email: identity.email.clone(),
            created_at: identity.created_at.as_unix_seconds(),
            last_used_at: identity.last_used_at.map(Timestamp::as_unix_seconds),
        }
    }
}

pub(in crate::api::resources) fn operations<A: App>() -> Vec<Operation<A>> {
    let identities = "/users/{user_id}/identities";
    let identity = "/users/{user_id}/identities/{identity_id}";
    vec![
        Operation::list(
            (
                identities,
                "listIdentities",
                "List the linked accounts of a user",
            ),
            &[UsersRead],
        )
        .gives::<List<IdentityView>>()
        .by(list),
        Operation::delete(
            (
                identity,
                "removeIdentity",
                "Unlink an account of a user at an upstream provider",
            ),
            &[UsersWrite],
        )
        .by(remove),
    ]
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let (id, after) = (user_id(&call)?, call.after(|text| text.parse().ok())?);
    let users = &call.commands().users;
    let slice = users.identities(&call.tenant, &call.operator, id, after);
    let key = |identity: &Identity| identity.id.to_string();
    Reply::of(&List::of(&slice.await?, key, IdentityView::from))
}

async fn remove<A: App>(call: Call<A>) -> Outcome {
    let missing = |_| AdminError::NotFound(Missing::Identity);
    let identity = call.path(1).parse().map_err(missing)?;
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let removed = users.remove_identity(&call.tenant, &call.operator, id, identity);
    removed.await?;
    Ok(Reply::empty())
}
