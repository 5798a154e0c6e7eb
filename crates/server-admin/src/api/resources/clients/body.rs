//! JSON form of a client: the metadata names of RFC 7591 and OpenID Connect.

use crate::api::call::Call;
use crate::api::problem::Problem;
use crate::api::resources::claims::mapping::{MappingBody, bodies};
use crate::api::resources::clients::exchange::ExchangeRuleBody;
use crate::api::resources::clients::workload::WorkloadBody;
use crate::api::shape::{CLIENT_ID, NAME, PLAIN_TEXT, one_of};
use countersign_application::App;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::client::openid_registration::SubjectType;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    AuthenticationMethod, Client, ClientId, ClientStatus, GrantType, Jwks, KeySource,
};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Subject types.
pub(super) const PUBLIC: &str = "public";
pub(super) const PAIRWISE: &str = "pairwise";

/// Client metadata that operators edit.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ClientMetadata")]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of its own")]
pub(in crate::api) struct ClientBody {
    /// Identifier. If absent at creation, the server generates one. It cannot change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = CLIENT_ID))]
    pub(in crate::api) client_id: Option<String>,
    /// Display name.
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    pub(in crate::api) client_name: String,
    /// `confidential` or `public`. It cannot change.
    #[schemars(extend("enum" = ["confidential", "public"]))]
    pub(super) client_type: String,
    /// `active`, `inactive` or `suspended`. Only an active client receives tokens.
    #[serde(default = "active")]
    #[schemars(extend("enum" = ["active", "inactive", "suspended"]))]
    pub(super) status: String,
    /// Client authentication method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = methods)]
    pub(super) token_endpoint_auth_method: Option<String>,
    /// Public keys, as a JWK Set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) jwks: Option<Value>,
    /// URL of the public keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) jwks_uri: Option<String>,
    /// Programs that authenticate with tokens of their platforms, for `private_key_jwt`.
    #[serde(default)]
    #[schemars(length(max = 20))]
    pub(super) workload_identities: Vec<WorkloadBody>,
    /// Grant types.
    #[serde(default)]
    #[schemars(transform = grant_types)]
    pub(super) grant_types: Vec<String>,
    /// Scope, separated by spaces.
    #[serde(default)]
    #[schemars(length(max = 2048))]
    pub(super) scope: String,
    /// Redirect URIs.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(max = 2048)))]
    pub(super) redirect_uris: Vec<String>,
    /// Hosts that redirect URIs must belong to.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(max = 253)))]
    pub(super) domains: Vec<String>,
    /// `always`, `unless_nonce` or `never`. If absent at creation, the default of the client type applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["always", "unless_nonce", "never", null]))]
    pub(super) require_pkce: Option<String>,
    /// Whether the code challenge method `plain` is allowed, which RFC 7636 section 7.2 advises against.
    #[serde(default)]
    pub(super) allow_plain_pkce: bool,
    /// Whether a code verifier is accepted instead of the client secret.
    #[serde(default)]
    pub(super) pkce_replaces_secret: bool,
    /// Signing algorithm of tokens. With HS256, a new client gets a key that it shares with its resource server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["RS256", "ES256", "EdDSA", "HS256", null]))]
    pub(super) access_token_signed_response_alg: Option<String>,
    /// Lifetime of access tokens in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 86_400))]
    pub(super) access_token_lifetime: Option<u64>,
    /// `aud` of access tokens without resources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    pub(super) audience: Option<String>,
    /// Resources that the client may request (RFC 8707). The address of this API marks it for administration.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(max = 255)))]
    pub(super) resources: Vec<String>,
    /// Whether the client is first-party. Its users see no consent page.
    #[serde(default)]
    pub(super) first_party: bool,
    /// `public` or `pairwise` (OpenID Connect Core section 8). It cannot change.
    #[serde(default = "public")]
    #[schemars(extend("enum" = ["public", "pairwise"]))]
    pub(super) subject_type: String,
    /// Host whose clients share pairwise subjects. If absent at creation, the host of the redirect URIs. It cannot change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    pub(in crate::api) sector: Option<String>,
    /// Algorithm that signs userinfo responses. If absent, they are plain JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["RS256", "ES256", "EdDSA", "HS256", null]))]
    pub(super) userinfo_signed_response_alg: Option<String>,
    /// Whether ID tokens contain `token_use`.
    #[serde(default)]
    pub(super) token_use_in_id_token: bool,
    /// Claims of the scope that the ID token contains: `none`, `profile_and_email` or `all`. If absent at creation, the
    /// default applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["none", "profile_and_email", "all", null]))]
    pub(super) scope_claims_in_id_token: Option<String>,
    /// URIs to which users may return after logout.
    #[serde(default)]
    pub(super) post_logout_redirect_uris: Vec<String>,
    /// URL for back-channel logout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) backchannel_logout_uri: Option<String>,
    /// URL for front-channel logout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) frontchannel_logout_uri: Option<String>,
    /// Claims of its tokens, of userinfo and of its introspection responses. A change needs `clients:write`.
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub(super) claims_policy: Vec<MappingBody>,
    /// Names of the upstream providers that alone may sign users in for the client. Empty allows every method. A change
    /// needs `clients:write`.
    #[serde(default)]
    #[schemars(length(max = 50), inner(regex(pattern = NAME)))]
    pub(super) upstream_providers: Vec<String>,
    /// Tokens that the client may exchange (RFC 8693), and for which audiences. A change needs `clients:write`.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub(super) token_exchange: Vec<ExchangeRuleBody>,
    /// The only client that may act for the users of this client by token exchange (RFC 8693 section 4.4). A change needs
    /// `clients:write`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = CLIENT_ID))]
    pub(super) may_act: Option<String>,
    /// Set of files that declares the client; see `countersign apply`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = NAME))]
    pub(super) managed_by: Option<String>,
    /// Secret of a new client, 32 to 255 visible ASCII characters. If absent, the server generates one.
    #[serde(default, skip_serializing)]
    #[schemars(length(min = 32, max = 255), regex(pattern = "^[ -~]*$"), extend("writeOnly" = true))]
    pub(in crate::api) client_secret: Option<String>,
}

fn methods(schema: &mut Schema) {
    let names = AuthenticationMethod::ALL.iter().map(|own| own.as_str());
    let names: Vec<_> = names.map(Some).chain([None]).collect();
    schema.insert("enum".to_owned(), json!(names));
}

fn grant_types(schema: &mut Schema) {
    let names = GrantType::ALL.iter().map(GrantType::as_str);
    schema.insert("items".to_owned(), one_of(names));
}

fn active() -> String {
    ClientStatus::Active.as_str().to_owned()
}

fn public() -> String {
    PUBLIC.to_owned()
}

impl From<&Client> for ClientBody {
    fn from(client: &Client) -> Self {
        let text = |uri: &RedirectUri| uri.as_str().to_owned();
        let texts = |uris: &[RedirectUri]| uris.iter().map(text).collect();
        let keys = client.keys.as_ref();
        let jwks = keys.and_then(KeySource::registered).map(Jwks::as_str);
        let method = client.authentication_method;
        let openid = &client.openid;
        let algorithm = |own: Option<SigningAlgorithm>| own.map(|own| own.as_str().to_owned());
        let (subject_type, sector) = match &openid.subject_type {
            SubjectType::Public => (PUBLIC, None),
            SubjectType::Pairwise(sector) => (PAIRWISE, Some(sector.host.clone())),
        };
        Self {
            client_id: Some(client.id.as_str().to_owned()),
            client_name: client.name.clone(),
            client_type: client.client_type.as_str().to_owned(),
            status: client.status.as_str().to_owned(),
            token_endpoint_auth_method: method.map(|method| method.as_str().to_owned()),
            jwks: jwks.and_then(|jwks| serde_json::from_str(jwks).ok()),
            jwks_uri: keys.and_then(KeySource::uri).map(text),
            workload_identities: client
                .workload_identities
                .iter()
                .map(WorkloadBody::from)
                .collect(),
            grant_types: client
                .grant_types
                .iter()
                .map(|own| own.as_str().to_owned())
                .collect(),
            scope: client.scope.as_str().to_owned(),
            redirect_uris: texts(&client.redirect_uris),
            domains: client.domains.clone(),
            require_pkce: Some(client.pkce.required.as_str().to_owned()),
            allow_plain_pkce: client.pkce.plain_allowed,
            pkce_replaces_secret: client.pkce.replaces_secret,
            access_token_signed_response_alg: algorithm(client.signing_algorithm),
            access_token_lifetime: client.access_token_lifetime.map(|own| own.as_secs()),
            audience: client.audience.clone(),
            resources: client
                .resources
                .iter()
                .map(|own| own.as_str().to_owned())
                .collect(),
            first_party: client.first_party,
            subject_type: subject_type.to_owned(),
            sector,
            userinfo_signed_response_alg: algorithm(openid.userinfo_signing_algorithm),
            token_use_in_id_token: openid.token_use_in_id_token,
            scope_claims_in_id_token: Some(openid.scope_claims_in_id_token.as_str().to_owned()),
            post_logout_redirect_uris: texts(&openid.post_logout_redirect_uris),
            backchannel_logout_uri: openid.backchannel_logout_uri.as_ref().map(text),
            frontchannel_logout_uri: openid.frontchannel_logout_uri.as_ref().map(text),
            claims_policy: bodies(&client.claims_policy),
            upstream_providers: client
                .upstream_providers
                .iter()
                .map(ToString::to_string)
                .collect(),
            token_exchange: client
                .token_exchange
                .iter()
                .map(ExchangeRuleBody::from)
                .collect(),
            may_act: client.may_act.as_ref().map(ToString::to_string),
            managed_by: client.managed_by.as_ref().map(ToString::to_string),
            client_secret: None,
        }
    }
}

/// Returns the JSON form of a client, as the admin API accepts it.
#[must_use]
pub fn client_metadata(client: &Client) -> Map<String, Value> {
    match serde_json::to_value(ClientBody::from(client)) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// Returns the client ID in the path.
pub(super) fn client_id<A: App>(call: &Call<A>) -> Result<ClientId, Problem> {
    let missing = |_| AdminError::NotFound(Missing::Client).into();
    ClientId::parse(call.path(0)).map_err(missing)
}
