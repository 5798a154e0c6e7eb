//! Clients (RFC 6749 section 2) and what they are registered for.

pub mod assertion;
pub mod authentication;
pub mod openid_registration;
pub mod redirect_uri;
pub mod registration;

use crate::authorize::claims_request::{ClaimSet, RequestedClaims};
use crate::client::authentication::{AuthenticationMethod, Jwks};
use crate::client::openid_registration::OpenIdRegistration;
use crate::client::redirect_uri::RedirectUri;
use crate::evidence::Evidence;
use crate::later::LaterMembers;
use crate::refusal::Refusal;
use crate::resource::Resource;
use crate::scope::Scope;
use crate::secret::SecretDigest;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::signing_algorithm::SigningAlgorithm;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// The text cannot be a client identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a client identifier has 1 to 255 characters of printable ASCII")]
pub struct InvalidClientId;

/// A client identifier: `*VSCHAR` of RFC 6749 appendix A.1, neither empty nor longer than 255.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(String);

impl ClientId {
    /// Checks length and alphabet.
    pub fn parse(text: &str) -> Result<Self, InvalidClientId> {
        let visible = |byte: u8| (0x20..=0x7E).contains(&byte);
        if (1..=255).contains(&text.len()) && text.bytes().all(visible) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidClientId)
        }
    }

    /// The identifier, as it stands in `client_id`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A grant type, by its name on the wire (RFC 6749 section 1.3): an open set. A client may be registered for one that
/// this version does not know; it cannot be used here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GrantType(Cow<'static, str>);

impl GrantType {
    /// RFC 6749 section 4.1.
    pub const AUTHORIZATION_CODE: Self = Self(Cow::Borrowed("authorization_code"));
    /// RFC 6749 section 6.
    pub const REFRESH_TOKEN: Self = Self(Cow::Borrowed("refresh_token"));
    /// RFC 6749 section 4.4.
    pub const CLIENT_CREDENTIALS: Self = Self(Cow::Borrowed("client_credentials"));

    /// The grant types of this version.
    pub const ALL: &'static [Self] = &[
        Self::AUTHORIZATION_CODE,
        Self::REFRESH_TOKEN,
        Self::CLIENT_CREDENTIALS,
    ];

    /// The grant type of this name, known or not.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let known = Self::ALL.iter().find(|known| known.as_str() == name);
        known
            .cloned()
            .unwrap_or_else(|| Self(Cow::Owned(name.into())))
    }

    /// The name, as it stands in `grant_type` and in client metadata.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this version knows it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        Self::ALL.contains(self)
    }
}

impl fmt::Debug for GrantType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Client types (RFC 6749 section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientType {
    /// Can keep a secret.
    Confidential,
    /// Cannot: an app on a person's device or in a browser.
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

/// What a client must and may do about PKCE. The default is the strict one: S256, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PkcePolicy {
    /// An authorization request needs a challenge. A public client needs one whatever this says.
    pub required: bool,
    /// `code_challenge_method=plain` is accepted (RFC 7636 section 7.2 advises against it).
    pub plain_allowed: bool,
    /// A confidential client may send its verifier in the place of its secret, and then refresh
    /// without one. Off is what OAuth 2.1 section 2.4 asks for.
    pub replaces_secret: bool,
}

impl PkcePolicy {
    /// S256 required, the secret too.
    pub const STRICT: Self = Self {
        required: true,
        plain_allowed: false,
        replaces_secret: false,
    };
}

impl Default for PkcePolicy {
    fn default() -> Self {
        Self::STRICT
    }
}

/// One of the secrets of a client: a client has several while it moves from one to the next.
#[derive(Clone, Debug)]
pub struct ClientSecret {
    /// What its owner calls it; unique within the client.
    pub name: String,
    /// All that is kept of it.
    pub digest: SecretDigest,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was last seen, to the hour.
    pub last_used_at: Option<Timestamp>,
}

/// A registered client.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: ClientId,
    /// What people call it.
    pub name: String,
    /// Whether it can keep a secret.
    pub client_type: ClientType,
    /// Whether it gets tokens at all.
    pub status: ClientStatus,
    /// Its live and past secrets; none for a public client.
    pub secrets: Vec<ClientSecret>,
    /// `token_endpoint_auth_method` (RFC 7591 section 2); `None` lets a confidential client send its secret either way.
    pub authentication_method: Option<AuthenticationMethod>,
    /// `jwks` (RFC 7591 section 2): the public keys of `private_key_jwt`.
    pub jwks: Option<Jwks>,
    /// The grant types it may use.
    pub grant_types: Vec<GrantType>,
    /// All the scope it may be granted.
    pub scope: Scope,
    /// Where an authorization response may go.
    pub redirect_uris: Vec<RedirectUri>,
    /// If not empty, the hosts (or parents of hosts) that a redirect URI must be under.
    pub domains: Vec<String>,
    /// What it must and may do about PKCE.
    pub pkce: PkcePolicy,
    /// Signs its tokens; `None` for the server's default.
    pub signing_algorithm: Option<SigningAlgorithm>,
    /// `aud` of its access tokens; `None` for its own identifier.
    pub audience: Option<String>,
    /// The resources that its tokens may be for (RFC 8707).
    pub resources: Vec<Resource>,
    /// Whether it is the operator's own, so that nobody is asked for consent.
    pub first_party: bool,
    /// What it is registered with for OpenID Connect.
    pub openid: OpenIdRegistration,
    /// Overrides [`Lifetimes::access_token`].
    pub access_token_lifetime: Option<Duration>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Version of the stored document: 0 before it is stored, then counted up by every change.
    pub version: u64,
    /// Metadata that a later version added and this one keeps.
    pub later: LaterMembers,
}

impl Client {
    /// An active client with strict PKCE and nothing else: no grant type, no scope, no redirect URI and no secret.
    #[must_use]
    pub fn new(id: ClientId, name: &str, client_type: ClientType, created_at: Timestamp) -> Self {
        Self {
            id,
            name: name.into(),
            client_type,
            status: ClientStatus::Active,
            secrets: Vec::new(),
            authentication_method: None,
            jwks: None,
            grant_types: Vec::new(),
            scope: Scope::none(),
            redirect_uris: Vec::new(),
            domains: Vec::new(),
            pkce: PkcePolicy::STRICT,
            signing_algorithm: None,
            audience: None,
            resources: Vec::new(),
            first_party: false,
            openid: OpenIdRegistration::default(),
            access_token_lifetime: None,
            created_at,
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Whether the client is registered for `grant_type` (RFC 6749 section 5.2, `unauthorized_client`).
    pub fn may_use(&self, grant_type: &GrantType) -> Result<(), Refusal> {
        if self.grant_types.contains(grant_type) {
            Ok(())
        } else {
            Err(Refusal::GrantTypeNotAllowed(Evidence::of(
                grant_type.as_str(),
            )))
        }
    }

    /// Whether an authorization request of this client needs a code challenge (OAuth 2.1 section 4.1.1).
    #[must_use]
    pub const fn must_use_pkce(&self) -> bool {
        self.pkce.required || matches!(self.client_type, ClientType::Public)
    }

    /// The redirect URI of a request, if the client registered it: the same bytes, or, for a public
    /// client, the same but for the port of a loopback address (RFC 8252 section 7.3).
    pub fn registered_redirect_uri(&self, presented: &str) -> Result<RedirectUri, Refusal> {
        let native = self.client_type == ClientType::Public;
        let registered = |own: &RedirectUri| {
            own.is(presented) || (native && own.is_but_for_loopback_port(presented))
        };
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

    /// The scope of a request that named `requested`: a subset of what is registered, or all of it when
    /// nothing was named (RFC 6749 section 3.3).
    pub fn registered_scope(&self, requested: Option<&str>) -> Result<Scope, Refusal> {
        self.scope.narrowed(requested, Refusal::ScopeNotRegistered)
    }

    /// The claims that an ID token of this client carries (OpenID Connect Core sections 5.4 and 5.5).
    #[must_use]
    pub fn id_token_claims(&self, scope: &Scope, requested: RequestedClaims) -> ClaimSet {
        if self.openid.scope_claims_in_id_token {
            requested.id_token | ClaimSet::of_scope(scope)
        } else {
            requested.id_token
        }
    }

    /// `aud` of an access token of this client.
    #[must_use]
    pub fn audience(&self) -> &str {
        self.audience.as_deref().unwrap_or(self.id.as_str())
    }

    /// The lifetime of an access token of this client.
    #[must_use]
    pub fn access_token_lifetime(&self, lifetimes: &Lifetimes) -> Duration {
        self.access_token_lifetime.unwrap_or(lifetimes.access_token)
    }

    /// How long its refresh tokens live, and their grants with them: no shorter than anything else that comes from a
    /// grant. A grant that was gone before its code expired could be made again from it.
    #[must_use]
    pub fn refresh_token_lifetime(&self, lifetimes: &Lifetimes) -> Duration {
        lifetimes
            .refresh_token
            .max(lifetimes.authorization_code)
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
