//! Known devices: browsers in which accounts have signed in before.
//!
//! Ten wrong guesses block an account for the rest of the window, so a stranger could lock its owner out. Guesses from a
//! known device therefore have a counter per account and device instead. The guesses of strangers stay limited by the
//! counters of the account and of the address.
//!
//! A known device is not a trusted device ([`Device`]), which skips the second factor. Every browser becomes known,
//! without a prompt or a database row. It allows only ten more guesses. In contrast, a user chooses to trust a device,
//! sees it on the account page, and can remove it. A removed device stays known.
//!
//! The digest of an account contains the mark of its password. When an operator resets the password, or it is removed,
//! all devices become unknown. A password change makes all devices unknown except the one that changed it.
//!
//! [`Device`]: crate::login::credential::Device

use crate::user::User;
use alloc::vec::Vec;
use hmac_sha256::Hash;

/// Browser in which accounts have signed in before. It holds digests, so it does not reveal the accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    id: [u8; 16],
    accounts: Vec<KnownAccount>,
}

/// Digest of a device and of an account with its current password. It names the counters of their attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownAccount([u8; 16]);

impl KnownAccount {
    /// Creates a digest from the output of [`KnownAccount::as_bytes`].
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the digest, for a sealed value.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl KnownDevice {
    /// Maximum number of accounts. The account that signed in longest ago is dropped first.
    pub const MOST: usize = 8;

    /// Creates a device from a random identifier and its accounts, the most recent one first.
    #[must_use]
    pub fn new(id: [u8; 16], mut accounts: Vec<KnownAccount>) -> Self {
        accounts.truncate(Self::MOST);
        Self { id, accounts }
    }

    /// Returns the identifier.
    #[must_use]
    pub const fn id(&self) -> &[u8; 16] {
        &self.id
    }

    /// Returns the accounts, the most recent one first.
    #[must_use]
    pub fn accounts(&self) -> &[KnownAccount] {
        &self.accounts
    }

    /// Returns the account if its user has signed in on this device with the current password.
    #[must_use]
    pub fn account_of(&self, user: &User) -> Option<KnownAccount> {
        Some(self.digest_of(user)).filter(|account| self.accounts.contains(account))
    }

    /// Records a sign-in.
    #[must_use]
    pub fn signed_in(self, user: &User) -> Self {
        let account = self.digest_of(user);
        let Self { id, mut accounts } = self;
        accounts.retain(|other| *other != account);
        accounts.insert(0, account);
        Self::new(id, accounts)
    }

    fn digest_of(&self, user: &User) -> KnownAccount {
        let mut hash = Hash::new();
        hash.update(b"known device");
        hash.update(self.id);
        hash.update(user.id.as_bytes());
        hash.update(user.password_mark().as_bytes());
        let mut account = [0; 16];
        for (to, from) in account.iter_mut().zip(hash.finalize()) {
            *to = from;
        }
        KnownAccount(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::UserId;
    use crate::test_facts::user;

    fn numbered(number: u8) -> User {
        User {
            id: UserId::from_bytes([number; 16]),
            ..user()
        }
    }

    fn device(id: u8) -> KnownDevice {
        KnownDevice::new([id; 16], Vec::new())
    }

    #[test]
    fn device_knows_only_accounts_that_signed_in_on_it() {
        let device = device(1).signed_in(&numbered(1));
        assert!(device.account_of(&numbered(1)).is_some());
        assert_eq!(device.account_of(&numbered(2)), None);
        let copied = KnownDevice::new([2; 16], device.accounts().to_vec());
        assert_eq!(copied.account_of(&numbered(1)), None);
    }

    #[test]
    fn password_change_makes_devices_unknown() {
        let device = device(1).signed_in(&numbered(1));
        for password_hash in [Some("another".into()), None] {
            let changed = User {
                password_hash,
                ..numbered(1)
            };
            assert_eq!(device.account_of(&changed), None);
        }
    }

    #[test]
    fn ninth_account_displaces_the_one_that_signed_in_longest_ago() {
        let mut device = device(1);
        for number in [1, 2, 3, 4, 5, 6, 7, 8, 1, 9] {
            device = device.signed_in(&numbered(number));
        }
        assert_eq!(device.accounts().len(), KnownDevice::MOST);
        assert!(device.account_of(&numbered(1)).is_some());
        assert_eq!(device.account_of(&numbered(2)), None);
    }
}
