//! The factor that a security notice is about.

use crate::identifier::IdentityId;
use crate::user::mark;
use alloc::vec::Vec;

/// Factor that was added to an account. The link "This wasn't me" of its notice removes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddedFactor {
    /// The notice is about something else.
    None,
    /// Passkey with this credential ID.
    Passkey(Vec<u8>),
    /// Authenticator app, with a mark of its secret.
    Authenticator([u8; 8]),
    /// Linked account at an upstream provider.
    Identity(IdentityId),
}

const PASSKEY: u8 = 1;
const AUTHENTICATOR: u8 = 2;
const IDENTITY: u8 = 3;

impl AddedFactor {
    /// Returns the authenticator app with this secret. The mark is of the secret itself, because a new master key changes
    /// its sealed form.
    #[must_use]
    pub fn authenticator(secret: &[u8]) -> Self {
        Self::Authenticator(mark::of([secret]))
    }

    /// Returns the factor as the data of a mailed link.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::None => Vec::new(),
            Self::Passkey(id) => [&[PASSKEY][..], id].concat(),
            Self::Authenticator(mark) => [&[AUTHENTICATOR][..], mark].concat(),
            Self::Identity(id) => [&[IDENTITY][..], id.as_bytes()].concat(),
        }
    }

    /// Reads the data of a mailed link. A factor of a later version is [`AddedFactor::None`].
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        match bytes.split_first() {
            Some((&PASSKEY, id)) => Self::Passkey(id.to_vec()),
            Some((&AUTHENTICATOR, mark)) => mark.try_into().map_or(Self::None, Self::Authenticator),
            Some((&IDENTITY, id)) => id
                .try_into()
                .map_or(Self::None, |id| Self::Identity(IdentityId::from_bytes(id))),
            _ => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_factor_is_read_as_written() {
        let factors = [
            (AddedFactor::None, &[][..]),
            (AddedFactor::Passkey(alloc::vec![7, 8]), &[1, 7, 8]),
            (
                AddedFactor::Authenticator([9; 8]),
                &[2, 9, 9, 9, 9, 9, 9, 9, 9],
            ),
            (
                AddedFactor::Identity(IdentityId::from_bytes([8; 16])),
                &[3, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8],
            ),
        ];
        for (factor, bytes) in factors {
            assert_eq!(factor.to_bytes(), bytes, "links of earlier versions");
            assert_eq!(AddedFactor::from_bytes(bytes), factor);
        }
        for unknown in [&[4, 1][..], &[3, 1], &[2, 1], &[0]] {
            assert_eq!(AddedFactor::from_bytes(unknown), AddedFactor::None);
        }
    }
}
