//! Wire format of refresh tokens, lengths in bytes: `key id 4 | grant 16 | generation 4 | sealed body | tag 16`.
//!
//! The same token always encodes to the same text, so that a retry gets the same successor. Sealing is deterministic,
//! but never reuses a nonce for two texts. The nonce is the random end of the grant's ID plus the generation, which no
//! other token shares. AES-256-GCM-SIV (RFC 8452) would also tolerate nonce reuse.

use crate::sealing::master_key::{MasterKeys, Subkeys};
use crate::sealing::seal::undecoded;
use aws_lc_rs::aead::{Aad, Nonce};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use countersign_codec::{decode_refresh_token, encode_refresh_token};
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::GrantId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{OpenError, RefreshTokenForm};

const ID_LENGTH: usize = 4;
/// Grant and generation.
const NAME_LENGTH: usize = 16 + 4;
const NONCE_LENGTH: usize = 12;
const TAG_LENGTH: usize = 16;
const VERSION: u8 = 1;
const PAYLOAD_START: &str = r#"{"ref":""#;
const PAYLOAD_END: &str = r#""}"#;

/// Encodes a token.
pub(crate) fn encode(
    keys: &Subkeys,
    tenant: TenantId,
    token: &RefreshToken,
    form: RefreshTokenForm,
) -> Option<String> {
    let sealed = seal(keys, tenant, token, form)?;
    Some(match form {
        RefreshTokenForm::Opaque => Base64UrlUnpadded::encode_string(&sealed),
        RefreshTokenForm::Jwt => jwt(keys, &sealed),
    })
}

/// Decodes a token in either form.
pub(crate) fn decode(
    keys: &MasterKeys,
    tenant: TenantId,
    text: &str,
) -> Result<RefreshToken, OpenError> {
    let opened = match text.split_once('.') {
        None => opaque(keys, tenant, text),
        Some((_, payload_and_tag)) => of_jwt(keys, tenant, text, payload_and_tag),
    };
    let Opened {
        grant,
        generation,
        body,
        ..
    } = opened.ok_or(OpenError::Unknown)?;
    decode_refresh_token(grant, generation, &body).map_err(undecoded)
}

fn opaque<'a>(keys: &'a MasterKeys, tenant: TenantId, text: &str) -> Option<Opened<'a>> {
    let sealed = Base64UrlUnpadded::decode_vec(text).ok()?;
    open(keys, tenant, &sealed, RefreshTokenForm::Opaque)
}

fn of_jwt<'a>(
    keys: &'a MasterKeys,
    tenant: TenantId,
    text: &str,
    payload_and_tag: &str,
) -> Option<Opened<'a>> {
    let sealed = referred_to(payload_and_tag)?;
    let opened = open(keys, tenant, &sealed, RefreshTokenForm::Jwt)?;
    // Header and tag must match ours byte for byte.
    let own = jwt(opened.keys, &sealed);
    verify_slices_are_equal(own.as_bytes(), text.as_bytes()).ok()?;
    Some(opened)
}

fn seal(
    keys: &Subkeys,
    tenant: TenantId,
    token: &RefreshToken,
    form: RefreshTokenForm,
) -> Option<Vec<u8>> {
    seal_body(
        keys,
        tenant,
        (token.grant(), token.generation()),
        &encode_refresh_token(token),
        form,
    )
}

fn seal_body(
    keys: &Subkeys,
    tenant: TenantId,
    (grant, generation): (GrantId, u32),
    body: &[u8],
    form: RefreshTokenForm,
) -> Option<Vec<u8>> {
    let header = ID_LENGTH + NAME_LENGTH;
    let mut sealed = Vec::with_capacity(header + body.len() + TAG_LENGTH);
    sealed.extend_from_slice(&keys.id);
    sealed.extend_from_slice(grant.as_bytes());
    sealed.extend_from_slice(&generation.to_be_bytes());
    sealed.extend_from_slice(body);
    let (front, body) = sealed.split_at_mut_checked(header)?;
    let name = front.last_chunk()?;
    let tag = keys
        .refresh_tokens
        .seal_in_place_separate_tag(nonce(name)?, associated_data(tenant, name, form), body)
        .ok()?;
    sealed.extend_from_slice(tag.as_ref());
    Some(sealed)
}

/// Authentic token with its body not yet decoded.
struct Opened<'a> {
    /// Keys that sealed the token.
    keys: &'a Subkeys,
    grant: GrantId,
    generation: u32,
    body: Vec<u8>,
}

fn open<'a>(
    keys: &'a MasterKeys,
    tenant: TenantId,
    sealed: &[u8],
    form: RefreshTokenForm,
) -> Option<Opened<'a>> {
    let (id, rest) = sealed.split_first_chunk::<ID_LENGTH>()?;
    let (name, body) = rest.split_first_chunk::<NAME_LENGTH>()?;
    let (grant, generation) = name.split_first_chunk()?;
    let generation = u32::from_be_bytes(generation.try_into().ok()?);
    keys.of_id(*id).find_map(|keys| {
        let mut body = body.to_vec();
        let length = keys
            .refresh_tokens
            .open_in_place(nonce(name)?, associated_data(tenant, name, form), &mut body)
            .ok()?
            .len();
        body.truncate(length);
        Some(Opened {
            keys,
            grant: GrantId::from_bytes(*grant),
            generation,
            body,
        })
    })
}

/// Builds the nonce from the random end of the grant's ID, a UUIDv7, and the generation.
fn nonce(name: &[u8; NAME_LENGTH]) -> Option<Nonce> {
    name.last_chunk::<NONCE_LENGTH>()
        .map(|nonce| Nonce::assume_unique_for_key(*nonce))
}

/// Binds the body to tenant, grant, generation and form.
fn associated_data(
    tenant: TenantId,
    name: &[u8; NAME_LENGTH],
    form: RefreshTokenForm,
) -> Aad<[u8; NAME_LENGTH + 6]> {
    let form = match form {
        RefreshTokenForm::Opaque => b'o',
        RefreshTokenForm::Jwt => b'j',
    };
    let tenant = tenant.number().to_be_bytes();
    let parts = [VERSION, form].into_iter().chain(tenant).chain(*name);
    let mut bytes = [0; NAME_LENGTH + 6];
    for (to, from) in bytes.iter_mut().zip(parts) {
        *to = from;
    }
    Aad::from(bytes)
}

/// Wraps the sealed token in a JWS with HS256, in compact serialization (RFC 7515 section 7.1).
fn jwt(keys: &Subkeys, sealed: &[u8]) -> String {
    let header = format!(
        r#"{{"alg":"HS256","typ":"JWT","kid":"{}"}}"#,
        keys.id_text()
    );
    let payload = format!(
        "{PAYLOAD_START}{}{PAYLOAD_END}",
        Base64UrlUnpadded::encode_string(sealed)
    );
    let mut text = Base64UrlUnpadded::encode_string(header.as_bytes());
    text.push('.');
    text.push_str(&Base64UrlUnpadded::encode_string(payload.as_bytes()));
    let tag = hmac::sign(&keys.jwt, text.as_bytes());
    text.push('.');
    text.push_str(&Base64UrlUnpadded::encode_string(tag.as_ref()));
    text
}

/// Returns the sealed token in a JWT payload, without checking the HMAC.
fn referred_to(payload_and_tag: &str) -> Option<Vec<u8>> {
    let (payload, _) = payload_and_tag.split_once('.')?;
    let payload = Base64UrlUnpadded::decode_vec(payload).ok()?;
    let sealed = str::from_utf8(&payload)
        .ok()?
        .strip_prefix(PAYLOAD_START)?
        .strip_suffix(PAYLOAD_END)?;
    Base64UrlUnpadded::decode_vec(sealed).ok()
}

#[cfg(test)]
#[cfg(not(feature = "test-later-version"))]
mod tests;
