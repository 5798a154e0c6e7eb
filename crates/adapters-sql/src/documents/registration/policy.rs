//! Policy of a tenant for clients that register themselves.

use crate::columns::Unreadable;
use crate::documents::client_parts::scope;
use crate::documents::members::Members;
use countersign_domain::client::GrantType;
use countersign_domain::client::dynamic::overrides::RegistrationOverrides;
use countersign_domain::client::dynamic::policy::RegistrationMode;
use countersign_domain::resource::Resource;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Values that differ from those of the server.
#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::documents) struct PolicyObject {
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_types: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_hosts: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    denied_hosts: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clients: Option<u32>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    unused_lifetime: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<u32>,
}

impl PolicyObject {
    /// Returns the object; `None` if no value differs.
    pub(in crate::documents) fn of(own: &RegistrationOverrides) -> Option<Self> {
        let text = |text: &str| text.to_owned();
        let object = Self {
            mode: own.mode.map(|mode| text(mode.as_str())),
            scope: own.scope.as_ref().map(|scope| text(scope.as_str())),
            grant_types: own.grant_types.as_ref().map(|all| {
                let names = all.iter().map(|own| text(own.as_str()));
                names.collect()
            }),
            resources: own.resources.as_ref().map(|all| {
                let names = all.iter().map(|own| text(own.as_str()));
                names.collect()
            }),
            redirect_hosts: own.redirect_hosts.clone(),
            denied_hosts: own.denied_hosts.clone(),
            clients: own.most_clients,
            unused_lifetime: own.unused_lifetime.map(|own| own.as_secs()),
            attempts: own.attempts,
        };
        (object != Self::default()).then_some(object)
    }

    fn overrides(self) -> Option<RegistrationOverrides> {
        let mode = self
            .mode
            .map(|mode| RegistrationMode::parse(&mode).ok_or(()));
        let scope = self.scope.map(|text| scope(&text).ok_or(()));
        let resources = self.resources.map(|all| {
            let all = all.iter().map(|own| Resource::parse(own));
            all.collect::<Result<_, _>>()
        });
        Some(RegistrationOverrides {
            mode: mode.transpose().ok()?,
            scope: scope.transpose().ok()?,
            grant_types: self.grant_types.map(|all| {
                let all = all.iter().map(|own| GrantType::named(own));
                all.collect()
            }),
            resources: resources.transpose().ok()?,
            redirect_hosts: self.redirect_hosts,
            denied_hosts: self.denied_hosts,
            most_clients: self.clients,
            unused_lifetime: self.unused_lifetime.map(Duration::from_secs),
            attempts: self.attempts,
        })
    }
}

/// Takes the policy.
pub(in crate::documents) fn take(
    members: &mut Members,
) -> Result<RegistrationOverrides, Unreadable> {
    let object: Option<PolicyObject> = members.take("registration")?;
    let overrides = object.unwrap_or_default().overrides();
    overrides.ok_or_else(|| members.unreadable())
}
