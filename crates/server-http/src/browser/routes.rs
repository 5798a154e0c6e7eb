//! The pages by their paths.

use super::Visit;
use crate::pages::keep_opener;
use crate::sign_in::second_factor::Kind;
use crate::sign_in::{self, email_code, passkey, password, second_factor};
use crate::{Services, accounts, authorize, consent, logout};
use axum::Router;
use axum::middleware::map_response;
use axum::routing::{get, post};
use countersign_ports::{PasswordHasher, Signer, Store};
use std::sync::Arc;

/// What is for people with a browser.
pub(crate) fn routes<S: Store, G: Signer, P: PasswordHasher>() -> Router<Arc<Services<S, G, P>>> {
    let time_code = Kind::TimeCode;
    let recovery_code = Kind::RecoveryCode;
    Router::new()
        .route(
            authorize::AUTHORIZE,
            get(authorize::authorize::<S, G, P>).post(authorize::authorize_by_form::<S, G, P>),
        )
        .route(authorize::CONTINUE, get(authorize::go_on::<S, G, P>))
        .route(
            consent::CONSENT,
            get(consent::show::<S, G, P>).post(consent::decide::<S, G, P>),
        )
        .route(
            accounts::ACCOUNTS,
            get(accounts::show::<S, G, P>).post(accounts::choose::<S, G, P>),
        )
        .route(
            sign_in::LOGIN,
            get(password::show::<S, G, P>).post(password::submit::<S, G, P>),
        )
        .route(
            sign_in::SECOND_FACTOR,
            get(move |visit: Visit<S, G, P>, query| second_factor::show(visit, query, time_code))
                .post(move |visit: Visit<S, G, P>, form| {
                    second_factor::submit(visit, form, time_code)
                }),
        )
        .route(
            sign_in::RECOVERY_CODE,
            get(move |visit: Visit<S, G, P>, query| {
                second_factor::show(visit, query, recovery_code)
            })
            .post(move |visit: Visit<S, G, P>, form| {
                second_factor::submit(visit, form, recovery_code)
            }),
        )
        .route(
            sign_in::EMAIL_CODE,
            get(email_code::show::<S, G, P>).post(email_code::submit::<S, G, P>),
        )
        .route(
            sign_in::PASSKEY,
            get(passkey::show::<S, G, P>).post(passkey::submit::<S, G, P>),
        )
        .route_layer(map_response(async |response| keep_opener(response)))
        .route(
            logout::LOGOUT,
            get(logout::ask::<S, G, P>).post(logout::ask_by_form::<S, G, P>),
        )
        .route(logout::CONFIRM, post(logout::decide::<S, G, P>))
}
