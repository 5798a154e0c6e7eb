//! Login steps.

use crate::authorization::{pending, read_pending};
use crate::binding::{binding, expires_at, password, write_binding};
use crate::error::DecodeError;
use crate::fields::Fields;
use crate::tags::interaction as tags;
use crate::writer::Writer;
use alloc::vec::Vec;
use countersign_domain::authorize::RequestedGrant;
use countersign_domain::identifier::{LoginId, UserId};
use countersign_domain::login::{LoginStage, LoginStep};

const KNOWN: &[i64] = &[
    tags::ID,
    tags::USER,
    tags::AUTHORIZATION,
    tags::REDIRECT_URI,
    tags::CHALLENGE,
    tags::NONCE,
    tags::PASSWORD,
    tags::EXPIRES_AT,
];

/// Encodes a login step without its stage, which precedes the sealed text.
#[must_use]
pub fn encode_login_step(step: &LoginStep) -> Vec<u8> {
    let LoginStep {
        login,
        stage: _,
        user,
        requested,
        authentication,
        password,
        expires_at,
    } = step;
    let mut writer = Writer::new();
    writer.bytes(tags::ID, login.as_bytes());
    writer.bytes(tags::USER, user.as_bytes());
    writer.nested(
        tags::AUTHORIZATION,
        pending(requested.access(), *authentication),
    );
    write_binding(&mut writer, requested.binding());
    writer.bytes(tags::PASSWORD, password.as_bytes());
    writer.number(tags::EXPIRES_AT, expires_at.as_unix_seconds());
    writer.finish()
}

/// Decodes the output of [`encode_login_step`] from any version.
pub fn decode_login_step(stage: LoginStage, bytes: &[u8]) -> Result<LoginStep, DecodeError> {
    let fields = Fields::decode(bytes, KNOWN)?;
    // Must come first: a critical fact of a later version in it takes precedence over other errors.
    let (access, authentication) = read_pending(fields.required(tags::AUTHORIZATION)?)?;
    Ok(LoginStep {
        login: LoginId::from_bytes(fields.required(tags::ID)?.array()?),
        stage,
        user: UserId::from_bytes(fields.required(tags::USER)?.array()?),
        requested: RequestedGrant::from_sealed(access, binding(&fields)?),
        authentication,
        password: password(fields.required(tags::PASSWORD)?)?,
        expires_at: expires_at(&fields)?,
    })
}
