//! What is to be issued once a decision was carried out.

use crate::authorize::claims_request::ClaimSet;
use crate::client::{Client, ClientId};
use crate::grant::authorization::Authorization;
use crate::grant::refresh_token::RefreshToken;
use crate::identifier::{GrantId, SessionId, Subject};
use crate::login::authentication::Authentication;
use crate::resource::Resource;
use crate::scope::Scope;
use crate::tenant::lifetimes::Lifetimes;
use crate::time::Timestamp;
use crate::token::claims::{AccessTokenClaims, IdTokenClaims, TokenId};
use crate::token::signing_algorithm::SigningAlgorithm;
use crate::user::User;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::time::Duration;

/// The facts of one token response (RFC 6749 section 5.1), before anything is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuance {
    /// The grant behind it; none for client credentials.
    pub grant: Option<GrantId>,
    /// To whom.
    pub client: ClientId,
    /// Of whom the tokens speak, as the client knows them.
    pub subject: Subject,
    /// `aud` of the access token.
    pub audience: Vec<String>,
    /// The scope of this response.
    pub scope: Scope,
    /// Signs the tokens; `None` for the server's default.
    pub signing_algorithm: Option<SigningAlgorithm>,
    /// The time of the request.
    pub issued_at: Timestamp,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// Present when an ID token is due.
    pub id_token: Option<IdTokenFacts>,
    /// Present when a refresh token is due.
    pub refresh_token: Option<RefreshTokenFacts>,
}

/// What an ID token says beyond the access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenFacts {
    /// The resource owner, as the server knows them: whose claims it carries.
    pub owner: Subject,
    /// When and how the resource owner logged in.
    pub authentication: Authentication,
    /// The browser session.
    pub session: Option<SessionId>,
    /// The claims about the user that it carries.
    pub claims: ClaimSet,
    /// The nonce of the authorization request.
    pub nonce: Option<String>,
    /// When the ID token ends.
    pub expires_at: Timestamp,
}

/// The refresh token of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshTokenFacts {
    /// The token.
    pub token: RefreshToken,
    /// How long it lives from now on.
    pub lifetime: Duration,
}

impl Issuance {
    /// An access token alone: what every grant starts from.
    pub(crate) fn of_access_token(
        client: &Client,
        subject: Subject,
        scope: Scope,
        lifetimes: &Lifetimes,
        now: Timestamp,
    ) -> Self {
        Self {
            grant: None,
            client: client.id.clone(),
            subject,
            audience: [client.audience().to_string()].into(),
            scope,
            signing_algorithm: client.signing_algorithm,
            issued_at: now,
            expires_at: now.plus(client.access_token_lifetime(lifetimes)),
            id_token: None,
            refresh_token: None,
        }
    }

    /// Makes the access token one for `resources`, if there are any (RFC 8707 section 2.2).
    pub(crate) fn for_resources(mut self, resources: &[Resource]) -> Self {
        if !resources.is_empty() {
            self.audience = resources
                .iter()
                .map(|resource| resource.as_str().to_string())
                .collect();
        }
        self
    }

    /// Adds an ID token if the scope asks for one (OpenID Connect Core section 3.1.3.3).
    pub(crate) fn with_id_token(
        mut self,
        client: &Client,
        authorization: &Authorization,
        nonce: Option<String>,
        lifetimes: &Lifetimes,
    ) -> Self {
        if self.scope.contains(Scope::OPENID) {
            let expires_at = self.issued_at.plus(lifetimes.id_token);
            self.id_token = Some(IdTokenFacts {
                owner: authorization.subject.clone(),
                authentication: authorization.authentication,
                session: authorization.session,
                claims: client.id_token_claims(&self.scope, authorization.access.claims),
                nonce,
                expires_at,
            });
        }
        self
    }

    /// How long the access token lives: `expires_in`.
    #[must_use]
    pub const fn expires_in(&self) -> Duration {
        self.expires_at.since(self.issued_at)
    }

    /// The claims of the access token (RFC 9068 section 2.2).
    #[must_use]
    pub fn access_token_claims<'a>(
        &'a self,
        issuer: &'a str,
        unique: [u8; 12],
    ) -> AccessTokenClaims<'a> {
        AccessTokenClaims {
            issuer,
            token_id: TokenId {
                grant: self.grant,
                unique,
            },
            issuance: self,
        }
    }

    /// The claims of the ID token, if one is due (OpenID Connect Core section 2).
    #[must_use]
    pub fn id_token_claims<'a>(
        &'a self,
        issuer: &'a str,
        access_token: &'a str,
        user: Option<&'a User>,
    ) -> Option<IdTokenClaims<'a>> {
        self.id_token.as_ref().map(|facts| IdTokenClaims {
            issuer,
            issuance: self,
            facts,
            access_token: Some(access_token),
            user: user.map(|user| (user, facts.claims)),
        })
    }
}
