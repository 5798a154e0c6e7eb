//! Cross-origin requests (the CORS protocol, Fetch standard section 3.2).
//!
//! These endpoints read no cookies. Pages at the origins of registered clients may therefore send requests with
//! credentials, as some client libraries always do. An endpoint that reads cookies must not use these layers.

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
/// Allowed headers of a preflight request that names none.
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type");
const EXPOSED: HeaderValue = HeaderValue::from_static("request-id, www-authenticate");
const CREDENTIALS: HeaderValue = HeaderValue::from_static("true");
const ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static("Access-Control-Request-Headers");
/// Lifetime of a preflight result in the browser, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Lets pages of any origin read the response, because it is public. Only pages at the origins of registered clients
/// may send credentials.
pub(crate) async fn any_origin<A: App>(
    services: State<Arc<Services<A>>>,
    tenant: RequestTenant,
    request: Request,
    next: Next,
) -> Response {
    let origin = client_origin(&services, &tenant, request.headers()).await;
    let mut response = answered(request, next, true).await;
    let headers = response.headers_mut();
    allow(headers, origin);
    headers
        .entry(header::ACCESS_CONTROL_ALLOW_ORIGIN)
        .or_insert(ANY_ORIGIN);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    response
}

/// Lets pages at the origins of registered clients read the response.
pub(crate) async fn clients<A: App>(
    services: State<Arc<Services<A>>>,
    tenant: RequestTenant,
    request: Request,
    next: Next,
) -> Response {
    let origin = client_origin(&services, &tenant, request.headers()).await;
    let mut response = answered(request, next, origin.is_some()).await;
    allow(response.headers_mut(), origin);
    response
}

/// Returns the origin of a request if it belongs to a registered client.
async fn client_origin<A: App>(
    State(services): &State<Arc<Services<A>>>,
    RequestTenant(tenant): &RequestTenant,
    headers: &HeaderMap,
) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    let clients = &services.app.tokens.clients;
    let known = clients
        .is_origin_of_a_client(tenant, origin.to_str().ok()?)
        .await;
    // If the store is unavailable, the origin is unknown and is not allowed.
    known.unwrap_or(false).then(|| origin.clone())
}

/// Lets pages at this origin read the response and send credentials.
pub(crate) fn allow(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.append(header::VARY, ORIGIN);
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, CREDENTIALS);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

/// Answers a preflight request, and passes every other request on. Allows the headers that the request names.
async fn answered(request: Request, next: Next, allowed: bool) -> Response {
    let headers = request.headers();
    let is_preflight = *request.method() == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !is_preflight {
        return next.run(request).await;
    }
    let named = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let named = named.cloned().unwrap_or(HEADERS);
    let mut headers = HeaderMap::new();
    headers.append(header::VARY, REQUEST_HEADERS);
    if allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, named);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
    (StatusCode::NO_CONTENT, headers).into_response()
}
