//! Upstream providers.

use super::claims::{UntrueToken, UpstreamClaims};
use super::email_domain::{EmailDomain, TrustedDomains};
use super::preset::Preset;
use super::profile_mapping::ProfileMapping;
use super::protocol::{UpstreamAuthentication, UpstreamProtocol};
use super::provider_name::ProviderName;
use super::value_table::{GroupTable, RoleTable};
use crate::administration::managed_by::ManagedBy;
use crate::later::LaterMembers;
use crate::scope::Scope;
use crate::time::Timestamp;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

/// Identity provider at which the users of this server can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of its own")]
pub struct UpstreamProvider {
    /// Name. It never changes.
    pub name: ProviderName,
    /// Name on buttons.
    pub display_name: String,
    /// Preset, whose rules for addresses and subjects apply.
    pub preset: Option<Preset>,
    /// Whether users can sign in there.
    pub enabled: bool,
    /// Protocol with its issuer or endpoints.
    pub protocol: UpstreamProtocol,
    /// Identifier of this server at the provider.
    pub client_id: String,
    /// How this server authenticates there.
    pub authentication: UpstreamAuthentication,
    /// Client secret.
    pub secret: Option<SealedClientSecret>,
    /// Algorithm of its ID tokens and logout tokens, if only one is accepted: one of [`UpstreamProvider::ALGORITHMS`].
    pub id_token_signed_response_alg: Option<String>,
    /// Scope of the authorization request.
    pub scope: Scope,
    /// Which claims become the profile of a user.
    pub profile: ProfileMapping,
    /// Domains for whose addresses the provider is trusted: an address of another domain links no account.
    pub trusted_domains: TrustedDomains,
    /// Domains whose users the sign-in page sends to the provider.
    pub home_domains: Vec<EmailDomain>,
    /// Whether the first sign-in creates an account.
    pub create_users: bool,
    /// Whether a verified address of a trusted domain links an existing account.
    pub link_by_email: bool,
    /// Groups that the values of a claim give.
    pub groups: Option<GroupTable>,
    /// Application roles that the values of a claim give, at the resource server that has the audience at the sign-in.
    pub roles: Option<RoleTable>,
    /// Values of the `acr` claim that prove two factors.
    pub two_factor_acr: Vec<String>,
    /// Values of the `amr` claim one of which proves two factors.
    pub two_factor_amr: Vec<String>,
    /// Whether requests to the provider may reach private networks, and may use `http`.
    pub allow_private_network: bool,
    /// Whether logout tokens of the provider end sessions.
    pub backchannel_logout: bool,
    /// Whether a logout here also ends the session at the provider.
    pub rp_initiated_logout: bool,
    /// Set of files that declares the provider.
    pub managed_by: Option<ManagedBy>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Version of the stored document: 0 before it is stored. Every change increments it.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

/// Client secret as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedClientSecret {
    /// Secret, sealed under a master key for the context [`UpstreamProvider::secret_context`].
    pub sealed: Vec<u8>,
    /// Creation time.
    pub created_at: Timestamp,
}

impl fmt::Debug for SealedClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedClientSecret(..)")
    }
}

impl UpstreamProvider {
    /// Maximum number of providers of a tenant.
    pub const MOST: usize = 50;

    /// Maximum length of a client ID and of a client secret in bytes.
    pub const LONGEST_CLIENT_TEXT: usize = 2048;

    /// Algorithms of ID tokens that this server verifies.
    pub const ALGORITHMS: [&'static str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

    /// Maximum number of domains of a list.
    pub const MOST_DOMAINS: usize = 500;

    /// Maximum number of `acr` or `amr` values.
    pub const MOST_TWO_FACTOR_VALUES: usize = 20;

    /// Creates an enabled provider without a secret, with the defaults of its preset. It creates accounts at the first
    /// sign-in, and links accounts by addresses of trusted domains. Without a preset, it is trusted for no domain.
    #[must_use]
    pub fn new(
        name: ProviderName,
        preset: Option<Preset>,
        protocol: UpstreamProtocol,
        client_id: impl Into<String>,
        created_at: Timestamp,
    ) -> Self {
        let display_name = preset.map_or_else(|| name.to_string(), |own| own.display_name().into());
        let is_oidc = protocol.issuer().is_some();
        let default_scope = if is_oidc {
            UpstreamProtocol::OIDC_SCOPE
        } else {
            ""
        };
        let scope = preset.map_or(default_scope, Preset::scope);
        let authentication = preset.map(Preset::authentication);
        let trusted = preset.map(|own| own.trusted_domains(&protocol));
        Self {
            name,
            display_name,
            preset,
            enabled: true,
            protocol,
            client_id: client_id.into(),
            authentication: authentication.unwrap_or(UpstreamAuthentication::ClientSecretBasic),
            secret: None,
            id_token_signed_response_alg: None,
            scope: Scope::parse(scope).unwrap_or_else(|_| Scope::none()),
            profile: ProfileMapping::default(),
            trusted_domains: trusted.unwrap_or(TrustedDomains::Listed(Vec::new())),
            home_domains: Vec::new(),
            create_users: true,
            link_by_email: true,
            groups: None,
            roles: None,
            two_factor_acr: Vec::new(),
            two_factor_amr: Vec::new(),
            allow_private_network: false,
            backchannel_logout: is_oidc,
            rp_initiated_logout: false,
            managed_by: None,
            created_at,
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Returns the context for which the client secret of a provider is sealed.
    #[must_use]
    pub fn secret_context(name: &ProviderName) -> String {
        alloc::format!("upstream-provider\n{name}")
    }

    /// Returns whether this server sends the client secret where it sent it with an earlier version of the provider.
    #[must_use]
    pub fn sends_secret_like(&self, before: &Self) -> bool {
        let receiver = |own: &Self| {
            let token = own.protocol.endpoints().map(|endpoints| &endpoints.token);
            token.or(own.protocol.issuer()).cloned()
        };
        receiver(self) == receiver(before)
    }

    /// Checks the algorithm of an ID token or a logout token (OpenID Connect Core section 3.1.3.7). `announced` are those of
    /// the discovery document.
    pub fn check_algorithm(
        &self,
        algorithm: &str,
        announced: &[String],
    ) -> Result<(), UntrueToken> {
        let agreed = self.id_token_signed_response_alg.as_deref();
        if agreed.is_some_and(|own| own != algorithm) {
            return Err(UntrueToken::NotAgreed);
        }
        if announced.is_empty() || announced.iter().any(|own| own == algorithm) {
            Ok(())
        } else {
            Err(UntrueToken::NotAnnounced)
        }
    }

    /// Returns whether an ID token says that the user proved two factors. A userinfo response does not say how the user
    /// signed in, and its claims may be ones that users set.
    #[must_use]
    pub fn had_two_factors(&self, id_token: &UpstreamClaims) -> bool {
        let has = |values: &[String], value: &str| values.iter().any(|own| own == value);
        let (acr, mut amr) = (id_token.text("acr"), id_token.texts("amr"));
        acr.is_some_and(|acr| has(&self.two_factor_acr, acr))
            || amr.any(|amr| has(&self.two_factor_amr, amr))
    }
}
