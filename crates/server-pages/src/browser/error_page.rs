//! Error pages: what went wrong, who can fix it, and a link to continue.

use crate::pages::PageContext;
use crate::pages::views::{ErrorView, Fault};
use crate::paths::ACCOUNT;
use axum::http::{StatusCode, header};
use axum::response::Response;
use countersign_application::Failure;
use countersign_server_http::wire::error::RequestError;
use countersign_server_http::wire::malformed::Malformed;

/// Context for the log line of an error.
pub(super) struct Log<'a> {
    pub(super) request_id: u64,
    pub(super) endpoint: &'static str,
    pub(super) client_id: Option<&'a str>,
}

/// Logs an error and returns its page. Both contain the request ID.
pub(super) fn show(page: PageContext<'_>, error: &RequestError, log: &Log<'_>) -> Response {
    let request_id = format!("{:016x}", log.request_id);
    let answer = tracing::info_span!("request", request_id)
        .in_scope(|| error.answer(log.endpoint, log.client_id, false));
    let fault = match error {
        _ if answer.status.is_server_error() => Fault::Server,
        _ if answer.status == StatusCode::FORBIDDEN => Fault::Denied,
        RequestError::Failure(Failure::TooManyAttempts(_)) => Fault::TooMany,
        RequestError::Malformed(
            Malformed::InteractionUnknown
            | Malformed::FormOfAnotherBrowser
            | Malformed::FormOfAnotherSite,
        ) => Fault::User,
        _ => Fault::Client,
    };
    // Pages do not authenticate clients, so an unknown client is an invalid request (400), not 401.
    let status = match answer.status {
        StatusCode::UNAUTHORIZED => StatusCode::BAD_REQUEST,
        other => other,
    };
    let view = ErrorView {
        page,
        fault,
        client: None,
        detail: (fault != Fault::Server).then_some(&answer.description),
        request_id: &request_id,
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
