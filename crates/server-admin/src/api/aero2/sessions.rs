//! `/api/users/{id}/sessions`. Users list and end their own sessions at `/api/sessions`, with or without this API.

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use crate::api::resources::user_id;
use axum::http::{Method, StatusCode};
use countersign_application::App;
use countersign_domain::audit::operator::Permission::{SessionsRead, UsersWrite};
use countersign_server_http::wire::session_body::SessionBody;
use serde::Serialize;

/// Live sessions of a user.
#[derive(Serialize)]
struct List<'a> {
    sessions: Vec<SessionBody<'a>>,
}

/// Result of ending sessions.
#[derive(Serialize)]
struct Ended {
    message: &'static str,
    revoked_count: usize,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let path = "/api/users/{id}/sessions";
    vec![
        Operation::get(
            (
                path,
                "aero2ListSessions",
                "List the live sessions of a user",
            ),
            &[SessionsRead],
        )
        .by(list),
        Operation::new(
            Method::DELETE,
            StatusCode::OK,
            (path, "aero2EndSessions", "End all sessions of a user"),
            &[UsersWrite],
        )
        .by(end_all),
    ]
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let users = &call.commands().users;
    let live = users
        .live_sessions(&call.tenant, &call.operator, id)
        .await?;
    let sessions = live.iter().map(|session| SessionBody::of(session, None));
    Reply::of(&List {
        sessions: sessions.collect(),
    })
}

/// Ends the sessions and revokes the grants of these sessions.
async fn end_all<A: App>(call: Call<A>) -> Outcome {
    let id = user_id(&call)?;
    let (users, sessions) = (&call.commands().users, &call.commands().ending);
    let ended = users.end_sessions(&call.tenant, &call.operator, sessions, id);
    Reply::of(&Ended {
        message: "All sessions revoked",
        revoked_count: ended.await?,
    })
}
