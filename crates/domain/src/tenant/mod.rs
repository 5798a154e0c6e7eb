//! Tenants: an issuer and its settings.

pub mod branding;
pub mod lifetimes;
pub mod limits;
pub mod name;
pub mod overrides;
pub mod place;
pub mod recovery;
pub mod registered;
pub mod sign_up;

use crate::authorize::policy::RequestPolicy;
use crate::client::ClientId;
use crate::client::dynamic::policy::RegistrationPolicy;
use crate::federation::provider_name::ProviderName;
use crate::login::mfa_policy::MfaPolicy;
use crate::tenant::branding::Branding;
use crate::tenant::lifetimes::Lifetimes;
use crate::tenant::limits::TenantLimits;
use crate::tenant::recovery::RecoveryPolicy;
use crate::tenant::sign_up::SignUpPolicy;
use crate::token::signing_algorithm::SigningAlgorithm;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Identifier of a tenant: a number from 1 to 2^31 - 1.
///
/// It is part of every primary key, unique constraint, cache key and sealing context.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(u32);

impl TenantId {
    /// Tenant of a single-tenant server.
    pub const SINGLE: Self = Self(1);

    /// Creates an identifier. Returns `None` if the number is out of range.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        if number >= 1 && number <= i32::MAX.unsigned_abs() {
            Some(Self(number))
        } else {
            None
        }
    }

    /// Returns the number, for a store or a sealed value.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantId({})", self.0)
    }
}

/// One authorization server in the sense of RFC 8414: an issuer with its settings. Every use case takes it as an
/// argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Identifier.
    pub id: TenantId,
    /// `iss` of every token.
    pub issuer: String,
    /// Settings.
    pub settings: TenantSettings,
}

/// Settings of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantSettings {
    /// Display name on pages and in authenticator apps.
    pub name: String,
    /// Lifetimes of tokens, codes and sessions.
    pub lifetimes: Lifetimes,
    /// Default signing algorithm. Never HS256.
    pub signing_algorithm: SigningAlgorithm,
    /// Second-factor policy.
    pub mfa: MfaPolicy,
    /// Whether activity extends a session.
    pub sliding_sessions: bool,
    /// Policy for the requests of clients.
    pub requests: RequestPolicy,
    /// Public client that receives the tokens of self-registered users; `None` disables self-registration.
    pub registration_client: Option<ClientId>,
    /// Policy for clients that register themselves.
    pub client_registration: RegistrationPolicy,
    /// Settings of recovery, mailed links and security notices.
    pub recovery: RecoveryPolicy,
    /// Settings of sign-up on the pages.
    pub sign_up: SignUpPolicy,
    /// Upstream providers that alone may sign users in. Empty allows every method.
    pub upstream_only: Vec<ProviderName>,
    /// Appearance that differs from that of the server.
    pub branding: Branding,
    /// Limits.
    pub limits: TenantLimits,
}

impl TenantSettings {
    /// Returns the default settings: RS256, optional second factors, and sessions that activity extends.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            lifetimes: Lifetimes::DEFAULT,
            signing_algorithm: SigningAlgorithm::Rs256,
            mfa: MfaPolicy::Optional,
            sliding_sessions: true,
            requests: RequestPolicy::default(),
            registration_client: None,
            client_registration: RegistrationPolicy::default(),
            recovery: RecoveryPolicy::default(),
            sign_up: SignUpPolicy::default(),
            upstream_only: Vec::new(),
            branding: Branding::default(),
            limits: TenantLimits::default(),
        }
    }
}

impl Tenant {
    /// Returns the path of the issuer, without a slash at its end: `/t/` and the name, or nothing for a tenant with a host
    /// of its own. All endpoints and pages of the tenant are below it.
    #[must_use]
    pub fn path(&self) -> &str {
        let host = self.issuer.split_once("://").map_or("", |(_, host)| host);
        host.find('/').and_then(|at| host.get(at..)).unwrap_or("")
    }

    /// Returns the algorithm for documents that a client itself verifies.
    ///
    /// A resource server that shares an HS256 key with the client could forge them. A client with HS256 therefore gets
    /// the tenant's default algorithm.
    #[must_use]
    pub fn published_algorithm(&self, own: Option<SigningAlgorithm>) -> SigningAlgorithm {
        match own {
            Some(SigningAlgorithm::Hs256) | None => self.settings.signing_algorithm,
            Some(own) => own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts;

    #[test]
    fn tenant_id_must_fit_signed_column() {
        assert_eq!(TenantId::from_number(1), Some(TenantId::SINGLE));
        assert_eq!(TenantId::from_number(0), None);
        assert!(TenantId::from_number(i32::MAX.unsigned_abs()).is_some());
        assert_eq!(TenantId::from_number(i32::MAX.unsigned_abs() + 1), None);
    }

    #[test]
    fn client_documents_are_never_signed_with_shared_key() {
        let tenant = test_facts::tenant();
        let of = |own| tenant.published_algorithm(own);
        assert_eq!(of(None), SigningAlgorithm::Rs256);
        assert_eq!(of(Some(SigningAlgorithm::Hs256)), SigningAlgorithm::Rs256);
        assert_eq!(of(Some(SigningAlgorithm::EdDsa)), SigningAlgorithm::EdDsa);
    }
}
