//! Tenants that operators of the server registered.

use super::lifetimes::InvalidLifetimes;
use super::name::TenantName;
use super::overrides::TenantOverrides;
use super::place::TenantPlace;
use super::{Tenant, TenantId};
use crate::administration::managed_by::ManagedBy;
use crate::client::dynamic::policy::InvalidRegistrationPolicy;
use crate::federation::provider::UpstreamProvider;
use crate::later::LaterMembers;
use crate::time::Timestamp;
use crate::token::signing_algorithm::SigningAlgorithm;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

/// Status of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantStatus {
    /// The tenant is served.
    Active,
    /// No request reaches the tenant. Its data stays.
    Disabled,
    /// No request reaches the tenant, and the server removes its data. The name stays taken until all is gone.
    Deleting,
}
crate::wire_names!(TenantStatus {
    Active = "active",
    Disabled = "disabled",
    Deleting = "deleting",
});

/// Reason why a tenant is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidTenant {
    /// Lifetimes that are invalid, alone or together with those of the server.
    Lifetimes(InvalidLifetimes),
    /// HS256 as the default signing algorithm.
    SigningAlgorithm,
    /// A value of the branding is empty, too long or contains control characters.
    Branding(&'static str),
    /// Description that is too long or contains control characters.
    Description,
    /// Too many domains for sign-up.
    SignUpDomains,
    /// Too many upstream providers.
    UpstreamOnly,
    /// Policy for clients that register themselves.
    Registration(InvalidRegistrationPolicy),
}

impl fmt::Display for InvalidTenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lifetimes(reason) => reason.fmt(f),
            Self::SigningAlgorithm => {
                f.write_str("the signing algorithm of a tenant is RS256, ES256 or EdDSA")
            }
            Self::Branding(name) => write!(
                f,
                "the value of `{name}` is empty, too long or contains control characters"
            ),
            Self::Description => {
                f.write_str("a description has at most 500 bytes, without line breaks")
            }
            Self::SignUpDomains => write!(
                f,
                "sign_up_domains has at most {} domains",
                RegisteredTenant::MOST_DOMAINS
            ),
            Self::Registration(reason) => reason.fmt(f),
            Self::UpstreamOnly => write!(
                f,
                "upstream_only has at most {} providers",
                UpstreamProvider::MOST
            ),
        }
    }
}

impl core::error::Error for InvalidTenant {}

/// Tenant that operators of the server registered. It belongs to the server's own tenant, [`TenantId::SINGLE`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredTenant {
    /// Name.
    pub name: TenantName,
    /// Identifier of everything that belongs to the tenant. No later tenant gets it.
    pub id: TenantId,
    /// Where browsers and clients reach it.
    pub place: TenantPlace,
    /// Description, for operators.
    pub description: String,
    /// Status.
    pub status: TenantStatus,
    /// Settings that differ from those of the server.
    pub overrides: Box<TenantOverrides>,
    /// Set of files that declares the tenant, or none.
    pub managed_by: Option<ManagedBy>,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Version of the stored document: 0 before it is stored.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

impl RegisteredTenant {
    /// Maximum length of a description in bytes.
    pub const LONGEST_DESCRIPTION: usize = 500;

    /// Maximum number of domains for sign-up.
    pub const MOST_DOMAINS: usize = 100;

    /// Creates an active tenant with the settings of the server.
    #[must_use]
    pub fn new(name: TenantName, id: TenantId, place: TenantPlace, now: Timestamp) -> Self {
        Self {
            name,
            id,
            place,
            description: String::new(),
            status: TenantStatus::Active,
            overrides: Box::default(),
            managed_by: None,
            created_at: now,
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Checks the values. `server` is the server's own tenant.
    pub fn check(&self, server: &Tenant) -> Result<(), InvalidTenant> {
        let lifetimes = self.overrides.lifetimes.over(server.settings.lifetimes);
        lifetimes.map_err(InvalidTenant::Lifetimes)?;
        if self.overrides.signing_algorithm == Some(SigningAlgorithm::Hs256) {
            return Err(InvalidTenant::SigningAlgorithm);
        }
        if let Some(name) = self.overrides.branding.problem() {
            return Err(InvalidTenant::Branding(name));
        }
        let text = &self.description;
        if text.len() > Self::LONGEST_DESCRIPTION || text.contains(char::is_control) {
            return Err(InvalidTenant::Description);
        }
        if self.overrides.sign_up_domains.len() > Self::MOST_DOMAINS {
            return Err(InvalidTenant::SignUpDomains);
        }
        if self.overrides.upstream_only.len() > UpstreamProvider::MOST {
            return Err(InvalidTenant::UpstreamOnly);
        }
        let admin_api = self.tenant(server).admin_api();
        let registration = self.overrides.registration.check(&admin_api);
        registration.map_err(InvalidTenant::Registration)
    }

    /// Returns the tenant for use cases.
    #[must_use]
    pub fn tenant(&self, server: &Tenant) -> Tenant {
        Tenant {
            id: self.id,
            issuer: self.place.issuer(&self.name, &server.issuer),
            settings: self.overrides.over(&server.settings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation::provider_name::ProviderName;
    use crate::login::mfa_policy::MfaPolicy;
    use crate::tenant::branding::Branding;
    use crate::tenant::sign_up::SignUpMode;
    use crate::test_facts::{NOW, tenant};
    use alloc::vec;
    use core::time::Duration;

    fn acme() -> RegisteredTenant {
        let id = TenantId::from_number(7).unwrap();
        let name = TenantName::parse("acme").unwrap();
        RegisteredTenant::new(name, id, TenantPlace::Path, NOW)
    }

    #[test]
    fn tenant_has_own_identity_and_settings_of_server() {
        let server = tenant();
        let own = acme().tenant(&server);
        assert_eq!(own.id.number(), 7);
        assert_eq!(own.issuer, "https://auth.example/t/acme");
        assert_eq!(own.path(), "/t/acme");
        assert_eq!(own.settings.lifetimes, server.settings.lifetimes);
        assert_eq!(server.path(), "");
    }

    #[test]
    fn overrides_replace_settings_of_server() {
        let mut acme = acme();
        acme.overrides.mfa = Some(MfaPolicy::Required);
        acme.overrides.sign_up = Some(SignUpMode::Open);
        acme.overrides.lifetimes.access_token = Some(Duration::from_secs(60));
        acme.overrides.branding.name = Some("Acme".into());
        let settings = acme.tenant(&tenant()).settings;
        assert_eq!(settings.mfa, MfaPolicy::Required);
        assert_eq!(settings.sign_up.mode, SignUpMode::Open);
        assert_eq!(settings.lifetimes.access_token().as_secs(), 60);
        assert_eq!(settings.lifetimes.id_token().as_secs(), 3600);
        assert_eq!(settings.name, "Acme");
    }

    #[test]
    fn invalid_values_are_named() {
        let server = tenant();
        assert_eq!(acme().check(&server), Ok(()));
        let mut long = acme();
        long.overrides.lifetimes.access_token = Some(Duration::from_secs(86_401));
        let expected = Err(InvalidTenant::Lifetimes(InvalidLifetimes::TokenTooLong));
        assert_eq!(long.check(&server), expected);
        let mut shared = acme();
        shared.overrides.signing_algorithm = Some(SigningAlgorithm::Hs256);
        assert_eq!(shared.check(&server), Err(InvalidTenant::SigningAlgorithm));
        let mut broken = acme();
        broken.overrides.branding = Branding {
            help: Some("a\nb".into()),
            ..Branding::default()
        };
        assert_eq!(broken.check(&server), Err(InvalidTenant::Branding("help")));
        let mut wordy = acme();
        wordy.description = "x".repeat(501);
        assert_eq!(wordy.check(&server), Err(InvalidTenant::Description));
        let mut open = acme();
        open.overrides.sign_up_domains = vec!["a.example".into(); 101];
        assert_eq!(open.check(&server), Err(InvalidTenant::SignUpDomains));
        let mut narrow = acme();
        let mut machines = acme();
        machines.overrides.registration.attempts = Some(0);
        let expected = InvalidTenant::Registration(InvalidRegistrationPolicy::Attempts);
        assert_eq!(machines.check(&server), Err(expected));
        narrow.overrides.upstream_only = vec![ProviderName::parse("corp").unwrap(); 51];
        assert_eq!(narrow.check(&server), Err(InvalidTenant::UpstreamOnly));
    }
}
