//! The HTTP side: wire dialects, status codes, headers. No rule of OAuth lives here.
//!
//! Both token endpoints end in the same use case. A dialect is a file with three total functions (body
//! to request, response to body, failure to body) and a handler of four lines.

mod account;
mod accounts;
mod answer;
mod api;
mod authorize;
mod bearer;
mod body;
mod browser;
mod client_authentication;
mod consent;
mod cors;
pub mod date;
mod discovery;
mod error;
mod flat_error;
mod form;
mod health;
mod introspection;
mod json;
mod keys;
mod login;
mod logout;
mod malformed;
pub mod pages;
mod parameters;
mod revocation;
mod sign_in;
mod tenant;
mod token;
mod token_query;
mod userinfo;

use answer::answered_with;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
pub use browser::ClientAddress;
use countersign_application::{
    Accounts, Authorizations, Introspections, Logins, Revocations, Sessions, SignIn, TokenIssuer,
    UserInfos,
};
use countersign_domain::tenant::Tenant;
use countersign_ports::{Envelopes, PasswordHasher, PublishedKeys, Signer, Store};
use discovery::public_json;
use pages::Pages;
use std::sync::Arc;
use std::time::Duration;
use token::json_v1::JsonV1;
use token::rfc6749::Rfc6749;
use token::{Dialect, not_post, token};

/// What the endpoints need.
pub struct Services<S, G, P> {
    /// The tenant: its issuer and its settings.
    pub tenant: Arc<Tenant>,
    /// The token endpoints.
    pub tokens: TokenIssuer<S, G>,
    /// The userinfo endpoint.
    pub user_infos: UserInfos<S, G>,
    /// The introspection endpoint.
    pub introspections: Introspections<S, G>,
    /// The revocation endpoint.
    pub revocations: Revocations<S>,
    /// The login endpoints.
    pub logins: Logins<S, P>,
    /// Who is logged in.
    pub sessions: Sessions<S, G>,
    /// The ways to log in with a browser.
    pub sign_in: SignIn<S, P>,
    /// The authorization endpoint.
    pub authorizations: Authorizations<S>,
    /// What users do with their account.
    pub accounts: Accounts<S, P>,
    /// Seals what browsers carry.
    pub envelopes: Arc<dyn Envelopes>,
    /// The key set.
    pub keys: Arc<dyn PublishedKeys>,
    /// How long a copy of the key set may be kept: no longer than new keys are announced.
    pub key_set_max_age: Duration,
    /// The pages.
    pub pages: Pages,
}

/// All endpoints. Types are erased here and nowhere else.
pub fn router<S: Store, G: Signer, P: PasswordHasher>(
    services: Services<S, G, P>,
) -> Result<Router, serde_json::Error> {
    let languages: Vec<&str> = services.pages.languages().collect();
    let documents = discovery::Documents::new(&services.tenant, &languages)?;
    let max_age = services.key_set_max_age.as_secs();
    let services = Arc::new(services);
    Ok(Router::new()
        .route(
            login::AUTHORIZE,
            post(login::authorize::<S, G, P>).fallback(login::not_post),
        )
        .route(
            login::MFA,
            post(login::mfa::<S, G, P>).fallback(login::not_post),
        )
        .route(
            login::CONFIRM,
            post(login::confirm::<S, G, P>).fallback(login::not_post),
        )
        .merge(browser::routes())
        .merge(account::routes())
        .merge(api::routes())
        .route(
            introspection::ENDPOINT,
            post(introspection::introspect::<S, G, P>).fallback(introspection::not_post),
        )
        .merge(for_clients_in_browsers(services.clone()))
        .merge(for_anybody(documents, max_age))
        .route("/assets/{file}", get(asset::<S, G, P>))
        .route("/health", get(health::ready::<S, G, P>))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready::<S, G, P>))
        .fallback(async || {
            answered_with(
                StatusCode::NOT_FOUND,
                HeaderMap::new(),
                &serde_json::json!({"error": "not_found"}),
            )
        })
        .with_state(services))
}

/// A static file of the pages.
async fn asset<S: Store, G: Signer, P: PasswordHasher>(
    State(services): State<Arc<Services<S, G, P>>>,
    Path(file): Path<String>,
) -> Response {
    services.pages.asset(&file)
}

/// What a client that is a page asks from its own origin.
fn for_clients_in_browsers<S: Store, G: Signer, P: PasswordHasher>(
    services: Arc<Services<S, G, P>>,
) -> Router<Arc<Services<S, G, P>>> {
    Router::new()
        .route(
            Rfc6749::ENDPOINT,
            post(token::<Rfc6749, S, G, P>).fallback(not_post::<Rfc6749>),
        )
        .route(
            JsonV1::ENDPOINT,
            post(token::<JsonV1, S, G, P>).fallback(not_post::<JsonV1>),
        )
        .route(
            userinfo::ENDPOINT,
            get(userinfo::userinfo::<S, G, P>)
                .post(userinfo::userinfo::<S, G, P>)
                .fallback(userinfo::not_get_or_post),
        )
        .route(
            revocation::ENDPOINT,
            post(revocation::revoke::<S, G, P>).fallback(revocation::not_post),
        )
        .route_layer(from_fn_with_state(services, cors::clients::<S, G, P>))
}

/// What is public.
fn for_anybody<S: Store, G: Signer, P: PasswordHasher>(
    documents: discovery::Documents,
    max_age: u64,
) -> Router<Arc<Services<S, G, P>>> {
    let discovery::Documents { server, provider } = documents;
    Router::new()
        .route("/oauth2/jwks.json", get(keys::key_set::<S, G, P>))
        .route("/oauth2/jwks/{kid}", get(keys::key::<S, G, P>))
        .route(
            "/.well-known/oauth-authorization-server",
            get(async move || public_json(server.clone(), max_age)),
        )
        .route(
            "/.well-known/openid-configuration",
            get(async move || public_json(provider.clone(), max_age)),
        )
        .route_layer(from_fn(cors::anybody))
}
