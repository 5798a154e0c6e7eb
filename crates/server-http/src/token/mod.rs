//! The token endpoint: the part that both dialects share.

pub(crate) mod device_authorization;
mod facts;
mod grants;
pub(crate) mod json_v1;
pub(crate) mod rfc6749;

use crate::Services;
use crate::client_authentication::{OtherSchemes, client_evidence, tried_the_header};
use crate::wire::MalformedRequest;
use crate::wire::Tenants as _;
use crate::wire::answer::answered_as_json;
use crate::wire::body::{self, Accepts, RequestBody};
use crate::wire::error::{Answer, RequestError};
use crate::wire::parameters::required;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use countersign_application::{App, GrantRequest, ResponseForm, TokenRequest, TokenResponse};
use countersign_domain::client::GrantType;
use countersign_domain::tenant::Tenant;
use countersign_wire::token_request::TokenParameters;
use countersign_wire::token_response::TokenMembers;
use std::sync::Arc;

/// A wire format of the token endpoint.
pub(crate) trait Dialect: 'static {
    /// Path of the endpoint, for logs and metrics.
    const ENDPOINT: &'static str;
    /// Accepted media types of a request.
    const ACCEPTS: Accepts;
    /// Treatment of an `Authorization` header with a scheme other than Basic.
    const OTHER_SCHEMES: OtherSchemes;
    /// Tokens in a response and their formats.
    const FORM: ResponseForm;
    /// Whether a request with a code must repeat `redirect_uri`, even if the code has a challenge.
    const REPEATS_REDIRECT_URI: bool;

    /// Returns the grant type with this name, which may be unknown.
    fn grant_type(name: &str) -> GrantType;

    /// Returns the members of a successful response.
    fn success(response: &TokenResponse) -> TokenMembers<'_>;

    /// Returns the error response.
    fn failure(answer: &Answer) -> Response;
}

/// Handles a token request in the dialect `D`, for the router.
pub(crate) async fn token<D: Dialect, A: App>(
    State(services): State<Arc<Services<A>>>,
    request: axum::extract::Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let tenant = services.tenant(&parts);
    respond::<D, A, _>(&services, &tenant, (parts, body)).await
}

/// Handles a token request in the dialect `D`.
pub(crate) async fn respond<D: Dialect, A: App, B: RequestBody>(
    services: &Services<A>,
    tenant: &Tenant,
    (parts, body): (Parts, B),
) -> Response {
    let tried_the_header = tried_the_header(&parts.headers, D::OTHER_SCHEMES);
    let failed = |request_error: RequestError, client: Option<&str>| {
        D::failure(&request_error.answer(D::ENDPOINT, client, tried_the_header))
    };
    let request = match read::<D, B>(parts, body).await {
        Ok(request) => request,
        Err((request_error, client)) => return failed(request_error, client.as_deref()),
    };
    match services.app.tokens.issue(tenant, &request).await {
        Ok(response) => {
            let grant_type = request.grant.grant_type();
            let name = grant_type.as_str().to_owned();
            metrics::counter!("countersign_tokens_issued_total", "grant_type" => name).increment(1);
            tracing::debug!(client_id = %response.client.id, ?grant_type, "tokens issued");
            answered_as_json(D::success(&response).to_json().into())
        }
        Err(failure) => {
            if !failure.is_expected() {
                facts::note(&request);
            }
            failed(failure.into(), request.evidence.client_id.as_deref())
        }
    }
}

/// Error, and the client of the request if it is known.
type Unread = (RequestError, Option<String>);

/// Reads a request. Takes the head by value: dropping it frees the read buffer for the connection.
async fn read<D: Dialect, B: RequestBody>(
    Parts { headers, .. }: Parts,
    body: B,
) -> Result<TokenRequest, Unread> {
    let parameters = body::read(&headers, body, D::ACCEPTS).await;
    request::<D>(parameters.map_err(|error| (error.into(), None))?, &headers)
}

/// Converts parameters to a request. Reads the grant type first, because it determines the other parameters.
fn request<D: Dialect>(
    mut parameters: TokenParameters,
    headers: &HeaderMap,
) -> Result<TokenRequest, Unread> {
    let grant_type = required("grant_type", parameters.grant_type.take());
    let read = grant_type.and_then(|name| grants::reader(&D::grant_type(&name)));
    let client = parameters.take_client();
    let evidence = client_evidence(headers, D::OTHER_SCHEMES, client, D::ENDPOINT);
    let (read, evidence) = match (read, evidence) {
        (Ok(read), Ok(evidence)) => (read, evidence),
        (Err(error), evidence) => {
            return Err((error.into(), evidence.ok().and_then(|its| its.client_id)));
        }
        (Ok(_), Err(error)) => return Err((error, None)),
    };
    let resources = std::mem::take(&mut parameters.resource);
    match read(parameters).and_then(complete::<D>) {
        Ok(grant) => Ok(TokenRequest {
            evidence,
            resources,
            grant,
            form: D::FORM,
        }),
        Err(error) => Err((error.into(), evidence.client_id)),
    }
}

/// Rejects a request with a code that lacks `redirect_uri`, if the dialect requires it.
fn complete<D: Dialect>(grant: GrantRequest) -> Result<GrantRequest, MalformedRequest> {
    match &grant {
        GrantRequest::AuthorizationCode { redirect_uri, .. }
            if D::REPEATS_REDIRECT_URI && redirect_uri.is_none() =>
        {
            Err(MalformedRequest::Missing("redirect_uri"))
        }
        _ => Ok(grant),
    }
}

/// Returns the members of a response without those that only one dialect has.
fn members(response: &TokenResponse) -> TokenMembers<'_> {
    let refresh_token = response.refresh_token.as_ref();
    TokenMembers {
        access_token: &response.access_token,
        expires_in: response.expires_in,
        refresh_token: refresh_token.map(|(token, _)| token.as_str()),
        refresh_token_expires_in: None,
        id_token: response.id_token.as_deref(),
        issued_token_type: response.issued_token_type,
        scope: &response.scope,
    }
}
