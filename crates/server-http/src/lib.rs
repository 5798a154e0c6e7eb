//! The protocol endpoints: token, introspection, revocation, userinfo, discovery, keys and the JSON login.
//!
//! This crate contains wire dialects, status codes and headers. It uses `application`, `ports` and `domain`, but no
//! adapter.
//!
//! Architecture invariants:
//!
//! * This crate implements no OAuth rules. A handler reads a request, calls one use case and renders its result.
//! * Both token endpoints end in the same use case. A dialect is a file with three total functions (body to request,
//!   response to body, failure to body).
//! * A dialect owns every response below its paths, including errors.

mod client_authentication;
mod cors;
mod discovery;
mod introspection;
mod keys;
mod login;
mod revocation;
mod services;
mod token;
mod token_query;
mod userinfo;
pub mod wire;

pub use services::Services;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use countersign_application::App;
use std::sync::Arc;
use token::json_v1::JsonV1;
use token::rfc6749::Rfc6749;
use token::{Dialect, not_post, token};

/// Returns the routes of the endpoints.
pub fn router<A: App>(services: Services<A>) -> Router {
    let services = Arc::new(services);
    Router::new()
        .route(
            login::AUTHORIZE,
            post(login::authorize::<A>).fallback(login::not_post),
        )
        .route(login::MFA, post(login::mfa::<A>).fallback(login::not_post))
        .route(
            login::CONFIRM,
            post(login::confirm::<A>).fallback(login::not_post),
        )
        .merge(cross_origin(services.clone()))
        .merge(public(services.clone()))
        .with_state(services)
}

/// Returns the endpoints that pages at the origins of registered clients may call.
fn cross_origin<A: App>(services: Arc<Services<A>>) -> Router<Arc<Services<A>>> {
    Router::new()
        .route(
            Rfc6749::ENDPOINT,
            post(token::<Rfc6749, A>).fallback(not_post::<Rfc6749>),
        )
        .route(
            JsonV1::ENDPOINT,
            post(token::<JsonV1, A>).fallback(not_post::<JsonV1>),
        )
        .route(
            userinfo::ENDPOINT,
            get(userinfo::userinfo::<A>)
                .post(userinfo::userinfo::<A>)
                .fallback(userinfo::not_get_or_post),
        )
        .route(
            revocation::ENDPOINT,
            post(revocation::revoke::<A>).fallback(revocation::not_post),
        )
        .route(
            introspection::ENDPOINT,
            post(introspection::introspect::<A>).fallback(introspection::not_post),
        )
        .route_layer(from_fn_with_state(services, cors::clients::<A>))
}

/// Returns the public documents, which pages of any origin may read.
fn public<A: App>(services: Arc<Services<A>>) -> Router<Arc<Services<A>>> {
    Router::new()
        .route("/oauth2/jwks.json", get(keys::key_set::<A>))
        .route("/oauth2/jwks/{kid}", get(keys::key::<A>))
        .route(
            "/.well-known/oauth-authorization-server",
            get(discovery::server::<A>),
        )
        .route(
            "/.well-known/openid-configuration",
            get(discovery::provider::<A>),
        )
        .route_layer(from_fn_with_state(services, cors::any_origin::<A>))
}
