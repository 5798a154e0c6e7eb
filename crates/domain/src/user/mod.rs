//! Users: resource owners with an account at this server.

pub mod claim_text;
pub mod email_prefix;
pub mod factor_reset;
pub mod invitation;
pub(crate) mod mark;
pub mod profile;
pub mod scheduled_deletion;
pub mod user_claims;

use crate::administration::group_name::GroupName;
use crate::claims::attribute_value::Attributes;
use crate::claims::roles::HeldRoles;
use crate::identifier::UserId;
use crate::later::LaterMembers;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::profile::Profile;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

crate::error_type! {
    /// The text is not a valid email address.
    #[error(
        "an email address must have one @ with text before it and a host after it, and at most 254 characters"
    )]
    pub struct InvalidEmail;
}

/// Email address in lower case. Spellings that differ only in case are the same address.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Maximum length in bytes.
    pub const LONGEST: usize = 254;

    /// Validates the basic form of an address and converts it to lower case. Does not check the grammar of RFC 5322:
    /// only a delivered message proves that an address exists.
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
        if has_parts && folded.len() <= Self::LONGEST {
            Ok(Self(folded))
        } else {
            Err(InvalidEmail)
        }
    }

    /// Returns the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Omits the address, which is personal data.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(..)")
    }
}

/// User account.
#[derive(Clone)]
pub struct User {
    /// Identifier. `sub` is this value, or a pairwise subject derived from it.
    pub id: UserId,
    /// Email address, unique among users.
    pub email: Email,
    /// Whether the user has proved control of the address.
    pub email_verified: bool,
    /// Display name.
    pub name: Option<String>,
    /// Further standard claims.
    pub profile: Profile,
    /// Whether the user may sign in.
    pub enabled: bool,
    /// Argon2id hash in PHC string format; `None` for a user without a password.
    pub password_hash: Option<String>,
    /// Sealed secret of the authenticator app (RFC 6238), if enrolled.
    pub sealed_totp_secret: Option<Vec<u8>>,
    /// Creation time.
    pub created_at: Timestamp,
    /// Whether the account was registered through the API, and not created by an operator. Until the address is
    /// verified, the registrant may be someone other than its owner.
    pub self_registered: bool,
    /// Names of the user's groups, at most [`User::MAX_GROUPS`]. Each exists.
    pub groups: Vec<GroupName>,
    /// Application roles, in addition to those of the groups.
    pub roles: HeldRoles,
    /// Attributes.
    pub attributes: Attributes,
    /// Last time at which the user changed the email address, or restored the former one. An operator's change clears it.
    pub email_changed_at: Option<Timestamp>,
    /// Version of the stored document: 0 before it is stored. Every change by an administrator increments it. Changes
    /// by a sign-in or on the account page do not.
    pub version: u64,
    /// Claims from a later version, kept unchanged.
    pub later: LaterMembers,
}

/// Fingerprint of a user's password hash, to detect a password change.
///
/// Sealed values of a sign-in contain it. A password change therefore invalidates them immediately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordMark([u8; Self::BYTES]);

impl PasswordMark {
    /// Length in bytes. The mark needs no collision resistance, so a short one is enough.
    const BYTES: usize = 8;

    /// Creates a mark from the output of [`PasswordMark::as_bytes`].
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Returns the mark, for a sealed value.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl User {
    /// Maximum number of groups of a user.
    pub const MAX_GROUPS: usize = 100;

    /// Creates an enabled user without credentials, whose address is not verified.
    #[must_use]
    pub fn new(id: UserId, email: Email, created_at: Timestamp) -> Self {
        Self {
            id,
            email,
            email_verified: false,
            name: None,
            profile: Profile::default(),
            enabled: true,
            password_hash: None,
            sealed_totp_secret: None,
            created_at,
            self_registered: false,
            groups: Vec::new(),
            roles: HeldRoles::default(),
            attributes: Attributes::default(),
            email_changed_at: None,
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Returns the mark of the current password. It is computed from the salted hash, so setting the same password
    /// again changes it too.
    #[must_use]
    pub fn password_mark(&self) -> PasswordMark {
        let hash = self.password_hash.as_deref().unwrap_or_default();
        PasswordMark(mark::of([hash.as_bytes()]))
    }

    /// Returns whether the user may change the email address. After a change, the owner of the former address has
    /// `pause` to restore it. Another change within that time could make this impossible.
    #[must_use]
    pub fn may_change_email(&self, pause: Duration, now: Timestamp) -> bool {
        self.email_changed_at
            .is_none_or(|at| at.plus(pause).has_passed(now))
    }

    /// Returns whether the registrant may be someone other than the owner of the address.
    #[must_use]
    pub const fn may_be_of_stranger(&self) -> bool {
        self.self_registered && !self.email_verified
    }

    /// Returns whether the account may have been handed over to the owner of its address after `earlier` was read: a
    /// registrant who did not own the address then has no more access.
    #[must_use]
    pub const fn was_handed_over_since(&self, earlier: &Self) -> bool {
        earlier.may_be_of_stranger() && self.email_verified
    }

    /// Checks that the password has not changed since the mark was taken.
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
    fn email_spellings_are_one_address() {
        assert_eq!(
            Email::parse("Jane@Example.COM"),
            Email::parse("jane@example.com")
        );
    }

    #[test]
    fn parsed_email_parses_again_unchanged() {
        // Lower-casing this letter adds a byte.
        for count in [100, 125, 126] {
            if let Ok(email) = Email::parse(&("\u{130}".repeat(count) + "@a")) {
                assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }
    }

    #[test]
    fn malformed_email_is_rejected() {
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
    fn password_mark_changes_only_with_password() {
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
    fn user_prints_without_email_and_hash() {
        let printed = alloc::format!("{:?}", user());
        assert!(
            !printed.contains("jane") && !printed.contains("argon2id"),
            "{printed}"
        );
    }
}
