//! Bodies of `/upstream-providers`.

use super::table::{GroupTableBody, RoleTableBody};
use crate::api::shape::{NAME, PLAIN_TEXT};
use countersign_domain::federation::email_domain::EmailDomain;
use countersign_domain::federation::preset::Preset;
use countersign_domain::federation::profile_mapping::ProfileField;
use countersign_domain::federation::provider::UpstreamProvider;
use countersign_domain::federation::url::UpstreamUrl;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// Regular expression of an URL.
const HTTP: &str = "^https?://";

/// Regular expression of a domain of email addresses.
const DOMAIN: &str = r"^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$";

/// Regular expression of a client ID or secret.
const CLIENT_TEXT: &str = "^[ -~]*$";

/// Upstream provider: an identity provider at which users sign in. With a preset, `name`, `client_id` and `client_secret`
/// suffice.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NewUpstreamProvider")]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of its own")]
pub(in crate::api) struct Body {
    /// Name: lower-case letters, digits and hyphens. It is part of the redirect URI `/rp/callback/{name}`, and cannot change.
    #[schemars(regex(pattern = NAME))]
    pub(in crate::api) name: String,
    /// Name on buttons; by default that of the preset, or `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    pub(super) display_name: Option<String>,
    /// Common provider, whose defaults and rules apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["google", "microsoft", "apple", "github", "gitlab", "okta", null]))]
    pub(super) preset: Option<String>,
    /// Whether users can sign in there.
    #[serde(default = "yes")]
    pub(super) enabled: bool,
    /// Protocol: `oidc` or `oauth2`; by default that of the preset, or `oidc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["oidc", "oauth2", null]))]
    pub(super) r#type: Option<String>,
    /// Issuer of an OpenID Connect provider. Its discovery document names the endpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048), regex(pattern = HTTP))]
    pub(super) issuer: Option<String>,
    /// Authorization endpoint of an OAuth 2.0 provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048), regex(pattern = HTTP))]
    pub(super) authorization_endpoint: Option<String>,
    /// Token endpoint of an OAuth 2.0 provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048), regex(pattern = HTTP))]
    pub(super) token_endpoint: Option<String>,
    /// Endpoint of an OAuth 2.0 provider that returns a JSON object about the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048), regex(pattern = HTTP))]
    pub(super) userinfo_endpoint: Option<String>,
    /// Endpoint of an OAuth 2.0 provider that lists the addresses of the user as GitHub does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048), regex(pattern = HTTP))]
    pub(super) emails_endpoint: Option<String>,
    /// Members of the userinfo response that can identify the user of an OAuth 2.0 provider. The first one that is there
    /// does. By default `sub`, `id` and `user_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 5), inner(length(min = 1, max = 128)))]
    pub(super) subject_claims: Option<Vec<String>>,
    /// Identifier of this server at the provider.
    #[schemars(length(min = 1, max = 2048), regex(pattern = CLIENT_TEXT))]
    pub(super) client_id: String,
    /// Client secret. It is stored encrypted and never shown.
    #[serde(default, skip_serializing)]
    #[schemars(length(min = 1, max = 2048), regex(pattern = CLIENT_TEXT), extend("writeOnly" = true))]
    pub(in crate::api) client_secret: Option<String>,
    /// How this server authenticates at the token endpoint. For `private_key_jwt`, the provider needs the `jwks_uri` of
    /// this server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none", null]))]
    pub(super) token_endpoint_auth_method: Option<String>,
    /// Scope to request, separated by spaces; by default that of the preset, or `openid profile email` for OpenID Connect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub(super) scope: Option<String>,
    /// Claims of the provider by profile field. The first claim that is there sets the field. A field with an empty list
    /// is not set; an absent one has its default.
    #[serde(default)]
    #[schemars(transform = profile)]
    pub(super) profile: BTreeMap<String, Vec<String>>,
    /// Domains for whose email addresses the provider is trusted, or `*` alone for all; by default those of the preset, or
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(max = 500),
        inner(
            length(max = 253),
            regex(pattern = r"^(\*|[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+)$")
        )
    )]
    pub(super) trusted_domains: Option<Vec<String>>,
    /// Algorithm of ID tokens and logout tokens, if only one is accepted; by default, each that the provider announces is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["RS256", "PS256", "ES256", "EdDSA", null]))]
    pub(super) id_token_signed_response_alg: Option<String>,
    /// Domains whose users the sign-in page sends to the provider.
    #[serde(default)]
    #[schemars(length(max = 500), inner(length(max = 253), regex(pattern = DOMAIN)))]
    pub(super) home_domains: Vec<String>,
    /// Whether the first sign-in creates an account.
    #[serde(default = "yes")]
    pub(super) create_users: bool,
    /// Whether a verified address of a trusted domain links an existing account.
    #[serde(default = "yes")]
    pub(super) link_by_email: bool,
    /// Groups that the values of a claim give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) groups: Option<GroupTableBody>,
    /// Application roles that the values of a claim give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) roles: Option<RoleTableBody>,
    /// Values of the claim `acr` that prove two factors.
    #[serde(default)]
    #[schemars(length(max = 20), inner(length(min = 1, max = 256)))]
    pub(super) two_factor_acr: Vec<String>,
    /// Values of the claim `amr` one of which proves two factors.
    #[serde(default)]
    #[schemars(length(max = 20), inner(length(min = 1, max = 256)))]
    pub(super) two_factor_amr: Vec<String>,
    /// Whether this server may reach the provider in a private network, and with http. Needs the permission
    /// `upstream-providers:private-networks`.
    #[serde(default)]
    pub(super) allow_private_network: bool,
    /// Whether logout tokens of an OpenID Connect provider end sessions; by default they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) backchannel_logout: Option<bool>,
    /// Whether a logout here also ends the session at an OpenID Connect provider.
    #[serde(default)]
    pub(super) rp_initiated_logout: bool,
    /// Set of files that declares the provider; see `countersign apply`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = NAME))]
    pub(super) managed_by: Option<String>,
}

const fn yes() -> bool {
    true
}

fn profile(schema: &mut Schema) {
    let names: Vec<_> = ProfileField::ALL.iter().map(|own| own.as_str()).collect();
    let claims = json!({"type": "array", "maxItems": 5,
        "items": {"type": "string", "minLength": 1, "maxLength": 128}});
    schema.insert("propertyNames".to_owned(), json!({"enum": names}));
    schema.insert("additionalProperties".to_owned(), claims);
}

impl From<&UpstreamProvider> for Body {
    fn from(provider: &UpstreamProvider) -> Self {
        let protocol = &provider.protocol;
        let urls: BTreeMap<_, _> = protocol.urls().collect();
        let url = |name: &str| urls.get(name).copied().map(text);
        let endpoints = protocol.endpoints();
        let profile = provider.profile.iter();
        let trusted = provider.trusted_domains.texts().into_iter();
        let home = provider.home_domains.iter().map(EmailDomain::as_str);
        Self {
            name: provider.name.to_string(),
            display_name: Some(provider.display_name.clone()),
            preset: provider.preset.map(Preset::as_str).map(str::to_owned),
            enabled: provider.enabled,
            r#type: Some(protocol.as_str().to_owned()),
            issuer: url("issuer"),
            authorization_endpoint: url("authorization_endpoint"),
            token_endpoint: url("token_endpoint"),
            userinfo_endpoint: url("userinfo_endpoint"),
            emails_endpoint: url("emails_endpoint"),
            subject_claims: endpoints.map(|own| own.subject_claims.clone()),
            client_id: provider.client_id.clone(),
            client_secret: None,
            token_endpoint_auth_method: Some(provider.authentication.as_str().to_owned()),
            id_token_signed_response_alg: provider.id_token_signed_response_alg.clone(),
            scope: Some(provider.scope.as_str().to_owned()),
            profile: profile
                .map(|(field, claims)| (field.as_str().to_owned(), claims.to_vec()))
                .collect(),
            trusted_domains: Some(trusted.map(str::to_owned).collect()),
            home_domains: home.map(str::to_owned).collect(),
            create_users: provider.create_users,
            link_by_email: provider.link_by_email,
            groups: provider.groups.as_ref().map(GroupTableBody::from),
            roles: provider.roles.as_ref().map(RoleTableBody::from),
            two_factor_acr: provider.two_factor_acr.clone(),
            two_factor_amr: provider.two_factor_amr.clone(),
            allow_private_network: provider.allow_private_network,
            backchannel_logout: Some(provider.backchannel_logout),
            rp_initiated_logout: provider.rp_initiated_logout,
            managed_by: provider.managed_by.as_ref().map(ToString::to_string),
        }
    }
}

fn text(url: &UpstreamUrl) -> String {
    url.as_str().to_owned()
}

/// Upstream provider as it is shown.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UpstreamProvider")]
pub(super) struct View {
    #[serde(flatten)]
    provider: Body,
    /// Creation time of the client secret, in seconds since the Unix epoch; `null` without one.
    secret_created_at: Option<u64>,
    /// Creation time, in seconds since the Unix epoch.
    created_at: u64,
}

impl From<&UpstreamProvider> for View {
    fn from(provider: &UpstreamProvider) -> Self {
        let secret = provider.secret.as_ref();
        Self {
            provider: Body::from(provider),
            secret_created_at: secret.map(|own| own.created_at.as_unix_seconds()),
            created_at: provider.created_at.as_unix_seconds(),
        }
    }
}
