//! Request form that introspection and revocation share: a token and client authentication.

use crate::client_authentication::{
    ClientParameters, OtherSchemes, client_evidence, tried_the_header,
};
use crate::wire::body::{self, Accepts};
use crate::wire::error::RequestError;
use crate::wire::oauth_error;
use crate::wire::parameters::{parameters, required};
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use countersign_application::TokenQuery;

parameters! {
    /// Parameters of RFC 7009 section 2.1, RFC 7662 section 2.1 and RFC 7521 section 4.2. The hint is ignored.
    QueryParameters {
        token,
        token_type_hint,
        client_id,
        client_secret,
        client_assertion_type,
        client_assertion,
    }
}

/// Reads a request to `endpoint`.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    endpoint: &'static str,
) -> Result<TokenQuery, RequestError> {
    let QueryParameters {
        token,
        token_type_hint: _,
        client_id,
        client_secret,
        client_assertion_type,
        client_assertion,
    } = body::read(headers, body, Accepts::Form).await?;
    let client = ClientParameters {
        client_id,
        client_secret,
        client_assertion_type,
        client_assertion,
    };
    Ok(TokenQuery {
        evidence: client_evidence(headers, OtherSchemes::Refused, client, endpoint)?,
        token: required("token", token)?,
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
