//! `/users/{user_id}/sessions` and `/sessions`.

use super::users::user_id;
use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use crate::api::slice::List;
use countersign_application::App;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::audit::operator::Permission::{SessionsRead, UsersWrite};
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
    let all = "/users/{user_id}/sessions";
    vec![
        Operation::list(
            (all, "listSessions", "List the sessions of a user"),
            &[SessionsRead],
        )
        .gives::<List<View>>()
        .by(list),
        Operation::delete(
            (all, "endSessions", "End all sessions of a user"),
            &[UsersWrite],
        )
        .by(end_all),
        Operation::delete(
            ("/sessions/{session_id}", "endSession", "End a session"),
            &[UsersWrite],
        )
        .by(end),
    ]
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let (id, after) = (user_id(&call)?, call.after(|text| text.parse().ok())?);
    let users = &call.commands().users;
    let slice = users.sessions(&call.tenant, &call.operator, id, after);
    let key = |session: &Session| session.id.to_string();
    Reply::of(&List::of(&slice.await?, key, View::from))
}

async fn end_all<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let commands = call.commands();
    let (users, sessions) = (&commands.users, &commands.ending);
    let ended = users.end_sessions(&call.tenant, &call.operator, sessions, id);
    ended.await?;
    Ok(Reply::empty())
}

async fn end<A: App>(call: Call<A>) -> Outcome {
    let missing = |_| AdminError::NotFound(Missing::Session);
    let id = call.path(0).parse().map_err(missing)?;
    let commands = call.commands();
    let (users, sessions) = (&commands.users, &commands.ending);
    let ended = users.end_session(&call.tenant, &call.operator, sessions, id);
    ended.await?;
    Ok(Reply::empty())
}
