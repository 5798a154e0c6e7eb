//! Responses to requests that no handler serves.

use super::record::NONE;
use super::{Answer, RequestError, of_fault, of_malformed};
use crate::wire::malformed::Malformed;
use axum::response::Response;
use countersign_domain::evidence::Evidence;
use std::future::{Ready, ready};

/// Returns the handler for methods that `endpoint` does not allow. The router adds the header `Allow` (RFC 9110 section
/// 15.5.6). Add the handler before any layer, so that the layer applies to its responses too.
pub fn not_allowed(
    endpoint: &'static str,
    render: fn(&Answer) -> Response,
) -> impl Fn() -> Ready<Response> + Clone + Send + Sync + 'static {
    move || {
        let refused = RequestError::from(Malformed::MethodNotAllowed);
        ready(render(&refused.answer(endpoint, None, false)))
    }
}

/// Returns the error response for an unknown path, which the log names.
#[must_use]
pub fn not_found(path: &str) -> Answer {
    let answer = Answer {
        evidence: Some(Evidence::of(path)),
        ..of_malformed(Malformed::PathUnknown)
    };
    answer.record(NONE, None, &Malformed::PathUnknown);
    answer
}

/// Returns the error response for a handler that panicked. Only the log contains the message.
pub(crate) fn panicked(message: &str) -> Answer {
    let answer = of_fault("panic", false);
    answer.record(NONE, None, &message);
    answer
}
