//! Requests of devices, and device codes (RFC 8628).

use crate::address;
use crate::authorization::{nested_access, read_access, read_whole, whole};
use crate::error::DecodeError;
use crate::fields::{Fields, Value};
use crate::tags::{device_code, device_request as tags};
use crate::writer::Writer;
use alloc::vec::Vec;
use countersign_domain::authorize::ResourceOwner;
use countersign_domain::grant::authorization::Authorization;
use countersign_domain::grant::device_code::{
    DeviceAnswer, DeviceCode, DeviceRequest, DeviceRequestFacts,
};
use countersign_domain::identifier::GrantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::PasswordMark;

const KNOWN: &[i64] = &[
    tags::GRANT,
    tags::ACCESS,
    tags::REQUESTED_AT,
    tags::EXPIRES_AT,
    tags::DENIED,
    tags::AUTHORIZATION,
    tags::PASSWORD,
    tags::ADDRESS,
];

/// Encodes the request of a device.
#[must_use]
pub fn encode_device_request(request: &DeviceRequest) -> Vec<u8> {
    let DeviceRequestFacts {
        grant,
        access,
        requested_at,
        address: requested_from,
        expires_at,
        answer,
    } = request.facts();
    let mut writer = Writer::new();
    writer.bytes(tags::GRANT, grant.as_bytes());
    writer.number(tags::REQUESTED_AT, requested_at.as_unix_seconds());
    writer.number(tags::EXPIRES_AT, expires_at.as_unix_seconds());
    match answer {
        DeviceAnswer::Pending => writer.nested(tags::ACCESS, nested_access(access)),
        DeviceAnswer::Denied => {
            writer.nested(tags::ACCESS, nested_access(access));
            writer.flag(tags::DENIED, true);
        }
        DeviceAnswer::Approved(owner) => {
            let authorization = Authorization {
                access: access.clone(),
                subject: owner.subject.clone(),
                authentication: owner.authentication,
                session: owner.session,
                bound_to_verifier: false,
            };
            writer.nested(tags::AUTHORIZATION, whole(&authorization));
            if let Some(mark) = owner.password {
                writer.bytes(tags::PASSWORD, mark.as_bytes());
            }
        }
    }
    address::write(&mut writer, tags::ADDRESS, *requested_from);
    writer.finish()
}

/// Decodes the output of [`encode_device_request`] from any version.
pub fn decode_device_request(bytes: &[u8]) -> Result<DeviceRequest, DecodeError> {
    let fields = Fields::decode(bytes, KNOWN)?;
    let time = |tag| {
        let seconds = fields.required(tag)?.number()?;
        Ok::<_, DecodeError>(Timestamp::from_unix_seconds(seconds))
    };
    let granted = fields.optional(tags::AUTHORIZATION).map(read_whole);
    let is_denied = fields.flag(tags::DENIED)?;
    let (access, answer) = match granted.transpose()? {
        Some(_) if is_denied => return Err(DecodeError::Malformed),
        Some(authorization) => {
            let password = fields.optional(tags::PASSWORD).map(Value::array);
            let owner = ResourceOwner {
                subject: authorization.subject,
                authentication: authorization.authentication,
                session: authorization.session,
                password: password.transpose()?.map(PasswordMark::from_bytes),
            };
            (authorization.access, DeviceAnswer::Approved(owner))
        }
        None => {
            let answer = if is_denied {
                DeviceAnswer::Denied
            } else {
                DeviceAnswer::Pending
            };
            (read_access(fields.required(tags::ACCESS)?)?, answer)
        }
    };
    let requested_from = fields.optional(tags::ADDRESS).map(address::read);
    Ok(DeviceRequest::from_stored(DeviceRequestFacts {
        grant: GrantId::from_bytes(fields.required(tags::GRANT)?.array()?),
        access,
        requested_at: time(tags::REQUESTED_AT)?,
        address: requested_from.transpose()?,
        expires_at: time(tags::EXPIRES_AT)?,
        answer,
    }))
}

/// Encodes a device code.
#[must_use]
pub fn encode_device_code(code: &DeviceCode) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.bytes(device_code::REQUEST, &code.request);
    writer.number(device_code::EXPIRES_AT, code.expires_at.as_unix_seconds());
    writer.finish()
}

/// Decodes the output of [`encode_device_code`] from any version.
pub fn decode_device_code(bytes: &[u8]) -> Result<DeviceCode, DecodeError> {
    let known = &[device_code::REQUEST, device_code::EXPIRES_AT];
    let fields = Fields::decode(bytes, known)?;
    let expires_at = fields.required(device_code::EXPIRES_AT)?.number()?;
    Ok(DeviceCode {
        request: fields.required(device_code::REQUEST)?.array()?,
        expires_at: Timestamp::from_unix_seconds(expires_at),
    })
}
