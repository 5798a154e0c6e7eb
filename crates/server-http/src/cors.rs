//! Cross-origin requests (the CORS protocol, Fetch standard section 3.2).
//!
//! These endpoints do not use cookies, so credentials are never allowed.

use crate::Services;
use crate::wire::RequestTenant;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use countersign_application::App;
use std::sync::Arc;

const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type");
const EXPOSED: HeaderValue = HeaderValue::from_static("www-authenticate");
const ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
/// Lifetime of a preflight result in the browser, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Lets pages of any origin read the response, because it is public.
pub(crate) async fn any_origin(request: Request, next: Next) -> Response {
    let mut response = answered(request, next, true).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY_ORIGIN);
    response
}

/// Lets pages at the origins of registered clients read the response.
pub(crate) async fn clients<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
    next: Next,
) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let registered = match origin.as_ref().and_then(|origin| origin.to_str().ok()) {
        // If the store is unavailable, the origin is unknown and is not allowed.
        Some(origin) => {
            let clients = &services.app.tokens.clients;
            let known = clients.is_origin_of_a_client(&tenant, origin).await;
            known.unwrap_or(false)
        }
        None => false,
    };
    let mut response = answered(request, next, registered).await;
    let headers = response.headers_mut();
    headers.append(header::VARY, ORIGIN);
    if let (Some(origin), true) = (origin, registered) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

/// Answers a preflight request, and passes every other request on.
async fn answered(request: Request, next: Next, allowed: bool) -> Response {
    let headers = request.headers();
    let is_preflight = *request.method() == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight {
        return next.run(request).await;
    }
    let mut headers = HeaderMap::new();
    if allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
    (StatusCode::NO_CONTENT, headers).into_response()
}
