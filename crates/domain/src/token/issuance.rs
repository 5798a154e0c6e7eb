//! Contents of a token response, before tokens are signed.

use crate::authorize::claims_request::ClaimSet;
use crate::client::{Client, ClientId};
use crate::grant::authorization::Authorization;
use crate::grant::refresh_token::RefreshToken;
use crate::identifier::{SessionId, Subject};
use crate::login::authentication::Authentication;
use crate::resource::Resource;
use crate::scope::Scope;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::actor::Actor;
use crate::token::custom_claims::{CustomClaims, ReservedClaim};
use crate::token::signing_algorithm::SigningAlgorithm;
use crate::token::token_id::Root;
use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::time::Duration;

/// Facts of one token response (RFC 6749 section 5.1), before tokens are signed.
///
/// Only the rules of the grant types create it:
///
/// ```compile_fail,E0639
/// # use countersign_domain::token::issuance::Issuance;
/// fn of_another_subject(issuance: &Issuance, other: &Issuance) -> Issuance {
///     Issuance { subject: other.subject.clone(), ..issuance.clone() }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issuance {
    /// Root of the access token: its grant, or the token itself for client credentials.
    pub root: Root,
    /// Client that receives the tokens.
    pub client: ClientId,
    /// Resource owner, by the server's own subject; `None` for client credentials.
    pub owner: Option<Subject>,
    /// `sub`: the subject as the client knows it, pairwise or public.
    pub subject: Subject,
    /// `aud` of the access token.
    pub audience: Vec<String>,
    /// Scope of this response.
    pub scope: Scope,
    /// `gty` of the access token: the grant type, if the server discloses it to resource servers.
    pub gty: Option<&'static str>,
    /// `act` of the access token: the party that uses it for the subject (RFC 8693 section 4.1).
    pub actor: Option<Actor>,
    /// `may_act` of the access token: the only client that may act for the subject (RFC 8693 section 4.4).
    pub may_act: Option<ClientId>,
    /// Custom claims of the access token.
    pub custom: CustomClaims,
    /// Signing algorithm of the tokens; `None` for the tenant's default.
    pub signing_algorithm: Option<SigningAlgorithm>,
    /// Time of the request.
    pub issued_at: Timestamp,
    /// Expiration time of the access token.
    pub expires_at: Timestamp,
    /// Facts of the ID token, if the response has one.
    pub id_token: Option<IdTokenFacts>,
    /// Facts of the refresh token, if the response has one.
    pub refresh_token: Option<RefreshTokenFacts>,
}

/// Facts of an ID token beyond those of the access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenFacts {
    /// Resource owner whose claims the ID token contains, by the server's own subject.
    pub owner: Subject,
    /// Time and methods of the sign-in.
    pub authentication: Authentication,
    /// Browser session; `None` for a sign-in without a browser.
    pub session: Option<SessionId>,
    /// Claims about the user to include.
    pub claims: ClaimSet,
    /// Custom claims.
    pub custom: CustomClaims,
    /// `nonce` of the authorization request.
    pub nonce: Option<String>,
    /// Whether the ID token has the claim `token_use`.
    pub has_token_use: bool,
    /// Expiration time of the ID token.
    pub expires_at: Timestamp,
}

/// Refresh token of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefreshTokenFacts {
    /// Contents of the token.
    pub token: RefreshToken,
    /// Remaining lifetime.
    pub lifetime: Duration,
}

impl Issuance {
    /// Creates a response with an access token only.
    pub(crate) fn of_access_token(
        client: &Client,
        subject: Subject,
        scope: Scope,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Self {
        Self {
            root: Root::Own,
            client: client.id.clone(),
            owner: None,
            subject,
            audience: [client.audience().to_string()].into(),
            scope,
            gty: None,
            actor: None,
            may_act: client.may_act.clone(),
            custom: CustomClaims::none(),
            signing_algorithm: client.signing_algorithm,
            issued_at: now,
            expires_at: now.plus(client.access_token_lifetime(lifetimes)),
            id_token: None,
            refresh_token: None,
        }
    }

    /// Sets `aud` of the access token to `resources`, unless they are empty (RFC 8707 section 2.2).
    pub(crate) fn for_resources(mut self, resources: &[Resource]) -> Self {
        if !resources.is_empty() {
            self.audience = resources
                .iter()
                .map(|resource| resource.as_str().to_string())
                .collect();
        }
        self
    }

    /// Adds an ID token if the scope contains `openid` (OpenID Connect Core section 3.1.3.3).
    pub(crate) fn with_id_token(
        mut self,
        client: &Client,
        authorization: &Authorization,
        nonce: Option<String>,
        lifetimes: &Lifetimes,
    ) -> Self {
        if self.scope.contains(Scope::OPENID) {
            let expires_at = self.issued_at.plus(lifetimes.id_token());
            self.id_token = Some(IdTokenFacts {
                owner: authorization.subject.clone(),
                authentication: authorization.authentication,
                session: authorization.session,
                claims: client.id_token_claims(&self.scope, authorization.access.claims),
                custom: CustomClaims::none(),
                nonce,
                has_token_use: client.openid.token_use_in_id_token,
                expires_at,
            });
        }
        self
    }

    /// Sets `gty` of the access token.
    #[must_use]
    pub const fn with_gty(mut self, grant_type: &'static str) -> Self {
        self.gty = Some(grant_type);
        self
    }

    /// Names the party that will use the access token for the subject. The actors of the exchanged token come after it
    /// (RFC 8693 section 4.1).
    #[must_use]
    pub fn with_actor(mut self, subject: Subject) -> Self {
        let previous = self.actor.take().map(Box::new);
        self.actor = Some(Actor { subject, previous });
        self
    }

    /// Sets the custom claims of the access token. Resource servers can read them, and this server finds them in
    /// [`AccessToken::custom`](crate::token::access_token::AccessToken::custom).
    #[must_use]
    pub fn with_claims(mut self, claims: CustomClaims) -> Self {
        self.custom = claims;
        self
    }

    /// Sets the custom claims of the ID token, if the response has one.
    ///
    /// Returns an error for a standard claim, such as `email`: the user's record sets it, and only if the scope or the
    /// `claims` parameter requests it.
    pub fn with_id_token_claims(mut self, claims: CustomClaims) -> Result<Self, ReservedClaim> {
        if claims.describe_user() {
            return Err(ReservedClaim);
        }
        if let Some(facts) = &mut self.id_token {
            facts.custom = claims;
        }
        Ok(self)
    }

    /// Returns `expires_in`: the lifetime of the access token.
    #[must_use]
    pub const fn expires_in(&self) -> Duration {
        self.expires_at.since(self.issued_at)
    }
}
