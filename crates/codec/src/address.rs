//! Network addresses, as 4 or 16 bytes.

use crate::error::DecodeError;
use crate::fields::Value;
use crate::writer::Writer;
use core::net::IpAddr;

/// Writes an address. Omits the field without one.
pub(crate) fn write(writer: &mut Writer, tag: i64, address: Option<IpAddr>) {
    match address {
        Some(IpAddr::V4(address)) => writer.bytes(tag, &address.octets()),
        Some(IpAddr::V6(address)) => writer.bytes(tag, &address.octets()),
        None => {}
    }
}

/// Reads what [`write`] wrote.
pub(crate) fn read(value: Value<'_>) -> Result<IpAddr, DecodeError> {
    let bytes = value.bytes()?;
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .map_err(DecodeError::malformed)
}
