//! Error body of the JSON dialect: the body of RFC 6749 with a list of codes.

use crate::wire::answer::answered_with;
use crate::wire::error::Answer;
use axum::response::Response;
use serde::Serialize;

/// Error body.
#[derive(Serialize)]
pub struct FlatError<'a> {
    error: &'a str,
    error_description: &'a str,
    codes: [Code<'a>; 1],
}

#[derive(Serialize)]
struct Code<'a> {
    #[serde(rename = "code")]
    rule: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

impl<'a> FlatError<'a> {
    /// Creates the body of an error with one broken rule. `field` is the parameter that is wrong.
    #[must_use]
    pub const fn new(
        error: &'a str,
        description: &'a str,
        rule: &'a str,
        field: Option<&'a str>,
    ) -> Self {
        Self {
            error,
            error_description: description,
            codes: [Code {
                rule,
                description,
                field,
            }],
        }
    }
}

/// Renders an error.
#[must_use]
pub fn failure(answer: &Answer) -> Response {
    let body = FlatError::new(
        answer.error,
        &answer.description,
        answer.code(),
        answer.field,
    );
    answered_with(answer.status, answer.headers.clone(), &body)
}
