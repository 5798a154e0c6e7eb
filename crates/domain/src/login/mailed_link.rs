//! Mailed links: single-use links and codes that prove access to a mailbox.
//!
//! A link is bound to its purpose, its user and the state of the account for which it was made. A link to reset a
//! password is void once the password or the address has changed.

use crate::identifier::UserId;
use crate::secret::SecretDigest;
use crate::user::{User, mark};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Purpose of a mailed link.
///
/// This is an open set: a link of a later version has a purpose that this version does not serve.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkPurpose(u8);

impl LinkPurpose {
    /// Starts the recovery of an account whose password is lost.
    pub const RECOVERY: Self = Self(1);
    /// "This wasn't me" in a security notice: ends all sessions and starts recovery. Its data is an
    /// [`AddedFactor`](super::added_factor::AddedFactor).
    pub const SECURE: Self = Self(2);
    /// Confirms the new email address to which it was sent. Its data is the identifier of the session that asked.
    pub const ADDRESS: Self = Self(3);
    /// Restores the former email address, to which it was sent, and secures the account. It is made for the state after
    /// the change.
    pub const ADDRESS_UNDO: Self = Self(4);
    /// Creates an account. The link has no user; that for an address with an account is not usable.
    pub const SIGN_UP: Self = Self(5);
    /// Accepts an [`Invitation`](crate::user::invitation::Invitation). The link has no user.
    pub const INVITATION: Self = Self(6);

    /// All purposes of this version.
    pub const ALL: &'static [Self] = &[
        Self::RECOVERY,
        Self::SECURE,
        Self::ADDRESS,
        Self::ADDRESS_UNDO,
        Self::SIGN_UP,
        Self::INVITATION,
    ];

    /// Creates a purpose from its number.
    #[must_use]
    pub const fn from_number(number: u8) -> Self {
        Self(number)
    }

    /// Returns the number, for a stored value.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Returns a digest of what must not change between the mail and the use of its link.
    #[must_use]
    pub fn state_of(self, user: &User) -> [u8; 8] {
        let password = user.password_mark();
        let (password, email) = (
            password.as_bytes().as_slice(),
            user.email.as_str().as_bytes(),
        );
        let (password, email) = match self {
            Self::RECOVERY | Self::ADDRESS => (password, email),
            Self::ADDRESS_UNDO => (&[][..], email),
            _ => (&[][..], &[][..]),
        };
        mark::of([&[self.0], user.id.as_bytes(), password, email])
    }
}

impl fmt::Debug for LinkPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkPurpose({})", self.0)
    }
}

/// Stored part of a mailed link. The mail contains a secret and a code; this has their digests.
#[derive(Clone, Debug)]
pub struct MailedLink {
    /// Purpose.
    pub purpose: LinkPurpose,
    /// User; `None` if the address has no account. A link to sign up or to accept an invitation is only sent without a
    /// user, any other one only with a user.
    pub user: Option<UserId>,
    /// Address as typed, or that of the user.
    pub email: String,
    /// Digest of the secret in the link.
    pub secret: SecretDigest,
    /// Digest of the code.
    pub code: SecretDigest,
    /// [`LinkPurpose::state_of`] the user when the link was made.
    pub state: [u8; 8],
    /// What the purpose needs besides, such as the session that asked.
    pub data: Vec<u8>,
}

impl MailedLink {
    /// Returns whether the link belongs to this user, and the account is still in the state for which it was made.
    #[must_use]
    pub fn is_for(&self, user: &User) -> bool {
        self.user == Some(user.id) && self.state == self.purpose.state_of(user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts;
    use crate::user::Email;

    fn link(purpose: LinkPurpose, user: &User) -> MailedLink {
        MailedLink {
            purpose,
            user: Some(user.id),
            email: user.email.as_str().into(),
            secret: SecretDigest::from_bytes([1; 32]),
            code: SecretDigest::from_bytes([2; 32]),
            state: purpose.state_of(user),
            data: Vec::new(),
        }
    }

    #[test]
    fn link_purposes_have_different_numbers() {
        let numbers: Vec<_> = LinkPurpose::ALL.iter().map(|one| one.number()).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6], "links of earlier versions");
    }

    #[test]
    fn recovery_link_is_void_after_change_of_password_or_address() {
        let user = test_facts::user();
        let recovery = link(LinkPurpose::RECOVERY, &user);
        assert!(recovery.is_for(&user));
        let password = User {
            password_hash: Some("another".into()),
            ..user.clone()
        };
        let address = User {
            email: Email::parse("another@example.com").unwrap(),
            ..user.clone()
        };
        let another = User {
            id: UserId::from_bytes([9; 16]),
            ..user.clone()
        };
        for changed in [&password, &address, &another] {
            assert!(!recovery.is_for(changed));
        }
        // A user who secures the account by a new password must not lose the former address.
        let undo = link(LinkPurpose::ADDRESS_UNDO, &user);
        assert!(undo.is_for(&password) && !undo.is_for(&address));
        let change = link(LinkPurpose::ADDRESS, &user);
        assert!(!change.is_for(&password) && !change.is_for(&address));
        // The notice is about such a change.
        let secure = link(LinkPurpose::SECURE, &user);
        assert!(secure.is_for(&password) && secure.is_for(&address) && !secure.is_for(&another));
    }
}
