//! Documents of upstream providers.

use super::members::{self, Members};
use crate::columns::{Failure, Unreadable};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::claims::roles::ApplicationRoleName;
use countersign_domain::federation::email_domain::{EmailDomain, TrustedDomains};
use countersign_domain::federation::preset::Preset;
use countersign_domain::federation::profile_mapping::{ProfileField, ProfileMapping};
use countersign_domain::federation::protocol::{
    OAuth2Endpoints, UpstreamAuthentication, UpstreamProtocol,
};
use countersign_domain::federation::provider::{SealedClientSecret, UpstreamProvider};
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::federation::url::UpstreamUrl;
use countersign_domain::federation::value_table::{GroupTable, RoleAt, RoleTable, ValueTable};
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Members of the document of an upstream provider. The URLs depend on its type.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of its own")]
struct Document<'a> {
    display_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    preset: Option<&'static str>,
    enabled: bool,
    r#type: &'static str,
    #[serde(flatten)]
    urls: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_claims: Option<&'a [String]>,
    client_id: &'a str,
    token_endpoint_auth_method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<SecretObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token_signed_response_alg: Option<&'a str>,
    scope: &'a str,
    profile: BTreeMap<&'static str, &'a [String]>,
    trusted_domains: Vec<&'a str>,
    home_domains: Vec<&'a str>,
    create_users: bool,
    link_by_email: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<TableObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<TableObject>,
    two_factor_acr: &'a [String],
    two_factor_amr: &'a [String],
    allow_private_network: bool,
    backchannel_logout: bool,
    rp_initiated_logout: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<&'a str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretObject {
    /// Sealed secret, in base64url.
    sealed: String,
    created_at: u64,
}

/// Table of values. A group is its name, a role its audience and its name.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableObject {
    claim: String,
    values: BTreeMap<String, Vec<Vec<String>>>,
}

/// Writes the document of an upstream provider.
pub(super) fn write(provider: &UpstreamProvider) -> Result<String, Failure> {
    let protocol = &provider.protocol;
    let profile = provider.profile.iter();
    let group = |group: &GroupName| vec![group.as_str().to_owned()];
    let role = |own: &RoleAt| vec![own.audience.clone(), own.role.as_str().to_owned()];
    let document = Document {
        display_name: &provider.display_name,
        preset: provider.preset.map(Preset::as_str),
        enabled: provider.enabled,
        r#type: protocol.as_str(),
        urls: protocol
            .urls()
            .map(|(name, url)| (name, url.as_str()))
            .collect(),
        subject_claims: protocol
            .endpoints()
            .map(|own| own.subject_claims.as_slice()),
        client_id: &provider.client_id,
        token_endpoint_auth_method: provider.authentication.as_str(),
        secret: provider.secret.as_ref().map(|secret| SecretObject {
            sealed: Base64UrlUnpadded::encode_string(&secret.sealed),
            created_at: secret.created_at.as_unix_seconds(),
        }),
        id_token_signed_response_alg: provider.id_token_signed_response_alg.as_deref(),
        scope: provider.scope.as_str(),
        profile: profile
            .map(|(field, claims)| (field.as_str(), claims))
            .collect(),
        trusted_domains: provider.trusted_domains.texts(),
        home_domains: provider
            .home_domains
            .iter()
            .map(EmailDomain::as_str)
            .collect(),
        create_users: provider.create_users,
        link_by_email: provider.link_by_email,
        groups: provider.groups.as_ref().map(|own| table(own, group)),
        roles: provider.roles.as_ref().map(|own| table(own, role)),
        two_factor_acr: &provider.two_factor_acr,
        two_factor_amr: &provider.two_factor_amr,
        allow_private_network: provider.allow_private_network,
        backchannel_logout: provider.backchannel_logout,
        rp_initiated_logout: provider.rp_initiated_logout,
        managed_by: provider.managed_by.as_ref().map(ManagedBy::as_str),
    };
    members::write(&document, &provider.later)
}

/// Reads an upstream provider from its document and columns.
pub(super) fn read(
    members: &mut Members,
    name: &str,
    created_at: Timestamp,
    version: u64,
) -> Result<UpstreamProvider, Unreadable> {
    let name = ProviderName::parse(name).map_err(|_| Unreadable("definitions.id"))?;
    let secret: Option<SecretObject> = members.take("secret")?;
    let secret = secret.map(|object| {
        let sealed = Base64UrlUnpadded::decode_vec(&object.sealed);
        let created_at = Timestamp::from_unix_seconds(object.created_at);
        sealed
            .map(|sealed| SealedClientSecret { sealed, created_at })
            .map_err(|_| members.unreadable())
    });
    let trusted: Vec<String> = members.require("trusted_domains")?;
    let trusted = TrustedDomains::parse(trusted.iter().map(String::as_str));
    Ok(UpstreamProvider {
        name,
        display_name: members.require("display_name")?,
        preset: members.take_parsed("preset", Preset::parse)?,
        enabled: members.require("enabled")?,
        protocol: protocol(members)?,
        client_id: members.require("client_id")?,
        authentication: members
            .require_parsed("token_endpoint_auth_method", UpstreamAuthentication::parse)?,
        secret: secret.transpose()?,
        id_token_signed_response_alg: members.take("id_token_signed_response_alg")?,
        scope: members.require_parsed("scope", scope)?,
        profile: profile(members)?,
        trusted_domains: trusted.map_err(|_| members.unreadable())?,
        home_domains: members.require_list("home_domains", |text| EmailDomain::parse(text).ok())?,
        create_users: members.require("create_users")?,
        link_by_email: members.require("link_by_email")?,
        groups: groups(members)?,
        roles: roles(members)?,
        two_factor_acr: members.require("two_factor_acr")?,
        two_factor_amr: members.require("two_factor_amr")?,
        allow_private_network: members.require("allow_private_network")?,
        backchannel_logout: members.require("backchannel_logout")?,
        rp_initiated_logout: members.require("rp_initiated_logout")?,
        managed_by: members.take_managed_by()?,
        created_at,
        version,
        later: members.take_later()?,
    })
}

fn scope(text: &str) -> Option<Scope> {
    if text.is_empty() {
        return Some(Scope::none());
    }
    Scope::parse(text).ok()
}

fn protocol(members: &mut Members) -> Result<UpstreamProtocol, Unreadable> {
    let url = |text: &str| UpstreamUrl::parse(text).ok();
    let name: String = members.require("type")?;
    match name.as_str() {
        UpstreamProtocol::OIDC => Ok(UpstreamProtocol::OpenIdConnect {
            issuer: members.require_parsed("issuer", url)?,
        }),
        UpstreamProtocol::OAUTH2 => Ok(UpstreamProtocol::OAuth2(OAuth2Endpoints {
            authorization: members.require_parsed("authorization_endpoint", url)?,
            token: members.require_parsed("token_endpoint", url)?,
            userinfo: members.require_parsed("userinfo_endpoint", url)?,
            emails: members.take_parsed("emails_endpoint", url)?,
            subject_claims: members.require("subject_claims")?,
        })),
        _ => Err(members.unreadable()),
    }
}

/// Reads the profile. A field of a later version would be lost, so it makes the document unreadable.
fn profile(members: &mut Members) -> Result<ProfileMapping, Unreadable> {
    let all: BTreeMap<String, Vec<String>> = members.require("profile")?;
    let mut mapping = ProfileMapping::default();
    for (name, claims) in all {
        let field = ProfileField::parse(&name).ok_or_else(|| members.unreadable())?;
        mapping.set(field, claims);
    }
    Ok(mapping)
}

fn groups(members: &mut Members) -> Result<Option<GroupTable>, Unreadable> {
    take_table(members, "groups", |texts| match texts {
        [name] => GroupName::parse(name).ok(),
        _ => None,
    })
}

fn roles(members: &mut Members) -> Result<Option<RoleTable>, Unreadable> {
    take_table(members, "roles", |texts| match texts {
        [audience, name] => Some(RoleAt {
            audience: audience.clone(),
            role: ApplicationRoleName::parse(name).ok()?,
        }),
        _ => None,
    })
}

fn table<T>(table: &ValueTable<T>, texts: impl Fn(&T) -> Vec<String>) -> TableObject {
    let values = table.values.iter();
    TableObject {
        claim: table.claim.clone(),
        values: values
            .map(|(value, given)| (value.clone(), given.iter().map(&texts).collect()))
            .collect(),
    }
}

fn take_table<T: Ord>(
    members: &mut Members,
    name: &str,
    parse: impl Fn(&[String]) -> Option<T>,
) -> Result<Option<ValueTable<T>>, Unreadable> {
    let Some(object) = members.take::<TableObject>(name)? else {
        return Ok(None);
    };
    let mut values = BTreeMap::new();
    for (value, given) in object.values {
        let given = given.iter().map(|texts| parse(texts));
        let given: Option<BTreeSet<T>> = given.collect();
        values.insert(value, given.ok_or_else(|| members.unreadable())?);
    }
    Ok(Some(ValueTable {
        claim: object.claim,
        values,
    }))
}

#[cfg(test)]
mod tests;
