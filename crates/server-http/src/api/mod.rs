//! JSON for scripts and applications that act for a user: `/api/sessions`, `/signout` and `/v1/users`.

mod sessions;
mod sign_out;
mod users;

use crate::Services;
use crate::bearer::bearer_token;
use crate::browser::{Visit, csrf};
use crate::error::Unserved;
use crate::malformed::Malformed;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request};
use axum::http::{Method, header};
use axum::response::Response;
use axum::routing::{delete, get, post};
use countersign_application::{Failure, LiveToken};
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::Tenant;
use countersign_ports::{PasswordHasher, Signer, Store, UserKey};
use std::sync::Arc;

/// The endpoints by their paths.
pub(crate) fn routes<S: Store, G: Signer, P: PasswordHasher>() -> Router<Arc<Services<S, G, P>>> {
    Router::new()
        .route(
            sessions::SESSIONS,
            get(sessions::list::<S, G, P>).delete(sessions::end_others::<S, G, P>),
        )
        .route(sessions::SESSION, delete(sessions::end::<S, G, P>))
        .route(sign_out::SIGN_OUT, post(sign_out::sign_out::<S, G, P>))
        .route(users::ME, get(users::me::<S, G, P>))
        .route(users::USERS, post(users::register::<S, G, P>))
}

/// A user who asks, by an access token or by the session of a browser.
struct Caller {
    user: UserId,
    /// The session that they ask from.
    session: Option<SessionId>,
}

/// Who asks, and what a browser gets back with the answer.
async fn caller<S: Store, G: Signer, P: PasswordHasher>(
    services: &Arc<Services<S, G, P>>,
    tenant: &Tenant,
    request: Request,
) -> Result<(Caller, Option<Visit<S, G, P>>), Result<Unserved, Response>> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        let (user, live) = bearer(services, tenant, request).await.map_err(Ok)?;
        let may = live.client.may_manage_sessions().map_err(Failure::from);
        may.map_err(|failure| Ok(failure.into()))?;
        let session = live.grant.and_then(|grant| grant.authorization.session);
        return Ok((Caller { user, session }, None));
    }
    let is_change = request.method() != Method::GET;
    let (mut head, _) = request.into_parts();
    // There is no form here that could carry a field: the browser's word on where the request is from has to do, and
    // the cookie does not travel from another site.
    if is_change && !csrf::is_from_here(&head.headers, &tenant.issuer) {
        return Err(Ok(Malformed::FormOfAnotherSite.into()));
    }
    let visit = Visit::from_request_parts(&mut head, services)
        .await
        .map_err(Err)?;
    let current = visit.sessions.live.first();
    let caller = current.map(|live| Caller {
        user: live.user.id,
        session: Some(live.session.id),
    });
    let caller = caller.ok_or(Ok(Malformed::AccessTokenMissing.into()))?;
    Ok((caller, Some(visit)))
}

/// The user behind an access token that is for this server, who may still log in.
async fn bearer<S: Store, G: Signer, P: PasswordHasher>(
    services: &Services<S, G, P>,
    tenant: &Tenant,
    request: Request,
) -> Result<(UserId, LiveToken), Unserved> {
    let text = bearer_token(request).await?;
    let tokens = &services.user_infos.tokens;
    let now = services.user_infos.clock.now();
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
