//! The API of Aero2: rows 23 to 27 and 31 to 33 of its checklist.

mod api_keys;
mod audit;
mod clients;
mod idps;
mod limits;
mod people;
mod roles;
mod users;

use crate::admin_api::send_to;
use crate::harness::Server;
use crate::requests::Answer;
use axum::http::Method;
use serde_json::Value;

/// Sends a request with an access token of an operator.
async fn call(
    server: &Server,
    token: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Answer {
    send_to(server, token, (method, path), &[], body.as_ref()).await
}

/// Returns the status, `error` and the field of an error.
fn invalid(answer: &Answer) -> (u16, String, String) {
    let json = answer.json();
    let field = json["details"][0]["field"].as_str().unwrap_or_default();
    assert_ne!(answer.text("message"), "");
    (
        answer.status.as_u16(),
        answer.text("error"),
        field.to_owned(),
    )
}
