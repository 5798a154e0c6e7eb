//! Holders of admin roles.
//!
//! A tenant keeps all holders in one document. A change replaces the document under its version, so the check for the
//! last owner and the change are one atomic step.

use super::holder::Holder;
use super::role::{AdminRole, RoleName};
use crate::later::LaterMembers;
use crate::time::Timestamp;
use alloc::collections::{BTreeMap, BTreeSet};

/// Admin roles of one holder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Names of the admin roles.
    pub roles: BTreeSet<RoleName>,
    /// Whether a machine client may run sensitive commands without a second factor. Always false for users and groups.
    pub without_second_factor: bool,
}

/// All holders of admin roles of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrators {
    /// Holders with at least one role.
    pub holders: BTreeMap<Holder, Assignment>,
    /// Time of the first assignment.
    pub created_at: Timestamp,
    /// Version of the stored document: 0 before it is stored. Every change increments it.
    pub version: u64,
    /// Members from a later version, kept unchanged.
    pub later: LaterMembers,
}

impl Default for Administrators {
    fn default() -> Self {
        Self::new()
    }
}

crate::error_type! {
    /// Reason why an assignment is rejected. One variant per rule.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum InvalidAssignment {
        /// The change would remove the last user with the role `owner`, or the last holder of this role.
        #[error("this is the last owner; grant the role owner to another user first")]
        LastOwner,
        /// Too many holders.
        #[error("at most {max} users, clients and groups can hold admin roles", max = Administrators::MAX_HOLDERS)]
        TooManyHolders,
        /// A user or group cannot be exempt from the second factor.
        #[error("only a client can be exempt from the second factor")]
        ExemptUser,
    }
}

impl Administrators {
    /// Maximum number of holders. Each request to the admin API reads the document that contains all of them.
    pub const MAX_HOLDERS: usize = 1000;

    /// Creates an empty list. The first command that stores it sets the time.
    #[must_use]
    pub fn new() -> Self {
        Self {
            holders: BTreeMap::new(),
            created_at: Timestamp::from_unix_seconds(0),
            version: 0,
            later: LaterMembers::default(),
        }
    }

    /// Returns whether any holder has the role.
    #[must_use]
    pub fn is_held(&self, role: &str) -> bool {
        let mut assignments = self.holders.values();
        assignments.any(|own| own.roles.iter().any(|name| name.as_str() == role))
    }

    /// Returns whether this holder has the role.
    #[must_use]
    pub fn holds(&self, holder: &Holder, role: &str) -> bool {
        let own = self.holders.get(holder);
        own.is_some_and(|own| own.roles.iter().any(|name| name.as_str() == role))
    }

    /// Grants a role. `without_second_factor` is only for clients. It applies to all roles of the client, and replaces
    /// the value of an earlier grant.
    pub fn grant(
        &mut self,
        holder: &Holder,
        role: RoleName,
        without_second_factor: bool,
    ) -> Result<(), InvalidAssignment> {
        if without_second_factor && !matches!(holder, Holder::Client(_)) {
            return Err(InvalidAssignment::ExemptUser);
        }
        if !self.holders.contains_key(holder) && self.holders.len() >= Self::MAX_HOLDERS {
            return Err(InvalidAssignment::TooManyHolders);
        }
        let own = self.holders.entry(holder.clone()).or_default();
        own.roles.insert(role);
        own.without_second_factor = without_second_factor;
        Ok(())
    }

    /// Returns whether a user has the role `owner`, and whether any holder has it.
    fn owners(&self) -> [bool; 2] {
        let mut holders = self.holders.keys();
        let is_owner =
            |own: &Holder| matches!(own, Holder::User(_)) && self.holds(own, AdminRole::OWNER);
        [holders.any(is_owner), self.is_held(AdminRole::OWNER)]
    }

    /// Revokes a role; if `role` is `None`, revokes all roles of the holder. Fails if it would remove the last user
    /// with the role `owner`, or the last holder of this role. A client does not replace the last user, because a lost
    /// secret would lock out all operators. Neither does a group, which can lose its members.
    pub fn revoke(
        &mut self,
        holder: &Holder,
        role: Option<&RoleName>,
    ) -> Result<(), InvalidAssignment> {
        let before = self.owners();
        match (self.holders.get_mut(holder), role) {
            (Some(own), Some(role)) => {
                own.roles.remove(role);
            }
            (Some(own), None) => own.roles.clear(),
            (None, _) => {}
        }
        self.holders.retain(|_, own| !own.roles.is_empty());
        if self.owners() == before {
            Ok(())
        } else {
            Err(InvalidAssignment::LastOwner)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::administration::group_name::GroupName;
    use crate::client::ClientId;
    use crate::identifier::UserId;
    use alloc::string::ToString as _;

    fn role(name: &str) -> RoleName {
        RoleName::parse(name).unwrap()
    }

    fn jane() -> Holder {
        Holder::User(UserId::from_bytes([1; 16]))
    }

    fn bot() -> Holder {
        Holder::Client(ClientId::parse("ci:bot").unwrap())
    }

    fn staff() -> Holder {
        Holder::Group(GroupName::parse("staff").unwrap())
    }

    #[test]
    fn last_owner_cannot_be_removed() {
        let mut all = Administrators::new();
        all.grant(&jane(), role("owner"), false).unwrap();
        all.grant(&jane(), role("auditor"), false).unwrap();
        for revoked in [None, Some(&role("owner"))] {
            let refused = all.clone().revoke(&jane(), revoked);
            assert_eq!(refused, Err(InvalidAssignment::LastOwner));
        }
        assert_eq!(all.clone().revoke(&jane(), Some(&role("auditor"))), Ok(()));
        let joe = Holder::User(UserId::from_bytes([2; 16]));
        all.grant(&joe, role("owner"), false).unwrap();
        assert_eq!(all.revoke(&jane(), None), Ok(()));
        assert!(!all.holders.contains_key(&jane()));
    }

    #[test]
    fn group_does_not_replace_last_user_as_owner() {
        let mut all = Administrators::new();
        all.grant(&jane(), role("owner"), false).unwrap();
        all.grant(&staff(), role("owner"), false).unwrap();
        let last = Err(InvalidAssignment::LastOwner);
        assert_eq!(all.clone().revoke(&jane(), None), last);
        assert_eq!(all.revoke(&staff(), None), Ok(()));
    }

    #[test]
    fn client_does_not_replace_last_user_as_owner() {
        let mut all = Administrators::new();
        all.grant(&bot(), role("owner"), false).unwrap();
        let last = Err(InvalidAssignment::LastOwner);
        assert_eq!(all.clone().revoke(&bot(), None), last, "no user is owner");
        all.grant(&jane(), role("owner"), false).unwrap();
        assert_eq!(all.clone().revoke(&jane(), None), last);
        assert_eq!(all.revoke(&bot(), None), Ok(()));
    }

    #[test]
    fn only_client_can_be_exempt_from_second_factor() {
        let mut all = Administrators::new();
        for holder in [jane(), staff()] {
            let refused = all.grant(&holder, role("owner"), true);
            assert_eq!(refused, Err(InvalidAssignment::ExemptUser));
        }
        assert!(all.holders.is_empty());
        all.grant(&bot(), role("operator"), true).unwrap();
        assert!(all.holders[&bot()].without_second_factor);
    }

    #[test]
    fn later_grant_replaces_exemption_from_second_factor() {
        let mut all = Administrators::new();
        for exempt in [true, false, true] {
            all.grant(&bot(), role("operator"), exempt).unwrap();
            assert_eq!(all.holders[&bot()].without_second_factor, exempt);
        }
    }

    #[test]
    fn number_of_holders_is_limited() {
        let mut all = Administrators::new();
        for number in 0..Administrators::MAX_HOLDERS {
            let id = ClientId::parse(&number.to_string()).unwrap();
            all.grant(&Holder::Client(id), role("auditor"), false)
                .unwrap();
        }
        let refused = all.grant(&jane(), role("auditor"), false);
        assert_eq!(refused, Err(InvalidAssignment::TooManyHolders));
        let known = Holder::Client(ClientId::parse("7").unwrap());
        assert_eq!(all.grant(&known, role("owner"), false), Ok(()));
    }
}
