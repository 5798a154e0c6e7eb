//! Discovery documents (OpenID Connect Discovery section 3).

use countersign_domain::federation::url::UpstreamUrl;
use countersign_ports::UpstreamMetadata;
use serde::Deserialize;

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    jwks_uri: String,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Reads the document of a provider in a public network, whose URLs must use `https`.
pub(super) fn public(body: &[u8]) -> Option<UpstreamMetadata> {
    read(body, UpstreamUrl::is_https)
}

/// Reads the document of a provider that may be in a private network.
pub(super) fn private(body: &[u8]) -> Option<UpstreamMetadata> {
    read(body, |_| true)
}

fn read(body: &[u8], is_usable: fn(&UpstreamUrl) -> bool) -> Option<UpstreamMetadata> {
    let document: Document = serde_json::from_slice(body).ok()?;
    let url = |text: &str| UpstreamUrl::parse(text).ok().filter(is_usable);
    let optional = |text: Option<String>| match text {
        Some(text) => url(&text).map(Some),
        None => Some(None),
    };
    Some(UpstreamMetadata {
        issuer: document.issuer,
        authorization: url(&document.authorization_endpoint)?,
        token: url(&document.token_endpoint)?,
        userinfo: optional(document.userinfo_endpoint)?,
        end_session: optional(document.end_session_endpoint)?,
        keys: url(&document.jwks_uri)?,
        algorithms: document.id_token_signing_alg_values_supported,
        iss_in_response: document.authorization_response_iss_parameter_supported,
    })
}
