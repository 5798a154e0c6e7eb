//! JSON API for scripts and applications that act for a user: `/api/sessions`, `/signout` and `/v1/users`.

mod caller;
mod sessions;
mod sign_out;
mod users;

use crate::services::Services;
use axum::Router;
use axum::routing::{delete, get, post};
use countersign_application::App;
use countersign_server_http::wire::error::not_allowed;
use countersign_server_http::wire::{flat_error, oauth_error};
use std::sync::Arc;

/// Returns the routes of the API.
pub(crate) fn routes<A: App>() -> Router<Arc<Services<A>>> {
    Router::new()
        .route(
            sessions::SESSIONS,
            get(sessions::list::<A>)
                .delete(sessions::end_others::<A>)
                .fallback(not_allowed(sessions::SESSIONS, oauth_error::failure)),
        )
        .route(
            sessions::SESSION,
            delete(sessions::end::<A>)
                .fallback(not_allowed(sessions::SESSION, oauth_error::failure)),
        )
        .route(sign_out::SIGN_OUT, post(sign_out::sign_out::<A>))
        .route(
            users::ME,
            get(users::me::<A>).fallback(not_allowed(users::ME, flat_error::failure)),
        )
        .route(
            users::USERS,
            post(users::register::<A>).fallback(not_allowed(users::USERS, flat_error::failure)),
        )
}
