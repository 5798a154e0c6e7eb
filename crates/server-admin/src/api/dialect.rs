//! What the dialects share.

use super::problem::Problem;
use super::rate_limit::Quota;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use std::fmt::Display;

/// Form of the responses of an API.
#[derive(Clone, Copy)]
pub(super) struct Dialect {
    /// Prefix of all paths.
    pub(super) root: &'static str,
    /// Renders an error.
    pub(super) failure: fn(Problem) -> Response,
    /// Writes the headers of the rate limit.
    pub(super) limit: fn(&Quota, &mut HeaderMap),
}

/// Returns the error code of a status.
pub(super) fn error(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "invalid_token",
        StatusCode::FORBIDDEN => "insufficient_scope",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::CONFLICT => "conflict",
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            "temporarily_unavailable"
        }
        status if status.is_server_error() => "server_error",
        _ => "invalid_request",
    }
}

/// Returns the name that a field of the admin API has in the dialects.
pub(super) fn field(name: &str) -> &str {
    match name {
        "client_name" => "name",
        "scope" => "scopes",
        name => name,
    }
}

/// Returns the client ID in a path or body.
pub(super) fn client_id(text: &str) -> Result<ClientId, Problem> {
    let missing = |_| AdminError::NotFound(Missing::Client).into();
    ClientId::parse(text).map_err(missing)
}

/// Returns the scope of these tokens. At least one is required: a client without scope could request nothing.
pub(super) fn scope(tokens: &[String]) -> Result<Scope, Problem> {
    let invalid = |rule: &dyn Display| Problem::field("scopes", rule);
    if tokens.iter().any(|token| token.contains(' ')) {
        return Err(invalid(
            &"each item must be one scope token, without spaces",
        ));
    }
    Scope::parse(&tokens.join(" ")).map_err(|error| invalid(&error))
}

/// Parses redirect URIs.
pub(super) fn redirect_uris(texts: &[String]) -> Result<Vec<RedirectUri>, Problem> {
    let uris = texts.iter().map(|text| {
        RedirectUri::parse(text).map_err(|error| Problem::field("redirect_uris", error))
    });
    uris.collect()
}

/// Returns the redirect URIs of a client.
pub(super) fn uri_texts(client: &Client) -> Vec<String> {
    let uris = client.redirect_uris.iter().map(RedirectUri::as_str);
    uris.map(str::to_owned).collect()
}

/// Returns the scope tokens of a client.
pub(super) fn scope_texts(client: &Client) -> Vec<String> {
    client.scope.tokens().map(str::to_owned).collect()
}

/// Returns the time of the last change of a client.
pub(super) fn updated_at(client: &Client) -> Timestamp {
    client.updated_at.unwrap_or(client.created_at)
}
