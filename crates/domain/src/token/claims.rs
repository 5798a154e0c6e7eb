//! Claims of the tokens (RFC 7519 section 4). An adapter serializes them as JSON.

use crate::authorize::claims_request::ClaimSet;
use crate::identifier::{SessionId, Subject};
use crate::time::Timestamp;
use crate::token::issuance::{IdTokenFacts, Issuance};
use crate::token::token_id::TokenId;
use crate::user::User;

/// Claims of an access token (RFC 9068 section 2.2).
#[derive(Clone, Copy, Debug)]
pub struct AccessTokenClaims<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `jti`.
    pub token_id: TokenId,
    /// `sub`, `aud`, `client_id`, `scope` (omitted if empty), `gty`, `act`, `may_act`, `iat` and `exp`, and the custom claims.
    pub issuance: &'a Issuance,
}

/// Claims of an ID token (OpenID Connect Core section 2).
#[derive(Clone, Copy, Debug)]
pub struct IdTokenClaims<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `sub`, `aud` (the client) and `iat`.
    pub issuance: &'a Issuance,
    /// `exp`, `auth_time`, `acr`, `amr`, `sid`, `nonce` and `token_use`, and the custom claims.
    pub facts: &'a IdTokenFacts,
    /// Access token of the same response, for `at_hash` (section 3.1.3.6).
    pub access_token: Option<&'a str>,
    /// User and the claims to include.
    pub user: Option<(&'a User, ClaimSet)>,
}

impl Issuance {
    /// Returns the claims of the access token (RFC 9068 section 2.2). `unique` is the random part of `jti`.
    #[must_use]
    pub fn access_token_claims<'a>(
        &'a self,
        issuer: &'a str,
        unique: [u8; 12],
    ) -> AccessTokenClaims<'a> {
        AccessTokenClaims {
            issuer,
            token_id: TokenId {
                root: self.root,
                unique,
                mac: None,
            },
            issuance: self,
        }
    }

    /// Returns the claims of the ID token, if the response has one (OpenID Connect Core section 2). A user who is not
    /// the resource owner adds no claims.
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
            user: user
                .filter(|user| facts.owner.is_user(user.id))
                .map(|user| (user, facts.claims)),
        })
    }
}

/// Claims of a logout token (OpenID Connect Back-Channel Logout section 2.4).
#[derive(Clone, Debug)]
pub struct LogoutTokenClaims<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `sub`, as the client knows it.
    pub subject: &'a Subject,
    /// `aud`: the client.
    pub audience: &'a str,
    /// `sid`.
    pub session: SessionId,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
    /// `jti`.
    pub token_id: TokenId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::UserId;
    use crate::tenant::lifetimes::Lifetimes;
    use crate::test_facts::{NOW, authorization_of, confidential_client, user};
    use crate::token::custom_claims::{CustomClaims, ReservedClaim};

    #[test]
    fn user_other_than_resource_owner_adds_no_claims() {
        let (client, user) = (confidential_client(), user());
        let mut authorization = authorization_of(&client);
        authorization.subject = user.id.into();
        let (subject, lifetimes) = (authorization.subject.clone(), Lifetimes::DEFAULT);
        let scope = client.scope.clone();
        let issuance = Issuance::of_access_token(&client, subject, scope, &lifetimes, NOW)
            .with_id_token(&client, &authorization, None, &lifetimes);
        let other = User {
            id: UserId::from_bytes([9; 16]),
            ..user.clone()
        };
        for (user, is_described) in [(&user, true), (&other, false)] {
            let claims = issuance.id_token_claims("https://id.example", "at", Some(user));
            assert_eq!(claims.unwrap().user.is_some(), is_described);
        }
    }

    #[test]
    fn standard_claim_of_id_token_comes_only_from_user() {
        let client = confidential_client();
        let authorization = authorization_of(&client);
        let (subject, lifetimes) = (authorization.subject.clone(), Lifetimes::DEFAULT);
        let scope = client.scope.clone();
        let issuance = Issuance::of_access_token(&client, subject, scope, &lifetimes, NOW)
            .with_id_token(&client, &authorization, None, &lifetimes);
        let with = |name| {
            let mut claims = CustomClaims::none();
            claims.set(name, "x").unwrap();
            issuance.clone().with_id_token_claims(claims)
        };
        assert_eq!(with("email"), Err(ReservedClaim));
        let facts = with("plan").unwrap().id_token.unwrap();
        assert!(facts.custom.get("plan").is_some());
    }
}
