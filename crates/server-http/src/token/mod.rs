//! The token endpoint: what its two dialects share.

mod grants;
pub(crate) mod json_v1;
pub(crate) mod rfc6749;

use crate::Services;
use crate::answer::answered;
use crate::body::{self, Accepts};
use crate::client_authentication::{
    ClientParameters, OtherSchemes, client_evidence, tried_the_header,
};
use crate::error::{Answer, Unserved};
use crate::malformed::Malformed;
use crate::parameters::{parameters, required};
use crate::tenant::RequestTenant;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use countersign_application::{ResponseForm, TokenRequest, TokenResponse};
use countersign_domain::client::GrantType;
use countersign_ports::{PasswordHasher, Signer, Store};
use serde::Serialize;
use std::sync::Arc;

parameters! {
    /// RFC 6749 sections 4.1.3, 4.4.2 and 6, RFC 7521 section 4.2, RFC 7636 section 4.5, RFC 8707 section 2.2.
    TokenParameters {
        grant_type,
        client_id,
        client_secret,
        client_assertion_type,
        client_assertion,
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

    /// The grant type of this name, known or not.
    fn grant_type(name: &str) -> GrantType;

    /// The body of a success.
    fn success(response: &TokenResponse) -> Body<'_>;

    /// The answer to a failure.
    fn failure(answer: Answer) -> Response;
}

/// The endpoint in the dialect `D`.
pub(crate) async fn token<D: Dialect, S: Store, G: Signer, P: PasswordHasher>(
    State(services): State<Arc<Services<S, G, P>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let (Parts { headers, .. }, body) = request.into_parts();
    let tried_the_header = tried_the_header(&headers, D::OTHER_SCHEMES);
    let failed = |unserved: Unserved, client: Option<&str>| {
        D::failure(unserved.answer(D::ENDPOINT, client, tried_the_header))
    };
    let request = match read::<D>(headers, body).await {
        Ok(request) => request,
        Err(unserved) => return failed(unserved, None),
    };
    match services.tokens.issue(&tenant, &request).await {
        Ok(response) => {
            let grant_type = request.grant.grant_type();
            let name = grant_type.as_str().to_owned();
            metrics::counter!("countersign_tokens_issued_total", "grant_type" => name).increment(1);
            tracing::debug!(client_id = %response.client.id, ?grant_type, "tokens issued");
            answered(&D::success(&response))
        }
        Err(failure) => failed(failure.into(), request.evidence.client_id.as_deref()),
    }
}

/// The endpoint asked by another method than POST.
pub(crate) async fn not_post<D: Dialect>() -> Response {
    D::failure(Unserved::from(Malformed::NotPost).answer(D::ENDPOINT, None, false))
}

/// Reads a request. The headers go with what else was read: the memory of it is free for the connection to read on.
async fn read<D: Dialect>(
    headers: HeaderMap,
    body: axum::body::Body,
) -> Result<TokenRequest, Unserved> {
    let parameters = body::read(&headers, body, D::ACCEPTS).await?;
    request::<D>(parameters, &headers)
}

/// Turns parameters into a request. The grant type comes first: what else must be there depends on it.
fn request<D: Dialect>(
    mut parameters: TokenParameters,
    headers: &HeaderMap,
) -> Result<TokenRequest, Unserved> {
    let grant_type = required("grant_type", parameters.grant_type.take())?;
    let read = grants::reader(&D::grant_type(&grant_type))?;
    let client = ClientParameters {
        client_id: parameters.client_id.take(),
        client_secret: parameters.client_secret.take(),
        client_assertion_type: parameters.client_assertion_type.take(),
        client_assertion: parameters.client_assertion.take(),
    };
    Ok(TokenRequest {
        evidence: client_evidence(headers, D::OTHER_SCHEMES, client, D::ENDPOINT)?,
        resources: std::mem::take(&mut parameters.resource),
        grant: read(parameters)?,
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
