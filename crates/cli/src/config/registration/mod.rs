//! Settings of clients that register themselves.

pub(super) mod keys;

use crate::config::reader::Reader;
use countersign_domain::client::GrantType;
use countersign_domain::client::dynamic::policy::{RegistrationMode, RegistrationPolicy};
use countersign_domain::resource::Resource;
use countersign_domain::scope::Scope;
use countersign_domain::tenant::{Tenant, TenantId, TenantSettings};

impl Reader<'_> {
    /// Reads the policy. `issuer` names the admin API, which these clients cannot use.
    pub(in crate::config) fn registration(
        &mut self,
        issuer: Option<&str>,
    ) -> Option<RegistrationPolicy> {
        let mode = self.word(&keys::MODE, RegistrationMode::parse);
        let scope = self.read(&keys::SCOPE, |text| match text.trim() {
            "" => Some(Scope::none()),
            text => Scope::parse(text).ok(),
        });
        let grant_types = self.list(&keys::GRANT_TYPES, |name| Some(GrantType::named(name)));
        let resources = self.list(&keys::RESOURCES, |text| Resource::parse(text).ok());
        let redirect_hosts = self.list(&keys::REDIRECT_HOSTS, |host| Some(host.to_lowercase()));
        let denied_hosts = self.list(&keys::DENIED_HOSTS, |host| Some(host.to_lowercase()));
        let most_clients = self.count(&keys::CLIENTS);
        let unused_lifetime = self.seconds(&keys::UNUSED_LIFETIME);
        let attempts = self.count(&keys::ATTEMPTS);
        let policy = RegistrationPolicy {
            mode: mode?,
            scope: scope?,
            grant_types: grant_types?,
            resources: resources.unwrap_or_default(),
            redirect_hosts: redirect_hosts.unwrap_or_default(),
            denied_hosts: denied_hosts.unwrap_or_default(),
            most_clients: most_clients?.try_into().ok()?,
            unused_lifetime: unused_lifetime?,
            attempts: attempts?.try_into().ok()?,
        };
        let own = Tenant {
            id: TenantId::SINGLE,
            issuer: issuer.unwrap_or_default().to_owned(),
            settings: TenantSettings::new(""),
        };
        if let Err(reason) = policy.check(&own.admin_api()) {
            let problem = format!("The settings below `registration` are invalid: {reason}.");
            self.problems.push(problem);
        }
        Some(policy)
    }
}
