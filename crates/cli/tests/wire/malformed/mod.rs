//! Malformed requests: each dialect returns the error of RFC 6749 section 5.2 and changes nothing.

mod bodies;
mod clients;
mod grants;
mod parameters;

use crate::facts::{FORM, JSON, SECRET};
use crate::harness::Server;
use crate::requests::Answer;
use axum::http::header;

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// Checks an error response: status, code, headers, and the body format of the dialect.
#[track_caller]
fn assert_refused(path: &str, answer: &Answer, status: u16, error: &str) {
    let body = answer.json();
    assert_eq!(
        (answer.status.as_u16(), body["error"].as_str()),
        (status, Some(error)),
        "{path}: {body}"
    );
    assert_eq!(
        answer.header(header::CONTENT_TYPE),
        Some("application/json")
    );
    assert_eq!(answer.header(header::CACHE_CONTROL), Some("no-store"));
    assert_eq!(answer.header(header::PRAGMA), Some("no-cache"));
    let mut names: Vec<_> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    let expected: &[&str] = if path == FORM {
        &["error", "error_description"]
    } else {
        &["codes", "error", "error_description"]
    };
    assert_eq!(names, expected);
    let description = body["error_description"].as_str().unwrap();
    let allowed = |byte: u8| matches!(byte, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    assert!(
        !description.is_empty() && description.bytes().all(allowed),
        "RFC 6749 section 5.2: {description}"
    );
    assert!(!String::from_utf8_lossy(&answer.body).contains(SECRET));
}

/// Sends the same parameters to both endpoints, each in its format, and expects the same refusal.
async fn both_refuse(server: &Server, parameters: &[(&str, &str)], status: u16, error: &str) {
    let before = server.contents();
    assert_refused(FORM, &server.form(FORM, parameters).await, status, error);
    assert_refused(JSON, &server.form(JSON, parameters).await, status, error);
    let is_repeated = parameters
        .iter()
        .enumerate()
        .any(|(at, (name, _))| parameters[..at].iter().any(|(other, _)| other == name));
    if !is_repeated {
        assert_refused(JSON, &server.json(JSON, parameters).await, status, error);
    }
    assert_eq!(
        server.contents(),
        before,
        "a refusal changes nothing: {parameters:?}"
    );
}
