//! Tokens as they travel: a JWS in compact serialization (RFC 7515 section 7.1) with JSON claims.

use crate::signing_key::PrivateKey;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::claims::{AccessTokenClaims, IdTokenClaims, TokenId};
use countersign_domain::client::SigningAlgorithm;
use countersign_ports::SigningError;
use jsonwebtoken::{Algorithm, Header};
use serde::{Serialize, Serializer};
use std::fmt::Display;

/// Room for the claims of most tokens.
const CLAIMS_LENGTH: usize = 512;

/// `typ` of an access token (RFC 9068 section 2.1).
const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// The two header segments that a key ever writes, encoded once.
pub(crate) struct Headers {
    /// Of access tokens. `typ` is `JWT` with HS256, as the clients that use it expect.
    pub(crate) access_token: String,
    /// Of ID tokens.
    pub(crate) id_token: String,
}

impl Headers {
    /// The headers of a key.
    pub(crate) fn new(id: &str, algorithm: SigningAlgorithm) -> Result<Self, SigningError> {
        let (name, access_token_type) = match algorithm {
            SigningAlgorithm::Rs256 => (Algorithm::RS256, ACCESS_TOKEN_TYPE),
            SigningAlgorithm::Es256 => (Algorithm::ES256, ACCESS_TOKEN_TYPE),
            SigningAlgorithm::EdDsa => (Algorithm::EdDSA, ACCESS_TOKEN_TYPE),
            SigningAlgorithm::Hs256 => (Algorithm::HS256, "JWT"),
        };
        let segment = |token_type: &str| {
            let mut header = Header::new(name);
            header.typ = Some(token_type.into());
            header.kid = Some(id.into());
            let json = serde_json::to_vec(&header).map_err(SigningError::new)?;
            Ok(Base64UrlUnpadded::encode_string(&json))
        };
        Ok(Self {
            access_token: segment(access_token_type)?,
            id_token: segment("JWT")?,
        })
    }
}

/// Header and claims, with room for the signature.
pub(crate) fn signing_input(
    header: &str,
    claims: &impl Serialize,
    key: &PrivateKey,
) -> Result<Vec<u8>, SigningError> {
    let mut json = Vec::with_capacity(CLAIMS_LENGTH);
    serde_json::to_writer(&mut json, claims).map_err(SigningError::new)?;
    let length = header.len()
        + Base64UrlUnpadded::encoded_len(&json)
        + (key.signature_length() * 4).div_ceil(3)
        + 2;
    let mut input = Vec::with_capacity(length);
    input.extend_from_slice(header.as_bytes());
    append_segment(&mut input, &json)?;
    Ok(input)
}

/// Signs what [`signing_input`] wrote.
pub(crate) fn sign(mut input: Vec<u8>, key: &PrivateKey) -> Result<String, SigningError> {
    let mut segment = Vec::new();
    key.sign(&input, |signature| append_segment(&mut segment, signature))
        .map_err(SigningError::new)??;
    input.extend_from_slice(&segment);
    String::from_utf8(input).map_err(SigningError::new)
}

/// A dot, and the bytes in base64url.
fn append_segment(text: &mut Vec<u8>, bytes: &[u8]) -> Result<(), SigningError> {
    text.push(b'.');
    let start = text.len();
    text.resize(start + Base64UrlUnpadded::encoded_len(bytes), 0);
    let room = text.get_mut(start..).unwrap_or_default();
    Base64UrlUnpadded::encode(bytes, room).map_err(|error| SigningError::new(error.to_string()))?;
    Ok(())
}

/// The claims of an access token as they are written.
#[derive(Serialize)]
pub(crate) struct AccessToken<'a> {
    sub: &'a str,
    aud: &'a str,
    iss: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    scope: &'a str,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    gty: Option<&'static str>,
    token_use: &'static str,
    iat: u64,
    exp: u64,
    #[serde(serialize_with = "as_text")]
    jti: TokenId,
}

impl<'a> From<&'a AccessTokenClaims<'a>> for AccessToken<'a> {
    fn from(claims: &'a AccessTokenClaims<'a>) -> Self {
        Self {
            sub: claims.subject,
            aud: claims.audience,
            iss: claims.issuer,
            scope: claims.scope.as_str(),
            client_id: claims.client_id,
            gty: claims.grant_type(),
            token_use: AccessTokenClaims::TOKEN_USE,
            iat: claims.issued_at.as_unix_seconds(),
            exp: claims.expires_at.as_unix_seconds(),
            jti: claims.token_id,
        }
    }
}

/// The claims of an ID token as they are written.
#[derive(Serialize)]
pub(crate) struct IdToken<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
    auth_time: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    token_use: &'static str,
}

impl<'a> From<&'a IdTokenClaims<'a>> for IdToken<'a> {
    fn from(claims: &'a IdTokenClaims<'a>) -> Self {
        Self {
            iss: claims.issuer,
            sub: claims.subject,
            aud: claims.audience,
            iat: claims.issued_at.as_unix_seconds(),
            exp: claims.expires_at.as_unix_seconds(),
            auth_time: claims.auth_time.as_unix_seconds(),
            nonce: claims.nonce,
            token_use: IdTokenClaims::TOKEN_USE,
        }
    }
}

fn as_text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
