//! JSON responses.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// Initial buffer size in bytes. Most responses fit.
const LENGTH: usize = 1024;

/// Returns a successful response that must not be cached (RFC 6749 section 5.1).
pub fn answered(body: &impl Serialize) -> Response {
    answered_with(StatusCode::OK, HeaderMap::new(), body)
}

/// Returns a signed response that must not be cached.
#[must_use]
pub fn signed(media_type: &'static str, jwt: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, NO_STORE),
        (header::PRAGMA, NO_CACHE),
    ];
    (headers, jwt).into_response()
}

/// Returns a successful response with this JSON, which must not be cached.
pub fn answered_as_json(text: Vec<u8>) -> Response {
    let mut response = Response::new(text.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    headers.insert(header::PRAGMA, NO_CACHE);
    response
}

/// Returns a response that must not be cached.
pub fn answered_with(status: StatusCode, headers: HeaderMap, body: &impl Serialize) -> Response {
    let mut text = Vec::with_capacity(LENGTH);
    match serde_json::to_writer(&mut text, body) {
        Ok(()) => {
            let always = [
                (header::CONTENT_TYPE, JSON),
                (header::CACHE_CONTROL, NO_STORE),
                (header::PRAGMA, NO_CACHE),
            ];
            (status, headers, always, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "cannot serialize a response");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
