//! Invitations to create an account.

use crate::administration::group_name::GroupName;
use crate::administration::permission::Permissions;
use crate::identifier::{LoginId, UserId};
use crate::later::LaterMembers;
use crate::time::Timestamp;
use crate::user::Email;
use alloc::vec::Vec;
use core::time::Duration;

/// Invitation of a person to create an account. An address has one invitation at most. The invitation ends when it is
/// accepted or revoked. An expired one stays until then, so that operators see who has not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Address.
    pub email: Email,
    /// Identifier that the account will have. The audit events of the invitation name it.
    pub user: UserId,
    /// Identifier of the mailed link. Links of replaced invitations are void.
    pub link: LoginId,
    /// Groups of the new user.
    pub groups: Vec<GroupName>,
    /// Permissions that the groups gave when the operator named them.
    pub permissions: Permissions,
    /// Time of the first invitation of this address.
    pub created_at: Timestamp,
    /// Time from which the link is void.
    pub expires_at: Timestamp,
    /// Version of the stored document: 0 before it is stored.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

impl Invitation {
    /// Creates an invitation without groups.
    #[must_use]
    pub fn new(
        email: Email,
        user: UserId,
        link: LoginId,
        lifetime: Duration,
        now: Timestamp,
    ) -> Self {
        Self {
            email,
            user,
            link,
            groups: Vec::new(),
            permissions: Permissions::NONE,
            created_at: now,
            expires_at: now.plus(lifetime),
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Returns whether a mailed link can accept the invitation.
    #[must_use]
    pub fn can_be_accepted(&self, link: LoginId, now: Timestamp) -> bool {
        self.link == link && !self.expires_at.has_passed(now)
    }

    /// Returns whether the new user may join a group that now gives these permissions. The operator agreed only to the
    /// permissions at the time of the invitation.
    #[must_use]
    pub const fn covers(&self, permissions: Permissions) -> bool {
        permissions.without(self.permissions).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::administration::permission::Permission;
    use crate::test_facts::NOW;

    fn invitation() -> Invitation {
        let (user, link) = (UserId::from_bytes([1; 16]), LoginId::from_bytes([2; 16]));
        let email = Email::parse("mary@example.com").unwrap();
        Invitation::new(email, user, link, Duration::from_secs(60), NOW)
    }

    #[test]
    fn only_latest_link_accepts_invitation_in_time() {
        let (own, other) = (LoginId::from_bytes([2; 16]), LoginId::from_bytes([3; 16]));
        let after = |seconds| NOW.plus(Duration::from_secs(seconds));
        assert!(invitation().can_be_accepted(own, after(59)));
        assert!(!invitation().can_be_accepted(own, after(60)));
        assert!(!invitation().can_be_accepted(other, NOW));
    }

    #[test]
    fn invitation_covers_only_permissions_that_groups_gave_then() {
        let read = Permissions::from([Permission::UsersRead]);
        let both = Permissions::from([Permission::UsersRead, Permission::UsersWrite]);
        let invitation = Invitation {
            permissions: read,
            ..invitation()
        };
        assert!(invitation.covers(Permissions::NONE) && invitation.covers(read));
        assert!(!invitation.covers(both));
    }
}
