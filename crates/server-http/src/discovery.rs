//! Discovery documents (RFC 8414, OpenID Connect Discovery 1.0). They list what is enabled and nothing else.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use countersign_application::TokenSettings;
use countersign_domain::client::{GrantType, SigningAlgorithm};
use countersign_domain::scope::Scope;
use serde::Serialize;

/// RFC 8414 section 2.
#[derive(Serialize)]
struct ServerMetadata<'a> {
    issuer: &'a str,
    token_endpoint: String,
    jwks_uri: String,
    scopes_supported: [&'a str; 1],
    response_types_supported: [&'a str; 1],
    grant_types_supported: Vec<&'a str>,
    token_endpoint_auth_methods_supported: [&'a str; 3],
    code_challenge_methods_supported: [&'a str; 1],
}

/// OpenID Connect Discovery section 3.
#[derive(Serialize)]
struct ProviderMetadata<'a> {
    #[serde(flatten)]
    server: ServerMetadata<'a>,
    subject_types_supported: [&'a str; 1],
    id_token_signing_alg_values_supported: Vec<&'a str>,
    claims_supported: [&'a str; 7],
}

/// Both documents, written once.
#[derive(Clone)]
pub(crate) struct Documents {
    pub(crate) server: String,
    pub(crate) provider: String,
}

impl Documents {
    pub(crate) fn new(settings: &TokenSettings) -> Result<Self, serde_json::Error> {
        let server = || server_metadata(&settings.issuer);
        let provider = ProviderMetadata {
            server: server(),
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: SigningAlgorithm::ASYMMETRIC
                .iter()
                .map(|algorithm| algorithm.as_str())
                .collect(),
            claims_supported: ["iss", "sub", "aud", "iat", "exp", "auth_time", "nonce"],
        };
        Ok(Self {
            server: serde_json::to_string(&server())?,
            provider: serde_json::to_string(&provider)?,
        })
    }
}

fn server_metadata(issuer: &str) -> ServerMetadata<'_> {
    ServerMetadata {
        issuer,
        token_endpoint: format!("{issuer}/oauth2/token"),
        jwks_uri: format!("{issuer}/oauth2/jwks.json"),
        scopes_supported: [Scope::OPENID],
        response_types_supported: ["code"],
        grant_types_supported: GrantType::ALL
            .iter()
            .map(|grant_type| grant_type.as_str())
            .collect(),
        token_endpoint_auth_methods_supported: [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
        code_challenge_methods_supported: ["S256"],
    }
}

/// A document that may be kept for a while, by anybody.
pub(crate) fn public_json(body: String, max_age: u64) -> Response {
    let kept = HeaderValue::from_str(&format!("public, max-age={max_age}"))
        .unwrap_or(HeaderValue::from_static("no-cache"));
    let json = HeaderValue::from_static("application/json");
    (
        [(header::CONTENT_TYPE, json), (header::CACHE_CONTROL, kept)],
        body,
    )
        .into_response()
}
