//! Settings of a tenant that differ from those of the server.

use super::TenantSettings;
use super::branding::Branding;
use super::lifetimes::{InvalidLifetimes, LifetimeSettings, Lifetimes};
use super::limits::TenantLimits;
use super::sign_up::SignUpMode;
use crate::client::dynamic::overrides::RegistrationOverrides;
use crate::federation::provider_name::ProviderName;
use crate::login::mfa_policy::MfaPolicy;
use crate::token::signing_algorithm::SigningAlgorithm;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// Lifetimes of a tenant that differ from those of the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LifetimeOverrides {
    /// Access token.
    pub access_token: Option<Duration>,
    /// ID token.
    pub id_token: Option<Duration>,
    /// Refresh token.
    pub refresh_token: Option<Duration>,
    /// Authorization code.
    pub authorization_code: Option<Duration>,
    /// Device code and user code.
    pub device_code: Option<Duration>,
    /// Sign-in.
    pub login: Option<Duration>,
    /// Browser session.
    pub session: Option<Duration>,
    /// Maximum lifetime of a browser session.
    pub longest_session: Option<Duration>,
    /// Trusted device.
    pub device: Option<Duration>,
    /// Leeway of a refresh token.
    pub refresh_leeway: Option<Duration>,
}

impl LifetimeOverrides {
    /// Names of the lifetimes, in the order of [`LifetimeOverrides::values`].
    pub const NAMES: [&'static str; 10] = [
        "access_token",
        "id_token",
        "refresh_token",
        "authorization_code",
        "device_code",
        "login",
        "session",
        "longest_session",
        "device",
        "refresh_leeway",
    ];

    /// Returns the lifetimes in the order of [`LifetimeOverrides::NAMES`].
    #[must_use]
    pub const fn values(self) -> [Option<Duration>; 10] {
        [
            self.access_token,
            self.id_token,
            self.refresh_token,
            self.authorization_code,
            self.device_code,
            self.login,
            self.session,
            self.longest_session,
            self.device,
            self.refresh_leeway,
        ]
    }

    /// Returns the lifetimes with these values, in the order of [`LifetimeOverrides::NAMES`].
    #[must_use]
    pub const fn from_values(values: [Option<Duration>; 10]) -> Self {
        let [
            access_token,
            id_token,
            refresh_token,
            authorization_code,
            device_code,
            login,
            session,
            longest_session,
            device,
            refresh_leeway,
        ] = values;
        Self {
            access_token,
            id_token,
            refresh_token,
            authorization_code,
            device_code,
            login,
            session,
            longest_session,
            device,
            refresh_leeway,
        }
    }

    /// Returns the lifetimes of the tenant.
    pub fn over(self, server: Lifetimes) -> Result<Lifetimes, InvalidLifetimes> {
        let server = server.settings();
        Lifetimes::new(LifetimeSettings {
            access_token: self.access_token.unwrap_or(server.access_token),
            id_token: self.id_token.unwrap_or(server.id_token),
            refresh_token: self.refresh_token.unwrap_or(server.refresh_token),
            authorization_code: self.authorization_code.unwrap_or(server.authorization_code),
            device_code: self.device_code.unwrap_or(server.device_code),
            login: self.login.unwrap_or(server.login),
            session: self.session.unwrap_or(server.session),
            longest_session: self.longest_session.unwrap_or(server.longest_session),
            device: self.device.unwrap_or(server.device),
            refresh_leeway: self.refresh_leeway.unwrap_or(server.refresh_leeway),
        })
    }
}

/// Settings of a tenant that differ from those of the server. `None` takes the setting of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantOverrides {
    /// Lifetimes.
    pub lifetimes: LifetimeOverrides,
    /// Default signing algorithm. Never HS256.
    pub signing_algorithm: Option<SigningAlgorithm>,
    /// Second-factor policy.
    pub mfa: Option<MfaPolicy>,
    /// Whether activity extends a session.
    pub sliding_sessions: Option<bool>,
    /// Who may create an account on the pages.
    pub sign_up: Option<SignUpMode>,
    /// Domains of [`SignUpMode::Domains`], in lower case.
    pub sign_up_domains: Vec<String>,
    /// Upstream providers of the tenant that alone may sign users in. Empty: all, and the methods of this server.
    pub upstream_only: Vec<ProviderName>,
    /// Policy for clients that register themselves.
    pub registration: RegistrationOverrides,
    /// Appearance.
    pub branding: Branding,
    /// Limits.
    pub limits: TenantLimits,
}

impl TenantOverrides {
    /// Returns the settings of the tenant. Clients and upstream providers that the settings of the server name belong to the
    /// server's own tenant, so they do not apply. Lifetimes that are invalid together with those of the server are those of the server.
    #[must_use]
    pub fn over(&self, server: &TenantSettings) -> TenantSettings {
        let mut settings = server.clone();
        settings.registration_client = None;
        settings.sign_up.clients = Vec::new();
        settings.upstream_only.clone_from(&self.upstream_only);
        settings.client_registration = self.registration.over(&server.client_registration);
        settings.lifetimes = self
            .lifetimes
            .over(server.lifetimes)
            .unwrap_or(server.lifetimes);
        settings.signing_algorithm = self.signing_algorithm.unwrap_or(server.signing_algorithm);
        settings.mfa = self.mfa.unwrap_or(server.mfa);
        settings.sliding_sessions = self.sliding_sessions.unwrap_or(server.sliding_sessions);
        if let Some(mode) = self.sign_up {
            settings.sign_up.mode = mode;
            settings.sign_up.domains.clone_from(&self.sign_up_domains);
        }
        if let Some(name) = &self.branding.name {
            settings.name.clone_from(name);
        }
        settings.branding = self.branding.clone();
        settings.limits = self.limits;
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientId;
    use alloc::vec;

    #[test]
    fn clients_and_providers_of_the_server_are_not_those_of_another_tenant() {
        let server = TenantSettings {
            registration_client: ClientId::parse("app").ok(),
            upstream_only: vec![ProviderName::parse("corp").unwrap()],
            ..TenantSettings::new("Server")
        };
        let settings = TenantOverrides::default().over(&server);
        assert_eq!(settings.registration_client, None);
        assert_eq!(settings.upstream_only, []);
        let own = vec![ProviderName::parse("own").unwrap()];
        let overrides = TenantOverrides {
            upstream_only: own.clone(),
            ..TenantOverrides::default()
        };
        assert_eq!(overrides.over(&server).upstream_only, own);
    }
}
