//! Login steps.

use crate::authorization::{pending, read_pending};
use crate::binding::{binding, expires_at, password, write_binding};
use crate::error::DecodeError;
use crate::fields::Fields;
use crate::tags::interaction as tags;
use crate::writer::Writer;
use alloc::vec::Vec;
use countersign_domain::authorization_request::RequestedGrant;
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

/// Encodes a login step, but for its stage: the stage stands in front of the sealed text.
#[must_use]
pub fn encode_login_step(step: &LoginStep) -> Vec<u8> {
    let LoginStep {
        login,
        stage: _,
        user,
        requested: RequestedGrant { access, binding },
        authentication,
        password,
        expires_at,
    } = step;
    let mut writer = Writer::new();
    writer.bytes(tags::ID, login.as_bytes());
    writer.bytes(tags::USER, user.as_bytes());
    writer.nested(tags::AUTHORIZATION, pending(access, *authentication));
    write_binding(&mut writer, binding);
    writer.bytes(tags::PASSWORD, password.as_bytes());
    writer.number(tags::EXPIRES_AT, expires_at.as_unix_seconds());
    writer.finish()
}

/// Decodes what [`encode_login_step`] gave, here or in another version.
pub fn decode_login_step(stage: LoginStage, bytes: &[u8]) -> Result<LoginStep, DecodeError> {
    let fields = Fields::decode(bytes, KNOWN)?;
    // First of all: a critical fact in it makes the whole a value of a later version.
    let (access, authentication) = read_pending(fields.required(tags::AUTHORIZATION)?)?;
    Ok(LoginStep {
        login: LoginId::from_bytes(fields.required(tags::ID)?.array()?),
        stage,
        user: UserId::from_bytes(fields.required(tags::USER)?.array()?),
        requested: RequestedGrant {
            access,
            binding: binding(&fields)?,
        },
        authentication,
        password: password(fields.required(tags::PASSWORD)?)?,
        expires_at: expires_at(&fields)?,
    })
}
