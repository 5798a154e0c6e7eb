//! `/rp/...`: sign-in at upstream providers, with this server as the relying party.

mod authorize;
mod callback;
pub(crate) mod failed;
mod leave;
mod logout;
mod paths;
mod userinfo;

pub(crate) use leave::{at_home, leave, to_home};
pub(crate) use paths::AUTHORIZE;

use crate::services::Services;
use axum::Router;
use axum::routing::{get, post};
use countersign_application::App;
use paths::{BACK_CHANNEL, CALLBACK, FRONT_CHANNEL, USERINFO};
use std::sync::Arc;

/// Returns the routes.
pub(crate) fn routes<A: App>() -> Router<Arc<Services<A>>> {
    Router::new()
        .route(AUTHORIZE, get(authorize::begin::<A>))
        .route(
            CALLBACK,
            get(callback::arrive::<A>).post(callback::arrive_by_form::<A>),
        )
        .route(USERINFO, get(userinfo::show::<A>))
        .route(BACK_CHANNEL, post(logout::back_channel::<A>))
        .route(FRONT_CHANNEL, get(logout::front_channel::<A>))
}
