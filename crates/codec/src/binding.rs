//! Fields that authorization codes and login steps share.

use crate::error::DecodeError;
use crate::fields::{Fields, Value};
use crate::tags::interaction as tags;
use crate::writer::Writer;
use countersign_domain::client::redirect_uri::RedirectUri;
use countersign_domain::grant::code_binding::CodeBinding;
use countersign_domain::grant::pkce::CodeChallenge;
use countersign_domain::time::Timestamp;
use countersign_domain::user::PasswordMark;

/// Writes the data that a code is bound to.
pub(crate) fn write_binding(writer: &mut Writer, binding: &CodeBinding) {
    let CodeBinding {
        redirect_uri,
        challenge,
        nonce,
    } = binding;
    writer.text(tags::REDIRECT_URI, redirect_uri.as_str());
    if let Some(challenge) = challenge {
        writer.bytes(tags::CHALLENGE, challenge.as_bytes());
    }
    if let Some(nonce) = nonce {
        writer.text(tags::NONCE, nonce);
    }
}

/// Reads what [`write_binding`] wrote.
pub(crate) fn binding(fields: &Fields<'_>) -> Result<CodeBinding, DecodeError> {
    let redirect_uri = fields.required(tags::REDIRECT_URI)?.text()?;
    let challenge = fields.optional(tags::CHALLENGE).map(Value::array);
    let nonce = fields.optional(tags::NONCE).map(Value::text);
    Ok(CodeBinding {
        redirect_uri: RedirectUri::parse(redirect_uri).map_err(DecodeError::malformed)?,
        challenge: challenge.transpose()?.map(CodeChallenge::from_bytes),
        nonce: nonce.transpose()?.map(Into::into),
    })
}

/// Reads a password mark.
pub(crate) fn password(value: Value<'_>) -> Result<PasswordMark, DecodeError> {
    value.array().map(PasswordMark::from_bytes)
}

/// Reads the expiry time.
pub(crate) fn expires_at(fields: &Fields<'_>) -> Result<Timestamp, DecodeError> {
    let time = fields.required(tags::EXPIRES_AT)?.number()?;
    Ok(Timestamp::from_unix_seconds(time))
}
