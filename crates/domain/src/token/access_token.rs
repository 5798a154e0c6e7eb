//! Checks of presented access tokens: userinfo, introspection, revocation and the APIs of this server.

use crate::authorize::claims_request::ClaimSet;
use crate::client::authentication::Caller;
use crate::client::{Client, ClientId, ClientStatus};
use crate::grant::Grant;
use crate::grant::refresh_token::RefreshToken;
use crate::identifier::Subject;
use crate::refusal::Refusal;
use crate::scope::Scope;
use crate::time::Timestamp;
use crate::token::actor::Actor;
use crate::token::custom_claims::CustomClaims;
use crate::token::token_id::{FirstToken, TokenId};
use alloc::string::String;
use alloc::vec::Vec;

/// Claims of an access token whose signature is verified (RFC 9068 section 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: Subject,
    /// `aud`: one or more values.
    pub audience: Vec<String>,
    /// `client_id`.
    pub client: ClientId,
    /// `scope`.
    pub scope: Scope,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
    /// `jti`.
    pub token_id: TokenId,
    /// `gty`: the grant type, if the server wrote it
    /// ([`Issuance::with_gty`](crate::token::issuance::Issuance::with_gty)).
    pub gty: Option<String>,
    /// `act`: the party that uses the token for the subject.
    pub actor: Option<Actor>,
    /// `may_act`: the only client that may act for the subject.
    pub may_act: Option<ClientId>,
    /// Whether the token is bound to a key (RFC 7800, `cnf`), which this version cannot prove.
    pub is_bound: bool,
    /// Custom claims ([`Issuance::with_claims`](crate::token::issuance::Issuance::with_claims)).
    pub custom: CustomClaims,
}

/// Contents of a userinfo response (OpenID Connect Core section 5.3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserInfoRelease {
    /// Resource owner, by the server's own subject.
    pub owner: Subject,
    /// `sub`: the subject as the client knows it, pairwise or public.
    pub subject: Subject,
    /// Claims of the scope, and individually requested claims.
    pub claims: ClaimSet,
}

impl AccessToken {
    /// Returns the token as the first of a chain of exchanged tokens. Its denial is stored under these facts.
    #[must_use]
    pub const fn as_first(&self) -> FirstToken {
        FirstToken {
            unique: self.token_id.unique,
            expires_at: self.expires_at,
        }
    }

    /// Checks the issuer and the expiration time. Refuses a token that a later version bound to a key: this version cannot
    /// check who presents it.
    pub fn check(&self, issuer: &str, now: Timestamp) -> Result<(), Refusal> {
        if self.issuer != issuer || self.is_bound {
            return Err(Refusal::AccessTokenUnknown);
        }
        if self.expires_at.has_passed(now) {
            return Err(Refusal::AccessTokenExpired);
        }
        Ok(())
    }

    /// Checks the token against the stored grant that its `jti` names. Returns the grant if it is live.
    ///
    /// Refuses a token whose grant identifier or client differs from the grant's, or whose scope exceeds the grant's. A
    /// resource server that shares an HS256 key with a client could forge such a token.
    pub fn check_grant(&self, grant: Option<Grant>, now: Timestamp) -> Result<Grant, Refusal> {
        let grant = self.check_root(grant, now)?;
        if *grant.authorization().client() == self.client {
            Ok(grant)
        } else {
            Err(Refusal::AccessTokenUnknown)
        }
    }

    /// Checks like [`AccessToken::check_grant`], but accepts a token of another client than the grant's.
    ///
    /// Call it only for a token that a client obtained by [`Caller::exchange_token`]: its root says so
    /// ([`Root::is_exchanged`](crate::token::token_id::Root::is_exchanged)). No resource server may share the key of the token.
    pub fn check_root(&self, grant: Option<Grant>, now: Timestamp) -> Result<Grant, Refusal> {
        let grant = grant
            .filter(|grant| grant.is_live(now))
            .ok_or(Refusal::AccessTokenRevoked)?;
        if self.token_id.root.grant() == Some(grant.id())
            && self.scope.is_subset_of(grant.authorization().scope())
        {
            Ok(grant)
        } else {
            Err(Refusal::AccessTokenUnknown)
        }
    }

    /// Checks that the token's client is active.
    pub fn check_client(&self, client: &Client) -> Result<(), Refusal> {
        if client.status == ClientStatus::Active {
            Ok(())
        } else {
            Err(Refusal::AccessTokenRevoked)
        }
    }

    /// Removes scope that its client is no longer registered for.
    #[must_use]
    pub fn within(self, client: &Client) -> Self {
        let scope = self.scope.intersection(&client.scope);
        Self { scope, ..self }
    }

    /// Returns the grant if this server may act on it for the bearer. `grant` is the result of
    /// [`AccessToken::check_grant`].
    ///
    /// A token of a grant with resources (RFC 8707) is only for these resources (RFC 9068 section 4), and an exchanged
    /// token only for its audience. Otherwise a resource server could use the tokens that it receives at this server.
    /// To allow this server, the grant's resources and `aud` must contain its issuer.
    pub fn to_act_on<'a>(&self, grant: Option<&'a Grant>) -> Result<&'a Grant, Refusal> {
        let grant = grant.ok_or(Refusal::AccessTokenWithoutOwner)?;
        let issuer = self.issuer.as_str();
        let resources = &grant.authorization().access.resources;
        let mut granted = resources.iter();
        let is_granted =
            resources.is_empty() || granted.any(|resource| resource.as_str() == issuer);
        let is_bound = !resources.is_empty() || self.token_id.root.is_exchanged();
        let is_for_us = self.audience.iter().any(|name| name == issuer);
        if !is_bound || (is_granted && is_for_us) {
            Ok(grant)
        } else {
            Err(Refusal::AccessTokenForAnotherResource)
        }
    }

    /// Returns the contents of the userinfo response. `grant` is the result of [`AccessToken::check_grant`]; `client`
    /// is the token's client.
    pub fn release(
        &self,
        grant: Option<&Grant>,
        client: &Client,
    ) -> Result<UserInfoRelease, Refusal> {
        if !self.scope.contains(Scope::OPENID) {
            return Err(Refusal::OpenIdScopeMissing);
        }
        let authorization = self.to_act_on(grant)?.authorization();
        Ok(UserInfoRelease {
            owner: authorization.subject.clone(),
            subject: client
                .openid
                .subject_type
                .subject_of(&authorization.subject),
            claims: if self.token_id.root.is_exchanged() {
                // The claims parameter was about the client that requested it.
                ClaimSet::of_scope(&self.scope)
            } else {
                ClaimSet::of_scope(&self.scope) | authorization.access.claims.userinfo
            },
        })
    }

    /// Checks that the admin API is the only audience of the token, and that an operator marked its client for
    /// administration. Otherwise, any client could collect such tokens. `client` is the token's client. No client may
    /// exchange a token for one for the admin API.
    pub fn may_administer(&self, client: &Client, admin_api: &str) -> Result<(), Refusal> {
        if self.audience != [admin_api] || self.token_id.root.is_exchanged() {
            return Err(Refusal::AccessTokenForAnotherResource);
        }
        if !client.is_for_administration(admin_api) {
            return Err(Refusal::ClientNotForAdministration);
        }
        Ok(())
    }

    /// Returns whether a client may introspect the token (RFC 7662 section 4): the token's client, or a client listed
    /// in `aud`, such as a resource server.
    #[must_use]
    pub fn may_be_introspected_by(&self, client: &ClientId) -> bool {
        self.client == *client || self.audience.iter().any(|name| name == client.as_str())
    }
}

impl Grant {
    /// Returns whether a refresh token is current: the grant is live, and the token's generation is not older than
    /// stored.
    #[must_use]
    pub fn is_current(&self, token: &RefreshToken, now: Timestamp) -> bool {
        self.is_live(now)
            && self.id() == token.grant()
            && token.generation() >= self.facts().generation
    }
}

impl Caller<'_> {
    /// Checks that the client authenticated, which introspection requires (RFC 7662 section 2.1). This prevents token
    /// scanning.
    pub fn may_introspect(&self) -> Result<(), Refusal> {
        self.check_authenticated()
    }

    /// Returns whether the client may revoke this grant (RFC 7009 section 2.1). The grant must be its own. A
    /// confidential client without credentials may revoke only a grant that is bound to a code verifier, as for a
    /// refresh.
    #[must_use]
    pub fn may_revoke(&self, grant: &Grant) -> bool {
        let authorization = grant.authorization();
        *authorization.client() == self.client().id
            && (!self.owes_a_verifier() || authorization.bound_to_verifier)
    }

    /// Returns whether the client may revoke this token without a grant. The token must be its own, and the client must
    /// have authenticated.
    #[must_use]
    pub fn may_deny(&self, token: &AccessToken) -> bool {
        token.client == self.client().id && self.is_authenticated()
    }
}

#[cfg(test)]
mod tests;
