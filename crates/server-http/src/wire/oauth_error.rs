//! Error body of RFC 6749 section 5.2.

use crate::wire::answer::answered_with;
use crate::wire::error::Answer;
use axum::response::Response;
use countersign_wire::{Object, refused};

/// Renders an error.
#[must_use]
pub fn failure(answer: &Answer) -> Response {
    let body = Object(|| refused::members(answer.error, &answer.description));
    answered_with(answer.status, answer.headers.clone(), &body)
}
