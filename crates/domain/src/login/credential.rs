//! What a user proves themselves with beside a password: passkeys and remembered devices.

use crate::identifier::{DeviceId, UserId};
use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A passkey (Web Authentication section 4, "public key credential source").
#[derive(Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The credential id, unique among all users.
    pub id: Vec<u8>,
    /// Whose.
    pub user: UserId,
    /// What its owner calls it.
    pub name: String,
    /// The public key and its counter, in a form that only the adapter that checks it reads.
    pub credential: Vec<u8>,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

impl fmt::Debug for Passkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passkey")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// A browser in which its user gave the second factor and asked not to be asked again for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Named by a sealed cookie.
    pub id: DeviceId,
    /// Whose.
    pub user: UserId,
    /// The browser, for its owner to recognize.
    pub name: String,
    /// When it was remembered.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}
