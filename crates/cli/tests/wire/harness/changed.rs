//! Servers with the same users, clients and time, but with other settings.

use super::{Made, Server};
use crate::facts::KEYS;
use countersign_adapters_jwt::KeyRing;
use countersign_domain::authorize::policy::RequestPolicy;
use countersign_domain::login::mfa_policy::MfaPolicy;
use countersign_domain::tenant::TenantSettings;
use countersign_domain::tenant::recovery::RecoveryPolicy;
use countersign_domain::tenant::sign_up::SignUpPolicy;
use countersign_ports::Store;
use countersign_server_admin::SeedApis;
use countersign_store_contract::fixtures;
use std::sync::Arc;

impl<S: Store> Server<S> {
    fn changed(self, change: impl FnOnce(&mut Made<KeyRing>)) -> Self {
        let mut made = Made::of(&KEYS);
        change(&mut made);
        // All of them have the store.
        drop((
            self.router,
            self.behind,
            self.clients,
            self.definitions,
            self.tenants,
        ));
        Self::made(Arc::into_inner(self.store).unwrap(), made)
    }

    /// Returns a server with other settings.
    pub(crate) fn with_settings(self, change: impl FnOnce(&mut TenantSettings)) -> Self {
        self.changed(|made| change(&mut made.tenant.settings))
    }

    /// Returns a server with other account settings.
    pub(crate) fn with_accounts(self, mfa: MfaPolicy, registration: Option<&str>) -> Self {
        self.with_settings(|settings| {
            settings.mfa = mfa;
            settings.registration_client = registration.map(fixtures::client_id);
        })
    }

    /// Returns a server with other settings of recovery.
    pub(crate) fn with_recovery(self, recovery: RecoveryPolicy) -> Self {
        self.with_settings(|settings| settings.recovery = recovery)
    }

    /// Returns a server with other settings of sign-up.
    pub(crate) fn with_sign_up(self, sign_up: SignUpPolicy) -> Self {
        self.with_settings(|settings| settings.sign_up = sign_up)
    }

    /// Returns a server with another policy for requests.
    pub(crate) fn with_requests(self, requests: RequestPolicy) -> Self {
        self.with_settings(|settings| settings.requests = requests)
    }

    /// Returns a server without the APIs of other servers.
    pub(crate) fn without_seed_apis(self) -> Self {
        self.changed(|made| made.seed_apis = SeedApis::default())
    }
}
