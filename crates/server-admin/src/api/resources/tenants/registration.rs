//! Policy of a tenant for clients that register themselves.

use crate::api::problem::Problem;
use countersign_domain::client::GrantType;
use countersign_domain::client::dynamic::overrides::RegistrationOverrides;
use countersign_domain::client::dynamic::policy::RegistrationMode;
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Policy for clients that register themselves. A setting that is absent is that of the server.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TenantRegistration")]
pub(super) struct Registration {
    /// Who may register a client: no one, holders of an initial access token, or anyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["off", "token", "anonymous", null]))]
    mode: Option<String>,
    /// Scope that clients may register for, separated by spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    scope: Option<String>,
    /// Grant types that clients may register for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100), extend("items" = {"type": "string", "enum": ["authorization_code", "refresh_token"]}))]
    grant_types: Option<Vec<String>>,
    /// Resources that clients may request (RFC 8707). None if absent: those of the server are not those of the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100), inner(length(max = 255)))]
    resources: Option<Vec<String>>,
    /// Hosts and private-use schemes of redirect URIs. Empty allows every `https` host and the loopback interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100), inner(length(max = 253)))]
    redirect_hosts: Option<Vec<String>>,
    /// Hosts of redirect URIs that are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100), inner(length(max = 253)))]
    denied_hosts: Option<Vec<String>>,
    /// Maximum number of such clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1_000_000))]
    clients: Option<u32>,
    /// Seconds after which a client that was not used is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 86_400, max = 31_536_000))]
    unused_lifetime: Option<u64>,
    /// Maximum number of registrations per network address and ten minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10_000))]
    attempts: Option<u32>,
}

impl From<&RegistrationOverrides> for Registration {
    fn from(own: &RegistrationOverrides) -> Self {
        let grant_types = own.grant_types.as_ref().map(|all| {
            let names = all.iter().map(|own| own.as_str().to_owned());
            names.collect()
        });
        let resources = own.resources.as_ref().map(|all| {
            let names = all.iter().map(|own| own.as_str().to_owned());
            names.collect()
        });
        Self {
            mode: own.mode.map(|mode| mode.as_str().to_owned()),
            scope: own.scope.as_ref().map(|scope| scope.as_str().to_owned()),
            grant_types,
            resources,
            redirect_hosts: own.redirect_hosts.clone(),
            denied_hosts: own.denied_hosts.clone(),
            clients: own.most_clients,
            unused_lifetime: own.unused_lifetime.map(|own| own.as_secs()),
            attempts: own.attempts,
        }
    }
}

/// Name of the object in an error.
const FIELD: &str = "registration";

impl Registration {
    pub(super) fn overrides(self) -> Result<RegistrationOverrides, Problem> {
        let mode = self.mode.map(|mode| {
            let rule = "mode must be off, token or anonymous";
            RegistrationMode::parse(&mode).ok_or_else(|| Problem::field(FIELD, rule))
        });
        let scope = self.scope.map(|text| match text.as_str() {
            "" => Ok(Scope::none()),
            text => Scope::parse(text).map_err(|error| Problem::field(FIELD, error)),
        });
        let resources = self.resources.map(|all| {
            let all = all.iter().map(|own| Resource::parse(own));
            let all: Result<Vec<_>, _> = all.collect();
            all.map_err(|error| Problem::field(FIELD, error))
        });
        let grant_types = self.grant_types.map(|all| {
            let all = all.iter().map(|name| GrantType::named(name));
            all.collect()
        });
        Ok(RegistrationOverrides {
            mode: mode.transpose()?,
            scope: scope.transpose()?,
            grant_types,
            resources: resources.transpose()?,
            redirect_hosts: self.redirect_hosts,
            denied_hosts: self.denied_hosts,
            most_clients: self.clients,
            unused_lifetime: self.unused_lifetime.map(Duration::from_secs),
            attempts: self.attempts,
        })
    }
}
