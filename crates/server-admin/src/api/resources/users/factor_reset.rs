//! `/users/{user_id}/factor-reset`: reset of the second factors that a user requested.

use super::user_id;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use countersign_application::App;
use countersign_domain::audit::operator::Permission::{UsersRead, UsersWrite};
use countersign_domain::user::factor_reset::FactorReset;
use schemars::JsonSchema;
use serde::Serialize;

/// Reset of the second factors that a user requested. Times are in seconds since the Unix epoch.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FactorReset")]
struct View {
    /// User.
    user_id: String,
    /// Time of the request.
    created_at: u64,
    /// Time from which the user can remove the factors with the password alone.
    due_at: u64,
    /// Time from which the request has no effect.
    expires_at: u64,
}

impl From<&FactorReset> for View {
    fn from(reset: &FactorReset) -> Self {
        Self {
            user_id: reset.user.to_string(),
            created_at: reset.created_at.as_unix_seconds(),
            due_at: reset.due_at.as_unix_seconds(),
            expires_at: reset.expires_at().as_unix_seconds(),
        }
    }
}

pub(in crate::api::resources) fn operations<A: App>() -> Vec<Operation<A>> {
    let reset = "/users/{user_id}/factor-reset";
    vec![
        Operation::get(
            (
                reset,
                "getFactorReset",
                "Show the reset of the second factors that a user requested",
            ),
            &[UsersRead],
        )
        .gives::<View>()
        .by(get),
        Operation::delete(
            (
                reset,
                "cancelFactorReset",
                "Cancel the reset of the second factors that a user requested",
            ),
            &[UsersWrite],
        )
        .by(cancel),
    ]
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let reset = users.factor_reset(&call.tenant, &call.operator, id);
    Reply::of(&View::from(&reset.await?))
}

async fn cancel<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let canceled = users.cancel_factor_reset(&call.tenant, &call.operator, id);
    canceled.await?;
    Ok(Reply::empty())
}
