//! Authorization codes.

use crate::authorization::{read_whole, whole};
use crate::binding::{binding, expires_at, password, write_binding};
use crate::error::DecodeError;
use crate::fields::Fields;
use crate::tags::interaction as tags;
use crate::writer::Writer;
use alloc::vec::Vec;
use countersign_domain::grant::authorization_code::{AuthorizationCode, CodeFacts};
use countersign_domain::identifier::GrantId;

const KNOWN: &[i64] = &[
    tags::ID,
    tags::AUTHORIZATION,
    tags::REDIRECT_URI,
    tags::CHALLENGE,
    tags::NONCE,
    tags::PASSWORD,
    tags::EXPIRES_AT,
];

/// Encodes an authorization code.
#[must_use]
pub fn encode_code(code: &AuthorizationCode) -> Vec<u8> {
    let CodeFacts {
        grant,
        authorization,
        binding,
        password,
        expires_at,
    } = code.facts();
    let mut writer = Writer::new();
    writer.bytes(tags::ID, grant.as_bytes());
    writer.nested(tags::AUTHORIZATION, whole(authorization));
    write_binding(&mut writer, binding);
    if let Some(password) = password {
        writer.bytes(tags::PASSWORD, password.as_bytes());
    }
    writer.number(tags::EXPIRES_AT, expires_at.as_unix_seconds());
    writer.finish()
}

/// Decodes the output of [`encode_code`] from any version.
pub fn decode_code(bytes: &[u8]) -> Result<AuthorizationCode, DecodeError> {
    let fields = Fields::decode(bytes, KNOWN)?;
    // Must come first: a critical fact of a later version in it takes precedence over other errors.
    let authorization = read_whole(fields.required(tags::AUTHORIZATION)?)?;
    Ok(AuthorizationCode::from_sealed(CodeFacts {
        grant: GrantId::from_bytes(fields.required(tags::ID)?.array()?),
        authorization,
        binding: binding(&fields)?,
        password: fields.optional(tags::PASSWORD).map(password).transpose()?,
        expires_at: expires_at(&fields)?,
    }))
}
