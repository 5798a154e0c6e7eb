//! JSON serialization of token claims.

use crate::signing_keys::token;
use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::authorize::claims_request::ClaimSet;
use countersign_domain::identifier::{SessionId, UserId};
use countersign_domain::token::claims::{IdTokenClaims, LogoutTokenClaims};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_domain::token::token_id::TokenId;
use countersign_domain::user::User;
use countersign_ports::names::{ACR_NAMES, token_use};
use countersign_ports::{ClientAssertion, SessionTokenClaims, SigningError};
use countersign_wire::Object;
use countersign_wire::claims::{self, IdTokenNames};
use serde::{Serialize, Serializer};
use std::fmt::Display;

/// Returns the claims of an ID token, for its JSON. `at_hash` is that of its access token.
pub(crate) fn id_token<'a>(
    claims: &IdTokenClaims<'a>,
    at_hash: Option<&'a str>,
) -> impl Serialize + use<'a> {
    let claims = *claims;
    let names = IdTokenNames {
        acr: ACR_NAMES,
        token_use: token_use::ID,
        at_hash,
    };
    Object(move || claims::id_token(&claims, names))
}

/// Returns the left half of the hash that the signature algorithm uses (OpenID Connect Core section 3.1.3.6). Ed25519
/// uses SHA-512 (RFC 8032 section 5.1).
pub(crate) fn half_hash(access_token: &str, algorithm: SigningAlgorithm) -> String {
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
        Object(|| claims::user_claims(self.0, self.1)).serialize(serializer)
    }
}

/// Claims of an assertion of this server as a client (RFC 7523 section 3).
#[derive(Serialize)]
struct AssertionClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: &'a str,
    iat: u64,
    exp: u64,
}

impl<'a> From<&ClientAssertion<'a>> for AssertionClaims<'a> {
    fn from(claims: &ClientAssertion<'a>) -> Self {
        Self {
            iss: claims.client_id,
            sub: claims.client_id,
            aud: claims.audience,
            jti: claims.token_id,
            iat: claims.issued_at.as_unix_seconds(),
            exp: claims.expires_at.as_unix_seconds(),
        }
    }
}

/// Returns the JSON of an assertion of this server as a client.
pub(crate) fn assertion(claims: &ClientAssertion<'_>) -> Result<Vec<u8>, SigningError> {
    token::json(&AssertionClaims::from(claims))
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
