//! Client information response (RFC 7591 section 3.2.1, RFC 7592 section 3).

use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{AuthenticationMethod, Client, GrantType, KeySource};
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use serde::Serialize;
use serde_json::Value;

/// Path of the registration endpoint.
pub(crate) const ENDPOINT: &str = "/oauth2/register";

/// Members of the response. A member that is not registered is absent.
#[derive(Serialize)]
pub(super) struct Information<'a> {
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    client_id_issued_at: u64,
    /// Seconds since the Unix epoch; 0 for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<u64>,
    registration_access_token: &'a str,
    registration_client_uri: String,
    client_name: &'a str,
    redirect_uris: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint_auth_method: Option<&'a str>,
    grant_types: Vec<&'a str>,
    response_types: &'a [&'a str],
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tos_uri: Option<&'a str>,
    subject_type: &'a str,
    id_token_signed_response_alg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    userinfo_signed_response_alg: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    post_logout_redirect_uris: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frontchannel_logout_uri: Option<&'a str>,
}

/// Returns the response. Only the response of the registration has a secret, because the server stores its digest. The
/// token of a later response is that of its request.
pub(super) fn information<'a>(
    tenant: &Tenant,
    client: &'a Client,
    secret: Option<&'a Secret>,
    token: &'a Secret,
) -> Information<'a> {
    let keys = client.keys.as_ref();
    let jwks = keys.and_then(KeySource::registered);
    let openid = &client.openid;
    let links = client.dynamic.as_ref().map(|own| &own.links);
    let uri = |uri: &'a Option<RedirectUri>| uri.as_ref().map(RedirectUri::as_str);
    let uses_code = client.grant_types.contains(&GrantType::AUTHORIZATION_CODE);
    // Only the secret of the registration itself is known to the client. It never expires by itself.
    let expires_at = secret.map(|_| 0);
    Information {
        client_id: client.id.as_str(),
        client_secret: secret.map(Secret::expose_secret),
        client_id_issued_at: client.created_at.as_unix_seconds(),
        client_secret_expires_at: expires_at,
        registration_access_token: token.expose_secret(),
        registration_client_uri: format!("{}{ENDPOINT}/{}", tenant.issuer, client.id),
        client_name: &client.name,
        redirect_uris: texts(&client.redirect_uris),
        token_endpoint_auth_method: client
            .authentication_method
            .map(AuthenticationMethod::as_str),
        grant_types: client.grant_types.iter().map(GrantType::as_str).collect(),
        response_types: if uses_code { &["code"] } else { &[] },
        scope: client.scope.as_str(),
        jwks: jwks.and_then(|jwks| serde_json::from_str(jwks.as_str()).ok()),
        jwks_uri: keys.and_then(KeySource::uri).map(RedirectUri::as_str),
        client_uri: links.and_then(|own| uri(&own.home)),
        logo_uri: links.and_then(|own| uri(&own.logo)),
        policy_uri: links.and_then(|own| uri(&own.policy)),
        tos_uri: links.and_then(|own| uri(&own.terms)),
        subject_type: openid.subject_type.name(),
        id_token_signed_response_alg: tenant
            .published_algorithm(client.signing_algorithm)
            .as_str(),
        userinfo_signed_response_alg: openid
            .userinfo_signing_algorithm
            .map(SigningAlgorithm::as_str),
        post_logout_redirect_uris: texts(&openid.post_logout_redirect_uris),
        backchannel_logout_uri: uri(&openid.backchannel_logout_uri),
        frontchannel_logout_uri: uri(&openid.frontchannel_logout_uri),
    }
}

fn texts(uris: &[RedirectUri]) -> Vec<&str> {
    uris.iter().map(RedirectUri::as_str).collect()
}
