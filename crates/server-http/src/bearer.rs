//! Access tokens as they travel (RFC 6750 section 2), and what to say when they are no good (section 3).

use crate::body::{self, Accepts};
use crate::error::Unserved;
use crate::malformed::Malformed;
use crate::parameters::{given, parameters};
use crate::token::Dialect as _;
use crate::token::rfc6749::Rfc6749;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use countersign_application::Failure;
use countersign_domain::refusal::Refusal;
use countersign_domain::scope::Scope;

parameters! {
    /// RFC 6750 section 2.2.
    BearerParameters { access_token }
}

/// The access token of a request, from the header or from a form. One in the query is not looked for (OAuth 2.1
/// section 5.2: it would end up in logs).
pub(crate) async fn bearer_token(request: Request) -> Result<String, Malformed> {
    let (head, body) = request.into_parts();
    let header = of_header(&head.headers)?;
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

/// Another scheme than Bearer is not an attempt to show an access token.
fn of_header(headers: &HeaderMap) -> Result<Option<String>, Malformed> {
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

/// The answer to a request that an access token did not open.
pub(crate) fn refused(unserved: &Unserved, endpoint: &'static str) -> Response {
    let mut answer = unserved.answer(endpoint, None, false);
    if !answer.status.is_server_error() && answer.status != StatusCode::METHOD_NOT_ALLOWED {
        let (error, description) = (answer.error, &answer.description);
        let challenge = match unserved {
            // RFC 6750 section 3.1: who showed no token at all is told no error.
            Unserved::Malformed(Malformed::AccessTokenMissing) => REALM.to_owned(),
            Unserved::Failure(Failure::Refused(Refusal::OpenIdScopeMissing)) => format!(
                "{REALM}, error=\"{error}\", error_description=\"{description}\", scope=\"{}\"",
                Scope::OPENID
            ),
            _ => format!("{REALM}, error=\"{error}\", error_description=\"{description}\""),
        };
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            answer.headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
    }
    Rfc6749::failure(answer)
}
