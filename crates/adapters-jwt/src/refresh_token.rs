//! Refresh tokens as they travel, under a MAC.
//!
//! A text is accepted if it is, to the byte, the one that we would write for what it says, so that a
//! token has one spelling in each form.

use crate::master_key::{MasterKeys, Subkeys};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_domain::identifier::GrantId;
use countersign_domain::refresh_token::RefreshToken;
use countersign_ports::RefreshTokenForm;

/// Grant and generation.
const NAME_LENGTH: usize = 16 + 4;
const ID_LENGTH: usize = 4;
const TAG_LENGTH: usize = 32;
const PAYLOAD_START: &str = r#"{"ref":""#;
const PAYLOAD_END: &str = r#""}"#;

/// Writes a token.
pub(crate) fn encode(keys: &Subkeys, token: RefreshToken, form: RefreshTokenForm) -> String {
    match form {
        RefreshTokenForm::Opaque => opaque(keys, token),
        RefreshTokenForm::Jwt => jwt(keys, token),
    }
}

/// Reads a token of either form.
pub(crate) fn decode(keys: &MasterKeys, text: &str) -> Option<RefreshToken> {
    let (token, form) = match text.split_once('.') {
        Some((_, rest)) => (claimed_by_jwt(rest)?, RefreshTokenForm::Jwt),
        None => (claimed_by_opaque(text)?, RefreshTokenForm::Opaque),
    };
    keys.all()
        .any(|keys| {
            let ours = encode(keys, token, form);
            verify_slices_are_equal(ours.as_bytes(), text.as_bytes()).is_ok()
        })
        .then_some(token)
}

/// `base64url(key id 4 | grant 16 | generation 4 | HMAC-SHA256 32)`
fn opaque(keys: &Subkeys, token: RefreshToken) -> String {
    let mut bytes = Vec::with_capacity(ID_LENGTH + NAME_LENGTH + TAG_LENGTH);
    bytes.extend_from_slice(&keys.id);
    bytes.extend_from_slice(&name(token));
    let tag = hmac::sign(&keys.opaque, &bytes);
    bytes.extend_from_slice(tag.as_ref());
    Base64UrlUnpadded::encode_string(&bytes)
}

/// A JWS in compact serialization (RFC 7515 section 7.1) with HS256.
fn jwt(keys: &Subkeys, token: RefreshToken) -> String {
    let header = format!(
        r#"{{"alg":"HS256","typ":"JWT","kid":"{}"}}"#,
        keys.id_text()
    );
    let name = Base64UrlUnpadded::encode_string(&name(token));
    let payload = format!("{PAYLOAD_START}{name}{PAYLOAD_END}");
    let mut text = Base64UrlUnpadded::encode_string(header.as_bytes());
    text.push('.');
    text.push_str(&Base64UrlUnpadded::encode_string(payload.as_bytes()));
    let tag = hmac::sign(&keys.jwt, text.as_bytes());
    text.push('.');
    text.push_str(&Base64UrlUnpadded::encode_string(tag.as_ref()));
    text
}

fn name(token: RefreshToken) -> [u8; NAME_LENGTH] {
    let mut name = [0; NAME_LENGTH];
    let generation = token.generation.to_be_bytes();
    let bytes = token.grant.as_bytes().iter().chain(&generation);
    for (to, from) in name.iter_mut().zip(bytes) {
        *to = *from;
    }
    name
}

/// What an opaque token says, not yet believed.
fn claimed_by_opaque(text: &str) -> Option<RefreshToken> {
    let mut bytes = [0; ID_LENGTH + NAME_LENGTH + TAG_LENGTH];
    let bytes = Base64UrlUnpadded::decode(text, &mut bytes).ok()?;
    let (_, rest) = bytes.split_first_chunk::<ID_LENGTH>()?;
    named(rest.split_first_chunk()?.0)
}

/// What a JWT says, from its payload on, not yet believed.
fn claimed_by_jwt(payload_and_tag: &str) -> Option<RefreshToken> {
    let (payload, _) = payload_and_tag.split_once('.')?;
    let mut bytes = [0; 64];
    let payload = Base64UrlUnpadded::decode(payload, &mut bytes).ok()?;
    let name = str::from_utf8(payload)
        .ok()?
        .strip_prefix(PAYLOAD_START)?
        .strip_suffix(PAYLOAD_END)?;
    let mut bytes = [0; NAME_LENGTH];
    named(
        Base64UrlUnpadded::decode(name, &mut bytes)
            .ok()?
            .first_chunk()?,
    )
}

fn named(name: &[u8; NAME_LENGTH]) -> Option<RefreshToken> {
    let (grant, generation) = name.split_first_chunk()?;
    Some(RefreshToken {
        grant: GrantId::from_bytes(*grant),
        generation: u32::from_be_bytes(generation.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests;
