//! Routes of the pages.

use crate::interaction::{accounts, consent, sign_in};
use crate::pages::keep_opener;
use crate::services::Services;
use crate::{authorize, language, logout, paths, related_origins, unserved};
use axum::Router;
use axum::middleware::map_response;
use axum::routing::{get, post};
use countersign_application::App;
use std::sync::Arc;

/// Returns the routes of the pages of interactions.
pub(crate) fn routes<A: App>() -> Router<Arc<Services<A>>> {
    Router::new()
        .route(
            paths::AUTHORIZE,
            get(authorize::authorize::<A>).post(authorize::authorize_by_form::<A>),
        )
        .route(paths::CONTINUE, get(authorize::resume::<A>))
        .route(
            paths::CONSENT,
            get(consent::show::<A>).post(consent::decide::<A>),
        )
        .route(
            paths::ACCOUNTS,
            get(accounts::show::<A>).post(accounts::choose::<A>),
        )
        .route(
            paths::LOGIN,
            get(sign_in::show::<A>).post(sign_in::submit::<A>),
        )
        .route(
            "/login/{method}",
            get(sign_in::show_other::<A>).post(sign_in::submit_other::<A>),
        )
        // Before the layer, which then applies to it.
        .method_not_allowed_fallback(unserved::not_allowed::<A>)
        .route_layer(map_response(async |response| keep_opener(response)))
        .route(
            paths::LOGOUT,
            get(logout::ask::<A>).post(logout::ask_by_form::<A>),
        )
        .route("/.well-known/webauthn", get(related_origins::show::<A>))
        .route("/language", get(language::choose::<A>))
        .route(paths::AFTER_LOGOUT, get(logout::after::<A>))
        .route(paths::CONFIRM_LOGOUT, post(logout::decide::<A>))
}
