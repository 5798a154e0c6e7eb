//! Document of a client: client metadata (RFC 7591 section 2, OpenID Connect Dynamic Client Registration section 2, and
//! the logout specifications).

use super::claims_policy::{policy, take_policy};
use super::client_parts::{
    ApiKeyObject, ExchangeRuleObject, PAIRWISE, PUBLIC, SectorObject, api_keys, exchange_rules,
    is_false, pkce_requirement, scope, scope_claims, subject_type,
};
use super::client_parts::{WorkloadObject, take_workloads, workloads};
use super::members::{self, Members};
use super::registration::{DynamicObject, dynamic_registration};
use crate::columns::{Failure, Unreadable};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::administration::holder::Holder;
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::client::openid_registration::{
    OpenIdRegistration, ScopeClaims, Sector, SubjectType,
};
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::client::{
    AuthenticationMethod, Client, ClientId, ClientSecret, ClientStatus, ClientType, GrantType,
    Jwks, KeySource, PkcePolicy, PkceRequirement,
};
use countersign_domain::federation::provider_name::ProviderName;
#[cfg(feature = "test-later-version")]
use countersign_domain::later::LaterMembers;
use countersign_domain::resource::Resource;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use serde::Serialize;
use serde_json::value::RawValue;
use std::time::Duration;

/// Members of a client document. Members without a default are omitted if not registered; all others are always
/// present.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate member")]
struct ClientDocument<'a> {
    client_name: &'a str,
    client_type: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint_auth_method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    workload_identities: Vec<WorkloadObject>,
    grant_types: Vec<&'a str>,
    scope: &'a str,
    redirect_uris: Vec<&'a str>,
    domains: Vec<&'a str>,
    /// Whether a code challenge is required, unless `nonce_replaces_pkce` applies.
    require_pkce: bool,
    /// Whether an OpenID Connect request with a nonce needs no code challenge. A version that does not know this member
    /// requires one.
    #[serde(skip_serializing_if = "is_false")]
    nonce_replaces_pkce: bool,
    allow_plain_pkce: bool,
    pkce_replaces_secret: bool,
    /// Secret keys for the API of Aero2.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    api_keys: Vec<ApiKeyObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_signed_response_alg: Option<&'static str>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_lifetime: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'a str>,
    resources: Vec<&'a str>,
    first_party: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dynamic_registration: Option<DynamicObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    subject_type: &'static str,
    /// Sector of pairwise subject identifiers.
    #[serde(skip_serializing_if = "Option::is_none")]
    sector: Option<SectorObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    userinfo_signed_response_alg: Option<&'static str>,
    /// Whether the ID token contains all claims of the scope.
    scope_claims_in_id_token: bool,
    /// Whether it contains those of `profile` and `email`. A version that does not know this member leaves them out.
    #[serde(skip_serializing_if = "is_false")]
    profile_and_email_in_id_token: bool,
    /// Omitted if `true`, which was the only behavior before this member existed.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_use_in_id_token: Option<bool>,
    post_logout_redirect_uris: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frontchannel_logout_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claims_policy: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    upstream_providers: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    token_exchange: Vec<ExchangeRuleObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    may_act: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<&'a str>,
    /// Seconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<u64>,
    /// Features that a version needs to read the document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requires: Vec<&'static str>,
}

/// Data of a client in columns, outside the document.
pub(crate) struct ClientColumns {
    pub(crate) id: ClientId,
    pub(crate) secrets: Vec<ClientSecret>,
    pub(crate) created_at: Timestamp,
    pub(crate) version: u64,
}

fn uris(uris: &[RedirectUri]) -> Vec<&str> {
    uris.iter().map(RedirectUri::as_str).collect()
}

/// Writes the document of a client.
pub(crate) fn write(client: &Client) -> Result<String, Failure> {
    let PkcePolicy {
        required,
        plain_allowed,
        replaces_secret,
    } = client.pkce;
    let OpenIdRegistration {
        subject_type,
        userinfo_signing_algorithm,
        scope_claims_in_id_token,
        token_use_in_id_token,
        post_logout_redirect_uris,
        backchannel_logout_uri,
        frontchannel_logout_uri,
    } = &client.openid;
    let (subject_type, sector) = match subject_type {
        SubjectType::Public => (PUBLIC, None),
        SubjectType::Pairwise(Sector { host, salt }) => {
            let salt = Base64UrlUnpadded::encode_string(salt);
            let host = host.clone();
            (PAIRWISE, Some(SectorObject { host, salt }))
        }
    };
    let keys = client.keys.as_ref();
    let jwks = keys.and_then(KeySource::registered).map(Jwks::as_str);
    let jwks_uri = keys.and_then(KeySource::uri).map(RedirectUri::as_str);
    let document = ClientDocument {
        client_name: &client.name,
        client_type: client.client_type.as_str(),
        status: client.status.as_str(),
        token_endpoint_auth_method: client
            .authentication_method
            .map(AuthenticationMethod::as_str),
        jwks: jwks.map(members::raw).transpose()?,
        jwks_uri,
        workload_identities: workloads(&client.workload_identities)?,
        grant_types: client.grant_types.iter().map(GrantType::as_str).collect(),
        scope: client.scope.as_str(),
        redirect_uris: uris(&client.redirect_uris),
        domains: client.domains.iter().map(String::as_str).collect(),
        require_pkce: required != PkceRequirement::Never,
        nonce_replaces_pkce: required == PkceRequirement::UnlessNonce,
        allow_plain_pkce: plain_allowed,
        pkce_replaces_secret: replaces_secret,
        api_keys: client.api_keys.iter().map(ApiKeyObject::from).collect(),
        access_token_signed_response_alg: client.signing_algorithm.map(SigningAlgorithm::as_str),
        access_token_lifetime: client.access_token_lifetime.as_ref().map(Duration::as_secs),
        audience: client.audience.as_deref(),
        resources: client.resources.iter().map(Resource::as_str).collect(),
        first_party: client.first_party,
        dynamic_registration: client.dynamic.as_ref().map(DynamicObject::from),
        owner: client.owner.as_ref().map(Holder::to_string),
        subject_type,
        sector,
        userinfo_signed_response_alg: userinfo_signing_algorithm.map(SigningAlgorithm::as_str),
        scope_claims_in_id_token: *scope_claims_in_id_token == ScopeClaims::All,
        profile_and_email_in_id_token: *scope_claims_in_id_token == ScopeClaims::ProfileAndEmail,
        token_use_in_id_token: (!token_use_in_id_token).then_some(false),
        post_logout_redirect_uris: uris(post_logout_redirect_uris),
        backchannel_logout_uri: backchannel_logout_uri.as_ref().map(RedirectUri::as_str),
        frontchannel_logout_uri: frontchannel_logout_uri.as_ref().map(RedirectUri::as_str),
        claims_policy: policy(&client.claims_policy)?,
        upstream_providers: client
            .upstream_providers
            .iter()
            .map(ProviderName::as_str)
            .collect(),
        token_exchange: client
            .token_exchange
            .iter()
            .map(ExchangeRuleObject::from)
            .collect(),
        may_act: client.may_act.as_ref().map(ClientId::as_str),
        managed_by: client.managed_by.as_ref().map(ManagedBy::as_str),
        updated_at: client.updated_at.map(Timestamp::as_unix_seconds),
        requires: requires(client),
    };
    #[cfg(feature = "test-later-version")]
    if client.later.as_str().is_empty() {
        return members::write(&document, &LaterMembers::new(LATER_MEMBER));
    }
    members::write(&document, &client.later)
}

/// **Only for the rolling-upgrade test:** a member that the version without the feature does not know.
#[cfg(feature = "test-later-version")]
const LATER_MEMBER: &str = r#"{"later_note":"kept"}"#;

fn requires(client: &Client) -> Vec<&'static str> {
    let has_uri = client.keys.as_ref().and_then(KeySource::uri).is_some();
    let is_restricted = !client.upstream_providers.is_empty();
    let keys = has_uri.then_some(members::JWKS_URI);
    let providers = is_restricted.then_some(members::UPSTREAM_PROVIDERS);
    let dynamic = client.dynamic.is_some();
    let dynamic = dynamic.then_some(members::DYNAMIC_REGISTRATION);
    keys.into_iter().chain(providers).chain(dynamic).collect()
}

fn key_source(members: &mut Members) -> Result<Option<KeySource>, Unreadable> {
    let jwks: Option<Box<RawValue>> = members.take("jwks")?;
    let uri = members.take_parsed("jwks_uri", |text| RedirectUri::parse(text).ok())?;
    match (jwks, uri) {
        (Some(_), Some(_)) => Err(members.unreadable()),
        (Some(jwks), None) => Ok(Some(KeySource::Registered(Jwks::new(jwks.get())))),
        (None, uri) => Ok(uri.map(KeySource::Published)),
    }
}

/// Reads a client from its document and columns.
pub(crate) fn read(
    column: &'static str,
    document: &str,
    columns: ClientColumns,
) -> Result<Client, Unreadable> {
    let mut members = Members::read(column, document)?;
    let members = &mut members;
    let uri = |text: &str| RedirectUri::parse(text).ok();
    let lifetime: Option<u64> = members.take("access_token_lifetime")?;
    let openid = OpenIdRegistration {
        subject_type: subject_type(members)?,
        userinfo_signing_algorithm: members
            .take_parsed("userinfo_signed_response_alg", SigningAlgorithm::parse)?,
        scope_claims_in_id_token: scope_claims(members)?,
        token_use_in_id_token: members.take("token_use_in_id_token")?.unwrap_or(true),
        post_logout_redirect_uris: members.require_list("post_logout_redirect_uris", uri)?,
        backchannel_logout_uri: members.take_parsed("backchannel_logout_uri", uri)?,
        frontchannel_logout_uri: members.take_parsed("frontchannel_logout_uri", uri)?,
    };
    Ok(Client {
        id: columns.id,
        name: members.require("client_name")?,
        client_type: members.require_parsed("client_type", ClientType::parse)?,
        status: members.require_parsed("status", ClientStatus::parse)?,
        secrets: columns.secrets,
        authentication_method: members
            .take_parsed("token_endpoint_auth_method", AuthenticationMethod::parse)?,
        keys: key_source(members)?,
        workload_identities: take_workloads(members)?,
        grant_types: members.require_list("grant_types", |name| Some(GrantType::named(name)))?,
        scope: members.require_parsed("scope", scope)?,
        redirect_uris: members.require_list("redirect_uris", uri)?,
        domains: members.require("domains")?,
        pkce: PkcePolicy {
            required: pkce_requirement(members)?,
            plain_allowed: members.require("allow_plain_pkce")?,
            replaces_secret: members.require("pkce_replaces_secret")?,
        },
        api_keys: api_keys(members)?,
        signing_algorithm: members
            .take_parsed("access_token_signed_response_alg", SigningAlgorithm::parse)?,
        audience: members.take("audience")?,
        resources: members.require_list("resources", |uri| Resource::parse(uri).ok())?,
        first_party: members.require("first_party")?,
        dynamic: dynamic_registration(members)?,
        owner: members.take_parsed("owner", |text| text.parse().ok())?,
        openid,
        claims_policy: take_policy(members)?,
        upstream_providers: members.take_list(members::UPSTREAM_PROVIDERS, |name| {
            ProviderName::parse(name).ok()
        })?,
        token_exchange: exchange_rules(members)?,
        may_act: members.take_parsed("may_act", |id| ClientId::parse(id).ok())?,
        access_token_lifetime: lifetime.map(Duration::from_secs),
        managed_by: members.take_managed_by()?,
        created_at: columns.created_at,
        updated_at: members
            .take("updated_at")?
            .map(Timestamp::from_unix_seconds),
        version: columns.version,
        later: members.take_later()?,
    })
}
