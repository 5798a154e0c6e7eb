//! `/api/sessions`: the sessions of a user.

use super::caller::caller;
use crate::browser::Browser;
use crate::services::Services;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use countersign_application::{App, Failure};
use countersign_domain::identifier::SessionId;
use countersign_server_http::wire::RequestTenant;
use countersign_server_http::wire::answer::answered;
use countersign_server_http::wire::bearer::refused;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::oauth_error;
use countersign_server_http::wire::session_body::SessionBody;
use serde_json::json;
use std::sync::Arc;

pub(super) const SESSIONS: &str = "/api/sessions";
pub(super) const SESSION: &str = "/api/sessions/{id}";

/// Lists the live sessions of the caller.
pub(super) async fn list<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let (caller, browser) = match caller(&services, &tenant, request).await {
        Ok(both) => both,
        Err(request_error) => return no_caller(request_error),
    };
    let listed = services
        .app
        .accounts
        .live_sessions(&tenant, caller.user)
        .await;
    let body = listed.map(|sessions| {
        let sessions = sessions.iter();
        let sessions: Vec<_> = sessions
            .map(|session| SessionBody::of(session, caller.session))
            .collect();
        answered(&json!({"sessions": sessions}))
    });
    finished(browser, body)
}

/// Ends one session. The current session cannot be ended here.
pub(super) async fn end<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let (caller, browser) = match caller(&services, &tenant, request).await {
        Ok(both) => both,
        Err(request_error) => return no_caller(request_error),
    };
    // A malformed path names no session.
    let id = id.map(|Path(id)| id).unwrap_or_default();
    let ended = match id.parse::<SessionId>() {
        Ok(id) if caller.session == Some(id) => Ok(rejected(Malformed::SessionCurrent)),
        Ok(id) => services
            .app
            .accounts
            .end_session(&tenant, &services.app.sessions, caller.user, id)
            .await
            .map(|found| {
                if found {
                    answered(&json!({"message": "Session revoked"}))
                } else {
                    rejected(Malformed::SessionUnknown)
                }
            }),
        Err(_) => Ok(rejected(Malformed::SessionUnknown)),
    };
    finished(browser, ended)
}

/// Ends all sessions except the current one.
pub(super) async fn end_others<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let (caller, browser) = match caller(&services, &tenant, request).await {
        Ok(both) => both,
        Err(request_error) => return no_caller(request_error),
    };
    let ended = async {
        let mut others = services
            .app
            .accounts
            .live_sessions(&tenant, caller.user)
            .await?;
        others.retain(|session| Some(session.id) != caller.session);
        services
            .app
            .sessions
            .end_all(&tenant, caller.user, caller.session)
            .await?;
        Ok(answered(
            &json!({"message": "All other sessions revoked", "revoked_count": others.len()}),
        ))
    };
    let ended = ended.await;
    finished(browser, ended)
}

fn no_caller(request_error: Result<RequestError, Response>) -> Response {
    match request_error {
        Ok(request_error) => refused(&request_error, SESSIONS),
        Err(response) => response,
    }
}

fn finished<A: App>(browser: Option<Browser<A>>, outcome: Result<Response, Failure>) -> Response {
    let response = outcome.unwrap_or_else(|failure| refused(&failure.into(), SESSIONS));
    match browser {
        Some(browser) => browser.finish(SESSIONS, Ok(response)),
        None => response,
    }
}

/// Returns the response to a request for a session that it cannot end.
fn rejected(malformed: Malformed) -> Response {
    oauth_error::failure(&RequestError::from(malformed).answer(SESSIONS, None, false))
}
