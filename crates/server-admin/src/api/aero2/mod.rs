//! The API of Aero2.

mod api_keys;
mod audit;
mod audit_search;
mod client_body;
mod client_grants;
mod clients;
mod done;
mod idp_body;
mod idps;
mod me;
mod pages;
mod roles;
mod sessions;
mod settings;
mod users;

use super::dialect::{Dialect, error, field};
use super::operation::Operation;
use super::problem::Problem;
use super::rate_limit::Quota;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_application::App;
use countersign_server_http::wire::answer::answered_with;
use serde::Serialize;

/// Form of the responses.
pub(super) const DIALECT: Dialect = Dialect {
    root: "/api",
    failure,
    limit: Quota::write_as_x,
};

/// Returns all operations.
pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    [
        clients::operations(),
        client_grants::operations(),
        api_keys::operations(),
        users::operations(),
        me::operations(),
        sessions::operations(),
        roles::operations(),
        audit::operations(),
        settings::operations(),
        idps::operations(),
    ]
    .into_iter()
    .flatten()
    .map(Operation::with_api_keys)
    .collect()
}

/// Error body.
#[derive(Serialize)]
struct Failed<'a> {
    error: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<[Detail<'a>; 1]>,
}

/// Invalid field.
#[derive(Serialize)]
struct Detail<'a> {
    field: &'a str,
    message: &'a str,
}

/// Renders an error.
fn failure(problem: Problem) -> Response {
    let (status, headers, details) = problem.into_parts();
    let message = details.detail.as_str();
    let detail = details.field.as_deref().map(|name| {
        let field = field(name);
        [Detail { field, message }]
    });
    let error = match status {
        StatusCode::BAD_REQUEST => "validation_error",
        status => error(status),
    };
    let body = Failed {
        error,
        message,
        details: detail,
    };
    answered_with(status, headers, &body)
}
