//! Tenants in requests and responses.

use super::objects::{Appearance, Lifetimes, Limits};
use super::registration::Registration;
use crate::api::problem::Problem;
use crate::api::resources::managed_by::managed_by;
use crate::api::shape::{NAME, PLAIN_TEXT};
use countersign_application::admin::tenants::TenantChange;
use countersign_domain::federation::provider_name::ProviderName;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::tenant::Tenant;
use countersign_domain::tenant::branding::Branding;
use countersign_domain::tenant::limits::TenantLimits;
use countersign_domain::tenant::overrides::{LifetimeOverrides, TenantOverrides};
use countersign_domain::tenant::place::{HostName, TenantPlace};
use countersign_domain::tenant::registered::{RegisteredTenant, TenantStatus};
use countersign_domain::tenant::sign_up::SignUpMode;
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Regular expression of a host.
const HOST: &str = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?$";

/// Tenant of the server. A setting that is absent is that of the server.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Tenant")]
pub(in crate::api) struct Body {
    /// Name: lower-case letters, digits and hyphens. It cannot change.
    #[schemars(regex(pattern = NAME))]
    pub(in crate::api) name: String,
    /// Host of the issuer, with a port unless it is the default one. Without it, the issuer has the path `/t/` and the
    /// name at the host of the server. It cannot change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = HOST))]
    host: Option<String>,
    /// Description, for operators.
    #[serde(default)]
    #[schemars(length(max = 500), regex(pattern = PLAIN_TEXT))]
    description: String,
    /// Whether requests reach the tenant. True if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    /// Lifetimes in seconds.
    #[serde(default)]
    lifetimes: Lifetimes,
    /// Default signing algorithm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["RS256", "ES256", "EdDSA", null]))]
    signing_algorithm: Option<String>,
    /// Second-factor policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["off", "optional", "required", null]))]
    second_factor: Option<String>,
    /// Whether activity extends a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sliding_sessions: Option<bool>,
    /// Who may create an account on the pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["off", "open", "domains", "invitation", null]))]
    sign_up: Option<String>,
    /// Domains of addresses that may sign up, with `sign_up` = `domains`.
    #[serde(default)]
    #[schemars(length(max = 100))]
    sign_up_domains: Vec<String>,
    /// Upstream providers of the tenant that alone may sign users in; by default, all may, and the methods of this server.
    #[serde(default)]
    #[schemars(length(max = 50), inner(regex(pattern = NAME)))]
    upstream_only: Vec<String>,
    /// Appearance of pages and mails.
    #[serde(default)]
    branding: Appearance,
    /// Limits, so that the tenant cannot use up what all share.
    #[serde(default)]
    limits: Limits,
    /// Policy for clients that register themselves.
    #[serde(default)]
    registration: Registration,
    /// Set of files that declares the tenant; see `countersign apply`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = NAME))]
    managed_by: Option<String>,
}

/// Tenant in a response.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TenantWithIssuer")]
pub(super) struct View {
    #[serde(flatten)]
    body: Body,
    /// Issuer.
    issuer: String,
    /// Number, which no other tenant gets.
    number: u32,
    /// `active`, `disabled`, or `deleting` until all data is removed.
    status: &'static str,
    /// Creation time, in seconds since the Unix epoch.
    created_at: u64,
}

impl View {
    /// `server` is the server's own tenant.
    pub(super) fn of(tenant: &RegisteredTenant, server: &Tenant) -> Self {
        Self {
            body: Body::from(tenant),
            issuer: tenant.place.issuer(&tenant.name, &server.issuer),
            number: tenant.id.number(),
            status: tenant.status.as_str(),
            created_at: tenant.created_at.as_unix_seconds(),
        }
    }
}

impl From<&RegisteredTenant> for Body {
    fn from(tenant: &RegisteredTenant) -> Self {
        let own = &*tenant.overrides;
        let seconds = own
            .lifetimes
            .values()
            .map(|one| one.map(|one| one.as_secs()));
        let texts = own.branding.values().map(|one| one.map(str::to_owned));
        Self {
            name: tenant.name.to_string(),
            host: match &tenant.place {
                TenantPlace::Path => None,
                TenantPlace::Host(host) => Some(host.to_string()),
            },
            description: tenant.description.clone(),
            enabled: Some(tenant.status == TenantStatus::Active),
            lifetimes: Lifetimes::of(seconds),
            signing_algorithm: own.signing_algorithm.map(|own| own.as_str().to_owned()),
            second_factor: own.mfa.map(|own| own.as_str().to_owned()),
            sliding_sessions: own.sliding_sessions,
            sign_up: own.sign_up.map(|own| own.as_str().to_owned()),
            sign_up_domains: own.sign_up_domains.clone(),
            upstream_only: own.upstream_only.iter().map(ToString::to_string).collect(),
            branding: Appearance::of(texts),
            limits: Limits::of(own.limits.values()),
            registration: Registration::from(&own.registration),
            managed_by: tenant.managed_by.as_ref().map(ToString::to_string),
        }
    }
}

/// Parses an optional word.
fn word<T>(
    field: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
    rule: &str,
) -> Result<Option<T>, Problem> {
    text.map(|text| parse(text).ok_or_else(|| Problem::field(field, rule)))
        .transpose()
}

impl Body {
    pub(in crate::api) fn place(&self) -> Result<TenantPlace, Problem> {
        match &self.host {
            None => Ok(TenantPlace::Path),
            Some(host) => HostName::parse(host)
                .map(TenantPlace::Host)
                .map_err(|error| Problem::field("host", error)),
        }
    }

    pub(in crate::api) fn change(self) -> Result<TenantChange, Problem> {
        let algorithm = self.signing_algorithm.as_deref();
        let algorithm = word(
            "signing_algorithm",
            algorithm,
            SigningAlgorithm::parse,
            "must be RS256, ES256 or EdDSA",
        )?;
        let second_factor = self.second_factor.as_deref();
        let rule = "must be off, optional or required";
        let mfa = word("second_factor", second_factor, MfaPolicy::parse, rule)?;
        let rule = "must be off, open, domains or invitation";
        let sign_up = word("sign_up", self.sign_up.as_deref(), SignUpMode::parse, rule)?;
        let is_domain = |domain: &String| HostName::parse(domain).is_ok() && !domain.contains(':');
        if !self.sign_up_domains.iter().all(is_domain) {
            return Err(Problem::field(
                "sign_up_domains",
                "must be domains in lower case",
            ));
        }
        let upstream_only = self
            .upstream_only
            .iter()
            .map(|name| ProviderName::parse(name));
        let upstream_only = upstream_only.collect::<Result<_, _>>();
        let upstream_only =
            upstream_only.map_err(|error| Problem::field("upstream_only", error))?;
        let branding = Branding::from_values(self.branding.values());
        super::branding::check(&branding)?;
        let lifetimes = self
            .lifetimes
            .values()
            .map(|one| one.map(Duration::from_secs));
        Ok(TenantChange {
            description: self.description,
            enabled: self.enabled,
            overrides: TenantOverrides {
                lifetimes: LifetimeOverrides::from_values(lifetimes),
                signing_algorithm: algorithm,
                mfa,
                sliding_sessions: self.sliding_sessions,
                sign_up,
                sign_up_domains: self.sign_up_domains,
                upstream_only,
                branding,
                limits: TenantLimits::from_values(self.limits.values()),
                registration: self.registration.overrides()?,
            },
            managed_by: managed_by(self.managed_by.as_deref())?,
        })
    }
}
