//! Error body of RFC 6749 section 5.2.

use crate::wire::answer::answered_with;
use crate::wire::error::Answer;
use axum::response::Response;
use serde::Serialize;

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: &'static str,
    error_description: &'a str,
}

/// Renders an error.
#[must_use]
pub fn failure(answer: &Answer) -> Response {
    let body = ErrorBody {
        error: answer.error,
        error_description: &answer.description,
    };
    answered_with(answer.status, answer.headers.clone(), &body)
}
