//! JSON serialization of token claims.

use crate::tokens::custom_json::CustomJson;
use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::authorize::claims_request::ClaimSet;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::token::claims::{IdTokenClaims, LogoutTokenClaims, TokenId};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::user::User;
use countersign_domain::user::profile::Address;
use countersign_domain::user::user_claims::ClaimValue;
use countersign_ports::SessionTokenClaims;
use countersign_ports::names::{ACR_NAMES, token_use};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use std::fmt::Display;

/// Claims of an ID token.
#[derive(Serialize)]
pub(crate) struct IdToken<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    azp: &'a str,
    iat: u64,
    exp: u64,
    auth_time: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<Text<SessionId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_use: Option<&'static str>,
    #[serde(flatten)]
    user: Option<UserClaims<'a>>,
    #[serde(flatten)]
    custom: CustomJson<'a>,
}

impl<'a> IdToken<'a> {
    /// Builds the claims of a token to be signed with `algorithm`.
    pub(crate) fn new(claims: &'a IdTokenClaims<'a>, algorithm: SigningAlgorithm) -> Self {
        let IdTokenClaims {
            issuer,
            issuance,
            facts,
            access_token,
            user,
        } = *claims;
        let client = issuance.client.as_str();
        Self {
            iss: issuer,
            sub: issuance.subject.as_str(),
            aud: client,
            azp: client,
            iat: issuance.issued_at.as_unix_seconds(),
            exp: facts.expires_at.as_unix_seconds(),
            auth_time: facts.authentication.time.as_unix_seconds(),
            acr: ACR_NAMES.name_of(facts.authentication.acr),
            amr: facts.authentication.methods.amr(),
            sid: facts.session.map(Text),
            nonce: facts.nonce.as_deref(),
            at_hash: access_token.map(|token| half_hash(token, algorithm)),
            token_use: facts.has_token_use.then_some(token_use::ID),
            user: user.map(|(user, set)| UserClaims(user, set)),
            custom: CustomJson::from(&facts.custom),
        }
    }
}

/// Returns the left half of the hash that the signature algorithm uses (OpenID Connect Core section 3.1.3.6). Ed25519
/// uses SHA-512 (RFC 8032 section 5.1).
fn half_hash(access_token: &str, algorithm: SigningAlgorithm) -> String {
    let hash = match algorithm {
        SigningAlgorithm::EdDsa => &SHA512,
        SigningAlgorithm::Rs256 | SigningAlgorithm::Es256 | SigningAlgorithm::Hs256 => &SHA256,
    };
    let digest = digest(hash, access_token.as_bytes());
    let (half, _) = digest.as_ref().split_at(hash.output_len() / 2);
    Base64UrlUnpadded::encode_string(half)
}

/// Standard claims of a user, limited to the released set, as a JSON object.
pub struct UserClaims<'a>(pub &'a User, pub ClaimSet);

impl Serialize for UserClaims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0.claims(self.1) {
            match value {
                ClaimValue::Text(text) => map.serialize_entry(name, text)?,
                ClaimValue::Flag(flag) => map.serialize_entry(name, &flag)?,
                ClaimValue::Time(time) => map.serialize_entry(name, &time.as_unix_seconds())?,
                ClaimValue::Address(address) => map.serialize_entry(name, &Members(address))?,
            }
        }
        map.end()
    }
}

struct Members<'a>(&'a Address);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.members())
    }
}

/// Claims of a session token.
#[derive(Serialize)]
pub(crate) struct SessionClaims<'a> {
    iss: &'a str,
    sub: Text<UserId>,
    sid: Text<SessionId>,
    iat: u64,
    exp: u64,
    token_use: &'static str,
}

impl<'a> From<&SessionTokenClaims<'a>> for SessionClaims<'a> {
    fn from(claims: &SessionTokenClaims<'a>) -> Self {
        Self {
            iss: claims.issuer,
            sub: Text(claims.user),
            sid: Text(claims.session),
            iat: claims.issued_at.as_unix_seconds(),
            exp: claims.expires_at.as_unix_seconds(),
            token_use: token_use::SESSION,
        }
    }
}

/// Claims of a logout token. It has no `nonce`, so that it cannot be mistaken for an ID token.
#[derive(Serialize)]
pub(crate) struct LogoutToken<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    sid: Text<SessionId>,
    iat: u64,
    exp: u64,
    jti: Text<TokenId>,
    events: Events,
}

/// The `events` claim (OpenID Connect Back-Channel Logout section 2.4).
#[derive(Serialize)]
struct Events {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    backchannel_logout: Nothing,
}

/// Empty JSON object.
#[derive(Serialize)]
struct Nothing {}

impl<'a> From<&'a LogoutTokenClaims<'a>> for LogoutToken<'a> {
    fn from(claims: &'a LogoutTokenClaims<'a>) -> Self {
        Self {
            iss: claims.issuer,
            sub: claims.subject.as_str(),
            aud: claims.audience,
            sid: Text(claims.session),
            iat: claims.issued_at.as_unix_seconds(),
            exp: claims.expires_at.as_unix_seconds(),
            jti: Text(claims.token_id),
            events: Events {
                backchannel_logout: Nothing {},
            },
        }
    }
}

/// Serializes a value as its `Display` text.
struct Text<T>(T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
