//! `/users/{user_id}/sessions`.

use super::users::user_id;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use crate::api::slice::List;
use countersign_application::App;
use countersign_domain::audit::operator::Permission::SessionsRead;
use countersign_domain::login::session::Session;
use countersign_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Browser session of a user. Times are in seconds since the Unix epoch.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Session")]
struct View {
    /// Identifier.
    id: String,
    /// Time of the sign-in.
    auth_time: u64,
    /// Methods of the sign-in.
    amr: Vec<&'static str>,
    /// Creation time.
    created_at: u64,
    /// Time of the last activity.
    last_active_at: u64,
    /// Expiry time.
    expires_at: u64,
    /// Time of the sign-out; `null` if the session has not ended.
    ended_at: Option<u64>,
    /// Network address at creation.
    ip_address: Option<String>,
    /// User agent at creation.
    user_agent: Option<String>,
}

impl From<&Session> for View {
    fn from(session: &Session) -> Self {
        let authentication = &session.authentication;
        Self {
            id: session.id.to_string(),
            auth_time: authentication.time.as_unix_seconds(),
            amr: authentication.methods.amr(),
            created_at: session.created_at.as_unix_seconds(),
            last_active_at: session.last_active_at.as_unix_seconds(),
            expires_at: session.expires_at.as_unix_seconds(),
            ended_at: session.ended_at.map(Timestamp::as_unix_seconds),
            ip_address: session.ip_address.clone(),
            user_agent: session.user_agent.clone(),
        }
    }
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let texts = (
        "/users/{user_id}/sessions",
        "listSessions",
        "List the sessions of a user",
    );
    vec![
        Operation::list(texts, &[SessionsRead])
            .gives::<List<View>>()
            .by(list),
    ]
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let (id, after) = (user_id(&call)?, call.after(|text| text.parse().ok())?);
    let sessions = &call.commands().sessions;
    let slice = sessions
        .list(&call.tenant, &call.operator, id, after)
        .await?;
    Reply::of(&List::of(
        &slice,
        |session| session.id.to_string(),
        View::from,
    ))
}
