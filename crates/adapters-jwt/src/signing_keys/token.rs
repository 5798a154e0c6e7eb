//! Wire format of tokens: a JWS in compact serialization (RFC 7515 section 7.1) with JSON claims.

use crate::signing_keys::signing_key::PrivateKey;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::token::signing_algorithm::SigningAlgorithm;
use countersign_ports::SigningError;
use jsonwebtoken::{Algorithm, Header};
use serde::Serialize;

/// Initial buffer size in bytes, enough for the claims of most tokens.
const CLAIMS_LENGTH: usize = 512;

/// Token type in the header (`typ`, RFC 7515 section 4.1.9).
#[derive(Clone, Copy)]
pub(crate) enum TokenType {
    /// Access token (RFC 9068 section 2.1). With HS256 the type is `JWT`, as its clients expect.
    AccessToken,
    /// Logout token (OpenID Connect Back-Channel Logout section 2.4).
    LogoutToken,
    /// Introspection response (RFC 9701 section 5).
    Introspection,
    /// ID token, session token, or userinfo response. `token_use` distinguishes them.
    Jwt,
}

impl TokenType {
    /// Returns the value of `typ`.
    pub(crate) const fn as_str(self, algorithm: SigningAlgorithm) -> &'static str {
        match (self, algorithm) {
            (Self::AccessToken, SigningAlgorithm::Hs256) | (Self::Jwt, _) => "JWT",
            (Self::AccessToken, _) => "at+jwt",
            (Self::LogoutToken, _) => "logout+jwt",
            (Self::Introspection, _) => "token-introspection+jwt",
        }
    }
}

/// Encoded header segments of a key, one per token type.
pub(crate) struct Headers {
    access_token: String,
    logout_token: String,
    introspection: String,
    jwt: String,
}

impl Headers {
    /// Encodes the headers of a key.
    pub(crate) fn new(id: &str, algorithm: SigningAlgorithm) -> Result<Self, SigningError> {
        let name = match algorithm {
            SigningAlgorithm::Rs256 => Algorithm::RS256,
            SigningAlgorithm::Es256 => Algorithm::ES256,
            SigningAlgorithm::EdDsa => Algorithm::EdDSA,
            SigningAlgorithm::Hs256 => Algorithm::HS256,
        };
        let segment = |token_type: TokenType| {
            let mut header = Header::new(name);
            header.typ = Some(token_type.as_str(algorithm).into());
            header.kid = Some(id.into());
            let json = serde_json::to_vec(&header).map_err(SigningError::new)?;
            Ok(Base64UrlUnpadded::encode_string(&json))
        };
        Ok(Self {
            access_token: segment(TokenType::AccessToken)?,
            logout_token: segment(TokenType::LogoutToken)?,
            introspection: segment(TokenType::Introspection)?,
            jwt: segment(TokenType::Jwt)?,
        })
    }

    fn of(&self, token_type: TokenType) -> &str {
        match token_type {
            TokenType::AccessToken => &self.access_token,
            TokenType::LogoutToken => &self.logout_token,
            TokenType::Introspection => &self.introspection,
            TokenType::Jwt => &self.jwt,
        }
    }
}

/// Serializes claims to JSON.
pub(crate) fn json(claims: &impl Serialize) -> Result<Vec<u8>, SigningError> {
    let mut json = Vec::with_capacity(CLAIMS_LENGTH);
    serde_json::to_writer(&mut json, claims).map_err(SigningError::new)?;
    Ok(json)
}

/// Returns header and claims in a buffer with capacity for the signature.
pub(crate) fn signing_input(
    headers: &Headers,
    token_type: TokenType,
    json: &[u8],
    key: &PrivateKey,
) -> Result<Vec<u8>, SigningError> {
    let header = headers.of(token_type);
    let length = header.len()
        + Base64UrlUnpadded::encoded_len(json)
        + (key.signature_length() * 4).div_ceil(3)
        + 2;
    let mut input = Vec::with_capacity(length);
    input.extend_from_slice(header.as_bytes());
    append_segment(&mut input, json)?;
    Ok(input)
}

/// Signs the result of [`signing_input`].
pub(crate) fn sign(mut input: Vec<u8>, key: &PrivateKey) -> Result<String, SigningError> {
    let signature = key.sign(&input).map_err(SigningError::new)?;
    append_segment(&mut input, signature.as_ref())?;
    String::from_utf8(input).map_err(SigningError::new)
}

/// Appends a dot and the bytes in base64url.
fn append_segment(text: &mut Vec<u8>, bytes: &[u8]) -> Result<(), SigningError> {
    text.push(b'.');
    let start = text.len();
    text.resize(start + Base64UrlUnpadded::encoded_len(bytes), 0);
    let room = text.get_mut(start..).unwrap_or_default();
    Base64UrlUnpadded::encode(bytes, room).map_err(|error| SigningError::new(error.to_string()))?;
    Ok(())
}
