//! Recovery of an account whose password is lost.
//!
//! `/recover` asks for the email address, `/recover/check` for the code from the mail. `/recover/link` is the page of the
//! mailed link. Both lead to the second factor, if the user has one, and then to `/recover/password`. `/secure` is the page
//! of the link in a security notice. `/lost-factor` removes a lost second factor after a delay.

mod address;
mod check;
mod link;
mod lost_factor;
mod password;
mod proof;
mod request;
mod secure;

pub(crate) use check::Mailed;
pub(crate) use link::starting;
pub(crate) use proof::{is_void, token_in, void};

use crate::pages::keep_opener;
use crate::paths;
use crate::redirect::see_other;
use crate::services::Services;
use axum::Router;
use axum::middleware::map_response;
use axum::routing::get;
use countersign_application::App;
use std::sync::Arc;

/// Returns the routes of the recovery pages.
pub(crate) fn routes<A: App>() -> Router<Arc<Services<A>>> {
    Router::new()
        .route(
            paths::RECOVER,
            get(request::show::<A>).post(request::submit::<A>),
        )
        .route(
            paths::RECOVER_CHECK,
            get(check::show::<A>).post(check::submit::<A>),
        )
        .route(
            paths::RECOVER_PASSWORD,
            get(password::show::<A>).post(password::submit::<A>),
        )
        .route(
            paths::LOST_FACTOR,
            get(lost_factor::show::<A>).post(lost_factor::submit::<A>),
        )
        // These pages can belong to an authorization request, whose client may have opened a pop-up.
        .route_layer(map_response(async |response| keep_opener(response)))
        .route(
            paths::RECOVER_LINK,
            get(link::show::<A>).post(link::submit::<A>),
        )
        .route(
            paths::CONFIRM_ADDRESS,
            get(address::confirm::<A>).post(address::change::<A>),
        )
        .route(
            paths::UNDO_ADDRESS,
            get(address::ask_to_undo::<A>).post(address::undo::<A>),
        )
        .route(
            paths::SECURE,
            get(secure::show::<A>).post(secure::submit::<A>),
        )
        // A Well-Known URL for Changing Passwords: password managers open it.
        .route(
            "/.well-known/change-password",
            get(async || see_other(paths::PASSWORD)),
        )
}
