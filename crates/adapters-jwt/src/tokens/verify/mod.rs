//! Verification of tokens that this server issued.

use crate::signing_keys::held_key::HeldKey;
use crate::signing_keys::token::TokenType;
use crate::tokens::access_token::AccessTokenJson;
use crate::tokens::key_ring::KeyRing;
use crate::tokens::shared_token::is_authentic;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::client::ClientId;
use countersign_domain::identifier::Subject;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_ports::names::token_use;
use countersign_ports::{IdToken, SessionToken, TokenVerifier};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Header members that identify the key and the token type (RFC 7515 section 4.1).
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// Claims that tell ID tokens from all other tokens with the same `typ`. A session token has no `aud`. A signed userinfo
/// response has neither `exp` nor `auth_time`.
#[derive(Deserialize)]
struct IdTokenWire {
    iss: String,
    sub: String,
    aud: String,
    sid: Option<String>,
    #[serde(rename = "exp")]
    _exp: u64,
    #[serde(rename = "auth_time")]
    _auth_time: u64,
    /// Only some clients get it.
    token_use: Option<String>,
}

#[derive(Deserialize)]
struct SessionTokenWire {
    iss: String,
    sub: String,
    sid: String,
    exp: u64,
    token_use: String,
}

impl KeyRing {
    /// Verifies a token of this type with a key of the tenant. Returns its claims, which are JSON, and the key.
    fn verified(
        &self,
        tenant: TenantId,
        text: &str,
        token_type: TokenType,
    ) -> Option<(Vec<u8>, Arc<HeldKey>)> {
        let (input, _signature) = text.rsplit_once('.')?;
        let (header, claims) = input.split_once('.')?;
        let header: Header = decoded(header)?;
        let key = self.held(tenant, &header.kid)?;
        let expected = token_type.as_str(key.algorithm);
        if header.alg != key.algorithm.as_str() || header.typ != expected {
            return None;
        }
        key.verifying_key.verify(text)?;
        let claims = Base64UrlUnpadded::decode_vec(claims).ok()?;
        Some((claims, key))
    }

    /// Returns whether the server issued this token of a shared key to the client that shares it. The resource server
    /// of the client also holds the key, so the signature alone proves nothing.
    fn issued(
        &self,
        tenant: TenantId,
        client: &ClientId,
        json: &AccessTokenJson<'_>,
        claims: &[u8],
    ) -> bool {
        let claims = str::from_utf8(claims);
        json.is_of(client)
            && json.token_id().mac.is_some_and(|mac| {
                claims.is_ok_and(|claims| is_authentic(self.master_keys(), tenant, claims, mac))
            })
    }
}

fn decoded<T: DeserializeOwned>(segment: &str) -> Option<T> {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(segment).ok()?).ok()
}

impl TokenVerifier for KeyRing {
    fn access_token(&self, tenant: TenantId, text: &str) -> Option<AccessToken> {
        let (claims, key) = self.verified(tenant, text, TokenType::AccessToken)?;
        let json: AccessTokenJson<'_> = serde_json::from_slice(&claims).ok()?;
        match &key.client {
            Some(client) if !self.issued(tenant, client, &json, &claims) => None,
            _ => json.into_token(),
        }
    }

    fn id_token(&self, tenant: TenantId, text: &str) -> Option<IdToken> {
        let (claims, key) = self.verified(tenant, text, TokenType::Jwt)?;
        let wire: IdTokenWire = serde_json::from_slice(&claims).ok()?;
        let is_other = |token_use: &String| token_use != token_use::ID;
        // Reject shared keys: the client that shares the key could forge the token.
        if wire.token_use.as_ref().is_some_and(is_other) || key.client.is_some() {
            return None;
        }
        Some(IdToken {
            issuer: wire.iss,
            subject: Subject::new(wire.sub),
            client: ClientId::parse(&wire.aud).ok()?,
            session: wire.sid.map(|sid| sid.parse()).transpose().ok()?,
        })
    }

    fn session_token(&self, tenant: TenantId, text: &str) -> Option<SessionToken> {
        let (claims, key) = self.verified(tenant, text, TokenType::Jwt)?;
        let wire: SessionTokenWire = serde_json::from_slice(&claims).ok()?;
        if wire.token_use != token_use::SESSION || key.client.is_some() {
            return None;
        }
        Some(SessionToken {
            issuer: wire.iss,
            user: wire.sub.parse().ok()?,
            session: wire.sid.parse().ok()?,
            expires_at: Timestamp::from_unix_seconds(wire.exp),
        })
    }
}

#[cfg(test)]
mod tests;
