//! Steps that a user has completed for an authorization request.

use crate::error::DecodeError;
use crate::fields::Fields;
use crate::tags::done as tags;
use crate::writer::Writer;
use alloc::vec::Vec;
use countersign_domain::authorize::next_step::Done;
use countersign_domain::time::Timestamp;

const KNOWN: &[i64] = &[
    tags::EXPIRES_AT,
    tags::LOGGED_IN,
    tags::SELECTED,
    tags::CONSENTED,
];

/// Encodes completed steps and their expiration time.
#[must_use]
pub fn encode_done(done: Done, expires_at: Timestamp) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.number(tags::EXPIRES_AT, expires_at.as_unix_seconds());
    writer.flag(tags::LOGGED_IN, done.logged_in);
    writer.flag(tags::SELECTED, done.selected);
    writer.flag(tags::CONSENTED, done.consented);
    writer.finish()
}

/// Decodes the output of [`encode_done`] from any version.
pub fn decode_done(bytes: &[u8]) -> Result<(Done, Timestamp), DecodeError> {
    let fields = Fields::decode(bytes, KNOWN)?;
    let expires_at = fields.required(tags::EXPIRES_AT)?.number()?;
    let done = Done {
        logged_in: fields.flag(tags::LOGGED_IN)?,
        selected: fields.flag(tags::SELECTED)?,
        consented: fields.flag(tags::CONSENTED)?,
    };
    Ok((done, Timestamp::from_unix_seconds(expires_at)))
}
