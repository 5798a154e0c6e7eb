//! What introspection and revocation have in common: a token, and a client that authenticates.

use crate::body::{self, Accepts};
use crate::client_authentication::{
    ClientParameters, OtherSchemes, client_evidence, tried_the_header,
};
use crate::error::Unserved;
use crate::malformed::Malformed;
use crate::parameters::{parameters, required};
use crate::token::Dialect as _;
use crate::token::rfc6749::Rfc6749;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use countersign_application::TokenQuery;

parameters! {
    /// RFC 7009 section 2.1, RFC 7662 section 2.1 and RFC 7521 section 4.2. The hint is read and not needed.
    QueryParameters {
        token,
        token_type_hint,
        client_id,
        client_secret,
        client_assertion_type,
        client_assertion,
    }
}

/// Reads a query that was sent to `endpoint`.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    endpoint: &'static str,
) -> Result<TokenQuery, Unserved> {
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

/// The answer to a query that is not served. `client` is its `client_id`, if it was read.
pub(crate) fn refused(
    unserved: &Unserved,
    endpoint: &'static str,
    client: Option<&str>,
    headers: &HeaderMap,
) -> Response {
    let tried = tried_the_header(headers, OtherSchemes::Refused);
    Rfc6749::failure(unserved.answer(endpoint, client, tried))
}

/// The answer to another method than POST.
pub(crate) fn not_post(endpoint: &'static str) -> Response {
    let no_headers = HeaderMap::new();
    refused(&Malformed::NotPost.into(), endpoint, None, &no_headers)
}
