//! Successful responses.

use super::problem::Problem;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use countersign_server_http::wire::answer::answered_with;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Successful response of an operation.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Reply {
    body: Option<Value>,
    version: Option<u64>,
}

impl Reply {
    /// Returns a response without a body.
    pub(super) const fn empty() -> Self {
        Self {
            body: None,
            version: None,
        }
    }

    /// Returns a response with a body.
    pub(super) fn of(body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_value(body).map_err(|error| Problem::internal(&error))?;
        Ok(Self {
            body: Some(body),
            version: None,
        })
    }

    /// Adds the version of the object as `ETag`.
    pub(super) const fn at(mut self, version: u64) -> Self {
        self.version = Some(version);
        self
    }

    pub(super) fn into_response(self, status: StatusCode) -> Response {
        let mut headers = HeaderMap::new();
        let tag = self.version.map(|version| format!("\"{version}\""));
        if let Some(Ok(tag)) = tag.map(HeaderValue::try_from) {
            headers.insert(header::ETAG, tag);
        }
        if let Some(body) = self.body {
            return answered_with(status, headers, &body);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        (status, headers).into_response()
    }
}
