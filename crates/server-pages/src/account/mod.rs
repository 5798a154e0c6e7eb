//! `/account`: pages on which users manage their account.

mod addresses;
mod authenticator;
mod change_email;
mod data;
mod deletion;
mod email;
mod identities;
mod owner;
mod passkey_offer;
mod passkeys;
mod password;
mod passwordless;
mod removals;
mod sections;
mod setup;

pub(crate) use sections::{Times, browser_name};

use crate::paths::{ACCOUNT, CHANGE_EMAIL, DELETION, MFA_SETUP, PASSKEY_OFFER, PASSWORD};
use crate::redirect::see_other;
use crate::services::Services;
use addresses::{
    AUTHENTICATOR, DELETE, EMAIL, PASSKEY, PROFILE, RECOVERY_CODES, REMOVE_AUTHENTICATOR,
    REMOVE_PASSWORD,
};
use axum::Router;
use axum::routing::{get, post};
use countersign_application::App;
use sections::edit_profile;
use std::sync::Arc;

/// Returns the routes of the account pages.
pub(crate) fn routes<A: App>() -> Router<Arc<Services<A>>> {
    Router::new()
        .route("/", get(async || see_other(ACCOUNT)))
        .route(ACCOUNT, get(sections::profile::<A>))
        .route(
            PROFILE,
            get(edit_profile::show::<A>).post(edit_profile::save::<A>),
        )
        .route("/account/security", get(sections::security::<A>))
        .route("/account/data", get(data::show::<A>))
        .route("/account/data/download", post(data::download::<A>))
        .route(DELETE, get(deletion::ask::<A>).post(deletion::request::<A>))
        .route(
            DELETION,
            get(deletion::offer::<A>).post(deletion::decide::<A>),
        )
        .route("/account/applications", get(sections::applications::<A>))
        .route(
            PASSWORD,
            get(password::show::<A>).post(password::change::<A>),
        )
        .route(
            REMOVE_PASSWORD,
            get(passwordless::ask::<A>).post(passwordless::remove::<A>),
        )
        .route(EMAIL, get(email::show::<A>).post(email::submit::<A>))
        .route(
            CHANGE_EMAIL,
            get(change_email::show::<A>).post(change_email::submit::<A>),
        )
        .route(PASSKEY, get(passkeys::show::<A>).post(passkeys::add::<A>))
        .route(
            PASSKEY_OFFER,
            get(passkey_offer::show::<A>).post(passkey_offer::decline::<A>),
        )
        .route("/account/passkey/rename", post(passkeys::rename::<A>))
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
        .route(
            "/account/sessions",
            get(sections::sessions::<A>).post(removals::session::<A>),
        )
        .route(
            "/account/sessions/others",
            post(removals::other_sessions::<A>),
        )
        .route("/account/devices", post(removals::device::<A>))
        .route("/account/identities/link", post(identities::link::<A>))
        .route("/account/identities/unlink", post(identities::unlink::<A>))
        .route("/account/consents", post(removals::consent::<A>))
        .route(MFA_SETUP, get(setup::show::<A>))
}
