//! Refresh tokens.

use crate::authorization::{encode_authorization, read_whole};
use crate::error::DecodeError;
use crate::fields::Fields;
use crate::tags::refresh_token as tags;
use crate::writer::Writer;
use alloc::vec::Vec;
use countersign_domain::grant::refresh_token::RefreshToken;
use countersign_domain::identifier::GrantId;

const KNOWN: &[i64] = &[tags::AUTHORIZATION];

/// Maximum length of the encoded authorization in a refresh token, in bytes. If it is longer, the token omits it and a
/// refresh reads the stored grant first.
pub const MAX_AUTHORIZATION_IN_REFRESH_TOKEN: usize = 512;

/// Encodes the body of a refresh token, without its grant and generation, which precede it. Omits an authorization that
/// is too long.
#[must_use]
pub fn encode_refresh_token(token: &RefreshToken) -> Vec<u8> {
    let mut writer = Writer::new();
    let fits = |encoded: &Vec<u8>| encoded.len() <= MAX_AUTHORIZATION_IN_REFRESH_TOKEN;
    let encoded = token.authorization().map(encode_authorization);
    if let Some(encoded) = encoded.filter(fits) {
        writer.encoded(tags::AUTHORIZATION, &encoded);
    }
    writer.finish()
}

/// Decodes the output of [`encode_refresh_token`] from any version.
pub fn decode_refresh_token(
    grant: GrantId,
    generation: u32,
    bytes: &[u8],
) -> Result<RefreshToken, DecodeError> {
    let fields = Fields::decode(bytes, KNOWN)?;
    let authorization = fields.optional(tags::AUTHORIZATION).map(read_whole);
    let authorization = authorization.transpose()?;
    Ok(RefreshToken::from_sealed(grant, generation, authorization))
}
