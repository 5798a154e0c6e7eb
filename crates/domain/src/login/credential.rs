//! Passkeys and trusted devices.

use crate::identifier::{DeviceId, UserId};
use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Passkey (Web Authentication section 4, "public key credential source").
#[derive(Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Credential ID, unique among all users.
    pub id: Vec<u8>,
    /// Owner.
    pub user: UserId,
    /// Display name, chosen by the owner.
    pub name: String,
    /// Public key and signature counter, in the private format of the adapter that verifies passkeys.
    pub credential: Vec<u8>,
    /// Enrollment time.
    pub created_at: Timestamp,
    /// Time of the last use.
    pub last_used_at: Option<Timestamp>,
}

impl fmt::Debug for Passkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passkey")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// Trusted device: a browser in which the user gave the second factor and chose to skip it for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Identifier, stored in a sealed cookie.
    pub id: DeviceId,
    /// Owner.
    pub user: UserId,
    /// Browser name, so that the owner recognizes the device.
    pub name: String,
    /// Time at which the user chose to trust the device.
    pub created_at: Timestamp,
    /// Expiration time.
    pub expires_at: Timestamp,
}
