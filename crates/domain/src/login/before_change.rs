//! What an account had before its email address was changed.

use crate::user::{PasswordMark, User};
use alloc::vec::Vec;

/// State of an account before its email address was changed: the data of the link that restores the address. The undo
/// removes what an intruder has set up since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeforeChange {
    /// Whether there was an authenticator app.
    pub has_authenticator: bool,
    /// Mark of the password.
    pub password: PasswordMark,
}

impl BeforeChange {
    /// Returns the state of an account.
    #[must_use]
    pub fn of(user: &User) -> Self {
        Self {
            has_authenticator: user.sealed_totp_secret.is_some(),
            password: user.password_mark(),
        }
    }

    /// Returns the state as the data of a mailed link.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let flag = [u8::from(self.has_authenticator)];
        [flag.as_slice(), self.password.as_bytes()].concat()
    }

    /// Reads the data of a mailed link; `None` if it is unreadable. A later version may add bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (flag, rest) = bytes.split_first()?;
        let (password, _) = rest.split_first_chunk()?;
        Some(Self {
            has_authenticator: *flag == 1,
            password: PasswordMark::from_bytes(*password),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_before_change_is_read_as_written() {
        for has_authenticator in [false, true] {
            let state = BeforeChange {
                has_authenticator,
                password: PasswordMark::from_bytes([7; 8]),
            };
            let bytes = [u8::from(has_authenticator), 7, 7, 7, 7, 7, 7, 7, 7];
            assert_eq!(state.to_bytes(), bytes, "links of earlier versions");
            assert_eq!(BeforeChange::from_bytes(&bytes), Some(state));
        }
        assert_eq!(BeforeChange::from_bytes(&[1, 7]), None);
    }
}
