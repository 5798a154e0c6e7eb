//! Users: resource owners that this server knows itself.

use crate::identifier::UserId;
use crate::profile::Profile;
use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

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
        match folded.split_once('@') {
            Some((local, host)) if folded.len() <= 254 && plain(local) && plain(host) => {
                Ok(Self(folded.clone()))
            }
            _ => Err(InvalidEmail),
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
    /// When the user was made.
    pub created_at: Timestamp,
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
    fn a_user_prints_without_address_and_hash() {
        let user = User {
            id: UserId::from_bytes([1; 16]),
            email: Email::parse("jane@example.com").unwrap(),
            email_verified: false,
            name: None,
            profile: Profile::default(),
            enabled: true,
            password_hash: Some("$argon2id$hash".into()),
            sealed_totp_secret: None,
            created_at: Timestamp::from_unix_seconds(0),
        };
        let printed = alloc::format!("{user:?}");
        assert!(
            !printed.contains("jane") && !printed.contains("argon2id"),
            "{printed}"
        );
    }
}
