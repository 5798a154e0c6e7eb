//! The API of Aries: users register clients of their own.
//!
//! The operations use only the permission `clients:own`. An operator therefore sees and changes only the clients that
//! they own, even if their admin roles allow more.

mod body;
mod clients;

use super::dialect::{Dialect, error, field};
use super::operation::Operation;
use super::problem::Problem;
use super::rate_limit::Quota;
use axum::response::Response;
use countersign_application::App;
use countersign_server_http::wire::answer::answered_with;
use countersign_server_http::wire::flat_error::FlatError;

/// Form of the responses.
pub(super) const DIALECT: Dialect = Dialect {
    root: "/v1/users/api",
    failure,
    limit: Quota::write,
};

/// Returns all operations.
pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    clients::operations()
}

/// Renders an error in the format of the JSON dialect.
fn failure(problem: Problem) -> Response {
    let (status, headers, details) = problem.into_parts();
    let field = details.field.as_deref().map(field);
    let body = FlatError::new(error(status), &details.detail, details.code, field);
    answered_with(status, headers, &body)
}
