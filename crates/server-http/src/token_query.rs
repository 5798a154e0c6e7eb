//! Request form that introspection and revocation share: a token and client authentication. The hint is ignored.

use crate::client_authentication::{OtherSchemes, client_evidence, tried_the_header};
use crate::wire::body::{self, Accepts};
use crate::wire::error::RequestError;
use crate::wire::oauth_error;
use crate::wire::parameters::required;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use countersign_application::TokenQuery;
use countersign_wire::token_request::QueryParameters;

/// Reads a request to `endpoint`.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    endpoint: &'static str,
) -> Result<TokenQuery, RequestError> {
    let mut parameters: QueryParameters = body::read(headers, body, Accepts::Form).await?;
    let client = parameters.take_client();
    Ok(TokenQuery {
        evidence: client_evidence(headers, OtherSchemes::Refused, client, endpoint)?,
        token: required("token", parameters.token)?,
    })
}

/// Returns the error response. `client` is the `client_id`, if it could be read.
pub(crate) fn refused(
    request_error: &RequestError,
    endpoint: &'static str,
    client: Option<&str>,
    headers: &HeaderMap,
) -> Response {
    let tried = tried_the_header(headers, OtherSchemes::Refused);
    oauth_error::failure(&request_error.answer(endpoint, client, tried))
}
