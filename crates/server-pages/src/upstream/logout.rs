//! `POST /rp/backchannel/{idp}` and `GET /rp/frontchannel/{idp}`: logout by a provider.

use super::paths::{BACK_CHANNELS, FRONT_CHANNELS};
use crate::services::Services;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use countersign_application::App;
use countersign_server_http::wire::RequestTenant;
use countersign_server_http::wire::body::{self, Accepts};
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::form;
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::oauth_error;
use countersign_server_http::wire::parameters::{parameters, required};
use std::sync::Arc;

parameters! {
    /// Back-channel logout request (OpenID Connect Back-Channel Logout section 2.5).
    BackChannel { logout_token }
}

parameters! {
    /// Front-channel logout request (OpenID Connect Front-Channel Logout section 2).
    FrontChannel { iss, sid }
}

/// Ends the sessions that a logout token names.
pub(super) async fn back_channel<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    segment: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let answer = async {
        let Path(provider) = segment.map_err(|_| Malformed::PathUnknown)?;
        let (head, content) = request.into_parts();
        let sent: BackChannel = body::read(&head.headers, content, Accepts::Form).await?;
        let token = required("logout_token", sent.logout_token)?;
        let app = &services.app;
        let ended = app
            .federation
            .back_channel_logout(&tenant, &app.sessions, &provider, &token);
        ended.await?;
        Ok::<_, RequestError>(done())
    };
    let answer = answer.await;
    answer.unwrap_or_else(|error| oauth_error::failure(&error.answer(BACK_CHANNELS, None, false)))
}

/// Ends the sessions of a session at a provider. The request comes from a frame without cookies.
pub(super) async fn front_channel<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    segment: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let answer = async {
        let Path(provider) = segment.map_err(|_| Malformed::PathUnknown)?;
        let query: FrontChannel = form::parse(query.unwrap_or_default().as_bytes())?;
        let (issuer, session) = (required("iss", query.iss)?, required("sid", query.sid)?);
        let app = &services.app;
        let ended = app.federation.front_channel_logout(
            &tenant,
            &app.sessions,
            &provider,
            (&issuer, &session),
        );
        ended.await?;
        Ok::<_, RequestError>(done())
    };
    let answer = answer.await;
    answer.unwrap_or_else(|error| oauth_error::failure(&error.answer(FRONT_CHANNELS, None, false)))
}

/// Returns an empty response that must not be cached (section 2.8).
fn done() -> Response {
    (StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response()
}
