//! JSON API for scripts and applications that act for a user: `/api/sessions`, `/signout` and `/v1/users`.

mod sessions;
mod sign_out;
mod users;

use crate::Services;
use crate::browser::{Browser, csrf};
use axum::Router;
use axum::extract::{FromRequestParts as _, Request};
use axum::http::{Method, header};
use axum::response::Response;
use axum::routing::{delete, get, post};
use countersign_application::{App, Failure, LiveToken};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_ports::UserKey;
use countersign_ports::prelude::*;
use countersign_server_http::wire::bearer::bearer_token;
use countersign_server_http::wire::error::Unserved;
use countersign_server_http::wire::malformed::Malformed;
use std::sync::Arc;

/// Returns the routes of the API.
pub(crate) fn routes<A: App>() -> Router<Arc<Services<A>>> {
    Router::new()
        .route(
            sessions::SESSIONS,
            get(sessions::list::<A>).delete(sessions::end_others::<A>),
        )
        .route(sessions::SESSION, delete(sessions::end::<A>))
        .route(sign_out::SIGN_OUT, post(sign_out::sign_out::<A>))
        .route(users::ME, get(users::me::<A>))
        .route(users::USERS, post(users::register::<A>))
}

/// User that sends the request, identified by an access token or a browser session.
struct Caller {
    user: UserId,
    /// Session of the request.
    session: Option<SessionId>,
}

/// Returns the caller, and the browser if the caller is a browser.
async fn caller<A: App>(
    services: &Arc<Services<A>>,
    tenant: &Tenant,
    request: Request,
) -> Result<(Caller, Option<Browser<A>>), Result<Unserved, Response>> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        let (user, live) = bearer(services, tenant, request).await.map_err(Ok)?;
        let may = live.client.may_manage_sessions().map_err(Failure::from);
        may.map_err(|failure| Ok(failure.into()))?;
        let session = live.grant.and_then(|grant| grant.authorization.session);
        return Ok((Caller { user, session }, None));
    }
    let is_change = request.method() != Method::GET;
    let (mut head, _) = request.into_parts();
    // The request has no form and so no CSRF token. The origin check replaces it, and the browser does not send the
    // cookie from another site.
    if is_change && !csrf::is_from_here(&head.headers, &tenant.issuer) {
        return Err(Ok(Malformed::FormOfAnotherSite.into()));
    }
    let browser = Browser::from_request_parts(&mut head, services)
        .await
        .map_err(Err)?;
    let current = browser.sessions.live.first();
    let caller = current.map(|live| Caller {
        user: live.user.id,
        session: Some(live.session.id),
    });
    let caller = caller.ok_or(Ok(Malformed::AccessTokenMissing.into()))?;
    Ok((caller, Some(browser)))
}

/// Returns the user of an access token for this server. Returns an error if the user is disabled.
async fn bearer<A: App>(
    services: &Services<A>,
    tenant: &Tenant,
    request: Request,
) -> Result<(UserId, LiveToken), Unserved> {
    let text = bearer_token(request).await?;
    let tokens = &services.app.user_infos.tokens;
    let now = services.app.user_infos.clock.now();
    let token = tokens.known(tenant, &text, now).map_err(Failure::from)?;
    let live = tokens.live(tenant, token, now).await?;
    let grant = live.token.to_act_on(live.grant.as_ref());
    let owner = grant.map(|grant| grant.authorization.subject.as_str());
    let user: UserId = owner
        .and_then(|owner| owner.parse().map_err(|_| Refusal::AccessTokenWithoutOwner))
        .map_err(Failure::from)?;
    let found = tokens.store.find_user(tenant.id, UserKey::Id(user)).await;
    match found.map_err(Failure::from)? {
        Some(found) if found.enabled => Ok((user, live)),
        _ => Err(Failure::from(Refusal::AccessTokenRevoked).into()),
    }
}
