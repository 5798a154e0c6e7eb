//! Error body of the JSON dialect: the body of RFC 6749 with a list of codes.

use crate::wire::answer::answered_with;
use crate::wire::error::Answer;
use axum::response::Response;
use serde::Serialize;

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: &'static str,
    error_description: &'a str,
    codes: [Code<'a>; 1],
}

#[derive(Serialize)]
struct Code<'a> {
    #[serde(rename = "code")]
    rule: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
}

/// Renders an error.
#[must_use]
pub fn failure(answer: &Answer) -> Response {
    let codes = [Code {
        rule: answer.code(),
        description: &answer.description,
        field: answer.field,
    }];
    let body = ErrorBody {
        error: answer.error,
        error_description: &answer.description,
        codes,
    };
    answered_with(answer.status, answer.headers.clone(), &body)
}
