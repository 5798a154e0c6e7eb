//! Clients and their registration (RFC 6749 section 2).

mod api_keys;
pub mod assertion;
pub mod authentication;
mod authentication_method;
mod defaults;
pub mod dynamic;
mod exchange_rule;
mod grant_type;
mod id;
pub mod openid_registration;
mod pkce_policy;
pub mod presented;
pub mod redirect_uri;
pub mod registration;
pub(crate) mod texts;

pub use api_keys::key::{ApiKey, PresentedApiKey};
pub use authentication_method::{AuthenticationMethod, Jwks, KeySource};
pub use exchange_rule::ExchangeRule;
pub use grant_type::GrantType;
pub use id::{ClientId, InvalidClientId};
pub use pkce_policy::{MissingChallenge, PkcePolicy, PkceRequirement};

use crate::administration::holder::Holder;
use crate::administration::managed_by::ManagedBy;
use crate::authorize::claims_request::{ClaimSet, RequestedClaims};
use crate::claims::policy::ClaimsPolicy;
use crate::client::assertion::workload::WorkloadIdentity;
use crate::client::dynamic::DynamicRegistration;
use crate::client::openid_registration::OpenIdRegistration;
use crate::client::redirect_uri::RedirectUri;
use crate::evidence::Evidence;
use crate::federation::provider_name::ProviderName;
use crate::later::LaterMembers;
use crate::refusal::Refusal;
use crate::resource::Resource;
use crate::scope::{RequestedScope, Scope};
use crate::secret::SecretDigest;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::signing_algorithm::SigningAlgorithm;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// Client type (RFC 6749 section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientType {
    /// Client that can keep a secret.
    Confidential,
    /// Client that cannot keep a secret, such as an app on a user's device or in a browser.
    Public,
}
crate::wire_names!(ClientType {
    Confidential = "confidential",
    Public = "public",
});

/// Status of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientStatus {
    /// Active: the client receives tokens.
    Active,
    /// Disabled by its owner.
    Inactive,
    /// Disabled by the operator.
    Suspended,
}
crate::wire_names!(ClientStatus {
    Active = "active",
    Inactive = "inactive",
    Suspended = "suspended",
});

/// Client secret. A client has several while it rotates them.
#[derive(Clone, Debug)]
pub struct ClientSecret {
    /// Name, unique within the client.
    pub name: String,
    /// Digest. The secret itself is not stored.
    pub digest: SecretDigest,
    /// Creation time.
    pub created_at: Timestamp,
    /// Expiration time; `None` for no expiration.
    pub expires_at: Option<Timestamp>,
    /// Time of the last use, with a resolution of one hour.
    pub last_used_at: Option<Timestamp>,
}

/// Registered client.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: ClientId,
    /// Display name.
    pub name: String,
    /// Client type.
    pub client_type: ClientType,
    /// Client status.
    pub status: ClientStatus,
    /// Active and expired secrets; empty for a public client.
    pub secrets: Vec<ClientSecret>,
    /// Secret keys for the API of Aero2, oldest first.
    pub api_keys: Vec<ApiKey>,
    /// `token_endpoint_auth_method` (RFC 7591 section 2). `None` allows a confidential client `client_secret_basic` and
    /// `client_secret_post`.
    pub authentication_method: Option<AuthenticationMethod>,
    /// `jwks` or `jwks_uri` (RFC 7591 section 2): public keys for `private_key_jwt`.
    pub keys: Option<KeySource>,
    /// Programs that authenticate as the client with tokens of their platforms, for `private_key_jwt`.
    pub workload_identities: Vec<WorkloadIdentity>,
    /// Allowed grant types.
    pub grant_types: Vec<GrantType>,
    /// Maximum scope.
    pub scope: Scope,
    /// Registered redirect URIs.
    pub redirect_uris: Vec<RedirectUri>,
    /// Allowed hosts of redirect URIs, including their subdomains. Empty allows all hosts.
    pub domains: Vec<String>,
    /// PKCE policy.
    pub pkce: PkcePolicy,
    /// Signing algorithm of the client's tokens; `None` for the tenant's default.
    pub signing_algorithm: Option<SigningAlgorithm>,
    /// `aud` of access tokens; `None` for the client ID.
    pub audience: Option<String>,
    /// Resources that the client may request (RFC 8707).
    pub resources: Vec<Resource>,
    /// Whether the operator owns the client. Users are then asked for consent only for `prompt=consent`. Use
    /// [`Client::is_first_party`] to decide.
    pub first_party: bool,
    /// Registration at the client's own request; `None` for a client that an operator created.
    pub dynamic: Option<DynamicRegistration>,
    /// Operator who may manage the client with `clients:own`.
    pub owner: Option<Holder>,
    /// OpenID Connect metadata.
    pub openid: OpenIdRegistration,
    /// Claims of its tokens, of userinfo and of introspection responses.
    pub claims_policy: ClaimsPolicy,
    /// Upstream providers that alone may sign users in for the client. Empty allows every method.
    pub upstream_providers: Vec<ProviderName>,
    /// Tokens that the client may exchange, and for which audiences (RFC 8693).
    pub token_exchange: Vec<ExchangeRule>,
    /// The only client that may act for the subjects of its tokens (RFC 8693 section 4.4, `may_act`); `None` for no such
    /// limit.
    pub may_act: Option<ClientId>,
    /// Override of [`Lifetimes::access_token`].
    pub access_token_lifetime: Option<Duration>,
    /// Set of files that declares the client.
    pub managed_by: Option<ManagedBy>,
    /// Registration time.
    pub created_at: Timestamp,
    /// Time of the last change; `None` if the client never changed.
    pub updated_at: Option<Timestamp>,
    /// Version of the stored document: 0 before it is stored. Every change increments it.
    pub version: u64,
    /// Metadata from a later version, kept unchanged.
    pub later: LaterMembers,
}

impl Client {
    /// Checks that the client is registered for `grant_type` (RFC 6749 section 5.2, `unauthorized_client`).
    pub fn may_use(&self, grant_type: &GrantType) -> Result<(), Refusal> {
        if self.grant_types.contains(grant_type) {
            Ok(())
        } else {
            Err(Refusal::GrantTypeNotAllowed(Evidence::of(
                grant_type.as_str(),
            )))
        }
    }

    /// Returns when authorization requests of this client need a code challenge. A public client always needs one
    /// (OAuth 2.1 section 4.1.1).
    #[must_use]
    pub const fn pkce_requirement(&self) -> PkceRequirement {
        match self.client_type {
            ClientType::Public => PkceRequirement::Always,
            ClientType::Confidential => self.pkce.required,
        }
    }

    /// Returns the redirect URI of a request if it is registered and within [`Client::domains`].
    ///
    /// The comparison is byte for byte. A client with an `http` redirect URI on the loopback interface is a native app:
    /// the port of that URI may differ (RFC 8252 section 7.3).
    pub fn registered_redirect_uri(&self, presented: &str) -> Result<RedirectUri, Refusal> {
        let registered =
            |own: &RedirectUri| own.is(presented) || own.is_but_for_loopback_port(presented);
        let unregistered = || Refusal::RedirectUriNotRegistered(Evidence::of(presented));
        if !self.redirect_uris.iter().any(registered) {
            return Err(unregistered());
        }
        let uri = RedirectUri::parse(presented).map_err(|_| unregistered())?;
        if self.is_within_domains(&uri) {
            Ok(uri)
        } else {
            Err(Refusal::RedirectUriOutsideDomains(Evidence::of(presented)))
        }
    }

    /// Returns the requested scope if it is registered, or all registered scope without a `scope` parameter
    /// (RFC 6749 section 3.3).
    pub fn registered_scope(&self, requested: RequestedScope<'_>) -> Result<Scope, Refusal> {
        self.scope.narrowed(requested, Refusal::ScopeNotRegistered)
    }

    /// Returns the claims to include in an ID token of this client (OpenID Connect Core sections 5.4 and 5.5).
    #[must_use]
    pub fn id_token_claims(&self, scope: &Scope, requested: RequestedClaims) -> ClaimSet {
        requested.id_token | self.openid.scope_claims_in_id_token.of(scope)
    }

    /// Returns `aud` of access tokens without resources.
    #[must_use]
    pub fn audience(&self) -> &str {
        self.audience.as_deref().unwrap_or(self.id.as_str())
    }

    /// Returns the lifetime of access tokens of this client.
    #[must_use]
    pub fn access_token_lifetime(&self, lifetimes: &Lifetimes) -> Duration {
        self.access_token_lifetime
            .unwrap_or(lifetimes.access_token())
    }

    /// Returns the lifetime of refresh tokens, and thus of grants. It is at least the lifetime of codes and access
    /// tokens.
    ///
    /// If a grant were deleted before its code expires, the code could be redeemed again.
    #[must_use]
    pub fn refresh_token_lifetime(&self, lifetimes: &Lifetimes) -> Duration {
        lifetimes
            .refresh_token()
            .max(lifetimes.authorization_code())
            .max(lifetimes.device_code())
            .max(self.access_token_lifetime(lifetimes))
    }

    fn is_within_domains(&self, uri: &RedirectUri) -> bool {
        let under = |host: &str, domain: &str| {
            host == domain
                || host
                    .strip_suffix(domain)
                    .is_some_and(|front| front.ends_with('.'))
        };
        self.domains.is_empty()
            || uri
                .host()
                .is_some_and(|host| self.domains.iter().any(|domain| under(host, domain)))
    }
}

#[cfg(test)]
mod tests;
