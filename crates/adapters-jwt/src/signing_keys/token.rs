//! Wire format of tokens: a JWS in compact serialization (RFC 7515 section 7.1) with JSON claims.

use crate::signing_keys::signing_key::PrivateKey;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
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
    /// Assertion of this server as a client. Its type keeps it apart from every token of this server.
    ClientAssertion,
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
            (Self::ClientAssertion, _) => "client-authentication+jwt",
        }
    }
}

/// Encoded header segments of a key, one per token type.
pub(crate) struct Headers {
    access_token: String,
    logout_token: String,
    introspection: String,
    client_assertion: String,
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
            Ok(BASE64_URL_SAFE_NO_PAD.encode(&json))
        };
        Ok(Self {
            access_token: segment(TokenType::AccessToken)?,
            logout_token: segment(TokenType::LogoutToken)?,
            introspection: segment(TokenType::Introspection)?,
            client_assertion: segment(TokenType::ClientAssertion)?,
            jwt: segment(TokenType::Jwt)?,
        })
    }

    fn of(&self, token_type: TokenType) -> &str {
        match token_type {
            TokenType::AccessToken => &self.access_token,
            TokenType::LogoutToken => &self.logout_token,
            TokenType::Introspection => &self.introspection,
            TokenType::ClientAssertion => &self.client_assertion,
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
) -> String {
    let header = headers.of(token_type);
    let encoded = |length: usize| (length * 4).div_ceil(3) + 1;
    let length = header.len() + encoded(json.len()) + encoded(key.signature_length());
    let mut input = String::with_capacity(length);
    input.push_str(header);
    append_segment(&mut input, json);
    input
}

/// Signs the result of [`signing_input`].
pub(crate) fn sign(mut input: String, key: &PrivateKey) -> Result<String, SigningError> {
    let signature = key.sign(input.as_bytes()).map_err(SigningError::new)?;
    append_segment(&mut input, signature.as_ref());
    Ok(input)
}

/// Appends a dot and the bytes in base64url. A token is not secret from the server, so its encoding need not take
/// constant time, which is several times slower.
fn append_segment(text: &mut String, bytes: &[u8]) {
    text.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(bytes, text);
}
