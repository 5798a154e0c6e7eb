//! Responses of the admin API.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

/// Response of the API.
pub(super) struct Response {
    pub(super) status: StatusCode,
    pub(super) tag: Option<HeaderValue>,
    pub(super) content: Vec<u8>,
}

/// Returns the entity tag of a response.
pub(super) fn tag_of(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(header::ETAG).cloned()
}
