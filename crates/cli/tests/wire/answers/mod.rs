//! What all responses have in common: request IDs, log lines of refusals, and responses where no handler serves.

mod account_events;
mod events;
mod explanations;
mod refusal_log;
mod request_ids;
mod unserved;
mod ways_in;

use crate::harness::Server;
use crate::requests::Answer;
use axum::body::Body;
use axum::http::{Method, Request, header};

/// Sends a request without a body.
async fn ask(
    server: &Server,
    method: Method,
    path: &str,
    headers: &[(header::HeaderName, &str)],
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

/// Returns the ID of the request.
#[track_caller]
fn request_id(answer: &Answer) -> String {
    let mut ids = answer.headers.get_all("request-id").iter();
    let id = ids.next().unwrap().to_str().unwrap();
    assert!(ids.next().is_none());
    id.to_owned()
}
