//! The ID of a request, in its response and in the log.

use crate::wire::error::panicked;
use crate::wire::oauth_error;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use countersign_application::CurrentRequest;
use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Header with the ID of a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// Runs the handler of a request under its ID. Adds the ID to the response. Returns 500 if the handler panics. An ID that
/// the client sent is ignored: it could be that of another request. `after` takes what the request did, also if the
/// client closes its connection.
pub async fn identified<E>(
    request: CurrentRequest,
    handled: impl Future<Output = Result<Response, E>>,
    after: impl FnOnce(&mut CurrentRequest),
) -> Result<Response, E> {
    let id = request.id;
    let mut response = request.serve_then(caught(handled), after).await?;
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    Ok(response)
}

/// Converts a panic to a response.
async fn caught<E>(handled: impl Future<Output = Result<Response, E>>) -> Result<Response, E> {
    let mut handled = pin!(handled);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| handled.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| {
            let answer = panicked(message(&*panic));
            Poll::Ready(Ok(oauth_error::failure(&answer)))
        })
    })
    .await
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or_default()
}
