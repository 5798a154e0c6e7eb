//! Policy of a tenant for clients that register themselves, where it differs from that of the server.

use super::policy::{InvalidRegistrationPolicy, RegistrationMode, RegistrationPolicy};
use crate::client::GrantType;
use crate::resource::Resource;
use crate::scope::Scope;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// Values of a [`RegistrationPolicy`] that differ from those of the server. `None` takes the value of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistrationOverrides {
    /// Who may register a client.
    pub mode: Option<RegistrationMode>,
    /// Scope that clients may register for.
    pub scope: Option<Scope>,
    /// Grant types that clients may register for.
    pub grant_types: Option<Vec<GrantType>>,
    /// Resources that clients may request. `None` allows none: those of the server belong to the server's own tenant.
    pub resources: Option<Vec<Resource>>,
    /// Hosts and private-use schemes of redirect URIs.
    pub redirect_hosts: Option<Vec<String>>,
    /// Hosts of redirect URIs that are refused.
    pub denied_hosts: Option<Vec<String>>,
    /// Maximum number of such clients.
    pub most_clients: Option<u32>,
    /// Time after which a client that was not used is deleted.
    pub unused_lifetime: Option<Duration>,
    /// Maximum number of registrations per network address and ten minutes.
    pub attempts: Option<u32>,
}

impl RegistrationOverrides {
    /// Returns the policy of the tenant.
    #[must_use]
    pub fn over(&self, server: &RegistrationPolicy) -> RegistrationPolicy {
        let own = self.clone();
        let server = server.clone();
        RegistrationPolicy {
            mode: own.mode.unwrap_or(server.mode),
            scope: own.scope.unwrap_or(server.scope),
            grant_types: own.grant_types.unwrap_or(server.grant_types),
            resources: own.resources.unwrap_or_default(),
            redirect_hosts: own.redirect_hosts.unwrap_or(server.redirect_hosts),
            denied_hosts: own.denied_hosts.unwrap_or(server.denied_hosts),
            most_clients: own.most_clients.unwrap_or(server.most_clients),
            unused_lifetime: own.unused_lifetime.unwrap_or(server.unused_lifetime),
            attempts: own.attempts.unwrap_or(server.attempts),
        }
    }

    /// Checks the values. `admin_api` is the address of the tenant's admin API.
    pub fn check(&self, admin_api: &str) -> Result<(), InvalidRegistrationPolicy> {
        self.over(&RegistrationPolicy::default()).check(admin_api)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn tenant_keeps_policy_of_server_except_for_overrides_and_resources() {
        let server = RegistrationPolicy {
            mode: RegistrationMode::Off,
            resources: vec![Resource::parse("https://api.example").unwrap()],
            denied_hosts: vec!["evil.example".into()],
            most_clients: 7,
            ..RegistrationPolicy::default()
        };
        let own = RegistrationOverrides::default().over(&server);
        let expected = RegistrationPolicy {
            resources: Vec::new(),
            ..server.clone()
        };
        assert_eq!(own, expected);
        let own = RegistrationOverrides {
            mode: Some(RegistrationMode::Anonymous),
            denied_hosts: Some(Vec::new()),
            ..RegistrationOverrides::default()
        };
        let expected = RegistrationPolicy {
            mode: RegistrationMode::Anonymous,
            denied_hosts: Vec::new(),
            ..expected
        };
        assert_eq!(own.over(&server), expected);
    }
}
