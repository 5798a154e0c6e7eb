//! `/account`: pages on which users manage their account.

mod addresses;
mod authenticator;
mod email;
mod names;
mod overview;
mod owner;
mod passkeys;
mod password;
mod qr;
mod removals;
mod setup;

pub(crate) use names::browser as browser_name;

use crate::paths::{ACCOUNT, MFA_SETUP, PASSWORD};
use crate::redirect::see_other;
use crate::services::Services;
use addresses::{AUTHENTICATOR, EMAIL, PASSKEY, RECOVERY_CODES, REMOVE_AUTHENTICATOR};
use axum::Router;
use axum::routing::{get, post};
use countersign_application::App;
use std::sync::Arc;

/// Returns the routes of the account pages.
pub(crate) fn routes<A: App>() -> Router<Arc<Services<A>>> {
    Router::new()
        .route("/", get(async || see_other(ACCOUNT)))
        .route(ACCOUNT, get(overview::show::<A>))
        .route(
            PASSWORD,
            get(password::show::<A>).post(password::change::<A>),
        )
        .route(EMAIL, get(email::show::<A>).post(email::submit::<A>))
        .route(PASSKEY, get(passkeys::show::<A>).post(passkeys::add::<A>))
        .route("/account/passkey/remove", post(passkeys::remove::<A>))
        .route(
            AUTHENTICATOR,
            get(authenticator::show::<A>).post(authenticator::set_up::<A>),
        )
        .route(
            REMOVE_AUTHENTICATOR,
            get(authenticator::ask_to_remove::<A>).post(authenticator::remove::<A>),
        )
        .route(
            RECOVERY_CODES,
            get(authenticator::ask_for_codes::<A>).post(authenticator::new_codes::<A>),
        )
        .route("/account/sessions", post(removals::session::<A>))
        .route(
            "/account/sessions/others",
            post(removals::other_sessions::<A>),
        )
        .route("/account/devices", post(removals::device::<A>))
        .route("/account/consents", post(removals::consent::<A>))
        .route(MFA_SETUP, get(setup::show::<A>))
}
