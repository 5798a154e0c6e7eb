//! Access tokens that come back: at the userinfo endpoint, for introspection and for revocation.

use crate::authorize::claims_request::ClaimSet;
use crate::client::authentication::Caller;
use crate::client::{Client, ClientId, ClientStatus};
use crate::grant::Grant;
use crate::grant::refresh_token::RefreshToken;
use crate::identifier::Subject;
use crate::refusal::Refusal;
use crate::scope::Scope;
use crate::time::Timestamp;
use crate::token::claims::TokenId;
use alloc::string::String;
use alloc::vec::Vec;

/// What an access token says (RFC 9068 section 2.2), its signature known to be ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: Subject,
    /// `aud`: one or several.
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
}

/// What the userinfo endpoint tells of a resource owner (OpenID Connect Core section 5.3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The resource owner, as the server knows them.
    pub owner: Subject,
    /// `sub`: the resource owner, as the client knows them.
    pub subject: Subject,
    /// The claims of the scope, and those that were asked for one by one.
    pub claims: ClaimSet,
}

impl AccessToken {
    /// Whether it was issued under this name and has not ended by itself.
    pub fn check(&self, issuer: &str, now: Timestamp) -> Result<(), Refusal> {
        if self.issuer != issuer {
            return Err(Refusal::AccessTokenUnknown);
        }
        if self.expires_at.has_passed(now) {
            return Err(Refusal::AccessTokenExpired);
        }
        Ok(())
    }

    /// Holds the token against the stored grant that its `jti` names: it is good as long as that is live.
    ///
    /// It never says more than the grant does. A resource server that shares the key of a client (HS256) can
    /// make tokens; with this it gains nothing by it.
    pub fn check_grant(&self, grant: Option<Grant>, now: Timestamp) -> Result<Grant, Refusal> {
        let grant = grant
            .filter(|grant| grant.is_live(now))
            .ok_or(Refusal::AccessTokenRevoked)?;
        let authorization = &grant.authorization;
        if *authorization.client() == self.client && self.scope.is_subset_of(authorization.scope())
        {
            Ok(grant)
        } else {
            Err(Refusal::AccessTokenUnknown)
        }
    }

    /// Whether the client that it was issued to may still act.
    pub fn check_client(&self, client: &Client) -> Result<(), Refusal> {
        if client.status == ClientStatus::Active {
            Ok(())
        } else {
            Err(Refusal::AccessTokenRevoked)
        }
    }

    /// The grant on which this server itself acts for the bearer, out of the one that [`AccessToken::check_grant`]
    /// gave.
    ///
    /// Tokens of a grant for resources (RFC 8707) are for these alone (RFC 9068 section 4): a resource server that
    /// was shown one could show it here. This server is meant if its issuer is among them.
    pub fn to_act_on<'a>(&self, grant: Option<&'a Grant>) -> Result<&'a Grant, Refusal> {
        let grant = grant.ok_or(Refusal::AccessTokenWithoutOwner)?;
        let issuer = self.issuer.as_str();
        let resources = &grant.authorization.access.resources;
        let mut granted = resources.iter();
        let is_for_us = granted.any(|resource| resource.as_str() == issuer)
            && self.audience.iter().any(|name| name == issuer);
        if resources.is_empty() || is_for_us {
            Ok(grant)
        } else {
            Err(Refusal::AccessTokenForAnotherResource)
        }
    }

    /// What the bearer may learn of the resource owner. `grant` is the one that [`AccessToken::check_grant`]
    /// gave, `client` the one it was issued to.
    pub fn release(&self, grant: Option<&Grant>, client: &Client) -> Result<Release, Refusal> {
        if !self.scope.contains(Scope::OPENID) {
            return Err(Refusal::OpenIdScopeMissing);
        }
        let authorization = &self.to_act_on(grant)?.authorization;
        Ok(Release {
            owner: authorization.subject.clone(),
            subject: client
                .openid
                .subject_type
                .subject_of(&authorization.subject),
            claims: ClaimSet::of_scope(&self.scope) | authorization.access.claims.userinfo,
        })
    }

    /// Whether a client may learn whether the token is good (RFC 7662 section 4): the one it was issued to, and
    /// a resource server that is itself a client and stands in `aud`.
    #[must_use]
    pub fn may_be_introspected_by(&self, client: &ClientId) -> bool {
        self.client == *client || self.audience.iter().any(|name| name == client.as_str())
    }
}

impl Client {
    /// Whether the client may see and end the sessions of its users: the operator's own alone, for that is on no page
    /// on which a user agrees to anything.
    pub const fn may_manage_sessions(&self) -> Result<(), Refusal> {
        if self.first_party {
            Ok(())
        } else {
            Err(Refusal::ClientNotFirstParty)
        }
    }
}

impl Grant {
    /// Whether a refresh token is the current one of this grant.
    #[must_use]
    pub fn is_current(&self, token: &RefreshToken, now: Timestamp) -> bool {
        self.is_live(now) && self.id == token.grant && token.generation >= self.generation
    }
}

impl Caller<'_> {
    /// Whether the client may introspect at all (RFC 7662 section 2.1): only who showed a secret, so that
    /// nobody can try out tokens.
    pub fn may_introspect(&self) -> Result<(), Refusal> {
        if self.is_authenticated() {
            Ok(())
        } else {
            Err(Refusal::SecretMissing)
        }
    }

    /// Whether the client may revoke this grant (RFC 7009 section 2.1): its own, and by the rule of a refresh,
    /// without its secret only what is bound to a code verifier.
    #[must_use]
    pub fn may_revoke(&self, grant: &Grant) -> bool {
        let authorization = &grant.authorization;
        *authorization.client() == self.client().id
            && (!self.owes_a_verifier() || authorization.bound_to_verifier)
    }

    /// Whether the client may revoke this token, which has no grant: its own, and it showed the secret that it
    /// got the token for.
    #[must_use]
    pub fn may_deny(&self, token: &AccessToken) -> bool {
        token.client == self.client().id && self.is_authenticated()
    }
}

#[cfg(test)]
mod tests;
