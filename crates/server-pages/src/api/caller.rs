//! The user who sends a request to the API.

use crate::browser::{Browser, csrf};
use crate::services::Services;
use axum::extract::{FromRequestParts as _, Request};
use axum::http::{Method, header};
use axum::response::Response;
use countersign_application::{App, Failure, LiveToken};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_ports::UserKey;
use countersign_ports::prelude::*;
use countersign_server_http::wire::bearer::bearer_token;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;
use std::sync::Arc;

/// User that sends the request, identified by an access token or a browser session.
pub(super) struct Caller {
    pub(super) user: UserId,
    /// Session of the request.
    pub(super) session: Option<SessionId>,
}

/// Returns the caller, and the browser if the caller is a browser.
pub(super) async fn caller<A: App>(
    services: &Arc<Services<A>>,
    tenant: &Tenant,
    request: Request,
) -> Result<(Caller, Option<Browser<A>>), Result<RequestError, Response>> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        let (user, live) = bearer(services, tenant, request).await.map_err(Ok)?;
        let may = live.may_manage_sessions().map_err(Failure::from);
        may.map_err(|failure| Ok(failure.into()))?;
        let session = live.grant.and_then(|grant| grant.authorization().session);
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
    let current = browser.sessions.current();
    let caller = current.map(|live| Caller {
        user: live.user.id,
        session: Some(live.session.id),
    });
    let caller = caller.ok_or(Ok(Malformed::AccessTokenMissing.into()))?;
    Ok((caller, Some(browser)))
}

/// Returns an access token for this server, with or without a user.
pub(super) async fn live_token<A: App>(
    services: &Services<A>,
    tenant: &Tenant,
    text: &str,
) -> Result<LiveToken, RequestError> {
    let tokens = &services.app.user_infos.tokens;
    let now = services.app.user_infos.clock.now();
    let token = tokens.known(tenant, text, now).map_err(Failure::from)?;
    Ok(tokens.live(tenant, token, now).await?)
}

/// Returns the user of an access token for this server. Returns an error if the user is disabled.
pub(super) async fn bearer<A: App>(
    services: &Services<A>,
    tenant: &Tenant,
    request: Request,
) -> Result<(UserId, LiveToken), RequestError> {
    let text = bearer_token(request).await?;
    let tokens = &services.app.user_infos.tokens;
    let live = live_token(services, tenant, &text).await?;
    let grant = live.token.to_act_on(live.grant.as_ref());
    let owner = grant.map(|grant| grant.authorization().subject.as_str());
    let user: UserId = owner
        .and_then(|owner| owner.parse().map_err(|_| Refusal::AccessTokenWithoutOwner))
        .map_err(Failure::from)?;
    let found = tokens.store.find_user(tenant.id, UserKey::Id(user)).await;
    match found.map_err(Failure::from)? {
        Some(found) if found.enabled => Ok((user, live)),
        _ => Err(Failure::from(Refusal::AccessTokenRevoked).into()),
    }
}
