//! Responses to requests that no handler serves: unknown paths, and methods that a page does not allow.

use crate::browser::{error_page, language};
use crate::services::Services;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use countersign_application::App;
use countersign_server_http::wire::error::{self, RequestError};
use countersign_server_http::wire::malformed::Malformed;
use countersign_server_http::wire::{RequestTenant, flat_error, oauth_error};
use std::sync::Arc;

/// Prefix of the paths of the JSON dialect.
const JSON: &str = "/v1/";
/// Prefixes of other paths for programs.
const FOR_PROGRAMS: [&str; 4] = ["/.well-known/", "/api/", "/health/", "/oauth2/"];

/// Answers a request for an unknown path: browsers get a page, programs get JSON.
pub(crate) async fn not_found<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let path = request.uri().path();
    let answer = error::not_found(path);
    if path.starts_with(JSON) {
        return flat_error::failure(&answer);
    }
    let is_for_programs = FOR_PROGRAMS.iter().any(|prefix| path.starts_with(prefix));
    if is_for_programs || !accepts_pages(request.headers()) {
        return oauth_error::failure(&answer);
    }
    let pages = services.pages.of(&tenant);
    let page = language::page(&pages, request.headers(), &tenant, None);
    error_page::show(page, &Malformed::PathUnknown.into(), &answer)
}

/// Answers a request with a method that the page does not allow. The router adds the header `Allow`.
pub(crate) async fn not_allowed<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    headers: HeaderMap,
) -> Response {
    let refused = RequestError::from(Malformed::MethodNotAllowed);
    let answer = refused.answer("page", None, false);
    let pages = services.pages.of(&tenant);
    let page = language::page(&pages, &headers, &tenant, None);
    error_page::show(page, &refused, &answer)
}

/// Returns whether the client is a browser that navigates. Scripts and programs rarely ask for HTML.
fn accepts_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}
