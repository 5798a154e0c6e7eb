//! The error body of the JSON dialect: RFC 6749's, and a list of codes.

use crate::answer::answered_with;
use crate::error::Answer;
use axum::response::Response;
use serde::Serialize;
use std::borrow::Cow;

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: &'static str,
    error_description: &'a str,
    codes: [Code<'a>; 1],
}

#[derive(Serialize)]
struct Code<'a> {
    #[serde(rename = "code")]
    rule: Cow<'static, str>,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
}

pub(crate) fn failure(answer: Answer) -> Response {
    let Answer {
        status,
        error,
        description,
        rule,
        field,
        headers,
    } = answer;
    let codes = [Code {
        rule,
        description: &description,
        field,
    }];
    answered_with(
        status,
        headers,
        &ErrorBody {
            error,
            error_description: &description,
            codes,
        },
    )
}
