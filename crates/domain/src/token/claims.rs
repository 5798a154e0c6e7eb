//! Claims of the tokens (RFC 7519 section 4). An adapter serializes them as JSON.

use crate::authorize::claims_request::ClaimSet;
use crate::identifier::{GrantId, SessionId, Subject};
use crate::time::Timestamp;
use crate::token::issuance::{IdTokenFacts, Issuance};
use crate::user::User;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use core::fmt;
use core::str::FromStr;

/// Claims of an access token (RFC 9068 section 2.2).
#[derive(Clone, Copy, Debug)]
pub struct AccessTokenClaims<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `jti`.
    pub token_id: TokenId,
    /// `sub`, `aud`, `client_id`, `scope` (omitted if empty), `gty`, `act`, `iat` and `exp`, and the custom claims.
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
                grant: self.grant,
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

/// `jti` (RFC 7519 section 4.1.7). It contains the grant ID, so the server can check that the grant is still live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenId {
    /// Grant; `None` for client credentials.
    pub grant: Option<GrantId>,
    /// 96 random bits.
    pub unique: [u8; 12],
    /// MAC over all other claims, under a key that only the server holds. Only a token that a shared key signs has
    /// one: a resource server that holds the shared key can sign any claims, but cannot compute this MAC.
    pub mac: Option<[u8; 20]>,
}

crate::error_type! {
    /// The text is not a valid `jti` of this server.
    #[error("not a token identifier")]
    pub struct InvalidTokenId;
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; 28];
        let mut text = [0; 38];
        let grant = self
            .grant
            .as_ref()
            .map_or(&[][..], |grant| grant.as_bytes());
        let length = grant.len() + self.unique.len();
        for (to, from) in bytes.iter_mut().zip(grant.iter().chain(&self.unique)) {
            *to = *from;
        }
        let bytes = bytes.get(..length).unwrap_or_default();
        f.write_str(Base64UrlUnpadded::encode(bytes, &mut text).map_err(|_| fmt::Error)?)?;
        if let Some(mac) = &self.mac {
            let mac = Base64UrlUnpadded::encode(mac, &mut text).map_err(|_| fmt::Error)?;
            write!(f, ".{mac}")?;
        }
        Ok(())
    }
}

impl FromStr for TokenId {
    type Err = InvalidTokenId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (text, mac) = match text.split_once('.') {
            Some((text, mac)) => (text, Some(mac)),
            None => (text, None),
        };
        let mac = mac.map(mac_from).transpose()?;
        let mut bytes = [0; 28];
        let decoded = Base64UrlUnpadded::decode(text, &mut bytes).map_err(|_| InvalidTokenId)?;
        let (grant, unique) = match decoded.len() {
            12 => (None, decoded),
            28 => decoded
                .split_first_chunk::<16>()
                .map(|(id, rest)| (Some(GrantId::from_bytes(*id)), rest))
                .ok_or(InvalidTokenId)?,
            _ => return Err(InvalidTokenId),
        };
        let unique = unique.try_into().map_err(|_| InvalidTokenId)?;
        Ok(Self { grant, unique, mac })
    }
}

fn mac_from(text: &str) -> Result<[u8; 20], InvalidTokenId> {
    let mut mac = [0; 20];
    match Base64UrlUnpadded::decode(text, &mut mac) {
        Ok(decoded) if decoded.len() == 20 => Ok(mac),
        _ => Err(InvalidTokenId),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::UserId;
    use crate::tenant::lifetimes::Lifetimes;
    use crate::test_facts::{NOW, authorization_of, confidential_client, user};
    use crate::token::custom_claims::{CustomClaims, ReservedClaim};
    use alloc::string::ToString;

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

    proptest::proptest! {
        #[test]
        fn token_id_round_trips_through_its_text(grant: Option<[u8; 16]>, unique: [u8; 12], mac: Option<[u8; 20]>) {
            let id = TokenId { grant: grant.map(GrantId::from_bytes), unique, mac };
            assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn token_id_parser_never_panics(text in "\\PC{0,80}") {
            let _ = text.parse::<TokenId>();
        }
    }
}
