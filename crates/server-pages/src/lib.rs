//! The pages: authorization endpoint, sign-in, consent, account, logout and error pages, and the JSON API for scripts.
//!
//! This crate contains templates, translations, assets and cookies. It uses `application`, `ports`, `domain` and the
//! shared wire formats of `server-http`, but no adapter.
//!
//! Architecture invariants:
//!
//! * This crate implements no rules. A page renders a step of the interaction and parses the response. The domain
//!   decides which step comes next.
//! * A form is accepted only from the browser that the page was rendered for.
//! * The server stores no interaction. It travels sealed in the URL of the page.

mod account;
mod api;
mod authorize;
mod browser;
mod device;
mod interaction;
mod language;
mod logout;
pub mod mails;
pub mod pages;
mod paths;
mod recovery;
mod redirect;
mod related_origins;
mod routes;
mod services;
mod sign_up;
mod steady;
mod unserved;
mod upstream;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::get;
pub use browser::cookies::BROWSER_LIFETIME;
use countersign_application::App;
use countersign_server_http::wire::RequestTenant;
pub use services::Services;
use std::sync::Arc;

/// Returns the pages and the endpoints that browsers visit. The router also answers requests for unknown paths.
pub fn router<A: App>(services: Services<A>) -> Router {
    Router::new()
        .merge(routes::routes())
        .merge(device::routes())
        .merge(account::routes())
        .merge(recovery::routes())
        .merge(sign_up::routes())
        .merge(upstream::routes())
        .merge(api::routes())
        .route("/assets/{file}", get(asset::<A>))
        .method_not_allowed_fallback(unserved::not_allowed::<A>)
        .fallback(unserved::not_found::<A>)
        .with_state(Arc::new(services))
}

/// Serves a static file.
async fn asset<A: App>(
    State(services): State<Arc<Services<A>>>,
    tenant: RequestTenant,
    file: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    // A malformed path names no file.
    let file = file
        .ok()
        .and_then(|Path(file)| services.pages.of(&tenant.0).asset(&file));
    match file {
        Some(file) => file,
        None => unserved::not_found(State(services), tenant, request).await,
    }
}
