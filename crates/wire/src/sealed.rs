//! Bytes of authorization codes, refresh tokens and completed steps.
//!
//! Seal them with an AEAD before they leave the server. A client must be able neither to read nor to change them.

use alloc::vec::Vec;
pub use countersign_codec::DecodeError;
use countersign_codec::{
    decode_code, decode_done, decode_refresh_token, encode_code, encode_done, encode_refresh_token,
};
use countersign_domain::authorize::next_step::Done;
use countersign_domain::grant::authorization_code::AuthorizationCode;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::{GrantId, SessionId};
use countersign_domain::time::Timestamp;

/// Encodes an authorization code. Every later version of this crate can decode it.
#[must_use]
pub fn code_to_bytes(code: &AuthorizationCode) -> Vec<u8> {
    encode_code(code)
}

/// Decodes the output of [`code_to_bytes`].
pub fn code_from_bytes(bytes: &[u8]) -> Result<AuthorizationCode, DecodeError> {
    decode_code(bytes)
}

/// Encodes a refresh token. Every later version of this crate can decode it.
///
/// The same token always has the same bytes. Seal them deterministically, so that a client that retries gets the same
/// refresh token. A nonce can be derived from the first 20 bytes: the grant and the generation.
#[must_use]
pub fn refresh_token_to_bytes(token: &RefreshToken) -> Vec<u8> {
    let body = encode_refresh_token(token);
    let mut bytes = Vec::with_capacity(NAME + body.len());
    bytes.extend_from_slice(token.grant().as_bytes());
    bytes.extend_from_slice(&token.generation().to_be_bytes());
    bytes.extend_from_slice(&body);
    bytes
}

/// Decodes the output of [`refresh_token_to_bytes`].
pub fn refresh_token_from_bytes(bytes: &[u8]) -> Result<RefreshToken, DecodeError> {
    let (grant, rest) = bytes.split_first_chunk().ok_or(DecodeError::Malformed)?;
    let (generation, body) = rest.split_first_chunk().ok_or(DecodeError::Malformed)?;
    let generation = u32::from_be_bytes(*generation);
    decode_refresh_token(GrantId::from_bytes(*grant), generation, body)
}

/// Encodes the steps that a user has completed for an authorization request. Seal the bytes with [`done_context`] as
/// associated data.
#[must_use]
pub fn done_to_bytes(done: Done, expires_at: Timestamp) -> Vec<u8> {
    encode_done(done, expires_at)
}

/// Decodes the output of [`done_to_bytes`]. Ignore the steps once the expiration time has passed.
pub fn done_from_bytes(bytes: &[u8]) -> Result<(Done, Timestamp), DecodeError> {
    decode_done(bytes)
}

/// Returns the associated data that binds completed steps to a session and to the query of a request.
///
/// Without it, an attacker could put their own sealed steps into a link: the user who follows it would not be asked for
/// consent.
#[must_use]
pub fn done_context(session: SessionId, query: &str) -> Vec<u8> {
    [b"done".as_slice(), session.as_bytes(), query.as_bytes()].concat()
}

/// Length of the grant and the generation, in bytes.
const NAME: usize = 16 + 4;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use countersign_domain::prelude::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

    fn client() -> Client {
        let id = ClientId::parse("notes").unwrap();
        let mut client = Client::new(id, "Notes", ClientType::Public, NOW);
        client.grant_types = vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN];
        client.scope = Scope::parse("read").unwrap();
        client.redirect_uris = vec![RedirectUri::parse("https://notes.example/").unwrap()];
        client
    }

    fn code() -> AuthorizationCode {
        let request = AuthorizationRequest {
            response_type: "code",
            redirect_uri: "https://notes.example/",
            code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            code_challenge_method: Some("S256"),
            ..AuthorizationRequest::default()
        };
        let owner = ResourceOwner {
            subject: Subject::new("jane"),
            authentication: Authentication::new(NOW, Methods::NONE.with(Method::PASSWORD)),
            session: None,
            password: None,
        };
        let client = client();
        let requested = client
            .registered()
            .unwrap()
            .judge(&request, RequestPolicy::default());
        let id = GrantId::from_bytes([7; 16]);
        requested.unwrap().code(id, owner, &Lifetimes::DEFAULT, NOW)
    }

    #[test]
    fn code_and_refresh_token_round_trip_through_bytes() {
        let code = code();
        assert_eq!(code_from_bytes(&code_to_bytes(&code)), Ok(code.clone()));
        let authorization = code.facts().authorization.clone();
        let token = RefreshToken::from_sealed(code.facts().grant, 3, Some(authorization));
        let bytes = refresh_token_to_bytes(&token);
        assert_eq!(refresh_token_from_bytes(&bytes), Ok(token));
        assert_eq!(
            bytes.get(..NAME),
            Some(&[&[7; 16][..], &[0, 0, 0, 3]].concat()[..])
        );
    }

    #[test]
    fn truncated_bytes_are_malformed() {
        let bytes = code_to_bytes(&code());
        for length in [0, 1, bytes.len() - 1] {
            let decoded = code_from_bytes(&bytes[..length]);
            assert_eq!(decoded, Err(DecodeError::Malformed), "{length}");
        }
        for length in [0, 16, 19, 20] {
            let decoded = refresh_token_from_bytes(&vec![1; length]);
            assert_eq!(decoded, Err(DecodeError::Malformed), "{length}");
        }
    }
}
