//! Error pages: what went wrong, who can fix it, and a link to continue.

use crate::pages::PageContext;
use crate::pages::views::{ErrorView, Fault};
use crate::paths::ACCOUNT;
use axum::http::{StatusCode, header};
use axum::response::Response;
use countersign_application::{CurrentRequest, Failure, RequestId};
use countersign_server_http::wire::error::{Answer, RequestError};
use countersign_server_http::wire::malformed::Malformed;

/// Returns the page of an error. It shows the ID of the request, which is in the log line too.
pub(crate) fn show(page: PageContext<'_>, error: &RequestError, answer: &Answer) -> Response {
    let fault = match error {
        _ if answer.status.is_server_error() => Fault::Server,
        _ if answer.status == StatusCode::FORBIDDEN => Fault::Denied,
        RequestError::Failure(Failure::TooManyAttempts(_)) => Fault::TooMany,
        RequestError::Malformed(Malformed::PathUnknown) => Fault::NotFound,
        RequestError::Malformed(Malformed::FormOfAnotherSession) => Fault::OtherSession,
        // The address of a form was opened as a page.
        RequestError::Malformed(
            Malformed::InteractionUnknown
            | Malformed::FormOfAnotherBrowser
            | Malformed::FormOfAnotherSite
            | Malformed::MethodNotAllowed,
        ) => Fault::User,
        _ => Fault::Client,
    };
    // Pages do not authenticate clients, so an unknown client is an invalid request (400), not 401.
    let status = match answer.status {
        StatusCode::UNAUTHORIZED => StatusCode::BAD_REQUEST,
        other => other,
    };
    let request_id = CurrentRequest::current_id();
    let view = ErrorView {
        page,
        fault,
        client: None,
        detail: (fault != Fault::Server).then_some(&answer.description),
        request_id: request_id.as_ref().map(RequestId::as_str),
        back: (fault == Fault::User).then_some(ACCOUNT),
    };
    let mut response = page.show(status, &view);
    if let Some(wait) = answer.headers.get(header::RETRY_AFTER) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, wait.clone());
    }
    response
}
