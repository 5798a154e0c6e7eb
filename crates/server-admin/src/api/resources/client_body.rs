//! JSON form of a client: the metadata names of RFC 7591 and OpenID Connect.

use crate::api::call::Call;
use crate::api::problem::Problem;
use crate::api::shape::{CLIENT_ID, PLAIN_TEXT, one_of};
use countersign_application::App;
use countersign_application::admin::{AdminError, Missing};
use countersign_domain::client::openid_registration::ScopeClaims;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    AuthenticationMethod, Client, ClientId, ClientStatus, ClientType, GrantType, Jwks, KeySource,
    PkceRequirement,
};
use countersign_domain::evidence::Evidence;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

/// Client metadata that operators edit.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ClientMetadata")]
pub(super) struct ClientBody {
    /// Identifier. If absent at creation, the server generates one. It cannot change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = CLIENT_ID))]
    pub(super) client_id: Option<String>,
    /// Display name.
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    pub(super) client_name: String,
    /// `confidential` or `public`. It cannot change.
    #[schemars(extend("enum" = ["confidential", "public"]))]
    pub(super) client_type: String,
    /// `active`, `inactive` or `suspended`. Only an active client receives tokens. A new client is active.
    #[serde(default = "active")]
    #[schemars(extend("enum" = ["active", "inactive", "suspended"]))]
    status: String,
    /// Client authentication method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = methods)]
    token_endpoint_auth_method: Option<String>,
    /// Public keys, as a JWK Set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwks: Option<Value>,
    /// URL of the public keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    /// Grant types.
    #[serde(default)]
    #[schemars(transform = grant_types)]
    grant_types: Vec<String>,
    /// Scope, separated by spaces.
    #[serde(default)]
    #[schemars(length(max = 2048))]
    scope: String,
    /// Redirect URIs.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(max = 2048)))]
    redirect_uris: Vec<String>,
    /// Hosts that redirect URIs must belong to.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(max = 253)))]
    domains: Vec<String>,
    /// `always`, `unless_nonce` or `never`. If absent at creation, the default of the client type applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["always", "unless_nonce", "never", null]))]
    require_pkce: Option<String>,
    /// Signing algorithm of tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["RS256", "ES256", "EdDSA", "HS256", null]))]
    access_token_signed_response_alg: Option<String>,
    /// Lifetime of access tokens in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 86_400))]
    access_token_lifetime: Option<u64>,
    /// `aud` of access tokens without resources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    audience: Option<String>,
    /// Resources that the client may request (RFC 8707). The address of this API marks it for administration.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(max = 255)))]
    resources: Vec<String>,
    /// Whether the client is first-party. Its users see no consent page.
    #[serde(default)]
    first_party: bool,
    /// Claims of the scope that the ID token contains: `none`, `profile_and_email` or `all`. If absent at creation, the
    /// default applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["none", "profile_and_email", "all", null]))]
    scope_claims_in_id_token: Option<String>,
    /// URIs to which users may return after logout.
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
    /// URL for back-channel logout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    backchannel_logout_uri: Option<String>,
    /// URL for front-channel logout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frontchannel_logout_uri: Option<String>,
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

impl From<&Client> for ClientBody {
    fn from(client: &Client) -> Self {
        let text = |uri: &RedirectUri| uri.as_str().to_owned();
        let texts = |uris: &[RedirectUri]| uris.iter().map(text).collect();
        let keys = client.keys.as_ref();
        let jwks = keys.and_then(KeySource::registered).map(Jwks::as_str);
        let method = client.authentication_method;
        let openid = &client.openid;
        Self {
            client_id: Some(client.id.as_str().to_owned()),
            client_name: client.name.clone(),
            client_type: client.client_type.as_str().to_owned(),
            status: client.status.as_str().to_owned(),
            token_endpoint_auth_method: method.map(|method| method.as_str().to_owned()),
            jwks: jwks.and_then(|jwks| serde_json::from_str(jwks).ok()),
            jwks_uri: keys.and_then(KeySource::uri).map(text),
            grant_types: client
                .grant_types
                .iter()
                .map(|own| own.as_str().to_owned())
                .collect(),
            scope: client.scope.as_str().to_owned(),
            redirect_uris: texts(&client.redirect_uris),
            domains: client.domains.clone(),
            require_pkce: Some(client.pkce.required.as_str().to_owned()),
            access_token_signed_response_alg: client
                .signing_algorithm
                .map(|own| own.as_str().to_owned()),
            access_token_lifetime: client.access_token_lifetime.map(|own| own.as_secs()),
            audience: client.audience.clone(),
            resources: client
                .resources
                .iter()
                .map(|own| own.as_str().to_owned())
                .collect(),
            first_party: client.first_party,
            scope_claims_in_id_token: Some(openid.scope_claims_in_id_token.as_str().to_owned()),
            post_logout_redirect_uris: texts(&openid.post_logout_redirect_uris),
            backchannel_logout_uri: openid.backchannel_logout_uri.as_ref().map(text),
            frontchannel_logout_uri: openid.frontchannel_logout_uri.as_ref().map(text),
        }
    }
}

impl ClientBody {
    /// Writes the metadata into a client. Fields that this form does not have stay unchanged.
    pub(super) fn apply(&self, client: &mut Client) -> Result<(), Problem> {
        client.name.clone_from(&self.client_name);
        client.status = named("status", &self.status, ClientStatus::parse)?;
        let method = self.token_endpoint_auth_method.as_deref();
        client.authentication_method = optional(
            "token_endpoint_auth_method",
            method,
            AuthenticationMethod::parse,
        )?;
        client.keys = self.keys(client.keys.take())?;
        let known = |name: &str| {
            let mut all = GrantType::ALL.iter();
            all.find(|own| own.as_str() == name).cloned()
        };
        client.grant_types = list(&self.grant_types, |name| named("grant_types", name, known))?;
        client.grant_types.sort_unstable();
        client.grant_types.dedup();
        client.scope = match self.scope.as_str() {
            "" => Scope::none(),
            scope => Scope::parse(scope).map_err(|error| Problem::field("scope", error))?,
        };
        client.redirect_uris = list(&self.redirect_uris, |text| uri("redirect_uris", text))?;
        client.domains.clone_from(&self.domains);
        if let Some(required) = &self.require_pkce {
            client.pkce.required = named("require_pkce", required, PkceRequirement::parse)?;
        }
        client.signing_algorithm = optional(
            "access_token_signed_response_alg",
            self.access_token_signed_response_alg.as_deref(),
            SigningAlgorithm::parse,
        )?;
        client.access_token_lifetime = self.access_token_lifetime.map(Duration::from_secs);
        client.audience.clone_from(&self.audience);
        client.resources = list(&self.resources, |text| {
            Resource::parse(text).map_err(|error| Problem::field("resources", error))
        })?;
        client.first_party = self.first_party;
        self.apply_openid(client)
    }

    fn apply_openid(&self, client: &mut Client) -> Result<(), Problem> {
        let openid = &mut client.openid;
        if let Some(claims) = &self.scope_claims_in_id_token {
            openid.scope_claims_in_id_token =
                named("scope_claims_in_id_token", claims, ScopeClaims::parse)?;
        }
        openid.post_logout_redirect_uris = list(&self.post_logout_redirect_uris, |text| {
            uri("post_logout_redirect_uris", text)
        })?;
        let one = |name: &str, text: Option<&str>| text.map(|text| uri(name, text)).transpose();
        let (back, front) = ("backchannel_logout_uri", "frontchannel_logout_uri");
        openid.backchannel_logout_uri = one(back, self.backchannel_logout_uri.as_deref())?;
        openid.frontchannel_logout_uri = one(front, self.frontchannel_logout_uri.as_deref())?;
        Ok(())
    }

    /// Returns the keys. Keeps the text of an unchanged key set.
    fn keys(&self, present: Option<KeySource>) -> Result<Option<KeySource>, Problem> {
        match (&self.jwks, &self.jwks_uri) {
            (Some(_), Some(_)) => Err(Problem::field("jwks_uri", "cannot be combined with jwks")),
            (Some(jwks), None) => {
                let same = present.filter(|own| own.registered().is_some_and(|own| is(own, jwks)));
                let new = || KeySource::Registered(Jwks::new(jwks.to_string()));
                Ok(Some(same.unwrap_or_else(new)))
            }
            (None, Some(text)) => Ok(Some(KeySource::Published(uri("jwks_uri", text)?))),
            (None, None) => Ok(None),
        }
    }

    /// Returns the client type.
    pub(super) fn client_type(&self) -> Result<ClientType, Problem> {
        named("client_type", &self.client_type, ClientType::parse)
    }
}

fn is(stored: &Jwks, given: &Value) -> bool {
    serde_json::from_str::<Value>(stored.as_str()).is_ok_and(|stored| stored == *given)
}

fn named<T>(field: &str, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, Problem> {
    let unknown = || {
        let name = Evidence::of(name);
        Problem::field(field, format!("the value {name:?} is unknown"))
    };
    parse(name).ok_or_else(unknown)
}

fn optional<T>(
    field: &str,
    name: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    name.map(|name| named(field, name, parse)).transpose()
}

fn list<T>(
    texts: &[String],
    parse: impl Fn(&str) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    texts.iter().map(|text| parse(text)).collect()
}

fn uri(field: &str, text: &str) -> Result<RedirectUri, Problem> {
    RedirectUri::parse(text).map_err(|error| Problem::field(field, error))
}

/// Returns the client ID in the path.
pub(super) fn client_id<A: App>(call: &Call<A>) -> Result<ClientId, Problem> {
    let missing = |_| AdminError::NotFound(Missing::Client).into();
    ClientId::parse(call.path(0)).map_err(missing)
}
