//! Users: resource owners that this server knows itself.

pub mod claim_text;
pub mod profile;
pub mod user_claims;

use crate::identifier::UserId;
use crate::later::LaterMembers;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::profile::Profile;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use sha2::{Digest as _, Sha256};

/// The text cannot be an e-mail address here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an e-mail address has one @ with something before it and a host after it, 254 characters at most"
)]
pub struct InvalidEmail;

/// An e-mail address, in lower case: two spellings of one mailbox are one user.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Checks the outline of an address and folds its case.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let plain = |part: &str| {
            !part.is_empty()
                && !part
                    .chars()
                    .any(|c| c.is_whitespace() || c.is_control() || c == '@')
        };
        let folded = text.to_lowercase();
        let has_parts = folded
            .split_once('@')
            .is_some_and(|(local, host)| plain(local) && plain(host));
        if has_parts && folded.len() <= 254 {
            Ok(Self(folded))
        } else {
            Err(InvalidEmail)
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A personal datum: it stays out of debug output.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(..)")
    }
}

/// A user.
#[derive(Clone)]
pub struct User {
    /// Becomes the `sub` of the user's tokens.
    pub id: UserId,
    /// Unique.
    pub email: Email,
    /// Whether the user is known to read mail at this address.
    pub email_verified: bool,
    /// What to call the user.
    pub name: Option<String>,
    /// What else is known of the user.
    pub profile: Profile,
    /// Whether the user may log in.
    pub enabled: bool,
    /// An argon2id hash in PHC string form; `None` for a user who cannot log in by password.
    pub password_hash: Option<String>,
    /// The sealed secret of the user's one-time codes (RFC 6238), if enrolled.
    pub sealed_totp_secret: Option<Vec<u8>>,
    /// When the user was created.
    pub created_at: Timestamp,
    /// Version of the stored document: 0 before it is stored, then counted up by every change that an administrator
    /// makes. What users change by signing in or on their account page does not count.
    pub version: u64,
    /// Claims that a later version added and this one keeps.
    pub later: LaterMembers,
}

/// Tells whether a user's password is still the one that it was. What a login leaves behind carries it, sealed, so that
/// a new password ends that at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordMark([u8; Self::BYTES]);

impl PasswordMark {
    /// Nobody looks for two passwords of one mark: few bytes are enough.
    const BYTES: usize = 8;

    /// Takes back what [`PasswordMark::as_bytes`] gave.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The mark, for a seal.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl User {
    /// The mark of the present password: of its hash, which is another one each time a password is set.
    #[must_use]
    pub fn password_mark(&self) -> PasswordMark {
        let hash = self.password_hash.as_deref().unwrap_or_default();
        let digest = Sha256::digest(hash.as_bytes());
        let mut mark = [0; PasswordMark::BYTES];
        for (to, from) in mark.iter_mut().zip(digest) {
            *to = from;
        }
        PasswordMark(mark)
    }

    /// Whether the password is still the one of a login.
    pub fn still_has(&self, mark: PasswordMark) -> Result<(), Refusal> {
        if self.password_mark() == mark {
            Ok(())
        } else {
            Err(Refusal::PasswordChanged)
        }
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_facts::user;

    #[test]
    fn two_spellings_are_one_address() {
        assert_eq!(
            Email::parse("Jane@Example.COM"),
            Email::parse("jane@example.com")
        );
    }

    #[test]
    fn an_address_stays_one_when_it_is_read_again() {
        // This letter grows by a byte when its case is folded.
        for count in [100, 125, 126] {
            if let Ok(email) = Email::parse(&("\u{130}".repeat(count) + "@a")) {
                assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }
    }

    #[test]
    fn what_is_no_address() {
        for bad in [
            "",
            "jane",
            "@example.com",
            "jane@",
            "jane doe@example.com",
            "a@b@c",
            "a@b\n",
        ] {
            assert_eq!(Email::parse(bad), Err(InvalidEmail), "{bad:?}");
        }
    }

    #[test]
    fn a_mark_is_of_one_password_and_of_nothing_else_of_a_user() {
        let mut user = user();
        let before = user.password_mark();
        user.name = Some("Jane".into());
        assert_eq!(user.still_has(before), Ok(()));
        user.password_hash = Some("$argon2id$another".into());
        assert_eq!(user.still_has(before), Err(Refusal::PasswordChanged));
        assert_eq!(user.still_has(user.password_mark()), Ok(()));
        user.password_hash = None;
        assert_eq!(user.still_has(before), Err(Refusal::PasswordChanged));
    }

    #[test]
    fn a_user_prints_without_address_and_hash() {
        let printed = alloc::format!("{:?}", user());
        assert!(
            !printed.contains("jane") && !printed.contains("argon2id"),
            "{printed}"
        );
    }
}
