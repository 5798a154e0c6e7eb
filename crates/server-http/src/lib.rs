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
//! * A token request gets the same response from [`Front`] and from the router.

mod attributes;
mod client_authentication;
mod cors;
mod discovery;
mod front;
mod introspection;
mod keys;
mod login;
mod registration;
mod revocation;
mod roles;
mod services;
mod token;
mod token_query;
mod user_claims;
mod userinfo;
pub mod wire;

pub use front::{Answers, Front};
pub use services::Services;
pub use wire::body::RequestBody;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use countersign_application::App;
use std::sync::Arc;
use token::device_authorization;
pub use token::device_authorization::{USER_CODE, VERIFICATION};
use token::json_v1::JsonV1;
use token::rfc6749::Rfc6749;
use token::{Dialect as _, token};
use wire::error::not_allowed;
use wire::{flat_error, oauth_error};

/// Returns the routes of the endpoints.
pub fn router<A: App>(services: Arc<Services<A>>) -> Router {
    Router::new()
        .route(
            login::AUTHORIZE,
            post(login::authorize::<A>)
                .fallback(not_allowed(login::AUTHORIZE, flat_error::failure)),
        )
        .route(
            login::MFA,
            post(login::mfa::<A>).fallback(not_allowed(login::MFA, flat_error::failure)),
        )
        .route(
            login::CONFIRM,
            post(login::confirm::<A>).fallback(not_allowed(login::CONFIRM, flat_error::failure)),
        )
        .route(
            roles::ENDPOINT,
            get(roles::roles::<A>).fallback(not_allowed(roles::ENDPOINT, oauth_error::failure)),
        )
        .route(
            attributes::ENDPOINT,
            get(attributes::read::<A>)
                .patch(attributes::write::<A>)
                .fallback(not_allowed(attributes::ENDPOINT, oauth_error::failure)),
        )
        .route(
            registration::CLIENT,
            get(registration::read::<A>)
                .put(registration::replace::<A>)
                .delete(registration::delete::<A>)
                .fallback(not_allowed(registration::CLIENT, oauth_error::failure)),
        )
        .route(
            device_authorization::ENDPOINT,
            post(device_authorization::authorize::<A>).fallback(not_allowed(
                device_authorization::ENDPOINT,
                oauth_error::failure,
            )),
        )
        .merge(registrations(services.clone()))
        .merge(cross_origin(services.clone()))
        .merge(public(services.clone()))
        .with_state(services)
}

/// Returns the endpoints that pages at the origins of registered clients may call.
fn cross_origin<A: App>(services: Arc<Services<A>>) -> Router<Arc<Services<A>>> {
    Router::new()
        .route(
            Rfc6749::ENDPOINT,
            post(token::<Rfc6749, A>).fallback(not_allowed(Rfc6749::ENDPOINT, Rfc6749::failure)),
        )
        .route(
            JsonV1::ENDPOINT,
            post(token::<JsonV1, A>).fallback(not_allowed(JsonV1::ENDPOINT, JsonV1::failure)),
        )
        .route(
            userinfo::ENDPOINT,
            get(userinfo::userinfo::<A>)
                .post(userinfo::userinfo::<A>)
                .fallback(not_allowed(userinfo::ENDPOINT, oauth_error::failure)),
        )
        .route(
            revocation::ENDPOINT,
            post(revocation::revoke::<A>)
                .fallback(not_allowed(revocation::ENDPOINT, oauth_error::failure)),
        )
        .route(
            introspection::ENDPOINT,
            post(introspection::introspect::<A>)
                .fallback(not_allowed(introspection::ENDPOINT, oauth_error::failure)),
        )
        .route_layer(from_fn_with_state(services, cors::clients::<A>))
}

/// Returns the registration endpoint, which pages of any origin may call: a page that registers a client has no registered
/// origin yet.
fn registrations<A: App>(services: Arc<Services<A>>) -> Router<Arc<Services<A>>> {
    Router::new()
        .route(
            registration::ENDPOINT,
            post(registration::register::<A>)
                .fallback(not_allowed(registration::ENDPOINT, oauth_error::failure)),
        )
        .route_layer(from_fn_with_state(services, cors::any_origin::<A>))
}

/// Returns the public documents, which pages of any origin may read.
fn public<A: App>(services: Arc<Services<A>>) -> Router<Arc<Services<A>>> {
    let get_only = not_allowed("metadata", oauth_error::failure);
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
        // Before the layer, which then applies to it.
        .method_not_allowed_fallback(get_only)
        .route_layer(from_fn_with_state(services, cors::any_origin::<A>))
}
