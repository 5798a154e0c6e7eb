//! What introspection and revocation have in common: a token, and a client that authenticates.

use crate::body::{self, Accepts};
use crate::client_authentication::{OtherSchemes, client_authentication, tried_the_header};
use crate::error::Unserved;
use crate::malformed::Malformed;
use crate::parameters::{given, parameters, required};
use crate::token::Dialect as _;
use crate::token::rfc6749::Rfc6749;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use countersign_application::TokenQuery;

parameters! {
    /// RFC 7009 section 2.1 and RFC 7662 section 2.1. The hint is read and not needed.
    QueryParameters { token, token_type_hint, client_id, client_secret }
}

/// Reads a query.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<TokenQuery, Malformed> {
    let QueryParameters {
        token,
        token_type_hint: _,
        client_id,
        client_secret,
    } = body::read(headers, body, Accepts::Form).await?;
    let (client_id, credential) = client_authentication(
        headers,
        OtherSchemes::Refused,
        given(client_id),
        given(client_secret),
    )?;
    Ok(TokenQuery {
        client_id,
        credential,
        token: required("token", token)?,
    })
}

/// The answer to a query that is not served.
pub(crate) fn refused(
    unserved: &Unserved,
    endpoint: &'static str,
    headers: &HeaderMap,
) -> Response {
    let tried = tried_the_header(headers, OtherSchemes::Refused);
    Rfc6749::failure(unserved.answer(endpoint, tried))
}

/// The answer to another method than POST.
pub(crate) fn not_post(endpoint: &'static str) -> Response {
    refused(&Malformed::NotPost.into(), endpoint, &HeaderMap::new())
}
