//! `/rp/...`: sign-in at upstream providers, with this server as the relying party.

mod authorize;
mod callback;
pub(crate) mod failed;
mod leave;
mod logout;
mod userinfo;

pub(crate) use leave::{at_home, leave, to_home};

use crate::services::Services;
use axum::Router;
use axum::routing::{get, post};
use countersign_application::App;
use std::sync::Arc;

/// A sign-in begins here.
pub(crate) const AUTHORIZE: &str = "/rp/authorize";
/// Providers send their responses here.
const CALLBACK: &str = "/rp/callback/{idp}";
/// Name of the callback in logs and metrics.
const CALLBACKS: &str = "/rp/callback";
const USERINFO: &str = "/rp/userinfo";
const BACK_CHANNEL: &str = "/rp/backchannel/{idp}";
const BACK_CHANNELS: &str = "/rp/backchannel";
const FRONT_CHANNEL: &str = "/rp/frontchannel/{idp}";
const FRONT_CHANNELS: &str = "/rp/frontchannel";

/// Returns the routes.
pub(crate) fn routes<A: App>() -> Router<Arc<Services<A>>> {
    Router::new()
        .route(AUTHORIZE, get(authorize::begin::<A>))
        .route(CALLBACK, get(callback::arrive::<A>))
        .route(USERINFO, get(userinfo::show::<A>))
        .route(BACK_CHANNEL, post(logout::back_channel::<A>))
        .route(FRONT_CHANNEL, get(logout::front_channel::<A>))
}
