//! JSON API for scripts and applications that act for a user: `/api/sessions`, `/signout` and `/v1/users`.

mod caller;
mod sessions;
mod sign_out;
mod users;

use crate::services::Services;
use axum::Router;
use axum::routing::{delete, get, post};
use countersign_application::App;
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
