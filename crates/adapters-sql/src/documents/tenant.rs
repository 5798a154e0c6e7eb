//! Documents of registered tenants.

use super::members::{self, Members};
use super::registration::policy::{self, PolicyObject};
use crate::columns::{Failure, Unreadable};
use countersign_domain::administration::managed_by::ManagedBy;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::tenant::TenantId;
use countersign_domain::tenant::branding::Branding;
use countersign_domain::tenant::limits::TenantLimits;
use countersign_domain::tenant::name::TenantName;
use countersign_domain::tenant::overrides::{LifetimeOverrides, TenantOverrides};
use countersign_domain::tenant::place::{HostName, TenantPlace};
use countersign_domain::tenant::registered::{RegisteredTenant, TenantStatus};
use countersign_domain::tenant::sign_up::SignUpMode;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::time::Duration;

/// Members of the document of a tenant.
#[derive(Serialize)]
struct Document<'a> {
    number: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    description: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    lifetimes: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_algorithm: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second_factor: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sliding_sessions: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_up: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    sign_up_domains: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    upstream_only: Vec<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    branding: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    limits: BTreeMap<&'static str, u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<PolicyObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<&'a str>,
}

/// Writes the document of a tenant.
pub(super) fn write(tenant: &RegisteredTenant) -> Result<String, Failure> {
    let own = &tenant.overrides;
    let host = match &tenant.place {
        TenantPlace::Path => None,
        TenantPlace::Host(host) => Some(host.as_str()),
    };
    let document = Document {
        number: tenant.id.number(),
        host,
        description: &tenant.description,
        status: tenant.status.as_str(),
        lifetimes: set(
            LifetimeOverrides::NAMES,
            own.lifetimes
                .values()
                .map(|own| own.map(|own| own.as_secs())),
        ),
        signing_algorithm: own.signing_algorithm.map(SigningAlgorithm::as_str),
        second_factor: own.mfa.map(MfaPolicy::as_str),
        sliding_sessions: own.sliding_sessions,
        sign_up: own.sign_up.map(SignUpMode::as_str),
        sign_up_domains: &own.sign_up_domains,
        upstream_only: own.upstream_only.iter().map(ProviderName::as_str).collect(),
        branding: set(Branding::NAMES, own.branding.values()),
        limits: set(TenantLimits::NAMES, own.limits.values()),
        registration: PolicyObject::of(&own.registration),
        managed_by: tenant.managed_by.as_ref().map(ManagedBy::as_str),
    };
    members::write(&document, &tenant.later)
}

/// Reads a tenant from its document and columns.
pub(super) fn read(
    members: &mut Members,
    id: &str,
    created_at: Timestamp,
    version: u64,
) -> Result<RegisteredTenant, Unreadable> {
    let number: u32 = members.require("number")?;
    let host = members.take_parsed("host", |host| HostName::parse(host).ok())?;
    let sign_up_domains: Option<Vec<String>> = members.take("sign_up_domains")?;
    let upstream_only: Option<Vec<String>> = members.take("upstream_only")?;
    let upstream_only = upstream_only.unwrap_or_default().into_iter();
    let upstream_only = upstream_only.map(|name| ProviderName::parse(&name));
    let upstream_only = upstream_only.collect::<Result<_, _>>();
    let overrides = TenantOverrides {
        lifetimes: LifetimeOverrides::from_values(
            named(members, "lifetimes", LifetimeOverrides::NAMES)?
                .map(|seconds: Option<u64>| seconds.map(Duration::from_secs)),
        ),
        signing_algorithm: members.take_parsed("signing_algorithm", SigningAlgorithm::parse)?,
        mfa: members.take_parsed("second_factor", MfaPolicy::parse)?,
        sliding_sessions: members.take("sliding_sessions")?,
        sign_up: members.take_parsed("sign_up", SignUpMode::parse)?,
        sign_up_domains: sign_up_domains.unwrap_or_default(),
        upstream_only: upstream_only.map_err(|_| members.unreadable())?,
        registration: policy::take(members)?,
        branding: Branding::from_values(named(members, "branding", Branding::NAMES)?),
        limits: TenantLimits::from_values(named(members, "limits", TenantLimits::NAMES)?),
    };
    Ok(RegisteredTenant {
        name: TenantName::parse(id).map_err(|_| Unreadable("definitions.id"))?,
        id: TenantId::from_number(number).ok_or_else(|| members.unreadable())?,
        place: host.map_or(TenantPlace::Path, TenantPlace::Host),
        description: members.require("description")?,
        status: members.require_parsed("status", TenantStatus::parse)?,
        overrides: Box::new(overrides),
        managed_by: members.take_managed_by()?,
        created_at,
        version,
        later: members.take_later()?,
    })
}

/// Returns the values that are set, by name.
fn set<T, const N: usize>(
    names: [&'static str; N],
    values: [Option<T>; N],
) -> BTreeMap<&'static str, T> {
    let all = names.into_iter().zip(values);
    all.filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// Takes an object of optional values, in the order of `names`.
fn named<T: DeserializeOwned, const N: usize>(
    members: &mut Members,
    member: &str,
    names: [&'static str; N],
) -> Result<[Option<T>; N], Unreadable> {
    let object: Option<BTreeMap<String, T>> = members.take(member)?;
    let mut object = object.unwrap_or_default();
    Ok(names.map(|name| object.remove(name)))
}
