//! The pages by their paths.

use super::Visit;
use crate::pages::keep_opener;
use crate::sign_in::second_factor::Kind;
use crate::sign_in::{self, email_code, passkey, password, second_factor};
use crate::{Services, accounts, authorize, consent, logout};
use axum::Router;
use axum::middleware::map_response;
use axum::routing::{get, post};
use countersign_application::App;
use std::sync::Arc;

/// What is for people with a browser.
pub(crate) fn routes<A: App>() -> Router<Arc<Services<A>>> {
    let time_code = Kind::TimeCode;
    let recovery_code = Kind::RecoveryCode;
    Router::new()
        .route(
            authorize::AUTHORIZE,
            get(authorize::authorize::<A>).post(authorize::authorize_by_form::<A>),
        )
        .route(authorize::CONTINUE, get(authorize::go_on::<A>))
        .route(
            consent::CONSENT,
            get(consent::show::<A>).post(consent::decide::<A>),
        )
        .route(
            accounts::ACCOUNTS,
            get(accounts::show::<A>).post(accounts::choose::<A>),
        )
        .route(
            sign_in::LOGIN,
            get(password::show::<A>).post(password::submit::<A>),
        )
        .route(
            sign_in::SECOND_FACTOR,
            get(move |visit: Visit<A>, query| second_factor::show(visit, query, time_code))
                .post(move |visit: Visit<A>, form| second_factor::submit(visit, form, time_code)),
        )
        .route(
            sign_in::RECOVERY_CODE,
            get(move |visit: Visit<A>, query| second_factor::show(visit, query, recovery_code))
                .post(move |visit: Visit<A>, form| {
                    second_factor::submit(visit, form, recovery_code)
                }),
        )
        .route(
            sign_in::EMAIL_CODE,
            get(email_code::show::<A>).post(email_code::submit::<A>),
        )
        .route(
            sign_in::PASSKEY,
            get(passkey::show::<A>).post(passkey::submit::<A>),
        )
        .route_layer(map_response(async |response| keep_opener(response)))
        .route(
            logout::LOGOUT,
            get(logout::ask::<A>).post(logout::ask_by_form::<A>),
        )
        .route(logout::CONFIRM, post(logout::decide::<A>))
}
