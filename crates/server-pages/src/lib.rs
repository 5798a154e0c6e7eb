//! The pages: authorization endpoint, sign-in, consent, account, logout and error pages, and the JSON API that scripts of
//! these pages use.
//!
//! This crate holds templates, translations, assets and cookies. It uses `application`, `ports`, `domain` and the shared
//! wire formats of `server-http`, and no adapter.
//!
//! Architecture invariants:
//!
//! * No rule is here. A page renders a step of the interaction and parses its answer; the domain decides which step comes
//!   next.
//! * A form is accepted only from the browser that the page was rendered for.
//! * Nothing about a visit is stored: an interaction travels sealed in the address of the page.

mod account;
mod accounts;
mod api;
mod authorize;
mod browser;
mod consent;
mod logout;
pub mod pages;
mod sign_in;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use countersign_application::{App, UseCases};
use countersign_domain::tenant::Tenant;
use countersign_ports::Envelopes;
use countersign_server_http::wire::Tenants;
use pages::Pages;
use std::sync::Arc;

/// What the pages need.
pub struct Services<A: App> {
    /// The tenant: its issuer and its settings.
    pub tenant: Arc<Tenant>,
    /// The use cases.
    pub app: Arc<UseCases<A>>,
    /// Seals what browsers carry.
    pub envelopes: Arc<dyn Envelopes>,
    /// Texts, templates and theme.
    pub pages: Pages,
}

impl<A: App> Tenants for Services<A> {
    fn tenant(&self, _: &Parts) -> &Arc<Tenant> {
        &self.tenant
    }
}

/// Returns the pages and the endpoints that browsers visit.
pub fn router<A: App>(services: Services<A>) -> Router {
    Router::new()
        .merge(browser::routes())
        .merge(account::routes())
        .merge(api::routes())
        .route("/assets/{file}", get(asset::<A>))
        .with_state(Arc::new(services))
}

/// A static file of the pages.
async fn asset<A: App>(
    State(services): State<Arc<Services<A>>>,
    Path(file): Path<String>,
) -> Response {
    services.pages.asset(&file)
}
