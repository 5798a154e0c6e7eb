//! The token endpoint: what its two dialects share.

pub(crate) mod json_v1;
pub(crate) mod rfc6749;

use crate::Services;
use crate::answer::answered;
use crate::body::{self, Accepts};
use crate::client_authentication::{OtherSchemes, client_authentication, tried_the_header};
use crate::error::{Answer, Unserved};
use crate::malformed::Malformed;
use crate::parameters::{given, parameters, required};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use countersign_application::{GrantRequest, ResponseForm, TokenRequest, TokenResponse};
use countersign_domain::client::GrantType;
use countersign_ports::{PasswordHasher, Signer, Store};
use serde::Serialize;
use std::sync::Arc;

parameters! {
    /// RFC 6749 sections 4.1.3, 4.4.2 and 6, RFC 7636 section 4.5, RFC 8707 section 2.2.
    TokenParameters {
        grant_type,
        client_id,
        client_secret,
        code,
        redirect_uri,
        code_verifier,
        refresh_token,
        scope;
        often resource
    }
}

/// A wire form of the token endpoint.
pub(crate) trait Dialect: 'static {
    /// The path, for logs and metrics.
    const ENDPOINT: &'static str;
    /// The media types of a request.
    const ACCEPTS: Accepts;
    /// What an `Authorization` header other than Basic means.
    const OTHER_SCHEMES: OtherSchemes;
    /// What answers consist of.
    const FORM: ResponseForm;

    /// The grant type of this name.
    fn grant_type(name: &str) -> Option<GrantType>;

    /// The body of a success.
    fn success(response: &TokenResponse) -> Body<'_>;

    /// The answer to a failure.
    fn failure(answer: Answer) -> Response;
}

/// The endpoint in the dialect `D`.
pub(crate) async fn token<D: Dialect, S: Store, G: Signer, P: PasswordHasher>(
    State(services): State<Arc<Services<S, G, P>>>,
    request: Request,
) -> Response {
    let (Parts { headers, .. }, body) = request.into_parts();
    let tried_the_header = tried_the_header(&headers, D::OTHER_SCHEMES);
    match issue::<D, S, G, P>(&services, headers, body).await {
        Ok(response) => answered(&D::success(&response)),
        Err(unserved) => D::failure(unserved.answer(D::ENDPOINT, tried_the_header)),
    }
}

/// The endpoint asked by another method than POST.
pub(crate) async fn not_post<D: Dialect>() -> Response {
    D::failure(Unserved::from(Malformed::NotPost).answer(D::ENDPOINT, false))
}

async fn issue<D: Dialect, S: Store, G: Signer, P: PasswordHasher>(
    services: &Services<S, G, P>,
    headers: HeaderMap,
    body: axum::body::Body,
) -> Result<TokenResponse, Unserved> {
    let request = request::<D>(body::read(&headers, body, D::ACCEPTS).await?, &headers)?;
    // With the last of what was read, the memory of it is free for the connection to read on.
    drop(headers);
    let response = services.tokens.issue(&request).await?;
    let grant_type = request.grant.grant_type().as_str();
    metrics::counter!("countersign_tokens_issued_total", "grant_type" => grant_type).increment(1);
    tracing::debug!(client_id = request.client_id, grant_type, "tokens issued");
    Ok(response)
}

/// Turns parameters into a request. The grant type comes first: what else must be there depends on it.
fn request<D: Dialect>(
    parameters: TokenParameters,
    headers: &HeaderMap,
) -> Result<TokenRequest, Malformed> {
    let TokenParameters {
        grant_type,
        client_id,
        client_secret,
        code,
        redirect_uri,
        code_verifier,
        refresh_token,
        scope,
        resource,
    } = parameters;
    let grant_type = D::grant_type(&required("grant_type", grant_type)?)
        .ok_or(Malformed::GrantTypeUnsupported)?;
    let (client_id, credential) = client_authentication(
        headers,
        D::OTHER_SCHEMES,
        given(client_id),
        given(client_secret),
    )?;
    let grant = match grant_type {
        GrantType::AuthorizationCode => GrantRequest::AuthorizationCode {
            code: required("code", code)?,
            redirect_uri: required("redirect_uri", redirect_uri)?,
            code_verifier: given(code_verifier),
        },
        GrantType::RefreshToken => GrantRequest::RefreshToken {
            refresh_token: required("refresh_token", refresh_token)?,
            scope: given(scope),
        },
        GrantType::ClientCredentials => GrantRequest::ClientCredentials {
            scope: given(scope),
        },
    };
    Ok(TokenRequest {
        client_id,
        credential,
        grant,
        resources: resource,
        form: D::FORM,
    })
}

/// The body of RFC 6749 section 5.1, and what the JSON dialect adds to it.
#[derive(Serialize)]
pub(crate) struct Body<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_expires_in: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    scope: &'a str,
}

impl<'a> Body<'a> {
    fn of(response: &'a TokenResponse) -> Self {
        Self {
            access_token: &response.access_token,
            token_type: "Bearer",
            expires_in: response.expires_in.as_secs(),
            refresh_token: response
                .refresh_token
                .as_ref()
                .map(|(token, _)| token.as_str()),
            refresh_token_expires_in: None,
            id_token: response.id_token.as_deref(),
            scope: response.scope.as_str(),
        }
    }
}
