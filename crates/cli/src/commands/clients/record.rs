//! Output of a client, without its secrets.

use crate::arguments::OutputArgs;
use crate::command_error::CommandError;
use crate::date::date;
use crate::output::{self, Fields};
use countersign_domain::client::openid_registration::{
    OpenIdRegistration, ScopeClaims, SubjectType,
};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    AuthenticationMethod, Client, ClientSecret, ClientType, GrantType, KeySource, PkceRequirement,
};
use countersign_domain::resource::Resource;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use serde::Serialize;

/// JSON form of a client. Times are seconds since the Unix epoch, lifetimes are seconds.
#[derive(Serialize)]
pub(super) struct ClientRecord<'a> {
    client_id: &'a str,
    name: &'a str,
    client_type: &'static str,
    status: &'static str,
    token_endpoint_auth_method: Option<&'static str>,
    has_jwks: bool,
    jwks_uri: Option<&'a str>,
    grant_types: Vec<&'a str>,
    scope: &'a str,
    redirect_uris: Vec<&'a str>,
    domains: &'a [String],
    pkce: PkceRecord,
    signing_algorithm: Option<&'static str>,
    audience: Option<&'a str>,
    resources: Vec<&'a str>,
    first_party: bool,
    openid: OpenIdRecord<'a>,
    access_token_lifetime: Option<u64>,
    created_at: u64,
    secrets: Vec<SecretRecord<'a>>,
}

/// Client metadata, with the names of OpenID Connect.
#[derive(Serialize)]
struct OpenIdRecord<'a> {
    subject_type: &'static str,
    sector: Option<&'a str>,
    userinfo_signed_response_alg: Option<&'static str>,
    scope_claims_in_id_token: &'static str,
    token_use_in_id_token: bool,
    post_logout_redirect_uris: Vec<&'a str>,
    backchannel_logout_uri: Option<&'a str>,
    frontchannel_logout_uri: Option<&'a str>,
}

impl<'a> From<&'a OpenIdRegistration> for OpenIdRecord<'a> {
    fn from(openid: &'a OpenIdRegistration) -> Self {
        let (subject_type, sector) = match &openid.subject_type {
            SubjectType::Public => ("public", None),
            SubjectType::Pairwise(sector) => ("pairwise", Some(sector.host.as_str())),
        };
        let uri = |uri: &'a Option<RedirectUri>| uri.as_ref().map(RedirectUri::as_str);
        Self {
            subject_type,
            sector,
            userinfo_signed_response_alg: openid
                .userinfo_signing_algorithm
                .map(SigningAlgorithm::as_str),
            scope_claims_in_id_token: openid.scope_claims_in_id_token.as_str(),
            token_use_in_id_token: openid.token_use_in_id_token,
            post_logout_redirect_uris: openid
                .post_logout_redirect_uris
                .iter()
                .map(RedirectUri::as_str)
                .collect(),
            backchannel_logout_uri: uri(&openid.backchannel_logout_uri),
            frontchannel_logout_uri: uri(&openid.frontchannel_logout_uri),
        }
    }
}

#[derive(Serialize)]
struct PkceRecord {
    required: &'static str,
    plain_allowed: bool,
    replaces_secret: bool,
}

/// JSON form of a client secret, without its value.
#[derive(Serialize)]
pub(super) struct SecretRecord<'a> {
    name: &'a str,
    created_at: u64,
    expires_at: Option<u64>,
    last_used_at: Option<u64>,
}

impl<'a> From<&'a Client> for ClientRecord<'a> {
    fn from(client: &'a Client) -> Self {
        let keys = client.keys.as_ref();
        Self {
            client_id: client.id.as_str(),
            name: &client.name,
            client_type: client.client_type.as_str(),
            status: client.status.as_str(),
            token_endpoint_auth_method: client
                .authentication_method
                .map(AuthenticationMethod::as_str),
            has_jwks: keys.is_some_and(|keys| keys.registered().is_some()),
            jwks_uri: keys.and_then(KeySource::uri).map(RedirectUri::as_str),
            grant_types: client.grant_types.iter().map(GrantType::as_str).collect(),
            scope: client.scope.as_str(),
            redirect_uris: client
                .redirect_uris
                .iter()
                .map(RedirectUri::as_str)
                .collect(),
            domains: &client.domains,
            pkce: PkceRecord {
                required: client.pkce_requirement().as_str(),
                plain_allowed: client.pkce.plain_allowed,
                replaces_secret: client.pkce.replaces_secret,
            },
            signing_algorithm: client.signing_algorithm.map(SigningAlgorithm::as_str),
            audience: client.audience.as_deref(),
            resources: client.resources.iter().map(Resource::as_str).collect(),
            first_party: client.first_party,
            openid: OpenIdRecord::from(&client.openid),
            access_token_lifetime: client.access_token_lifetime.map(|own| own.as_secs()),
            created_at: client.created_at.as_unix_seconds(),
            secrets: client.secrets.iter().map(SecretRecord::from).collect(),
        }
    }
}

impl<'a> From<&'a ClientSecret> for SecretRecord<'a> {
    fn from(secret: &'a ClientSecret) -> Self {
        Self {
            name: &secret.name,
            created_at: secret.created_at.as_unix_seconds(),
            expires_at: secret.expires_at.map(Timestamp::as_unix_seconds),
            last_used_at: secret.last_used_at.map(Timestamp::as_unix_seconds),
        }
    }
}

/// Prints a client.
pub(super) fn print(client: &Client, output: OutputArgs) -> Result<(), CommandError> {
    if let Some(format) = output.structured() {
        output::print_as(format, &ClientRecord::from(client))
    } else {
        fields(client).print()
    }
}

/// Returns the human-readable form of a client.
pub(super) fn fields(client: &Client) -> Fields {
    let join = |parts: Vec<&str>| parts.join(" ");
    let required = match client.pkce_requirement() {
        PkceRequirement::Always => "required",
        PkceRequirement::UnlessNonce => "required without a nonce",
        PkceRequirement::Never => "optional",
    };
    let pkce = [
        (true, required),
        (client.pkce.plain_allowed, "plain allowed"),
        (client.pkce.replaces_secret, "replaces secret"),
    ];
    let pkce: Vec<&str> = pkce
        .into_iter()
        .filter_map(|(holds, text)| holds.then_some(text))
        .collect();
    let openid = OpenIdRecord::from(&client.openid);
    let claims = match client.openid.scope_claims_in_id_token {
        ScopeClaims::None => None,
        ScopeClaims::ProfileAndEmail => Some("includes the claims of profile and email"),
        ScopeClaims::All => Some("includes the claims of the scope"),
    };
    let token_use = openid.token_use_in_id_token.then_some("includes token_use");
    let id_token: Vec<&str> = claims.into_iter().chain(token_use).collect();
    let fields = Fields::new()
        .add("client_id", client.id.as_str())
        .add("name", client.name.as_str())
        .add("type", client.client_type.as_str())
        .add("status", client.status.as_str())
        .add(
            "grant types",
            join(client.grant_types.iter().map(GrantType::as_str).collect()),
        )
        .add("authentication", authentication(client))
        .add("scope", client.scope.as_str())
        .add(
            "redirect URIs",
            join(
                client
                    .redirect_uris
                    .iter()
                    .map(RedirectUri::as_str)
                    .collect(),
            ),
        )
        .add("domains", client.domains.join(" "))
        .add("PKCE", pkce.join(", "))
        .add_some(
            "signing algorithm",
            client.signing_algorithm.map(SigningAlgorithm::as_str),
        )
        .add_some("audience", client.audience.as_deref())
        .add_some(
            "resources",
            (!client.resources.is_empty())
                .then(|| join(client.resources.iter().map(Resource::as_str).collect())),
        )
        .add_some("consent", client.first_party.then_some("not required"))
        .add_some("sector", openid.sector)
        .add_some("userinfo", openid.userinfo_signed_response_alg)
        .add_some(
            "ID token",
            (!id_token.is_empty()).then(|| id_token.join(", ")),
        )
        .add_some(
            "post-logout redirect URIs",
            (!openid.post_logout_redirect_uris.is_empty())
                .then(|| openid.post_logout_redirect_uris.join(" ")),
        )
        .add_some("back-channel logout", openid.backchannel_logout_uri)
        .add_some("front-channel logout", openid.frontchannel_logout_uri)
        .add_some(
            "access token lifetime",
            client
                .access_token_lifetime
                .map(|own| format!("{} seconds", own.as_secs())),
        )
        .add("registered", date(client.created_at));
    client.secrets.iter().fold(fields, |fields, secret| {
        fields.add("secret", secret_line(secret).join(", "))
    })
}

/// Returns the authentication method; `client_secret` if the client may use either secret method.
pub(super) fn method(client: &Client) -> &'static str {
    match (client.authentication_method, client.client_type) {
        (Some(method), _) => method.as_str(),
        (None, ClientType::Public) => AuthenticationMethod::None.as_str(),
        (None, ClientType::Confidential) => "client_secret",
    }
}

/// Describes how the client authenticates.
fn authentication(client: &Client) -> String {
    let keys = match &client.keys {
        None => String::new(),
        Some(KeySource::Registered(_)) => " with a JWK Set".to_owned(),
        Some(KeySource::Published(uri)) => format!(" with the keys at {}", uri.as_str()),
    };
    let method = match method(client) {
        "client_secret" => "client_secret_basic or client_secret_post",
        method => method,
    };
    format!("{method}{keys}")
}

/// Returns name, expiry and last use of a secret.
pub(super) fn secret_line(secret: &ClientSecret) -> Vec<String> {
    let when = |what: &str, time: Option<Timestamp>, never: &str| {
        time.map_or_else(|| never.to_owned(), |time| format!("{what} {}", date(time)))
    };
    vec![
        secret.name.clone(),
        when("expires", secret.expires_at, "does not expire"),
        when("last used", secret.last_used_at, "not used yet"),
    ]
}
