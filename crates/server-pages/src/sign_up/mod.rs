//! Sign-up: `/sign-up` asks for the email address, `/sign-up/check` for the code from the mail. `/sign-up/link` is the page of
//! the mailed link, and `/sign-up/invitation` that of the link of an invitation. All lead to `/sign-up/account`, which asks
//! for the password or a passkey and for the claims, and creates the account.

mod account;
mod check;
mod dead;
mod link;
mod request;

use crate::pages::keep_opener;
use crate::paths;
use crate::services::Services;
use axum::Router;
use axum::middleware::map_response;
use axum::routing::get;
use countersign_application::App;
use std::sync::Arc;

/// Returns the routes of the sign-up pages.
pub(crate) fn routes<A: App>() -> Router<Arc<Services<A>>> {
    Router::new()
        .route(
            paths::SIGN_UP,
            get(request::show::<A>).post(request::submit::<A>),
        )
        .route(
            paths::SIGN_UP_CHECK,
            get(check::show::<A>).post(check::submit::<A>),
        )
        .route(
            paths::SIGN_UP_ACCOUNT,
            get(account::show::<A>).post(account::submit::<A>),
        )
        // These pages can belong to an authorization request, whose client may have opened a pop-up.
        .route_layer(map_response(async |response| keep_opener(response)))
        .route(
            paths::SIGN_UP_LINK,
            get(link::show::<A>).post(link::submit::<A>),
        )
        .route(
            paths::INVITATION,
            get(link::show_invitation::<A>).post(link::accept::<A>),
        )
}
