//! Mailed links.

use crate::error::DecodeError;
use crate::fields::{Fields, Value};
use crate::tags::mailed_link as tags;
use crate::writer::Writer;
use alloc::string::ToString as _;
use alloc::vec::Vec;
use countersign_domain::identifier::UserId;
use countersign_domain::login::mailed_link::{LinkPurpose, MailedLink};
use countersign_domain::secret::SecretDigest;

const KNOWN: &[i64] = &[
    tags::PURPOSE,
    tags::USER,
    tags::EMAIL,
    tags::SECRET,
    tags::CODE,
    tags::STATE,
    tags::DATA,
];

/// Encodes a mailed link.
#[must_use]
pub fn encode_mailed_link(link: &MailedLink) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.number(tags::PURPOSE, link.purpose.number().into());
    if let Some(user) = &link.user {
        writer.bytes(tags::USER, user.as_bytes());
    }
    writer.text(tags::EMAIL, &link.email);
    writer.bytes(tags::SECRET, link.secret.as_bytes());
    writer.bytes(tags::CODE, link.code.as_bytes());
    writer.bytes(tags::STATE, &link.state);
    if !link.data.is_empty() {
        writer.bytes(tags::DATA, &link.data);
    }
    writer.finish()
}

/// Decodes the output of [`encode_mailed_link`] from any version.
pub fn decode_mailed_link(bytes: &[u8]) -> Result<MailedLink, DecodeError> {
    let fields = Fields::decode(bytes, KNOWN)?;
    let purpose = u8::try_from(fields.required(tags::PURPOSE)?.number()?);
    let user = fields.optional(tags::USER).map(Value::array).transpose()?;
    let data = fields.optional(tags::DATA).map(Value::bytes).transpose()?;
    Ok(MailedLink {
        purpose: LinkPurpose::from_number(purpose.map_err(|_| DecodeError::Malformed)?),
        user: user.map(UserId::from_bytes),
        email: fields.required(tags::EMAIL)?.text()?.to_string(),
        secret: SecretDigest::from_bytes(fields.required(tags::SECRET)?.array()?),
        code: SecretDigest::from_bytes(fields.required(tags::CODE)?.array()?),
        state: fields.required(tags::STATE)?.array()?,
        data: data.unwrap_or_default().to_vec(),
    })
}
