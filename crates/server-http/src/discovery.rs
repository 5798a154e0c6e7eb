//! Discovery documents (RFC 8414, OpenID Connect Discovery 1.0). They list only what is enabled, and the signing
//! algorithms whose keys are published.

use crate::token::rfc6749::Rfc6749;
use crate::token::{Dialect as _, device_authorization};
use crate::wire::RequestTenant;
use crate::{Services, introspection, registration, revocation, userinfo};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_application::App;
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::client::dynamic::policy::RegistrationMode;
use countersign_domain::client::{AuthenticationMethod, GrantType};
use countersign_domain::scope::Scope;
use countersign_domain::tenant::Tenant;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::names::ACR_NAMES;
use serde::Serialize;
use std::sync::Arc;

/// Metadata of RFC 8414 section 2, RFC 8628 section 4, RFC 9207 section 3 and RFC 9701 section 7.
#[derive(Serialize)]
struct ServerMetadata<'a> {
    issuer: &'a str,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    device_authorization_endpoint: String,
    scopes_supported: [&'a str; 6],
    response_types_supported: [&'a str; 1],
    response_modes_supported: [&'a str; 3],
    grant_types_supported: Vec<&'a str>,
    token_endpoint_auth_methods_supported: Vec<&'a str>,
    token_endpoint_auth_signing_alg_values_supported: [&'a str; 4],
    introspection_endpoint_auth_methods_supported: Vec<&'a str>,
    introspection_endpoint_auth_signing_alg_values_supported: [&'a str; 4],
    introspection_signing_alg_values_supported: Vec<&'a str>,
    revocation_endpoint_auth_methods_supported: Vec<&'a str>,
    revocation_endpoint_auth_signing_alg_values_supported: [&'a str; 4],
    code_challenge_methods_supported: [&'a str; 1],
    ui_locales_supported: &'a [String],
    authorization_response_iss_parameter_supported: bool,
}

/// Metadata of OpenID Connect Discovery section 3 and the logout specifications.
#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the members of the document are independent of one another"
)]
struct ProviderMetadata<'a> {
    #[serde(flatten)]
    server: ServerMetadata<'a>,
    userinfo_endpoint: String,
    end_session_endpoint: String,
    subject_types_supported: [&'a str; 2],
    id_token_signing_alg_values_supported: Vec<&'a str>,
    userinfo_signing_alg_values_supported: Vec<&'a str>,
    acr_values_supported: Vec<&'a str>,
    prompt_values_supported: [&'a str; 4],
    claims_supported: Vec<&'a str>,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
    frontchannel_logout_supported: bool,
    frontchannel_logout_session_supported: bool,
}

/// Claims of an ID token that do not describe the user.
const OWN_CLAIMS: [&str; 12] = [
    "iss",
    "sub",
    "aud",
    "azp",
    "iat",
    "exp",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "sid",
    "at_hash",
];

/// Returns the metadata of the authorization server (RFC 8414).
pub(crate) async fn server<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
) -> Response {
    let about = About::new(&services, &tenant);
    about.answer(&server_metadata(&about))
}

/// Returns the metadata of the OpenID provider (OpenID Connect Discovery section 4).
pub(crate) async fn provider<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
) -> Response {
    let about = About::new(&services, &tenant);
    about.answer(&provider_metadata(&about))
}

/// What the documents depend on.
struct About<'a> {
    issuer: &'a str,
    /// Languages of the pages.
    languages: &'a [String],
    /// Algorithms of the published keys.
    algorithms: Vec<SigningAlgorithm>,
    /// Whether clients may register themselves.
    registers_clients: bool,
    /// Seconds for which anyone may cache the documents.
    max_age: u64,
}

impl<'a> About<'a> {
    fn new<A: App>(services: &'a Services<A>, tenant: &'a Tenant) -> Self {
        Self {
            issuer: &tenant.issuer,
            languages: &services.ui_locales,
            algorithms: services.keys.algorithms(tenant.id),
            registers_clients: tenant.settings.client_registration.mode != RegistrationMode::Off,
            max_age: services.key_set_max_age.as_secs(),
        }
    }

    fn answer(&self, metadata: &impl Serialize) -> Response {
        match serde_json::to_string(metadata) {
            Ok(body) => public_json(body, self.max_age),
            Err(error) => {
                tracing::error!(%error, "cannot serialize a discovery document");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

fn server_metadata<'a>(about: &'a About<'a>) -> ServerMetadata<'a> {
    let issuer = about.issuer;
    let at = |path: &str| format!("{issuer}{path}");
    ServerMetadata {
        issuer,
        authorization_endpoint: at("/oauth2/authorize"),
        token_endpoint: at(Rfc6749::ENDPOINT),
        jwks_uri: at("/oauth2/jwks.json"),
        introspection_endpoint: at(introspection::ENDPOINT),
        revocation_endpoint: at(revocation::ENDPOINT),
        registration_endpoint: about.registers_clients.then(|| at(registration::ENDPOINT)),
        device_authorization_endpoint: at(device_authorization::ENDPOINT),
        scopes_supported: [
            Scope::OPENID,
            "profile",
            "email",
            "address",
            "phone",
            "offline_access",
        ],
        response_types_supported: ["code"],
        response_modes_supported: ["query", "fragment", "form_post"],
        grant_types_supported: GrantType::ALL.iter().map(GrantType::as_str).collect(),
        token_endpoint_auth_methods_supported: methods_or_none(),
        token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
        // A public client may not introspect.
        introspection_endpoint_auth_methods_supported: methods().collect(),
        introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
        introspection_signing_alg_values_supported: names(&about.algorithms),
        revocation_endpoint_auth_methods_supported: methods_or_none(),
        revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
        code_challenge_methods_supported: ["S256"],
        ui_locales_supported: about.languages,
        authorization_response_iss_parameter_supported: true,
    }
}

fn provider_metadata<'a>(about: &'a About<'a>) -> ProviderMetadata<'a> {
    let at = |path: &str| format!("{}{path}", about.issuer);
    let shared = SigningAlgorithm::Hs256;
    let standard = StandardClaim::ALL.iter().map(|claim| claim.as_str());
    ProviderMetadata {
        userinfo_endpoint: at(userinfo::ENDPOINT),
        end_session_endpoint: at("/oauth2/logout"),
        subject_types_supported: ["public", "pairwise"],
        id_token_signing_alg_values_supported: names(&about.algorithms),
        userinfo_signing_alg_values_supported: names(about.algorithms.iter().chain([&shared])),
        acr_values_supported: ACR_NAMES.iter().collect(),
        prompt_values_supported: ["none", "login", "consent", "select_account"],
        claims_supported: OWN_CLAIMS.into_iter().chain(standard).collect(),
        claims_parameter_supported: true,
        request_parameter_supported: false,
        request_uri_parameter_supported: false,
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
        frontchannel_logout_supported: true,
        frontchannel_logout_session_supported: true,
        server: server_metadata(about),
    }
}

/// Returns the methods of client authentication.
fn methods() -> impl Iterator<Item = &'static str> {
    let all = AuthenticationMethod::ALL.iter().copied();
    all.filter(|method| *method != AuthenticationMethod::None)
        .map(AuthenticationMethod::as_str)
}

/// Returns the methods at the token and revocation endpoints, which include `none` for public clients.
fn methods_or_none() -> Vec<&'static str> {
    methods()
        .chain([AuthenticationMethod::None.as_str()])
        .collect()
}

/// Signing algorithms of client assertions (RFC 7518 section 3.1, RFC 8037 section 3.1).
const ASSERTION_ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

fn names<'a>(algorithms: impl IntoIterator<Item = &'a SigningAlgorithm>) -> Vec<&'static str> {
    let algorithms = algorithms.into_iter();
    algorithms.map(|algorithm| algorithm.as_str()).collect()
}

/// Returns a public JSON document. Anyone may cache it for `max_age` seconds.
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
