//! Bearer tokens in requests (RFC 6750 section 2), and error responses for them (section 3).

use crate::wire::body::{self, Accepts};
use crate::wire::error::RequestError;
use crate::wire::malformed::Malformed;
use crate::wire::oauth_error;
use crate::wire::parameters::{given, parameters};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::Response;
use countersign_application::Failure;
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;

parameters! {
    /// Form parameter of RFC 6750 section 2.2.
    BearerParameters { access_token }
}

/// Returns the access token of a request, from the header or from a form. A token in the query is ignored, because it
/// would end up in logs (OAuth 2.1 section 5.2).
pub async fn bearer_token(request: Request) -> Result<String, Malformed> {
    let (head, body) = request.into_parts();
    let header = in_header(&head.headers)?;
    let form = if head.method == Method::POST && body::is_form(&head.headers) {
        let parameters: BearerParameters = body::read(&head.headers, body, Accepts::Form).await?;
        given(parameters.access_token)
    } else {
        None
    };
    match (header, form) {
        (Some(token), None) | (None, Some(token)) => Ok(token),
        (Some(_), Some(_)) => Err(Malformed::TwoAccessTokens),
        (None, None) => Err(Malformed::AccessTokenMissing),
    }
}

/// Returns the access token of a request whose body is not a form.
pub fn required_in_header(headers: &HeaderMap) -> Result<String, Malformed> {
    in_header(headers)?.ok_or(Malformed::AccessTokenMissing)
}

/// Returns the token of a `Bearer` header; `None` without one. Other schemes are ignored.
pub fn in_header(headers: &HeaderMap) -> Result<Option<String>, Malformed> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().map_err(|_| Malformed::BearerUnreadable)?,
        (Some(_), Some(_)) => return Err(Malformed::TwoAccessTokens),
    };
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    match token.trim() {
        "" => Err(Malformed::BearerUnreadable),
        token => Ok(Some(token.to_owned())),
    }
}

const REALM: &str = "Bearer realm=\"countersign\"";

/// Returns the response to a request with a missing or rejected access token.
#[must_use]
pub fn refused(request_error: &RequestError, endpoint: &'static str) -> Response {
    refused_because(request_error, endpoint, None)
}

/// Returns the response to a request with a missing or rejected access token, or with another mistake. `description`
/// replaces the usual one; its characters must be valid in a header.
#[must_use]
pub fn refused_because(
    request_error: &RequestError,
    endpoint: &'static str,
    description: Option<String>,
) -> Response {
    let mut answer = request_error.answer(endpoint, None, false);
    answer.description = description.unwrap_or(answer.description);
    if !answer.status.is_server_error() {
        let (error, description) = (answer.error, &answer.description);
        let challenge = match request_error {
            // RFC 6750 section 3.1: no error code if the request has no token.
            RequestError::Malformed(Malformed::AccessTokenMissing) => REALM.to_owned(),
            RequestError::Failure(Failure::Refused(Refusal::OpenIdScopeMissing)) => format!(
                "{REALM}, error=\"{error}\", error_description=\"{description}\", scope=\"{}\"",
                Scope::OPENID
            ),
            _ => format!("{REALM}, error=\"{error}\", error_description=\"{description}\""),
        };
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            answer.headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
    }
    oauth_error::failure(&answer)
}
