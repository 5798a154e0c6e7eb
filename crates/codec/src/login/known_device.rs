//! Known devices.

use crate::error::DecodeError;
use crate::fields::Fields;
use crate::tags::known_device as tags;
use crate::writer::Writer;
use alloc::vec::Vec;
use countersign_domain::login::known_device::{KnownAccount, KnownDevice};

const KNOWN: &[i64] = &[tags::ID, tags::ACCOUNTS];

/// Length of the digest of an account in bytes.
const DIGEST: usize = 16;

/// Encodes a known device.
#[must_use]
pub fn encode_known_device(device: &KnownDevice) -> Vec<u8> {
    let accounts = device.accounts().iter();
    let accounts: Vec<u8> = accounts.flat_map(|account| *account.as_bytes()).collect();
    let mut writer = Writer::new();
    writer.bytes(tags::ID, device.id());
    writer.bytes(tags::ACCOUNTS, &accounts);
    writer.finish()
}

/// Decodes the output of [`encode_known_device`] from any version.
pub fn decode_known_device(bytes: &[u8]) -> Result<KnownDevice, DecodeError> {
    let fields = Fields::decode(bytes, KNOWN)?;
    let id = fields.required(tags::ID)?.array()?;
    let accounts = fields.required(tags::ACCOUNTS)?.bytes()?;
    let (accounts, rest) = accounts.as_chunks::<DIGEST>();
    if !rest.is_empty() || accounts.len() > KnownDevice::MOST {
        return Err(DecodeError::Malformed);
    }
    let accounts = accounts.iter().copied().map(KnownAccount::from_bytes);
    Ok(KnownDevice::new(id, accounts.collect()))
}
