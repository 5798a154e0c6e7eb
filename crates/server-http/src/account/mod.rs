//! `/account`: what users do with their own account in a browser.

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

pub(crate) use setup::MFA_SETUP;

use crate::Services;
use crate::authorize::see_other;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use countersign_ports::{PasswordHasher, Signer, Store};
use std::sync::Arc;

pub(crate) const ACCOUNT: &str = "/account";
const PASSWORD: &str = "/account/password";
const EMAIL: &str = "/account/email";
const PASSKEY: &str = "/account/passkey";
const AUTHENTICATOR: &str = "/account/authenticator";
const REMOVE_AUTHENTICATOR: &str = "/account/authenticator/remove";
const RECOVERY_CODES: &str = "/account/recovery-codes";

/// The pages by their paths.
pub(crate) fn routes<S: Store, G: Signer, P: PasswordHasher>() -> Router<Arc<Services<S, G, P>>> {
    Router::new()
        .route("/", get(async || see_other(ACCOUNT)))
        .route(ACCOUNT, get(overview::show::<S, G, P>))
        .route(
            PASSWORD,
            get(password::show::<S, G, P>).post(password::change::<S, G, P>),
        )
        .route(
            EMAIL,
            get(email::show::<S, G, P>).post(email::submit::<S, G, P>),
        )
        .route(
            PASSKEY,
            get(passkeys::show::<S, G, P>).post(passkeys::add::<S, G, P>),
        )
        .route("/account/passkey/remove", post(passkeys::remove::<S, G, P>))
        .route(
            AUTHENTICATOR,
            get(authenticator::show::<S, G, P>).post(authenticator::set_up::<S, G, P>),
        )
        .route(
            REMOVE_AUTHENTICATOR,
            get(authenticator::ask_to_remove::<S, G, P>).post(authenticator::remove::<S, G, P>),
        )
        .route(
            RECOVERY_CODES,
            get(authenticator::ask_for_codes::<S, G, P>).post(authenticator::new_codes::<S, G, P>),
        )
        .route("/account/sessions", post(removals::session::<S, G, P>))
        .route(
            "/account/sessions/others",
            post(removals::other_sessions::<S, G, P>),
        )
        .route("/account/devices", post(removals::device::<S, G, P>))
        .route("/account/consents", post(removals::consent::<S, G, P>))
        .route(MFA_SETUP, get(setup::show::<S, G, P>))
}

/// Back to the account, which says what was done.
fn done(what: &str) -> Response {
    see_other(&format!("{ACCOUNT}?done={what}"))
}
